#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap --socket: what it says to a sidecar, and what it bears from one.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
	socket=$tmp/s.sock
	echo '{"type":"policy","v":1,"kind":"runtime","version":7,"policy":
		{"rules":[{"name":"deny","processes":{"effect":"prevent",
		"blacklist":["touch"]}}]}}' >"$tmp/policy"
	mkfifo "$tmp/input"
	exec 9<>"$tmp/input"
}

teardown() {
	exec 9>&-
	wrap_teardown
}

# sidecar [OPTION ...]: listens; what it hears is in $tmp/heard.
sidecar() {
	"$fixtures/sidecar" "$@" "$socket" <"$tmp/input" >>"$tmp/heard" \
		2>/dev/null 9>&- &
	background+=($!)
	eventually test -S "$socket"
}

@test "hello, policy, events, acks and bye" {
	sidecar -a -p "$tmp/policy"
	run fg-wrap --socket="$socket" --container=web \
		--app-id=a:24edfabf-c761-40ae-9748-5844b0d7579c \
		sh -c 'touch "$1/x"; exit 3' - "$tmp"
	[[ $status -eq 3 && ! -e $tmp/x ]]
	jq -es '.[0] | .type == "hello" and .v == 1 and .container == "web" and
		.pid1 == false and .abilities.tier and (.boot | length == 32)' \
		"$tmp/heard"
	jq -es '.[1].name == "start" and .[-1].type == "bye"' "$tmp/heard"
	event "$tmp/heard" '.name == "policy.applied"'
	event "$tmp/heard" '.action == "prevent"'
	grep '"type":"event"' "$tmp/heard" | tests/doc/validate.py
	[[ $(jq -s '[.[].seq // empty] | . == [range(1; length + 1)]' \
		"$tmp/heard") == true ]]
}

@test "a policy that comes later is applied to what runs" {
	sidecar -a
	fg-wrap --socket="$socket" --policy-wait=100 sh -c '
		until ! touch "$1/x" 2>/dev/null; do sleep 0.02; done' \
		- "$tmp" &
	background+=($!)
	eventually event "$tmp/heard" '.name == "policy.missing"'
	tr -d '\n' <"$tmp/policy" >&9
	echo >&9
	wait $!
	event "$tmp/heard" '.name == "policy.applied"'
}

@test "SIGTERM waits until the sidecar has drained" {
	sidecar -a -s 700 -p "$tmp/policy"
	fg-wrap --socket="$socket" sh -c '
		trap "date +%s%N >\"\$1/told\"; exit 9" TERM
		echo ready >"$1/ready"
		while :; do sleep 0.02; done' - "$tmp" &
	background+=($!)
	eventually test -s "$tmp/ready"
	from=$(date +%s%N)
	kill -TERM $!
	status=0
	wait $! || status=$?
	[[ $status -eq 9 ]]
	after=$((($(cat "$tmp/told") - from) / 1000000))
	echo "$after ms"
	[[ $after -ge 650 && $after -le 3000 ]]
	[[ $(grep -c '"type":"stopping"' "$tmp/heard") -eq 1 ]]
}

@test "a sidecar that never drains delays SIGTERM by --stop-grace" {
	sidecar -a -s -1 -p "$tmp/policy"
	fg-wrap --socket="$socket" --stop-grace=1 sh -c '
		trap "exit 9" TERM; echo >"$1/ready"
		while :; do sleep 0.02; done' - "$tmp" &
	background+=($!)
	eventually test -s "$tmp/ready"
	from=$(date +%s%N)
	kill -TERM $!
	status=0
	wait $! || status=$?
	after=$((($(date +%s%N) - from) / 1000000))
	[[ $status -eq 9 && $after -ge 900 && $after -le 4000 ]]
}

@test "a second SIGTERM, or a sidecar that dies, does not wait" {
	local how
	for how in second dies; do
		rm -f "$tmp/ready" "$socket"
		sidecar -a -s -1 -p "$tmp/policy"
		listener=$!
		fg-wrap --socket="$socket" --stop-grace=60 sh -c '
			trap "exit 9" TERM; echo >"$1/ready"
			while :; do sleep 0.02; done' - "$tmp" &
		pid=$!
		background+=("$pid")
		eventually test -s "$tmp/ready"
		kill -TERM $pid
		eventually grep -q stopping "$tmp/heard"
		case $how in
		second) kill -TERM $pid ;;
		dies) kill -KILL "$listener" ;;
		esac
		status=0
		wait $pid || status=$?
		[[ $status -eq 9 ]]
		kill -KILL "$listener" 2>/dev/null || true
		rm "$tmp/heard"
	done
}

