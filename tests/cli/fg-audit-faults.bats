#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-audit and a Console that is slow, refuses, breaks off: a stand-in.

bats_require_minimum_version 1.5.0

load hostile.bash

setup() {
	bin=${FG_BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	PATH=$bin:$PATH
	export FG_SHARE=$BATS_TEST_DIRNAME/../../share
	unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY \
		no_proxy NO_PROXY
	cd "$BATS_TEST_TMPDIR" || exit 1
	pid= extra_pid=
	export FG_TOKEN=t
	events {1..8}
}

# events N ...: append events of these numbers, every other one an alert
events() {
	local n
	for n; do
		jq -nc --argjson n "$n" '{type: "event", v: 1, id: "00-\($n)",
			ts: "2026-01-02T03:04:05Z", kind: "runtime",
			name: "file.open", severity: "info",
			action: (if $n % 2 == 0 then "alert" else "allow" end),
			count: 1, seq: $n, boot: "00"}'
	done >>events
}

# console [FAULT ...]: start it; FG_CONSOLE_URL and FG_CONSOLE_CA are its.
console() {
	stop
	certificate
	rm -f port
	: >log
	"$BATS_TEST_DIRNAME/../fixtures/audits-console.py" \
		"$BATS_FILE_TMPDIR/cert.pem" "$BATS_FILE_TMPDIR/key.pem" log \
		events "$@" >port 2>&1 3>&- &
	pid=$!
	wait_for port
	FG_CONSOLE_URL=https://127.0.0.1:$(<port)
	FG_CONSOLE_CA=$(<"$BATS_FILE_TMPDIR/cert.pem")
	export FG_CONSOLE_URL FG_CONSOLE_CA
}

# seqs [OPTION ...]
seqs() {
	fg-audit --jq .seq "$@" | tr '\n' ' '
}

# following [OPTION ...]: into "out"
following() {
	fg-audit --follow --jq .seq "$@" >out 2>err 3>&- &
	extra_pid=$!
}

# until_seen N ...: those are the numbers in "out", and stay so
until_seen() {
	local i
	for ((i = 0; i < 300; i++)); do
		[[ $(tr '\n' ' ' <out) != "$* " ]] || break
		sleep 0.05
	done
	sleep 0.3
	echo "$(tr '\n' ' ' <out)"
	cat err
	[[ $(tr '\n' ' ' <out) == "$* " ]]
}

@test "all pages, in their order; the last ones; turned round" {
	console
	[[ $(seqs) == "1 2 3 4 5 6 7 8 " ]]
	[[ $(seqs --action alert) == "2 4 6 8 " ]]
	[[ $(seqs --limit 5) == "4 5 6 7 8 " ]]
	[[ $(seqs --limit 5 --reverse) == "8 7 6 5 4 " ]]
	[[ $(seqs --reverse) == "8 7 6 5 4 3 2 1 " ]]
	[[ $(seqs --limit 100) == "1 2 3 4 5 6 7 8 " ]]
	[[ $(seqs --after c6) == "7 8 " ]]
	[[ $(fg-audit -n 1 | jq -r .cursor) == c8 ]]
	run fg-audit --name none
	[[ $status -eq 1 && -z $output ]]
}

@test "the options are the parameters, encoded, and the token is no part" {
	console
	run fg-audit --app 'a:*' --app 'b&c=d' --search 'é +' --severity low \
		--from 2026-01-02 --kind runtime --rule x --image i --container c
	grep -Fx 'app=a%3A%2A&app=b%26c%3Dd&container=c&image=i&rule=x&kind=runtime&severity=low&from=2026-01-02T00%3A00%3A00.000Z&search=%C3%A9%20%2B&limit=1000' log
	! grep -i token log
}

# Else what is told late would be left out.
@test "a relative time is that of the start, for all pages" {
	console
	run fg-audit --from 30m
	[[ $(grep -o 'from=[^&]*' log | sort -u | wc -l) -eq 1 ]]
	[[ $(wc -l <log) -gt 2 ]]
	grep "from=$(date -u -d '-30 minutes' +%F)T" log
}

@test "the token from a file, none, and a wrong one" {
	console
	unset FG_TOKEN
	echo t >token
	[[ $(seqs --token-file token -n 1) == "8 " ]]
	run fg-audit
	[[ $status -eq 2 && $output == *"--token-file or FG_TOKEN"* ]]
	FG_TOKEN=wrong run fg-audit --follow
	[[ $status -eq 100 && ${lines[0]} == \
		'fg-audit: the Console answers 401: not \x1b[31mnow' ]]
	[[ $(wc -l <log) -eq 2 ]]
}

