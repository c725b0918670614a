#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-sidecar within its task: who is who, fg-waas, rules of alerts, users.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load faulty-console

setup() {
	console_setup
	unset FG_ENROL_SECRET
	policies=$tmp/policies
	mkdir "$policies"
}

teardown() {
	wrap_teardown
}

# alone [OPTION ...] [-- COMMAND]: without a Console; audits in $tmp/audits.
alone() {
	fg-sidecar --socket="$socket" --policy-dir="$policies" "$@" \
		>>"$tmp/audits" 2>>"$tmp/errors" &
	sidecar_pid=$!
	background+=("$sidecar_pid")
	eventually test -S "$socket"
}

rules() {
	local IFS=,
	jq -n "{rules: [$*]}" >"$tmp/new" && mv "$tmp/new" "$policies/runtime.json"
}

# metadata [COUNT]: the endpoint is there, and has web and fg-sidecar.
metadata() {
	jq -n '{Cluster: "c", TaskARN: "arn:aws:ecs:x:1:task/c/1", Containers: [
		{Name: "web", Image: "registry.example.com/web:1",
			ImageID: "sha256:11"},
		{Name: "fg-sidecar", Image: "fg", ImageID: "sha256:22"}]}' \
		>"$tmp/task.json"
	tests/fixtures/metadata.py "$tmp/task.json" "$@" >"$tmp/port" &
	background+=($!)
	eventually test -s "$tmp/port"
	ECS_CONTAINER_METADATA_URI_V4=http://127.0.0.1:$(<"$tmp/port")/v4/id
	export ECS_CONTAINER_METADATA_URI_V4
}

@test "a container's image is what the endpoint says, not what it says" {
	metadata
	rules '{name: "by image", collections: [{name: "c",
		images: ["registry.example.com/web*"]}],
		processes: {effect: "prevent", blacklist: ["touch"]}}'
	alone
	run fg-wrap --socket="$socket" --container=web --image=other:1 \
		touch "$tmp/x"
	[[ ! -e $tmp/x ]]
	eventually event "$tmp/audits" '.name == "image.differs" and
		.container.name == "web" and .severity == "high" and
		.detail == "image registry.example.com/web:1, embedded other:1"'
	: >"$tmp/audits"
	wrapped web true
	fg-wrap --socket="$socket" --container=web \
		--image=registry.example.com/web:1 --image-digest=sha256:11 true
	sleep 1.1 # these are told once a second
	fg-wrap --socket="$socket" --container=web \
		--image=registry.example.com/web:1 --image-digest=sha256:12 true
	eventually event "$tmp/audits" '.detail ==
		"digest sha256:11, embedded sha256:12"'
	jq -es 'map(select(.name == "image.differs")) | length == 1' \
		"$tmp/audits"
}

@test "a container that the task has not is told" {
	metadata
	rules '{name: "any"}'
	alone
	wrapped stranger true
	eventually event "$tmp/audits" '.name == "hello.unknown" and
		.container.name == "stranger"'
}

@test "one that the endpoint learns of later; an endpoint that fails first" {
	metadata 2
	rules "$(deny touch web)" '{name: "rest"}'
	alone
	run wrapped web touch "$tmp/x"
	[[ ! -e $tmp/x ]]
	jq '.Containers += [{Name: "late", Image: "late:1"}]' \
		"$tmp/task.json" >"$tmp/new"
	mv "$tmp/new" "$tmp/task.json"
	wrapped late true
	eventually event "$tmp/audits" '.name == "exit" and
		.container.name == "late"'
	! event "$tmp/audits" '.name == "hello.unknown"'
}

@test "without the endpoint containers are who they say, soon" {
	export ECS_CONTAINER_METADATA_URI_V4=http://127.0.0.1:9/v4/id
	rules "$(deny touch web)"
	alone
	local from=$SECONDS
	run wrapped web touch "$tmp/x"
	[[ ! -e $tmp/x && $((SECONDS - from)) -le 4 ]]
	grep -q 'containers are who they say' "$tmp/errors"
}

