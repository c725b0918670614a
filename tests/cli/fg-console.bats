#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-console: its first start, its processes, who may ask for what.

bats_require_minimum_version 1.5.0
load console

setup() {
	wrap_setup
}

teardown() {
	console_teardown
}

@test "the first start makes keys of its own and one token, printed once" {
	console
	[[ $token =~ ^fgp_[0-9a-f]{12}_[0-9a-f]{64}$ ]]
	[[ $(wc -l <"$tmp/out") -eq 1 ]]
	run ! grep -q "$token" "$tmp/errors"
	[[ $(stat -c %a "$tmp/data" "$tmp/data/keys") == $'700\n700' ]]
	run find "$tmp/data" -type f ! -perm 600
	[[ -z $output ]]
	# The secret is nowhere on the disk.
	run grep -rl "${token##*_}" "$tmp/data"
	[[ -z $output ]]
	[[ $(code api GET /api/v1/tokens) == 200 ]]
	is 'length == 1 and .[0].name == "admin"'
	stopped
	console
	[[ ! -s $tmp/out ]]
	[[ $(code api GET /api/v1/tokens) == 200 ]]
}

@test "two first starts have nothing in common" {
	fg-console --data="$tmp/a" --init-only >"$tmp/token.a" 2>/dev/null
	fg-console --data="$tmp/b" --init-only >"$tmp/token.b" 2>/dev/null
	run ! cmp -s "$tmp/token.a" "$tmp/token.b"
	for f in ca.pem server.pem policy-key.pem keys/ca.key keys/server.key \
		keys/policy.key; do
		run ! cmp -s "$tmp/a/$f" "$tmp/b/$f"
	done
	# A second time nothing is printed, and the CA stays.
	cp "$tmp/a/ca.pem" "$tmp/ca.before"
	run -0 --separate-stderr fg-console --data="$tmp/a" --init-only
	[[ -z $output ]]
	cmp "$tmp/a/ca.pem" "$tmp/ca.before"
}

@test "a lost token: one more is made while nobody works there" {
	console
	local first=$token
	run -111 fg-console --data="$tmp/data" --admin-token
	stopped
	fg-console --data="$tmp/data" --admin-token >"$tmp/more" 2>/dev/null
	console
	token=$(<"$tmp/more")
	[[ $token != "$first" && $(code api GET /api/v1/tokens) == 200 ]]
	is 'map(.by) | sort == ["--admin-token", "first start"]'
}

@test "what is wrong with the options or the directory is said" {
	run -2 fg-console
	[[ $output == *--data* ]]
	run -2 fg-console --data="$tmp/d" --listen=localhost:80
	[[ $output == *"not ADDRESS:PORT"* ]]
	run -2 fg-console --data="$tmp/d" --tls-cert=x
	mkdir -m 755 "$tmp/open"
	run -100 fg-console --data="$tmp/open" --init-only
	[[ $output == *"chmod 700"* ]]
	fg-console --data="$tmp/d" --init-only 2>/dev/null
	rm "$tmp/d/keys/ca.key"
	run -100 fg-console --data="$tmp/d" --init-only
	[[ $output == *ca.key* ]]
}

@test "one Console for a directory" {
	console
	run -111 fg-console --data="$tmp/data" --listen=127.0.0.1:0
	[[ $output == *"another fg-console"* ]]
}

@test "its certificate is for the names that it was given" {
	console --name=console.example.com --url=https://fg.example.net:8084
	openssl x509 -in "$tmp/data/server.pem" -noout -text >"$tmp/text"
	grep -q 'DNS:console.example.com.*DNS:fg.example.net' "$tmp/text"
	call GET /healthz --resolve "fg.example.net:${url##*:}:127.0.0.1" \
		-o "$tmp/body"
	is '.status == "ok"'
	# Another CA's clients do not take it.
	fg-console --data="$tmp/other" --init-only >/dev/null 2>&1
	run ! curl -sS --cacert "$tmp/other/ca.pem" "$url/healthz"
	# TLS 1.1 is not spoken.
	run ! curl -sS --cacert "$ca" --tls-max 1.1 "$url/healthz"
}

@test "a certificate of somebody else's CA is shown instead" {
	fg-console --data="$tmp/other" --init-only >/dev/null 2>&1
	ca=$tmp/other/ca.pem
	console --tls-cert="$tmp/other/server.pem" \
		--tls-key="$tmp/other/keys/server.key"
	run ! curl -sS --cacert "$tmp/data/ca.pem" "$url/healthz"
}

# workers: the pids of the workers; the writer is the first child.
workers() {
	pgrep -P "$console" | tail -n +2
}

@test "a worker that is killed is started again" {
	may_die=1
	console --workers=2
	local before
	before=$(workers)
	kill -9 "$(workers | head -n 1)"
	eventually replaced "$before"
	for _ in 1 2 3 4 5 6; do
		[[ $(code api GET /api/v1/tokens) == 200 ]]
	done
	grep -q 'a worker ended by signal 9' "$tmp/errors"
	stopped
}

replaced() {
	[[ $(workers) != "$1" && $(workers | wc -l) -eq 2 ]]
}

@test "the writer's death ends all; what was told stored is there" {
	may_die=1
	console
	put "$runtime" '{"rules":[{"name":"kept"}]}'
	kill -9 "$(pgrep -P "$console" | head -n 1)"
	run wait "$console"
	[[ $status -ne 0 ]]
	console
	[[ $(code api GET "$runtime") == 200 ]]
	is '.rules[0].name == "kept"'
}

@test "the parent's death ends all, and the next one starts" {
	may_die=1
	console
	local children
	children=$(pgrep -P "$console")
	kill -9 "$console"
	for pid in $children; do
		eventually ended "$pid"
	done
	console
	stopped
}

