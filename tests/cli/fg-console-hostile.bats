#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-console: what has gone wrong in consoles of others.

bats_require_minimum_version 1.5.0
load console

setup() {
	wrap_setup
}

teardown() {
	console_teardown
}

@test "every route with every scope: in, or not" {
	console
	fg-console --routes >"$tmp/routes"
	[[ $(wc -l <"$tmp/routes") -ge 40 ]]
	jq -es 'all(.[]; .auth != "none" or .path == "/healthz")' "$tmp/routes"
	run -0 tests/fixtures/console-client.py matrix "$url" "$ca" "$token" \
		<"$tmp/routes"
	echo "$output"
	[[ ${#lines[@]} -eq 1 && ${lines[0]} == *asked ]]
}

@test "guessing tokens reads nothing from the disk" {
	console --workers=1
	local worker before after
	worker=$(pgrep -P "$console" | tail -n 1)
	api GET /api/v1/tokens >/dev/null
	before=$(awk '/^syscr/ { print $2 }' "/proc/$worker/io")
	[[ $(tests/fixtures/console-client.py guess "$url" "$ca" 1000) == 1000 ]]
	after=$(awk '/^syscr/ { print $2 }' "/proc/$worker/io")
	echo "$before $after"
	((after - before < 100))
	grep -q . <(call GET /metrics | grep '^fg_console_auth_failed_total 1000$')
	# It fills no log either.
	[[ $(wc -l <"$tmp/errors") -lt 10 ]]
}

@test "an App ID, a serial or a boot id gives nobody anything" {
	console
	local app=shop:$uuid
	[[ $(enrol a "$app" "$(secret "$app")" 3) == 200 ]]
	serial=$(openssl x509 -in "$tmp/a.pem" -noout -serial)
	for guess in "$app" "$(boot 3)" "${serial#*=}" "$uuid" admin; do
		[[ $(code call GET "$runtime" -u "admin:$guess") == 401 ]]
		[[ $(code call GET "$runtime" -H "Authorization: Bearer $guess") \
			== 401 ]]
		[[ $(code call GET /api/v1/sidecar/policy \
			-H "Authorization: Bearer $guess") == 401 ]]
	done
	# Nor does a field that a proxy in front might have set.
	for field in 'X-Forwarded-User: admin' 'X-Forwarded-For: 127.0.0.1' \
		'X-Client-Cert: x' 'Cookie: token=x' 'X-Original-URL: /healthz'; do
		[[ $(code call GET "$runtime" -H "$field") == 401 ]]
	done
}

@test "no key and no secret is in the program" {
	run grep -aEc 'BEGIN [A-Z ]*PRIVATE KEY-----[^"]{40}|fg[pe]_[0-9a-f]{12}_' \
		"$(command -v fg-console)"
	[[ $output == 0 ]]
}

@test "what comes in a name is an escape where it comes out" {
	console
	local app=shop:$uuid
	[[ $(enrol a "$app" "$(secret "$app")") == 200 ]]
	event 1 '{msg: "a\r\nSet-Cookie: x\u001b[31m<script>", container: {name:
		"\u0000"}}' | audits a
	[[ $(code api GET /api/v1/audits/events?kind=runtime -D "$tmp/head") == 200 ]]
	[[ $(wc -l <"$tmp/body") == 1 ]]
	run grep -c $'[\001-\011\013-\037]' "$tmp/body"
	[[ $output == 0 ]]
	grep -qi '^x-content-type-options: nosniff' "$tmp/head"
	# In the query, and so in the answer.
	[[ $(code api GET "$runtime?a%0d%0aX-Injected:1=2" -D "$tmp/head") == 400 ]]
	run grep -ci '^x-injected' "$tmp/head"
	[[ $output == 0 ]]
	put "$runtime?note=a%0d%0ab" '{"rules":[]}'
	[[ $(api GET "$runtime/versions" | jq -r '.[0].note') == $'a\r\nb' ]]
}

@test "a task cannot say who changed what" {
	console
	local app=shop:$uuid lie
	[[ $(enrol a "$app" "$(secret "$app")") == 200 ]]
	for lie in '{kind: "lifecycle", name: "config.write"}' \
		'{agent: "fg-console"}' '{config: {actor: "admin"}}'; do
		[[ $(event 1 "$lie" | audits a) == 200 ]]
		is '.stored == 0 and .rejected[0].msg ==
			"only the Console itself says that"'
	done
	# Its own are there, and no others.
	api GET '/api/v1/audits/events?name=config.write' |
		jq -es 'length > 0 and all(.[]; .app.id == "fg-console")'
}

@test "two lengths, a length and chunks, a bare LF: not two requests" {
	console
	local raw
	for raw in 'Content-Length: 4\r\nContent-Length: 5' \
		'Content-Length: 4\r\nTransfer-Encoding: chunked' \
		'Transfer-Encoding: chunked, identity' 'Content-Length: +4' \
		'Transfer-Encoding : chunked' 'X: y\nContent-Length: 4'; do
		printf "POST /healthz HTTP/1.1\r\nHost: x\r\n$raw\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" |
			timeout 5 openssl s_client -quiet -CAfile "$ca" \
				-connect "${url#https://}" 2>/dev/null \
				>"$tmp/answer" || true
		grep -q '^HTTP/1.1 400' "$tmp/answer"
		run grep -c fg_console_ "$tmp/answer"
		[[ $output == 0 ]]
	done
}

@test "kill -9 at any moment: all that was told stored is there" {
	may_die=1
	console
	local app=shop:$uuid i
	[[ $(enrol a "$app" "$(secret "$app")") == 200 ]]
	: >"$tmp/told"
	for i in 1 2 3 4 5; do
		(
			for n in {1..200}; do
				event $((i * 1000 + n)) >"$tmp/one"
				[[ $(code sidecar a POST audits --data-binary \
					"@$tmp/one" 2>/dev/null) == 200 ]] || break
				echo $((i * 1000 + n)) >>"$tmp/told"
			done
		) &
		sleep "0.$((RANDOM % 8 + 2))"
		kill -9 "$(pgrep -P "$console" | head -n 1)"
		wait "$!" || true
		wait "$console" || true
		console
	done
	api GET '/api/v1/audits/events?kind=runtime&limit=1000' | jq .seq |
		sort >"$tmp/kept"
	[[ -s $tmp/told ]]
	run comm -23 <(sort "$tmp/told") "$tmp/kept"
	[[ -z $output ]]
	# And nothing twice.
	run uniq -d "$tmp/kept"
	[[ -z $output ]]
}
