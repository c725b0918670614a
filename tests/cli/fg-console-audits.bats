#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-console: audits are found again, as NDJSON, JSON and CSV.

bats_require_minimum_version 1.5.0
load console

events=/api/v1/audits/events

setup() {
	wrap_setup
	export FG_SHARE=$PWD/share
	app=shop:$uuid
	other=cart:$uuid
}

teardown() {
	console_teardown
}

# stocked: two apps, five events of each.
stocked() {
	console
	[[ $(enrol a "$app" "$(secret "$app")" 1) == 200 ]]
	[[ $(enrol b "$other" "$(secret "$other")" 2) == 200 ]]
	some | audits a
	some | sed 's/nginx:1/redis:7/' | audits b
}

some() {
	event 1
	event 2 '{severity: "low", action: "allow"}'
	event 3 '{name: "file.open", action: "prevent", rule: {id: "denied-file",
		name: "r2"}, file: {path: "/etc/passwd"}, msg: "=1+1"}'
	event 4 '{kind: "waas", name: "http.request", severity: "critical",
		action: "block", rule: {id: "942100", name: "w"},
		http: {method: "GET", host: "x", path: "/a", query: "q=1"},
		match: {class: "sqli", where: "arg", name: "q", value: "1"},
		client: {ip: "192.0.2.1", xff: "192.0.2.7"}}'
	event 5 '{ts: "2026-11-25T00:00:00Z", container: {name: "db"}}'
}

# seqs QUERY: the numbers of the events, in their order.
seqs() {
	[[ $(code api GET "$events?$1&kind=runtime&kind=waas") == 200 ]]
	jq -j '"\(.app.name[:1])\(.seq) "' "$tmp/body"
}

@test "events by what they say, page by page, both ways" {
	stocked
	[[ $(seqs '') == "s1 s2 s3 s4 s5 c1 c2 c3 c4 c5 " ]]
	[[ $(seqs order=desc) == "c5 c4 c3 c2 c1 s5 s4 s3 s2 s1 " ]]
	[[ $(seqs "app=$app") == "s1 s2 s3 s4 s5 " ]]
	[[ $(seqs "app=shop*&name=file.*") == "s3 " ]]
	[[ $(seqs "app=-shop*&name=file.*") == "c3 " ]]
	[[ $(seqs "app=SHOP:${uuid//-/}") == "s1 s2 s3 s4 s5 " ]]
	[[ $(seqs 'severity=critical') == "s4 c4 " ]]
	[[ $(seqs 'action=prevent&action=block') == "s3 s4 c3 c4 " ]]
	[[ $(seqs 'container=db') == "s5 c5 " ]]
	[[ $(seqs 'image=redis:*&rule=r1') == "c1 c2 " ]]
	[[ $(seqs 'rule=denied-file') == "s3 c3 " ]]
	[[ $(seqs 'from=2026-11-25T00:00:00Z') == "s5 c5 " ]]
	[[ $(seqs 'to=2026-11-25T00:00:00Z&rule=r1') == "s1 s2 c1 c2 " ]]
	[[ $(seqs 'search=PASSWD') == "s3 c3 " ]]
	[[ $(seqs 'search=%2Fetc%2Fpasswd') == "s3 c3 " ]]
	[[ $(seqs 'search=nothing') == "" ]]
	local after='' got='' order
	for order in asc desc; do
		after='' got=
		while [[ $(code api GET "$events?kind=waas&limit=1&order=$order$after" \
			-D "$tmp/head") == 200 && -s $tmp/body ]]; do
			got+=$(jq -j '"\(.app.name[:1])\(.seq) "' "$tmp/body")
			after="&after=$(jq -r .cursor "$tmp/body")"
			grep -qi '^fg-cursor: [0-9]' "$tmp/head"
		done
		[[ $got == "s4 c4 " || $got == "c4 s4 " ]]
	done
	for bad in kind=x severity=9 order=up limit=0 limit=1001 after=x wait=56 \
		'wait=1&order=desc' from=yesterday; do
		[[ $(code api GET "$events?$bad") == 400 ]]
	done
}

@test "what comes later is waited for" {
	stocked
	cursor=$(api GET "$events?order=desc&limit=1" | jq -r .cursor)
	code api GET "$events?after=$cursor&kind=runtime&wait=50" \
		>"$tmp/status" &
	background+=($!)
	eventually waits 1
	event 8 '{kind: "lifecycle", name: "start"}' | audits a
	sleep 0.4
	[[ ! -s $tmp/status ]]
	event 9 | audits a
	eventually test -s "$tmp/status"
	[[ $(<"$tmp/status") == 200 ]]
	is '.seq == 9'
	[[ $(code api GET "$events?after=$(jq -r .cursor "$tmp/body")&wait=1") \
		== 200 ]]
	[[ ! -s $tmp/body ]]
}

waits() {
	call GET /metrics | grep -qx "fg_console_long_polls $1"
}

@test "fg-audit reads them" {
	stocked
	FG_CONSOLE_CA=$(<"$ca")
	export FG_CONSOLE_URL=$url FG_CONSOLE_CA FG_TOKEN=$token
	[[ $(fg-audit --kind=runtime --kind=waas --jq .seq | tr '\n' ' ') == \
		"1 2 3 4 5 1 2 3 4 5 " ]]
	[[ $(fg-audit --app="$app" --kind=waas --jq .seq) == 4 ]]
	[[ $(fg-audit --kind=runtime --limit=2 --jq .seq | tr '\n' ' ') == "3 5 " ]]
	[[ $(fg-audit --kind=runtime --reverse --jq .seq | tr '\n' ' ') == \
		"5 3 2 1 5 3 2 1 " ]]
	fg-audit --follow --kind=runtime --limit=0 --jq .seq >"$tmp/followed" &
	background+=($!)
	eventually waits 1
	event 30 | audits b
	eventually grep -qx 30 "$tmp/followed"
}

