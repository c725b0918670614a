#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-audit and fg-console: what is asked of a file and of the Console is the
# same, and nothing is lost between the two.

bats_require_minimum_version 1.5.0

load console.bash

setup() {
	wrap_setup
	root=$PWD
	export FG_SHARE=$root/share
	cd "$tmp" || exit 1
	token= ca=
	console --workers=2
	export FG_TOKEN=$token FG_CONSOLE_URL=$url
	FG_CONSOLE_CA=$(<"$ca")
	export FG_CONSOLE_CA
	[[ $(enrol a "shop:$uuid" "$(secret shop)") == 200 ]]
}

teardown() {
	wrap_teardown
}

# deliver FILE: events, as the sidecar of the task does
deliver() {
	[[ $(audits a <"$1") == 200 ]]
	is '.rejected == []'
}

# of_all [OPTION ...]: both answer the same; the Console has its own, too
of_all() {
	local kinds=()
	[[ $* == *--kind* ]] || kinds=(--kind runtime --kind waas --kind lost)
	diff <(fg-audit "$@" "${kinds[@]}" events --jq .seq) \
		<(fg-audit "$@" "${kinds[@]}" --jq .seq)
}

@test "each question has the same answer from a file and from the Console" {
	# But for what the Console alone says.
	jq -c "select(.agent != \"fg-console\" and .config == null) |
		.boot = \"$(boot 9)\" | .id = \"$(boot 9)-\(.seq)\"" \
		"$root/tests/fixtures/audits/events.ndjson" >events
	deliver events
	of_all
	of_all --name process.exec
	of_all --name 'net.*' --action prevent
	of_all --name '*.dns' --reverse
	of_all --severity high
	of_all --severity medium --limit 5
	of_all --rule reverse-shell
	of_all --rule 'denied-*' --rule ptrace
	of_all --rule default
	of_all --search AUTHORIZED_keys
	of_all --search /etc/passwd
	of_all --search path2
	of_all --search "1' or"
	of_all --from 2026-11-24T15:00:47Z
	of_all --from 2026-11-24T15:00:03.003Z --to 2026-11-24T15:00:04.004Z
	of_all --from 2026-11-25
	of_all --app 'SHOP:*'
	of_all --app 'shop*'
	of_all --app "shop:${uuid//-/}"
	of_all --app '-shop:*'
	of_all --app 'web:*' --app '*579c'
	of_all --container web --image '*/shop/web:1.4'
	of_all --container 'we*' --limit 3 --reverse
	of_all --container we
	of_all --image '*@sha256:ab*'
	of_all --limit 0
	of_all --limit 1000
}

@test "ten thousand events, in pages, back and forth" {
	jq -nc --arg boot "$(boot 9)" 'range(1; 10001) | {type: "event", v: 1,
		id: "\($boot)-\(.)", ts: "2026-01-02T03:04:05Z",
		kind: "runtime", name: (if . % 10 == 0 then "file.open" else
		"file.read" end), severity: "info", action: "allow", count: 1,
		seq: ., boot: $boot}' >events
	split -l 5000 events part.
	deliver part.aa
	deliver part.ab
	of_all
	of_all --name file.open
	of_all --limit 2500
	of_all --limit 2500 --reverse --name file.read
	[[ $(fg-audit --after "$(fg-audit --name file.open -n 1 \
		--jq .cursor | tr -d '"')" --kind runtime) == "" ]]
	[[ $(fg-audit --name file.open --reverse --jq .seq | head -n 1) == 10000 ]]
}

@test "large events go over in several answers" {
	jq -nc --arg boot "$(boot 9)" 'range(1; 601) | {type: "event", v: 1,
		id: "\($boot)-\(.)", ts: "2026-01-02T03:04:05Z",
		kind: "runtime", name: "file.open", severity: "info",
		action: "allow", msg: ("x" * 60000), count: 1, seq: .,
		boot: $boot}' >events
	split -l 100 events part.
	for part in part.*; do
		deliver "$part"
	done
	of_all
	of_all --limit 590
	of_all --reverse
}

@test "--follow sees what comes, over a restart of the Console" {
	event 1 >e1
	event 2 >e2
	event 3 >e3
	deliver e1
	fg-audit --follow --name process.exec --jq .seq >out 2>err &
	background+=("$!")
	eventually grep -qx 1 out
	deliver e2
	eventually grep -qx 2 out
	stopped
	port=${url##*:}
	fg-console --data="$tmp/data" --listen="127.0.0.1:$port" \
		>"$tmp/out2" 2>>"$tmp/errors" &
	background+=("$!")
	eventually call GET /healthz -o health
	deliver e3
	eventually grep -qx 3 out
	diff out - <<<$'1\n2\n3'
}

@test "a token without the scope, and one that was revoked" {
	local mine
	mine=$(api POST /api/v1/tokens -d '{"name":"ci","days":1,
		"scopes":["policy:read"]}')
	FG_TOKEN=$(jq -r .token <<<"$mine") run fg-audit
	echo "$output"
	[[ $status -eq 100 && $output == *403* ]]
	mine=$(api POST /api/v1/tokens -d '{"name":"soc","days":1,
		"scopes":["audit:read"]}')
	FG_TOKEN=$(jq -r .token <<<"$mine") fg-audit >/dev/null
	api DELETE "/api/v1/tokens/$(jq -r .id <<<"$mine")"
	FG_TOKEN=$(jq -r .token <<<"$mine") run fg-audit --follow
	[[ $status -eq 100 && $output == *401* ]]
}

@test "the writes are audits" {
	put "$runtime" '{"rules":[]}'
	run fg-audit --name config.write --format=text
	echo "$output"
	[[ $status -eq 0 && $output == *fg-console*config.write* ]]
	fg-audit --name config.write --format=ocsf \
		--jq '.actor.user.name' | grep admin
}