ended() {
	! kill -0 "$1" 2>/dev/null
}

@test "SIGTERM lets those who wait have their answer" {
	console
	local s
	s=$(secret shop)
	[[ $(enrol a "shop:$uuid" "$s") == 200 ]]
	sidecar a GET policy -D "$tmp/head" -o /dev/null
	etag=$(sed -n 's/\r//; s/^ETag: //ip' "$tmp/head")
	sidecar a GET 'policy?wait=50' -H "If-None-Match: $etag" \
		-w '%{http_code}' >"$tmp/waited" &
	eventually waits 1
	stopped
	wait $!
	[[ $(<"$tmp/waited") == 304 ]]
}

# waits N: so many long polls are open.
waits() {
	call GET /metrics | grep -qx "fg_console_long_polls $1"
}

@test "metrics are for this machine, and for those with the scope" {
	console
	call GET /metrics >"$tmp/metrics"
	awk '/^# TYPE/ { types++; next } /^#/ { next }
		!/^fg_console_[a-z0-9_]+ [0-9]+$/ { print; bad = 1 }
		END { exit bad || types < 20 }' "$tmp/metrics"
	grep -q '^fg_console_http_requests_total [1-9]' "$tmp/metrics"
}

@test "a path that is not there is 404, a method 405, and no more is said" {
	console
	[[ $(code call GET /) == 404 ]]
	[[ $(code call GET "$runtime/") == 404 ]]
	[[ $(code call GET /api/v1/../v1/tokens --path-as-is) == 404 ]]
	[[ $(code call GET /api/v1/%74okens --path-as-is) == 404 ]]
	[[ $(code call PATCH "$runtime") == 405 ]]
	call PATCH "$runtime" -i | grep -qi '^allow: GET, HEAD, POST, PUT'
	[[ $(code api GET "$runtime?limt=3") == 400 ]]
	is '.msg | test("unknown query parameter \"limt\"")'
	[[ $(code api GET "$runtime/versions?limt=3") == 400 ]]
	is '.msg | test("the nearest is \"limit\"")'
	[[ $(code api GET "$runtime/versions?limit=%zz") == 400 ]]
	[[ $(code api GET "$runtime/versions?limit=-1") == 400 ]]
}

@test "tokens: made, used, expired, revoked; secrets of others are none" {
	console
	[[ $(code api POST /api/v1/tokens -d '{"name":"reader",
		"scopes":["policy:read"],"days":1}') == 201 ]]
	local reader id
	reader=$(jq -r .token "$tmp/body") id=$(jq -r .id "$tmp/body")
	[[ $(code call GET "$runtime" -H "Authorization: Bearer $reader") \
		== 200 ]]
	[[ $(code call GET "$runtime" -H "authorization: bEARER $reader") \
		== 200 ]]
	[[ $(code call GET "$runtime" -u "anyone:$reader") == 200 ]]
	[[ $(code call PUT "$runtime" -u "x:$reader" -d '{}') == 403 ]]
	is '.msg | test("policy:write")'
	# Anything else is nobody: one letter off, of another id, twice.
	[[ $(code call GET "$runtime" -u "x:${reader%?}0") == 401 ||
		$reader == *0 ]]
	[[ $(code call GET "$runtime" -u "x:${reader:0:17}${token:17}") \
		== 401 ]]
	[[ $(code call GET "$runtime" -u "x:$reader ") == 401 ]]
	[[ $(code call GET "$runtime" -H "Authorization: Bearer $reader" \
		-H "Authorization: Bearer $reader") == 401 ]]
	[[ $(code call GET "$runtime") == 401 ]]
	call GET "$runtime" -i | grep -qi '^www-authenticate: Bearer'
	[[ $(code api DELETE "/api/v1/tokens/$id") == 204 ]]
	[[ $(code call GET "$runtime" -u "x:$reader") == 401 ]]
	[[ $(code api DELETE /api/v1/tokens/0123456789ab) == 404 ]]
	api GET /api/v1/tokens | jq -e --arg id "$id" \
		'map(select(.id == $id))[0] | .revoked and .used'
	[[ $(code api POST /api/v1/tokens -d '{"name":"short",
		"scopes":["admin"],"expires":"'"$(date -u -d '+4 seconds' \
		+%FT%TZ)"'"}') == 201 ]]
	local short
	short=$(jq -r .token "$tmp/body")
	[[ $(code call GET "$runtime" -u "x:$short") == 200 ]]
	sleep 4.1
	[[ $(code call GET "$runtime" -u "x:$short") == 401 ]]
}

@test "a token without an end, or with odd members, is not made" {
	console
	local body
	for body in '{"name":"x","scopes":["admin"]}' \
		'{"name":"x","scopes":["admin"],"days":0}' \
		'{"name":"x","scopes":["admin"],"days":1,"expires":"2027-01-01"}' \
		'{"name":"x","scopes":["admin"],"expires":"2020-01-01T00:00:00Z"}' \
		'{"name":"x","scopes":[],"days":1}' \
		'{"name":"x","scopes":["admn"],"days":1}' \
		'{"name":"x","scopes":"admin","days":1}' \
		'{"name":"a\nb","scopes":["admin"],"days":1}' \
		'{"name":"x","scopes":["admin"],"days":1,"dayz":1}' \
		'{"name":"x","scopes":["metrics:read"],"scopes":["admin"],"days":1}' \
		'[]' '1' '' '{' 'null'; do
		[[ $(code api POST /api/v1/tokens -d "$body") == 400 ]]
		is '.status == 400 and (.msg | length > 0)'
	done
	[[ $(api GET /api/v1/tokens | jq length) == 1 ]]
}
