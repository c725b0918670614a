#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-sidecar: policies down to fg-wrap as they change, audits up, once each.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
	socket=$tmp/run/s.sock
	policies=$tmp/policies
	mkdir "$policies"
	ask="tests/fixtures/wrapper.py $socket"
}

teardown() {
	wrap_teardown
}

# sidecar [OPTION ...]: it runs, audits in $tmp/audits, errors in $tmp/errors.
sidecar() {
	fg-sidecar --socket="$socket" "$@" >>"$tmp/audits" 2>>"$tmp/errors" &
	background+=($!)
	eventually test -S "$socket"
}

healthy() {
	fg-sidecar --health --socket="$socket" 2>/dev/null
}

# policy RULE ...: jq's forms of rules, in place of those before.
policy() {
	local IFS=,
	jq -n "{rules: [$*]}" >"$tmp/new" && mv "$tmp/new" "$policies/runtime.json"
}

# deny PROGRAM [CONTAINER]
deny() {
	printf '{name: "no %s", collections: [{name: "c", containers: ["%s"]}],
		processes: {effect: "prevent", blacklist: ["%s"]}}' \
		"$1" "${2:-*}" "$1"
}

# wrapped CONTAINER COMMAND ...
wrapped() {
	local name=$1
	shift
	fg-wrap --socket="$socket" --container="$name" -- "$@"
}

@test "each container gets the rule that is for it; audits come together" {
	policy "$(deny touch web)" "$(deny mkdir 'work*')"
	sidecar --policy-dir="$policies" \
		--app-id=a:24edfabf-c761-40ae-9748-5844b0d7579c
	run wrapped web sh -c 'mkdir "$1/d" && touch "$1/x"' - "$tmp"
	[[ $status -ne 0 && -d $tmp/d && ! -e $tmp/x ]]
	run wrapped worker sh -c 'touch "$1/y" && mkdir "$1/e"' - "$tmp"
	[[ $status -ne 0 && -e $tmp/y && ! -e $tmp/e ]]
	run wrapped other sh -c 'touch "$1/z" && mkdir "$1/f"' - "$tmp"
	[[ $status -eq 0 ]]
	eventually event "$tmp/audits" '.action == "prevent"
		and .container.name == "worker" and .rule.name == "no mkdir"'
	event "$tmp/audits" '.action == "prevent"
		and .container.name == "web" and .rule.name == "no touch"'
	! event "$tmp/audits" '.action == "prevent"
		and .container.name == "other"'
	tests/doc/validate.py <"$tmp/audits"
	# Once each, and in order.
	jq -es 'group_by(.boot) | all(.[]; [.[].seq] == [range(1; length + 1)])' \
		"$tmp/audits"
}

@test "a container is told its own rule only" {
	policy "$(deny secret-tool web)" "$(deny mkdir py)"
	sidecar --policy-dir="$policies"
	eventually healthy
	python3 - "$socket" >"$tmp/line" <<-'end'
	import json, socket, sys
	s = socket.socket(socket.AF_UNIX)
	s.connect(sys.argv[1])
	s.sendall(b'{"type":"hello","v":1,"container":"py"}\n')
	print(s.makefile().readline(), end="")
	end
	jq -e '.type == "policy" and .v == 1 and .kind == "runtime" and
		(.policy.rules | length == 1 and .[0].name == "no mkdir" and
		(.[0] | has("collections") | not))' "$tmp/line"
	! grep secret-tool "$tmp/line"
}

@test "a policy that changes reaches what runs, however it is changed" {
	policy '{name: "quiet"}'
	sidecar --policy-dir="$policies"
	wrapped web sh -c 'for try in touch mkdir; do
		while "$try" "$1/${try}ed" 2>/dev/null; do
			rm -rf "$1/${try}ed"; sleep 0.02; done; done' - "$tmp" &
	local app=$!
	eventually event "$tmp/audits" '.name == "policy.applied"'
	policy "$(deny touch)" # by a rename
	eventually event "$tmp/audits" '.rule.name == "no touch"'
	jq -n "{rules: [$(deny mkdir)]}" >"$policies/runtime.json" # in place
	wait "$app" || true
	eventually event "$tmp/audits" '.rule.name == "no mkdir"'
}

