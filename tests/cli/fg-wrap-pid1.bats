#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap as process 1, and what becomes of the rest when the command ends.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
}

teardown() {
	wrap_teardown
}

@test "as process 1: exit codes, 128 + n on a signal" {
	needs_namespaces
	local code
	for code in 0 3 126 255; do
		run as_pid1 fg-wrap sh -c "exit $code"
		[[ $status -eq $code && -z $output ]]
	done
	run as_pid1 fg-wrap sh -c 'kill -9 $$'
	[[ $status -eq 137 ]]
	run -127 as_pid1 fg-wrap no-such-command
}

@test "as process 1: orphans are reaped" {
	needs_namespaces
	run as_pid1 fg-wrap sh -c '
		for i in 1 2 3 4 5 6 7 8; do
			(sleep 0.1 & exit 0)
		done
		sleep 0.5
		ps -e -o stat= | grep -c Z'
	[[ $output == 0 ]]
}

@test "as process 1: the command has a process group of its own" {
	needs_namespaces
	run as_pid1 fg-wrap sh -c 'ps -o pid=,pgid= -p $$ | xargs'
	[[ ${output% *} == "${output#* }" ]]
}

@test "as process 1: SIGTERM is forwarded, kill 1 from within too" {
	needs_namespaces
	unshare --pid --fork --mount-proc fg-wrap sh -c \
		'trap "exit 7" TERM; echo ready; sleep 15 & wait' >"$tmp/out" &
	background+=($!)
	eventually line "$tmp/out" ready
	kill -TERM "$(pgrep -P $! -x fg-wrap)"
	status=0
	wait $! || status=$?
	[[ $status -eq 7 ]]
	run as_pid1 fg-wrap sh -c 'trap "exit 8" USR1; kill -USR1 1; sleep 5 & wait'
	[[ $status -eq 8 ]]
}

@test "as process 1: default actions end the command as natively" {
	needs_namespaces
	run as_pid1 fg-wrap sh -c 'kill -TERM 1; sleep 5'
	[[ $status -eq 143 ]]
}

@test "as process 1: the terminal is the command's" {
	needs_namespaces
	run python3 - <<-'end'
	import os, pty, time
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp("unshare", "unshare --pid --fork --mount-proc fg-wrap sh -c".
	        split() + ["trap 'echo interrupted; exit 5' INT; echo ready; "
	        "read -r x; sleep 9 & wait"])
	seen = b""
	sent = False
	while True:
	    try:
	        data = os.read(fd, 1024)
	    except OSError:
	        break
	    if not data:
	        break
	    seen += data
	    if b"ready" in seen and not sent:
	        sent = True
	        time.sleep(0.3)
	        os.write(fd, b"\x03")
	_, status = os.waitpid(pid, 0)
	print(seen.decode().split(), os.WEXITSTATUS(status))
	end
	echo "$output"
	[[ $output == *"interrupted"*"5" ]]
}

@test "the rest gets SIGTERM when the command has ended" {
	run timeout 20 fg-wrap sh -c '
		sh -c "trap \"echo told; exit\" TERM; echo ready; sleep 15 & wait" &
		sleep 0.5; exit 6'
	[[ $status -eq 6 && $output == $'ready\ntold' ]]
}

@test "the rest is killed after --rest-grace" {
	local from=$SECONDS
	run timeout 20 fg-wrap --rest-grace=1 sh -c '
		sh -c "trap : TERM; echo \$\$; while :; do sleep 0.1; done" &
		sleep 0.5; exit 6'
	[[ $status -eq 6 && $((SECONDS - from)) -le 5 ]]
	run kill -0 "${lines[0]}"
	[[ $status -ne 0 ]]
}

@test "daemons of two forks and a session belong to the rest" {
	run timeout 20 fg-wrap sh -c '
		setsid sh -c "sh -c \"echo \\\$\\\$; exec sleep 15\" & exit" &
		sleep 0.5; exit 0'
	[[ $status -eq 0 && ${lines[0]} -gt 1 ]]
	run kill -0 "${lines[0]}"
	[[ $status -ne 0 ]]
}

@test "SIGTERM again shortens the grace" {
	local from=$SECONDS
	fg-wrap --rest-grace=60 sh -c '
		sh -c "trap : TERM; echo ready; while :; do sleep 0.1; done" &
		sleep 0.3' >"$tmp/out" &
	background+=($!)
	eventually line "$tmp/out" ready
	sleep 0.6
	kill -TERM $!
	wait $!
	[[ $((SECONDS - from)) -le 10 ]]
}

@test "the reporter cannot be stopped, and comes back when it dies" {
	local reporter
	fg-wrap --audit="$tmp/audit" sleep 15 &
	background+=($!)
	eventually event "$tmp/audit" '.name == "start"'
	reporter=$(pgrep -P $! -x fg-wrap)
	kill -STOP "$reporter"
	kill -KILL "$reporter"
	eventually event "$tmp/audit" '.name == "reporter.restarted"'
	[[ $(pgrep -P $! -x fg-wrap) != "$reporter" ]]
	kill -TERM $!
	wait $! || true
	event "$tmp/audit" '.name == "exit" and .number == 143' ||
		event "$tmp/audit" '.name == "exit"'
	[[ $(jq -s 'map(.seq) == [range(1; length + 1)]' "$tmp/audit") == true ]]
}

@test "no signal that the command may send ends the reporter, or stops it" {
	local pid sig mode reporters
	echo '{"rules":[{"name":"x","processes":{"effect":"alert",
		"blacklist":["nothing"]}}]}' >"$tmp/policy.json"
	for mode in wrap app; do
		rm -f "$tmp/audit"
		fg-wrap --pid1=$mode --policy="$tmp/policy.json" \
			--audit="$tmp/audit" sleep 15 &
		background+=($!)
		eventually event "$tmp/audit" '.name == "start"'
		# With --pid1=app: the supervisor and, below it, the reporter.
		reporters=$(pgrep -P $! -x fg-wrap)
		[[ $mode == wrap ]] || reporters+=" $(pgrep -P "$reporters")"
		for pid in $reporters; do
			for ((sig = 1; sig <= 64; sig++)); do
				[[ $sig -eq 9 || $sig -eq 19 ]] ||
					kill -n $sig "$pid"
			done
		done
		sleep 0.2
		for pid in $reporters; do
			grep -q '^State:.[SR]' "/proc/$pid/status"
		done
		run ! event "$tmp/audit" '.name == "reporter.restarted"'
		kill -KILL $!
	done
}

@test "the reporter tells when the supervisor was killed" {
	fg-wrap --audit="$tmp/audit" sleep 15 &
	background+=($!)
	eventually event "$tmp/audit" '.name == "start"'
	child=$(pgrep -P $! -x sleep)
	kill -KILL $!
	wait $! || true
	eventually event "$tmp/audit" '.name == "unseen"'
	kill "$child" || true # the kernel may have ended it; tier(s) differ
}

@test "nothing wakes up while nothing happens" {
	fg-wrap --audit="$tmp/audit" sleep 15 &
	background+=($!)
	eventually event "$tmp/audit" '.name == "start"'
	sleep 0.3
	switches() {
		cat "/proc/$1/status" "/proc/$(pgrep -P "$1" -x fg-wrap)/status" |
			awk '/ctxt_switches/ { n += $2 } END { print n }'
	}
	before=$(switches $!)
	sleep 2
	[[ $(switches $!) -eq $before ]]
}