@test "the vendor's form is that of share/convert/prisma.jq" {
	stocked
	local runtime=/api/v1/audits/runtime/app-embedded
	local waas=/api/v1/audits/firewall/app/app-embedded
	api GET "$events?kind=runtime" | jq -Sc 'del(.cursor)' |
		jq -Scf share/convert/prisma.jq >"$tmp/want"
	[[ $(code api GET "$runtime?sort=time") == 200 ]]
	jq -Sc '.[]' "$tmp/body" | diff "$tmp/want" -
	api GET "$events?kind=waas" | jq -Scf share/convert/prisma.jq >"$tmp/want"
	[[ $(code api GET "$waas?sort=time") == 200 ]]
	jq -Sc '.[]' "$tmp/body" | diff "$tmp/want" -
}

@test "the vendor's filters" {
	stocked
	local runtime=/api/v1/audits/runtime/app-embedded
	local waas=/api/v1/audits/firewall/app/app-embedded
	found() {
		[[ $(code api GET "$1?$2") == 200 ]]
		jq -j '.[] | "\(.appID[:1])\(._id | split("-")[1]) "' "$tmp/body"
	}
	[[ $(found $runtime '') == "c5 c3 c2 c1 s5 s3 s2 s1 " ]]
	[[ $(found $runtime 'reverse=true') == "s1 s2 s3 s5 c1 c2 c3 c5 " ]]
	[[ $(found $runtime 'sort=time&reverse=true&limit=2&offset=1') == "c3 c2 " ]]
	[[ $(found $runtime "appID=shop*&effect=prevent,allow") == "s3 s2 " ]]
	[[ $(found $runtime 'imageName=redis:7&container=web') == "c3 c2 c1 " ]]
	[[ $(found $runtime 'attackType=explicitlyDeniedFile') == "c3 s3 " ]]
	[[ $(found $runtime 'type=filesystem') == "c3 s3 " ]]
	[[ $(found $runtime 'severity=low') == "c2 s2 " ]]
	[[ $(found $runtime 'ruleName=r2') == "c3 s3 " ]]
	[[ $(found $runtime 'from=2026-11-24T23:59:59Z') == "c5 s5 " ]]
	[[ $(found $runtime 'search=etc') == "c3 s3 " ]]
	[[ $(found $waas 'type=sqli') == "c4 s4 " ]]
	[[ $(found $waas 'type=xss') == "" ]]
	[[ $(found $waas 'severity=high') == "c4 s4 " ]]
	[[ $(code api GET "$runtime?imagName=x") == 400 ]]
	is '.msg | test("nearest is \"imageName\"")'
	for bad in sort=name effect=x severity=x type=x limit=1001 offset=-1 \
		reverse=yes from=x; do
		[[ $(code api GET "$runtime?$bad") == 400 ]]
	done
}

@test "CSV: all rows, no formula, no line of somebody else" {
	stocked
	event 20 '{msg: "@SUM(A1)\r\nEvil,row", container: {name: "-x"},
		process: {exe: "\"q\",=2", args: ["+1", "\t=3"]}}' | audits a
	[[ $(code api GET /api/v1/audits/runtime/app-embedded/download \
		-D "$tmp/head") == 200 ]]
	grep -qi '^content-type: text/csv' "$tmp/head"
	python3 - "$tmp/body" <<'END'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert len(rows) == 9, len(rows)
for row in rows:
    for cell in row.values():
        assert cell.lstrip()[:1] not in tuple("=+-@") or cell == "", cell
        assert not any(ord(c) < 32 for c in cell), cell
first = rows[0]
assert first["msg"] == "'@SUM(A1)\\x0d\\x0aEvil,row", first["msg"]
assert first["containerName"] == "'-x"
assert first["processPath"] == '"q",=2'
assert first["command"] == "'+1 \\x09=3", first["command"]
END
	[[ $(api GET '/api/v1/audits/runtime/app-embedded/download?limit=3' |
		wc -l) == 4 ]]
	# More than a piece.
	for i in {1000..5000}; do
		printf '{"type":"event","v":1,"id":"x","ts":"2026-11-24T12:00:00Z","kind":"runtime","name":"process.exec","severity":"low","action":"alert","count":1,"seq":%d,"boot":"%s","msg":"%0300d"}\n' "$i" "$(printf '%032x' 9)" "$i"
	done >"$tmp/many"
	[[ $(audits a <"$tmp/many") == 200 ]]
	[[ $(api GET '/api/v1/audits/runtime/app-embedded/download' |
		wc -l) == 4011 ]]
	# Large ones in a row, to a peer that reads slowly.
	for i in {6000..6119}; do
		printf '{"type":"event","v":1,"id":"x","ts":"2026-11-24T12:00:00Z","kind":"runtime","name":"process.exec","severity":"low","action":"alert","count":1,"seq":%d,"boot":"%s","msg":"%060000d"}\n' "$i" "$(printf '%032x' 9)" "$i"
	done >"$tmp/large"
	[[ $(audits a <"$tmp/large") == 200 ]]
	[[ $(api GET '/api/v1/audits/runtime/app-embedded/download' \
		--limit-rate 4M | wc -l) == 4131 ]]
}