@test "a second hello of a container that is there is told, a new one not" {
	rules '{name: "any"}'
	alone
	wrapped web sleep 100 &
	background+=($!)
	eventually event "$tmp/audits" '.name == "start" and
		.container.name == "web"'
	wrapped other true
	! event "$tmp/audits" '.name == "hello.second"'
	wrapped web true
	eventually event "$tmp/audits" '.name == "hello.second" and
		.container.name == "web"'
	# A flood of them is one event a second.
	local i asking=()
	for i in {1..40}; do
		$ask send 1 100 "b$i" >/dev/null &
		asking+=($!)
	done
	wait "${asking[@]}"
	jq -es 'map(select(.name == "hello.second")) | length < 8' \
		"$tmp/audits"
}

@test "fg-waas gets its policies, and its audits are taken" {
	mkdir "$tmp/w"
	jq -nc '{type: "policy", v: 1, kind: "runtime", version: 1,
		policy: {rules: []}}, {type: "policy", v: 1, kind: "waas",
		version: 5, policy: {rules: []}}' >"$tmp/lines"
	FG_INITIAL_POLICY=$(gzip -c "$tmp/lines" | base64 -w 0) \
		alone -- tests/fixtures/waas "$tmp/w" --listen=1
	eventually grep -q '"kind":"waas","version":5' "$tmp/w/policies"
	[[ $(<"$tmp/w/args") == *" --listen=1" ]]
	echo hello >"$tmp/w/say"
	eventually event "$tmp/audits" '.kind == "waas" and .msg == "hello"'
}

@test "fg-waas that dies is started again, with its policy" {
	mkdir "$tmp/w"
	console
	jq -nc '{type: "policy", v: 1, kind: "waas", version: 6,
		policy: {rules: []}}' >"$console/policy.ndjson"
	FG_ENROL_SECRET=s3cret sidecar -- tests/fixtures/waas "$tmp/w"
	eventually grep -q '"version":6' "$tmp/w/policies"
	rm "$tmp/w/policies"
	touch "$tmp/w/die"
	eventually test -s "$tmp/w/policies"
	[[ $(wc -l <"$tmp/w/starts") -eq 2 ]]
	eventually at_console '.name == "waas.restarted"'
	jq -nc '{type: "policy", v: 1, kind: "waas", version: 7,
		policy: {rules: []}}' >"$console/policy.ndjson"
	eventually grep -q '"version":7' "$tmp/w/policies"
	echo later >"$tmp/w/say"
	eventually at_console '.kind == "waas" and .msg == "later"'
}

@test "what a fg-waas that dies leaves behind is no burden for process 1" {
	needs_namespaces
	rules '{name: "any"}'
	cat >"$tmp/waas" <<-'end'
	#!/bin/sh
	sleep 0.3 &
	[ "$(wc -l <"$0.starts")" -gt 1 ] && exec cat
	echo >>"$0.starts"
	exit 3
	end
	: >"$tmp/waas.starts"
	chmod +x "$tmp/waas"
	as_pid1 sh -c '(while [ "$(wc -l <"$2/waas.starts")" -lt 2 ]; do
			sleep 0.1; done; sleep 1.5; ps -eo stat=,ppid= >"$2/ps") &
		exec fg-sidecar --socket="$0" --policy-dir="$1" -- "$2/waas"' \
		"$socket" "$policies" "$tmp" >"$tmp/audits" 2>"$tmp/errors" &
	background+=($!)
	eventually test -s "$tmp/ps"
	run ! grep 'Z.* 1$' "$tmp/ps"
	event "$tmp/audits" '.name == "waas.restarted"'
}

