#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-policy --learn: of recorded events, the policy that allows them.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	PATH=${FG_BIN:-$PWD/build/bin}:$PATH
	tmp=$BATS_TEST_TMPDIR
}

# event NAME MEMBERS: one line; MEMBERS are of a jq object.
event() {
	jq -nc --arg name "$1" '{type: "event", v: 1, name: $name, boot: "00",
		process: {pid: 9, exe: "/usr/bin/app", args: ["app"]},
		container: {name: "web", image: "nginx:1"}} * ('"${2-{\}}"')'
}

learn() {
	fg-policy --learn "$@" >"$tmp/policy"
}

events() {
	event process.exec
	event process.exec '{process: {exe: "/usr/bin/dash",
		args: ["sh", "/app/run.sh"]}}'
	event net.connect '{net: {proto: "tcp", addr: "192.0.2.7", port: 443}}'
	event net.dns '{net: {proto: "udp", addr: "127.0.0.1", port: 53,
		domain: "db.example.com"}}'
	event file.create '{file: {path: "/app/data/x.1234"}}'
	event kernel.namespace
}

@test "what was learnt of events yields none when they are replayed" {
	events >"$tmp/events"
	learn "$tmp/events"
	fg-policy --check "$tmp/policy"
	jq -c '{type: "policy", v: 1, kind: "runtime", version: 1, policy: .}' \
		"$tmp/policy" | tests/doc/validate.py
	[[ $(fg-policy --replay "$tmp/policy" "$tmp/events" | jq -r .action |
		sort -u) == allow ]]
	event kernel.mount | fg-policy --replay "$tmp/policy" |
		jq -e '.rule.id == "mount"'
	event file.open '{file: {path: "/app/other"}}' |
		fg-policy --replay "$tmp/policy" |
		jq -e '.rule.id == "not-allowed-file"'
	# From standard input, and in another order, it is the same.
	tac "$tmp/events" | fg-policy --learn | diff - "$tmp/policy"
}

@test "the time is that of the last event" {
	event process.exec '{ts: "2026-01-02T03:04:05Z"}' | learn
	grep -q 'last on 2026-01-02T03:04:05Z' "$tmp/policy"
}

@test "what was refused, or is of another container, is not learnt" {
	{
		event process.exec '{action: "prevent", process: {exe: "/bin/a"}}'
		event process.exec '{action: "block", process: {exe: "/bin/b"}}'
		event process.exec '{action: "alert", process: {exe: "/bin/c"}}'
		event process.exec '{container: {name: "db"},
			process: {exe: "/bin/d"}}'
		echo '{"type":"finding","v":1}'
	} >"$tmp/events"
	learn "$tmp/events"
	jq -e '.rules[0].processes.whitelist ==
		["/bin/c", "/bin/d", "/opt/fg/bin/fg-wrap"]' "$tmp/policy"
	learn --container=web --image=nginx:1 "$tmp/events"
	jq -e '.rules[0].processes.whitelist ==
		["/bin/c", "/opt/fg/bin/fg-wrap"]' "$tmp/policy"
	learn --app-id=none "$tmp/events"
	jq -e '.rules[0].processes.whitelist == ["/opt/fg/bin/fg-wrap"]' \
		"$tmp/policy"
}

@test "events that were lost are told of" {
	jq -nc '{type: "event", v: 1, name: "lost", count: 17}' | learn
	jq -e '.rules[0].notes | contains("17 events were lost")' "$tmp/policy"
}

@test "of nothing comes the policy that allows nothing" {
	learn </dev/null
	events | fg-policy --replay "$tmp/policy" | jq -es 'all(.action == "alert")'
}

@test "bad lines and bad command lines" {
	run fg-policy --learn <<<'{"type":"event"'
	[[ $status -eq 100 && $output == *"standard input:1:"* ]]
	run fg-policy --learn <<<'{"type":"event","v":1,"name":7}'
	[[ $status -eq 100 ]]
	run fg-policy --learn "$tmp/none"
	[[ $status -eq 100 && $output == *"$tmp/none"* ]]
	run fg-policy --learn --check=x
	[[ $status -eq 2 && $output == *--learn* ]]
	run fg-policy --learn --replay=x
	[[ $status -eq 2 ]]
	run fg-policy --learn --jq=.
	[[ $status -eq 2 && $output == *--jq* ]]
	run bash -c 'fg-policy --learn </dev/null >/dev/full'
	[[ $status -eq 100 ]]
}