@test "a policy with an error changes nothing, and is told" {
	policy "$(deny touch)"
	sidecar --policy-dir="$policies"
	eventually healthy
	echo '{"rules": [{"name": "x", "processes": {"effect": "stop"}}]}' \
		>"$policies/runtime.json"
	eventually event "$tmp/audits" '.name == "policy.rejected" and
		(.detail | test("runtime.json:1:.*/rules/0/processes/effect"))'
	grep -q 'the last good policy stays' "$tmp/errors"
	run wrapped web touch "$tmp/x"
	[[ $status -ne 0 && ! -e $tmp/x ]]
}

@test "a policy that comes after the start" {
	sidecar --policy-dir="$policies" --policy-wait=0
	eventually event "$tmp/audits" '.name == "policy.missing" and
		.agent == "fg-sidecar"'
	policy "$(deny touch)"
	fg-wrap --socket="$socket" --policy-wait=10000 touch "$tmp/x" || true
	[[ ! -e $tmp/x ]]
}

@test "the policy that the task brings along" {
	jq -nc "{type: \"policy\", v: 1, kind: \"runtime\", version: 41,
		policy: {rules: [$(deny touch)]}}" >"$tmp/line"
	FG_INITIAL_POLICY=$(gzip -c "$tmp/line" | base64 -w 0) sidecar
	run wrapped web touch "$tmp/x"
	[[ $status -ne 0 && ! -e $tmp/x ]]
	eventually event "$tmp/audits" '.rule.policy_version == "41"'
}

@test "a broken initial policy is told, and ends nothing" {
	FG_INITIAL_POLICY=bm90IGd6aXA= sidecar
	eventually event "$tmp/audits" '.name == "policy.rejected" and
		(.detail | test("FG_INITIAL_POLICY"))'
	run wrapped web true
	[[ $status -eq 0 ]]
}

@test "health: open waits and then lets go, closed does not" {
	run ! healthy # nobody is there
	sidecar --policy-wait=1
	run fg-sidecar --health --socket="$socket"
	[[ $status -eq 1 && $output == *"no policy"* ]]
	eventually healthy
	kill "${background[-1]}"
	wait "${background[-1]}"
	sidecar --policy-wait=0 --on-no-policy=closed --policy-dir="$policies"
	eventually event "$tmp/audits" '.detail == "closed: the task does not start"'
	run fg-sidecar --health --socket="$socket"
	[[ $status -eq 1 ]]
	policy '{name: "any"}'
	eventually healthy
}

@test "audits that nobody reads hold up the senders and are not lost" {
	mkfifo "$tmp/fifo"
	exec 8<>"$tmp/fifo"
	fg-sidecar --socket="$socket" --audit="$tmp/fifo" 2>"$tmp/errors" 8>&- &
	background+=($!)
	eventually test -S "$socket"
	$ask send 20000 500 >"$tmp/sent" 8>&- &
	local sender=$!
	sleep 1
	kill -0 "$sender" # it waits
	[[ ! -s $tmp/sent ]]
	head -n 20001 <&8 >"$tmp/audits"
	exec 8>&-
	wait "$sender"
	[[ $(<"$tmp/sent") == "acks True last 20000" ]]
	jq -es '[.[] | select(.boot == "00") | .seq] == [range(1; 20001)]' \
		"$tmp/audits"
}

@test "a reader of audits that goes ends nothing, the next one has them" {
	mkfifo "$tmp/fifo"
	exec 8<>"$tmp/fifo"
	fg-sidecar --socket="$socket" --audit="$tmp/fifo" --policy-wait=1 \
		2>"$tmp/errors" 8>&- &
	background+=($!)
	eventually test -S "$socket"
	exec 8>&-
	eventually grep -q 'Broken pipe' "$tmp/errors"
	exec 8<>"$tmp/fifo"
	timeout 10 grep -q -m 1 '"policy.missing"' <&8
	exec 8>&-
}

@test "a full disk is said, and tried again" {
	sidecar --audit=/dev/full
	eventually grep -q '/dev/full: No space left on device' "$tmp/errors"
	run wrapped web sh -c 'exit 4'
	[[ $status -eq 4 ]]
	kill -0 "${background[-1]}"
}