@test "stopping: fg-waas drains, then the command gets its signal" {
	mkdir "$tmp/w"
	rules '{name: "any"}'
	alone -- tests/fixtures/waas "$tmp/w"
	echo '{"type":"stopping","v":1}' >"$tmp/line" # somebody who is nobody
	$ask say "$tmp/line"
	fg-wrap --socket="$socket" --container=web -- sh -c 'trap "date +%s%N \
		>\"\$1/got\"; exit 0" TERM; echo >"$1/up"
		while :; do sleep 0.02; done' - "$tmp" &
	local app=$!
	background+=("$app")
	eventually test -e "$tmp/up"
	eventually test -s "$tmp/w/starts"
	kill "$app"
	wait "$app"
	eventually event "$tmp/audits" '.msg == "drained"'
	local drained
	drained=$(stat -c %Y "$tmp/w/starts")
	[[ $(<"$tmp/got") -gt ${drained}000000000 ]]
	[[ $(wc -l <"$tmp/w/starts") -eq 1 ]] # it is not started again
	kill -0 "$sidecar_pid"
	sidecar_stop
}

@test "SIGTERM is handed on; who does not hear is killed" {
	mkdir "$tmp/w"
	rules '{name: "any"}'
	alone -- tests/fixtures/waas "$tmp/w"
	eventually test -s "$tmp/w/starts"
	sidecar_stop
	event "$tmp/audits" '.msg == "drained"'
	event "$tmp/audits" '.name == "exit" and .agent == "fg-sidecar"'
	touch "$tmp/w/deaf"
	alone -- tests/fixtures/waas "$tmp/w"
	second() {
		[[ $(wc -l <"$tmp/w/starts") -eq 2 ]]
	}
	eventually second
	sleep 0.3
	local waas
	waas=$(tail -n 1 "$tmp/w/starts")
	sidecar_stop
	run ! kill -0 "${waas% *}"
	grep -q 'does not end; it is killed' "$tmp/errors"
}

@test "rules of alerts: what a program yields is an alert" {
	mkdir "$tmp/rules"
	cat >"$tmp/rules/net.jq" <<-'end'
	# severity: high
	# message: somebody went out
	select(.name == "process.exec" and .seq % 2 == 0)
	end
	echo 'if .seq == 3 then "three of \(.boot)", {msg: "and again",
		severity: "critical"}, null, false else empty end' \
		>"$tmp/rules/three.jq"
	echo '{' >"$tmp/rules/broken.jq"
	rules '{name: "any"}'
	alone --alerts="$tmp/rules"
	eventually event "$tmp/audits" '.name == "alert.failed" and
		(.detail | test("rule broken is left out: "))'
	sleep 0.5
	$ask send 5 200
	eventually jq -es 'map(select(.name == "alert")) |
		sort_by(.rule.id, .severity) | map([.rule.id, .severity, .msg]) == [
			["net", "high", "somebody went out"],
			["net", "high", "somebody went out"],
			["three", "critical", "and again"],
			["three", "medium", "three of 00"]]' "$tmp/audits"
	event "$tmp/audits" '.name == "alert" and .kind == "runtime" and
		.action == "alert" and .agent == "fg-sidecar"'
	tests/doc/validate.py < <(grep '"agent":"fg-sidecar"' "$tmp/audits")
}

@test "a rule that is endless, or eats memory, is left out; nobody waits" {
	mkdir "$tmp/rules"
	echo 'select(.seq == 2) | "two"' >"$tmp/rules/good.jq"
	echo 'def f: f; select(.seq == 1) | f' >"$tmp/rules/endless.jq"
	echo 'select(.seq == 1) | [range(1e9)]' >"$tmp/rules/large.jq"
	rules '{name: "any"}'
	alone --alerts="$tmp/rules"
	eventually healthy
	local i
	for i in 1 2 3 4 5 6; do
		[[ $($ask send 3 200) == "acks True last 3" ]]
		sleep 0.7
	done
	eventually event "$tmp/audits" '.name == "alert.failed" and
		(.detail | test("rule endless is left out: .*100 ms"))'
	eventually event "$tmp/audits" '.name == "alert.failed" and
		(.detail | test("rule large is left out"))'
	[[ $($ask send 3 200) == "acks True last 3" ]]
	eventually event "$tmp/audits" '.name == "alert" and .msg == "two"'
}