@test "without a sidecar: open runs after --policy-wait, closed does not" {
	local from=$SECONDS
	run --separate-stderr fg-wrap --socket="$socket" --policy-wait=300 \
		--audit="$tmp/audit" sh -c 'echo ran; exit 5'
	[[ $status -eq 5 && $output == ran ]]
	event "$tmp/audit" '.name == "policy.missing"'
	run --separate-stderr fg-wrap --socket="$socket" --policy-wait=300 \
		--on-no-policy=closed sh -c 'echo ran'
	[[ $status -eq 125 && -z $output ]]
	[[ $((SECONDS - from)) -le 4 ]]
	run fg-wrap --socket="$socket" --policy-wait=10 true
	[[ $output == "fg-wrap: $socket: events that the sidecar did not take: "* ]]
}

@test "SIGTERM while it waits for a policy ends it" {
	sidecar -q
	fg-wrap --socket="$socket" --policy-wait=60000 sh -c 'echo ran' \
		>"$tmp/out" &
	background+=($!)
	sleep 0.3
	kill -TERM $!
	status=0
	wait $! || status=$?
	[[ $status -eq 143 && ! -s $tmp/out ]]
}

@test "garbage, overlong lines and unknown types are borne" {
	sidecar -g -a -p "$tmp/policy"
	run fg-wrap --socket="$socket" sh -c 'touch "$1/x"; exit 3' - "$tmp"
	[[ $status -eq 3 && ! -e $tmp/x ]]
	jq -es '.[-1].type == "bye"' "$tmp/heard"
}

@test "a policy that drips in byte by byte is one" {
	sidecar -d -a -p "$tmp/policy"
	run fg-wrap --socket="$socket" --policy-wait=20000 \
		sh -c 'touch "$1/x"; exit 3' - "$tmp"
	[[ $status -eq 3 && ! -e $tmp/x ]]
}

@test "an invalid policy is refused, the last good one stays" {
	sidecar -a -p "$tmp/policy"
	fg-wrap --socket="$socket" sh -c '
		until [ -e "$1/go" ]; do sleep 0.02; done
		touch "$1/x"; echo $? >"$1/code"' - "$tmp" 2>"$tmp/stderr" &
	background+=($!)
	eventually event "$tmp/heard" '.name == "policy.applied"'
	echo '{"type":"policy","v":1,"kind":"runtime","policy":{"rules":3}}' >&9
	eventually event "$tmp/heard" '.name == "policy.rejected"'
	touch "$tmp/go"
	wait $! || true
	[[ $(cat "$tmp/code") == 126 ]]
}

@test "after a break it connects again and repeats what had no ack" {
	sidecar -c 4 -p "$tmp/policy"
	fg-wrap --socket="$socket" sh -c '
		touch "$1/x"; until [ -e "$1/go" ]; do sleep 0.02; done' \
		- "$tmp" 2>/dev/null &
	background+=($!)
	eventually event "$tmp/heard" '.name == "sidecar.back"'
	touch "$tmp/go"
	wait $!
	[[ $(grep -c '"type":"hello"' "$tmp/heard") -ge 2 ]]
	event "$tmp/heard" '.name == "sidecar.lost"'
	# Whatever was repeated, nothing is missing.
	jq -es '[.[].seq // empty] | unique | . == [range(1; max + 1)]' \
		"$tmp/heard"
}

@test "a sidecar that never reads delays nothing but the end" {
	local from=$SECONDS
	sidecar -q -p "$tmp/policy"
	run fg-wrap --socket="$socket" --policy-wait=100 sh -c '
		for i in 1 2 3; do /bin/true; done; exit 4'
	[[ $status -eq 4 && $((SECONDS - from)) -le 5 ]]
}

@test "the command does not have the socket" {
	sidecar -a -p "$tmp/policy"
	run fg-wrap --socket="$socket" sh -c 'ls -l /proc/$$/fd'
	[[ $output != *socket* ]]
}