@test "its certificate is verified: by no other CA, by its own name" {
	console
	unset FG_CONSOLE_CA
	run fg-audit
	[[ $status -eq 100 && $output == *certificate* ]]
	cp "$BATS_FILE_TMPDIR/cert.pem" ca.pem
	[[ $(seqs --console-ca ca.pem -n 1) == "8 " ]]
	run fg-audit --console-ca nothing.pem
	[[ $status -eq 100 && $output == *nothing.pem* ]]
	FG_CONSOLE_CA=nonsense run fg-audit
	[[ $status -ne 0 ]]
	run fg-audit --console-ca ca.pem \
		--console "https://localhost.localdomain:1"
	[[ $status -ne 0 ]]
	[[ ! -s log || $(wc -l <log) -eq 1 ]]
}

@test "http, and what is no URL, are usage errors" {
	local url
	for url in http://127.0.0.1:1 ftp://x 'https://u:p@x' x; do
		run fg-audit --console "$url"
		echo "$output"
		[[ $status -eq 2 && ${lines[0]} == "fg-audit: --console: "* ]]
	done
}

@test "a query ends with what is wrong: 111 to try again, 100 for good" {
	console 503
	run fg-audit
	[[ $status -eq 111 && ${lines[0]} == *"answers 503: not"* ]]
	console 429
	run fg-audit
	[[ $status -eq 111 ]]
	console 403
	run fg-audit
	[[ $status -eq 100 ]]
	console 404
	run fg-audit
	[[ $status -eq 100 ]]
	console ok cut
	run fg-audit --jq .seq
	[[ $status -eq 111 && ${lines[2]} == 3 && ${#lines[@]} -eq 4 ]]
	stop
	run fg-audit
	[[ $status -eq 111 ]]
}

@test "a redirect is not followed, the token goes nowhere else" {
	console redirect
	run fg-audit
	[[ $status -eq 100 && $output == *302* ]]
}

@test "an answer that goes round, or has no fit cursor, ends the run" {
	console ok same same
	run timeout 20 fg-audit --jq .seq
	[[ $status -eq 100 && $output == *"does not go on"* ]]
	console long
	run timeout 20 fg-audit --jq .seq
	[[ $status -eq 100 && $output == *cursor* ]]
}

@test "lines of it that are no events are told and counted" {
	console junk
	run --separate-stderr fg-audit --jq .seq
	[[ $status -eq 1 && $output == $'1\n2\n3\n4\n5\n6\n7\n8' ]]
	[[ $stderr == *"the Console's answer:1:"*"answer:2:"*"2 lines could"* ]]
}

@test "--follow: the last ones, then each as it comes" {
	console
	following -n 2
	until_seen 7 8
	events 9
	until_seen 7 8 9
	events 10 11 12 13 14 15
	until_seen 7 8 9 10 11 12 13 14 15
	[[ ! -s err ]]
}

@test "--follow: none of the past, a filter, from the start of all" {
	console
	following -n 0
	sleep 0.7
	events 9 10
	until_seen 9 10
	stop
	console
	following -n 3 --action alert
	until_seen 6 8 10
	events 11 12
	until_seen 6 8 10 12
	stop
	console
	following --name other
	sleep 0.7
	events 13
	sleep 0.5
	[[ ! -s out ]]
	stop
	console
	following --after c9
	until_seen 10 11 12 13
}

@test "--follow: no gap and no duplicate through all that can break" {
	console ok ok ok cut reset 503 429 cut ok ok 500 cut
	following -n 5
	until_seen 4 5 6 7 8
	events 9 10 11 12
	until_seen 4 5 6 7 8 9 10 11 12
	grep -q 'trying again' err
	grep -q 'the Console is back' err
	events 13
	until_seen 4 5 6 7 8 9 10 11 12 13
}

# A transfer without a byte for ten seconds is given up elsewhere.
@test "--follow: a Console that has long nothing to say is no fault" {
	console ok ok ok slow
	following -n 1
	until_seen 8
	events 9
	sleep 8
	until_seen 8 9
	[[ ! -s err ]]
}

@test "--follow: a Console that is started again is found again" {
	local port
	console
	following -n 1
	until_seen 8
	port=$(<port)
	kill "$pid"
	pid=
	events 9
	sleep 0.5
	sed "s/(\"127.0.0.1\", 0)/(\"127.0.0.1\", $port)/" \
		"$BATS_TEST_DIRNAME/../fixtures/audits-console.py" >again.py
	python3 again.py "$BATS_FILE_TMPDIR/cert.pem" \
		"$BATS_FILE_TMPDIR/key.pem" log events >port2 3>&- &
	pid=$!
	until_seen 8 9
}

@test "--follow ends when the token is no longer good" {
	console ok ok ok 401
	following
	sleep 0.2
	local status=0
	wait "$extra_pid" || status=$?
	extra_pid=
	[[ $status -eq 100 ]]
	grep 401 err
}