@test "a rule that is endless to read is left out, those after it work" {
	mkdir "$tmp/rules"
	awk 'BEGIN { printf "."; while (i++ < 60000) printf "?" }' \
		>"$tmp/rules/deep.jq"
	echo '"seen"' >"$tmp/rules/good.jq"
	rules '{name: "any"}'
	alone --alerts="$tmp/rules"
	eventually event "$tmp/audits" '.name == "alert.failed" and
		(.detail | test("rule deep is left out"))'
	eventually bash -c '"$@" >/dev/null && grep -q seen "$0/audits"' \
		"$tmp" $ask send 1 200
}

@test "events that come while the rules are started again are counted" {
	mkdir "$tmp/rules"
	echo 'def f: f; f' >"$tmp/rules/endless.jq"
	rules '{name: "any"}'
	alone --alerts="$tmp/rules"
	eventually healthy
	sleep 0.5
	$ask send 3 200
	eventually event "$tmp/audits" '.name == "alert.failed" and
		(.detail | test("rule endless is left out"))'
	eventually event "$tmp/audits" '.name == "alert.failed" and
		(.detail | test("^3 events were not looked at"))'
}

@test "events that the rules are too slow for are counted" {
	mkdir "$tmp/rules"
	echo '[range(3000)] | length | select(. == 1)' >"$tmp/rules/slow.jq"
	rules '{name: "any"}'
	alone --alerts="$tmp/rules"
	eventually healthy
	sleep 0.5
	[[ $($ask send 6000 500) == "acks True last 6000" ]]
	eventually event "$tmp/audits" '.name == "alert.failed" and
		(.detail | test("^[0-9]+ events were not looked at"))'
}

@test "in ECS the first try waits a little, unless it is told not to" {
	metadata
	console
	policy 1 '{name: "any"}'
	export FG_ENROL_SECRET=s3cret
	local i from
	for i in 1 2 3; do
		sidecar --at-once
		eventually healthy
		sidecar_stop
		rm -r "$data"
	done
	from=$SECONDS
	sidecar
	eventually healthy
	[[ $((SECONDS - from)) -le 7 ]]
	eventually grep -qs '"fg-sidecar"' "$console/status"
}

@test "FG_EGRESS_UID: who talks to the Console is that user" {
	[[ $(id -u) -eq 0 ]] || skip "machine: not root"
	mkdir "$tmp/w"
	chmod 755 "$tmp" "$BATS_TEST_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")" \
		"$(dirname "$(dirname "$BATS_TEST_TMPDIR")")"
	console
	policy 1 '{name: "any"}'
	FG_EGRESS_UID=1337 FG_ENROL_SECRET=s3cret sidecar -- \
		tests/fixtures/waas "$tmp/w"
	eventually healthy
	local child
	child=$(pgrep -P "$sidecar_pid" fg-sidecar)
	[[ $(awk '/^Uid/ { print $2 $3 $4 $5 }' "/proc/$child/status") == \
		1337133713371337 ]]
	[[ $(stat -c %u "$data/link/identity.json") -eq 1337 ]]
	eventually test -s "$tmp/w/starts"
	grep -q ' 0$' "$tmp/w/starts" # the firewall is not that user
	wrapped web true
	eventually at_console '.name == "exit" and .container.name == "web"'
	touch "$tmp/w/die"
	eventually at_console '.name == "waas.restarted"'
	eventually bash -c '[[ $(wc -l <"$1") -eq 2 ]]' - "$tmp/w/starts"
	sidecar_stop
	at_console '.msg == "drained"'
	[[ ! -e $socket ]]
	# On the same directory again, killed, with nobody left behind.
	FG_EGRESS_UID=1337 sidecar
	eventually healthy
	child=$(pgrep -P "$sidecar_pid" fg-sidecar)
	kill -9 "$sidecar_pid"
	wait "$sidecar_pid" || true
	eventually bash -c '! kill -0 "$1" 2>/dev/null' - "$child"
}