@test "garbage, endless lines and events of nobody are passed over" {
	policy '{name: "any"}'
	sidecar --policy-dir="$policies"
	eventually healthy
	{
		echo '{"type":"event","v":1,"seq":1}' # before its hello
		echo 'not JSON'
		echo '[1,2]'
		printf '{"type":"%s"}\n' "$(head -c 70000 /dev/zero | tr '\0' x)"
		head -c 300000 /dev/urandom | tr -d '\n'
		printf '\n\0\0{"type":null}\n'
		printf '%.0s[' {1..5000}
	} >"$tmp/garbage"
	run $ask say "$tmp/garbage"
	[[ $status -eq 0 ]]
	grep -q '^ack 99$' <<<"$output"
	! grep -q '^ack 1$' <<<"$output"
	jq -es 'map(select(.agent != "fg-sidecar")) | length == 1' "$tmp/audits"
	healthy
}

@test "many connections at once: some wait, none ends it" {
	sidecar --policy-wait=0
	run $ask flood 300
	[[ $status -eq 0 && $output -ge 200 ]]
	eventually healthy
}

@test "connections that are held cost no other container its own" {
	policy "$(deny touch web)"
	sidecar --policy-dir="$policies"
	eventually healthy
	wrapped web sh -c 'until [ -e "$1/go" ]; do sleep 0.05; done
		touch "$1/early"' - "$tmp" 2>/dev/null &
	local app=$! how
	eventually event "$tmp/audits" '.name == "policy.applied"'
	mkfifo "$tmp/hold"
	for how in 'silent 400' 'many 400 job' 'many 400 web'; do
		# shellcheck disable=SC2086
		$ask $how <"$tmp/hold" >"$tmp/held" &
		exec {hold}>"$tmp/hold"
		eventually grep -q held "$tmp/held"
		healthy
		run wrapped web touch "$tmp/x"
		[[ $status -ne 0 && ! -e $tmp/x ]]
		exec {hold}>&-
		wait $!
	done
	touch "$tmp/go"
	wait "$app" || true
	eventually event "$tmp/audits" '.action == "prevent" and
		(.process.args | tostring | contains("early"))'
}

@test "SIGTERM: it stays for those that are there, then exits 0" {
	policy '{name: "any"}'
	sidecar --policy-dir="$policies"
	wrapped web sh -c 'echo up >"$1/up"; until [ -e "$1/go" ]; do
		sleep 0.05; done' - "$tmp" &
	local app=$!
	eventually test -e "$tmp/up"
	kill "${background[-1]}"
	sleep 0.3
	kill -0 "${background[-1]}"
	touch "$tmp/go"
	wait "$app"
	run wait "${background[-1]}"
	eventually event "$tmp/audits" '.name == "exit" and
		.container.name == "web"'
	[[ ! -e $socket ]]
}

@test "a second signal, or the end of the grace, does not wait" {
	local how
	for how in second grace; do
		sidecar --stop-grace=$([[ $how == grace ]] && echo 0 || echo 100)
		wrapped web sleep 100 &
		background+=($!)
		eventually event "$tmp/audits" '.name == "start" and
			.container.name == "web"'
		kill "${background[-2]}"
		[[ $how == grace ]] || {
			sleep 0.2
			kill "${background[-2]}"
		}
		wait "${background[-2]}"
		: >"$tmp/audits"
	done
}

@test "the socket: one that lives, a left one, no socket, a long name" {
	sidecar
	run fg-sidecar --socket="$socket"
	[[ $status -eq 100 && $output == *"Address already in use"* ]]
	kill -9 "${background[-1]}"
	wait "${background[-1]}" || true
	[[ -S $socket ]]
	sidecar
	[[ $(stat -c %a "$socket") == 666 ]]
	echo text >"$tmp/file"
	run fg-sidecar --socket="$tmp/file"
	[[ $status -eq 100 && $(<"$tmp/file") == text ]]
	run fg-sidecar --socket="$tmp/$(printf '%.0sx' {1..200})"
	[[ $status -eq 2 && $output == *"can be bound"* ]]
}

@test "while nothing happens it does nothing" {
	policy '{name: "any"}'
	sidecar --policy-dir="$policies"
	wrapped web sleep 100 &
	background+=($!)
	eventually event "$tmp/audits" '.name == "policy.applied"'
	sleep 1
	switches() {
		awk '/_ctxt_switches/ { n += $2 } END { print n }' \
			"/proc/${background[0]}/status"
	}
	local before
	before=$(switches)
	sleep 2
	[[ $(switches) -eq $before ]]
}
