#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap: signals, process groups and job control are as without it.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
}

teardown() {
	wrap_teardown
}

# listen N [OPTION ...]: a wrapped listener for N signals; its wrapper in $pid.
listen() {
	local n=$1
	shift
	fg-wrap "$@" -- "$fixtures/signals" listen "$n" >"$tmp/heard" &
	pid=$!
	background+=("$pid")
	eventually line "$tmp/heard" ready
}

@test "every signal is forwarded, but those that cannot be" {
	local sig sent=()
	# Not CHLD; KILL and STOP reach the wrapper itself; 32 and 33 are glibc's.
	for sig in {1..8} {10..16} 18 {20..31} {34..64}; do
		sent+=("$sig")
	done
	listen ${#sent[@]}
	for sig in "${sent[@]}"; do
		kill -"$sig" "$pid"
		eventually line "$tmp/heard" "$sig user"
	done
	wait "$pid"
}

@test "CHLD is not forwarded" {
	listen 1
	kill -CHLD "$pid"
	kill -USR1 "$pid"
	wait "$pid"
	[[ $(xargs <"$tmp/heard") == "ready 10 user" ]]
}

@test "queued signals keep their value" {
	local sig
	listen 6
	for sig in 10 34 35 50 64; do
		"$fixtures/signals" send "$pid" $sig $((sig * 1000))
		eventually line "$tmp/heard" "$sig queue $((sig * 1000))"
	done
	"$fixtures/signals" send "$pid" 15 -7
	wait "$pid"
	line "$tmp/heard" "15 queue -7"
}

@test "a burst of real-time signals arrives whole and in order" {
	local i
	listen 1000
	kill -STOP "$(pgrep -P "$pid" -x signals)"
	for ((i = 0; i < 200; i++)); do
		"$fixtures/signals" send "$pid" 40 $i
	done
	# The wrapper has stopped with its command; both go on.
	kill -CONT "$pid"
	eventually line "$tmp/heard" "40 queue 199"
	[[ $(grep -c user "$tmp/heard") -eq 1 ]]
	diff <(grep -o 'queue.*' "$tmp/heard") <(seq -f 'queue %g' 0 199)
}

@test "what was ignored or blocked is so for the command" {
	diff <("$fixtures/signals" dispositions "$fixtures/signals" state) \
		<("$fixtures/signals" dispositions fg-wrap \
		"$fixtures/signals" state)
	diff <("$fixtures/signals" state) <(fg-wrap "$fixtures/signals" state)
	nohup fg-wrap sh -c 'kill -HUP $$; echo alive' >"$tmp/out" 2>&1
	grep -q alive "$tmp/out"
}

@test "a signal that kills the command gives 128 + n" {
	fg-wrap -- sleep 9 &
	pid=$!
	sleep 0.2
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[[ $status -eq 143 ]]
	# As natively, it is no exit with 143 but a death by SIGTERM.
	run python3 -c 'import subprocess as s
print(s.run(["fg-wrap", "sh", "-c", "kill -TERM $$"]).returncode)'
	[[ $output == -15 ]]
}

@test "a command that signals its group gets one signal itself" {
	run setsid --wait fg-wrap bash -c '
		n=0
		trap "n=\$((n + 1))" USR1
		kill -USR1 0
		sleep 0.3
		echo $n'
	[[ $output == 1 ]]
}

@test "the wrapper is in the command's group, so that pipelines work" {
	run fg-wrap bash -c 'ps -o pgid= -p $$,$PPID | sort -u | wc -l'
	[[ $output -eq 1 ]]
	run setsid --wait bash -c 'fg-wrap yes | fg-wrap head -n 1 | fg-wrap cat'
	[[ $output == y ]]
}

@test "Ctrl-C, Ctrl-Z, fg and bg at a terminal" {
	run python3 tests/fixtures/terminal.py fg-wrap
	echo "$output"
	diff <(tr -d '\r' <<<"$output") \
		<(python3 tests/fixtures/terminal.py | tr -d '\r')
	[[ $output == *"interrupted 130"*"stopped"*"continued"* ]]
}

@test "timeout(1) ends it, on either side" {
	run timeout 0.3 fg-wrap sleep 9
	[[ $status -eq 124 ]]
	run fg-wrap timeout 0.3 sleep 9
	[[ $status -eq 124 ]]
	run timeout -s KILL 0.3 fg-wrap sleep 9
	[[ $status -eq 137 ]]
}
