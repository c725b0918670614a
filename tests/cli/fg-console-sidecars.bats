#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-console and sidecars: enrolment, policies that are waited for, audits.

bats_require_minimum_version 1.5.0
load console

setup() {
	wrap_setup
	app=shop:$uuid
	other=cart:$uuid
}

teardown() {
	console_teardown
}

@test "a secret gives a certificate for its App ID, as often as it is used" {
	console
	local s
	s=$(secret "$app")
	[[ $(enrol a "$app" "$s" 1) == 200 ]]
	is '.type == "enrolled" and .v == 1'
	jq -j .ca "$tmp/body" | cmp - "$ca"
	jq -j .policy_key "$tmp/body" | cmp - "$tmp/data/policy-key.pem"
	is '(.not_after | fromdate) - (.renew_at | fromdate) | . > 43100 and . < 43300'
	openssl verify -CAfile "$ca" "$tmp/a.pem"
	openssl x509 -in "$tmp/a.pem" -noout -ext subjectAltName |
		grep -q "URI:fg:app/shop%3A$uuid"
	# Of the request nothing counts but its key.
	run openssl x509 -in "$tmp/a.pem" -noout -subject -nameopt RFC2253
	[[ $output != *CN=x* ]]
	[[ $(enrol b "$app" "$s" 2) == 200 ]]
	run ! cmp -s "$tmp/a.pem" "$tmp/b.pem"
	[[ $(api GET /api/v1/enrol-secrets | jq '.[0].live') == 2 ]]
}

@test "a secret is refused with the reason" {
	console
	local s id
	s=$(secret "$app" '{max_live: 2}')
	[[ $(enrol a "$app" "fge_000000000000_${s##*_}") == 401 ]]
	[[ $(enrol a "$app" "${s%??}00") == 401 ]]
	[[ $(enrol a "$app" "$token") == 401 ]]
	[[ $(enrol a "$other" "$s") == 403 ]]
	is '.reason == "not-for-this-app"'
	[[ $(enrol a "$app" "$s" 1) == 200 && $(enrol b "$app" "$s" 2) == 200 ]]
	[[ $(enrol c "$app" "$s" 3) == 403 ]]
	is '.reason == "too-many"'
	# The same start again is no other one.
	[[ $(enrol a "$app" "$s" 1) == 200 ]]
	id=${s:4:12}
	[[ $(code api DELETE "/api/v1/enrol-secrets/$id") == 204 ]]
	[[ $(enrol a "$app" "$s" 1) == 403 ]]
	is '.reason == "revoked"'
	s=$(api POST /api/v1/enrol-secrets -d "$(jq -n --arg app "$app" \
		--arg at "$(date -u -d '+3 seconds' +%FT%TZ)" \
		'{app: $app, expires: $at}')" | jq -r .secret)
	sleep 3.1
	[[ $(enrol a "$app" "$s") == 403 ]]
	is '.reason == "expired"'
}

@test "a secret is for an App ID, for all of a name, or for a pattern" {
	console
	local s
	s=$(secret shop)
	[[ $(enrol a "$app" "$s" 1) == 200 ]]
	[[ $(enrol a "shop2:$uuid" "$s" 1) == 403 ]]
	s=$(secret 'shop*')
	[[ $(enrol a "shop2:$uuid" "$s" 1) == 200 ]]
	[[ $(enrol a "$other" "$s" 1) == 403 ]]
	# The vendor's form of the UUID is the same App ID.
	s=$(secret "$app")
	[[ $(enrol a "shop:${uuid//-/}" "$s" 1) == 200 ]]
	openssl x509 -in "$tmp/a.pem" -noout -ext subjectAltName |
		grep -q "%3A$uuid"
	for bad in -shop '' 'a*b'; do
		[[ $(code api POST /api/v1/enrol-secrets -d "$(jq -n \
			--arg app "$bad" '{app: $app, days: 1}')") == 400 ]]
	done
}

@test "what is no enrolment is 400, and costs no certificate" {
	console
	local s body good
	s=$(secret "$app")
	good=$(jq -n --arg app "$app" --arg csr "$(request a)" --arg boot \
		"$(boot 1)" '{type: "enrol", v: 1, app_id: $app, boot: $boot,
		version: "1", csr: $csr}')
	for change in '.v = 2' 'del(.v)' '.app_id = "shop"' '.boot = "x"' \
		'.boot = 7' '.csr = "x"' 'del(.csr)' \
		'.csr |= sub("[A-P]"; "Q")' '.csr = ("A" * 9000)' \
		'.version = "a\u0000b"' '[.]' '"x"'; do
		[[ $(code call POST /api/v1/sidecar/enrol -H \
			"Authorization: Bearer $s" -d "$(jq "$change" \
			<<<"$good")") == 400 ]] || {
			echo "$change"
			cat "$tmp/body"
			return 1
		}
	done
	[[ $(api GET /api/v1/enrol-secrets | jq '.[0].live') == 0 ]]
}

@test "a certificate is renewed, also after its secret was revoked" {
	console --certificate-life=10
	local s
	s=$(secret "$app")
	[[ $(enrol a "$app" "$s" 5) == 200 ]]
	is '(.not_after | fromdate) - (.renew_at | fromdate) | . >= 4 and . <= 6'
	[[ $(code api DELETE "/api/v1/enrol-secrets/${s:4:12}") == 204 ]]
	cp "$tmp/a.pem" "$tmp/old.pem"
	cp "$tmp/a.key" "$tmp/old.key"
	renew() {
		code sidecar "$1" POST renew -d "$(jq -n --arg boot \
			"$(boot "$2")" --arg csr "$(request new)" '{type:
			"renew", v: 1, boot: $boot, csr: $csr}')"
	}
	[[ $(renew a 6) == 403 ]]
	is '.reason == "other-boot"'
	[[ $(renew a 5) == 200 ]]
	jq -r .certificate "$tmp/body" >"$tmp/new.pem"
	[[ $(code sidecar new GET policy) == 204 ]]
	# The old one ends, the new one with it unless it is renewed.
	sleep 10.2
	run ! sidecar old GET policy
	[[ $(code call GET /api/v1/sidecar/policy) == 401 ]]
}

@test "who has no certificate of this Console is nobody" {
	console
	fg-console --data="$tmp/other" --init-only >/dev/null 2>&1
	[[ $(code call GET /api/v1/sidecar/policy) == 401 ]]
	[[ $(code api GET /api/v1/sidecar/policy) == 401 ]]
	[[ $(code api POST /api/v1/sidecar/audits -d '{}') == 401 ]]
	# Of another CA: no handshake.
	request a >"$tmp/csr"
	openssl x509 -req -in "$tmp/csr" -CA "$tmp/other/ca.pem" -CAkey \
		"$tmp/other/keys/ca.key" -days 1 -out "$tmp/a.pem" 2>/dev/null
	run ! sidecar a GET policy
	# The server's own is not one of a sidecar.
	cp "$tmp/data/server.pem" "$tmp/a.pem"
	cp "$tmp/data/keys/server.key" "$tmp/a.key"
	run ! sidecar a GET policy -f
	# And a certificate gives nothing of the API.
	rm "$tmp/a.key"
	[[ $(enrol a "$app" "$(secret "$app")") == 200 ]]
	for path in tokens enrol-secrets collections "${runtime#/api/v1/}"; do
		[[ $(code call GET "/api/v1/$path" --cert "$tmp/a.pem" \
			--key "$tmp/a.key") == 401 ]]
	done
}

# rule NAME PATTERN ...: for App IDs of those patterns.
rule() {
	jq -nc --arg name "$1" --arg list "${*:2}" '{name: $name,
		collections: [{name: "c", appIDs: ($list / " ")}],
		processes: {effect: "alert", blacklist: ["nc"]}}'
}

@test "a task gets the rules that may be for it, signed, and an ETag" {
	console
	[[ $(enrol a "$app" "$(secret "$app")") == 200 ]]
	[[ $(code sidecar a GET policy) == 204 ]]
	put /api/v1/collections '[{"name": "mine", "appIDs": ["shop:*"],
		"images": ["nginx:*"]}, {"name": "theirs", "appIDs": ["cart:*"]}]'
	put "$runtime" "$(jq -nc --argjson a "$(rule a 'shop*')" --argjson b \
		"$(rule b 'cart*')" --argjson c "$(rule c '-shop*')" '{_id: "x",
		rules: [$a, $b, $c, {name: "d", collections: ["mine", "theirs"]},
		{name: "e"}, {name: "f", disabled: true}, {name: "g",
		collections: [{name: "mine"}]}, {name: "h", collections:
		["All"]}]}')"
	[[ $(code sidecar a GET policy -D "$tmp/head") == 200 ]]
	is '.type == "policy" and .v == 1 and .kind == "runtime" and .version == 1'
	is '[.policy.rules[].name] == ["a", "d", "e", "g", "h"]'
	is '[.policy.rules[1].collections[].name] == ["mine"]'
	is '.policy.rules[3].collections[0].images == ["nginx:*"]'
	signed
	# It is what fg-wrap takes.
	jq -c . "$tmp/body" >"$tmp/policy.json"
	run fg-policy --check="$tmp/policy.json"
	[[ $output != *\"error\"* ]]
	etag=$(sed -n 's/\r//; s/^ETag: //ip' "$tmp/head")
	[[ $(code sidecar a GET policy -H "If-None-Match: $etag") == 304 ]]
	[[ $(code sidecar a GET policy -H 'If-None-Match: "x"') == 200 ]]
	for bad in -1 56 x ''; do
		[[ $(code sidecar a GET "policy?wait=$bad") == 400 ]]
	done
	# The WAAS policy is a second line.
	put "$waas" '{"_id":"appEmbeddedAppFirewall","rules":[{"name":"w"}]}'
	[[ $(code sidecar a GET policy -D "$tmp/head") == 200 ]]
	jq -es 'map(.kind) == ["runtime", "waas"]' "$tmp/body"
	signed
}

# signed: $tmp/body is signed by the policy key, as $tmp/head says.
signed() {
	sed -n 's/\r//; s/^FG-Signature: //ip' "$tmp/head" |
		base64 -d >"$tmp/signature"
	openssl pkeyutl -verify -pubin -inkey "$tmp/data/policy-key.pem" \
		-rawin -in "$tmp/body" -sigfile "$tmp/signature"
}

# waiting NAME: a long poll of what NAME has by now.
waiting() {
	local etag
	etag=$(sidecar "$1" GET policy -D - -o /dev/null |
		sed -n 's/\r//; s/^ETag: //ip')
	sidecar "$1" GET 'policy?wait=50' -H "If-None-Match: $etag" \
		-o "$tmp/$1.policy" -w '%{http_code}' >"$tmp/$1.code" &
	background+=($!)
}

answered() {
	[[ -s $tmp/$1.code ]]
}

waits() {
	call GET /metrics | grep -qx "fg_console_long_polls $1"
}

@test "a change wakes those whom it concerns, at once, and no others" {
	console
	[[ $(enrol a "$app" "$(secret "$app")") == 200 ]]
	[[ $(enrol b "$other" "$(secret "$other")") == 200 ]]
	waiting a
	waiting b
	eventually waits 2
	put "$runtime" "{\"rules\":[$(rule one 'shop*')]}"
	eventually answered a
	[[ $(<"$tmp/a.code") == 200 ]]
	jq -e '.policy.rules[0].name == "one"' "$tmp/a.policy"
	# The first policy there is concerns everybody, this one does not.
	eventually answered b
	rm "$tmp/b.code"
	waiting b
	eventually waits 1
	put "$runtime" "{\"rules\":[$(rule two 'shop*')]}"
	sleep 0.5
	[[ ! -s $tmp/b.code ]]
	eventually waits 1
	# A collection that a rule names counts as the policy does.
	put /api/v1/collections '[{"name": "c1", "appIDs": ["x:*"]}]'
	put "$runtime" '{"rules":[{"name":"r","collections":["c1"]}]}'
	sleep 0.3
	[[ ! -s $tmp/b.code ]]
	put /api/v1/collections '[{"name": "c1", "appIDs": ["cart:*"]}]'
	eventually answered b
	jq -e '.policy.rules[0].name == "r"' "$tmp/b.policy"
}

@test "a poll ends when its time is over, or its peer goes" {
	console
	[[ $(enrol a "$app" "$(secret "$app")") == 200 ]]
	put "$runtime" '{"rules":[]}'
	etag=$(sidecar a GET policy -D - -o /dev/null |
		sed -n 's/\r//; s/^ETag: //ip')
	from=$(date +%s%N)
	[[ $(code sidecar a GET 'policy?wait=1' -H "If-None-Match: $etag") \
		== 304 ]]
	took=$((($(date +%s%N) - from) / 1000000))
	((took >= 950 && took < 5000))
	waiting a
	eventually waits 1
	pkill -P "${background[-1]}"
	eventually waits 0
}

@test "audits are stored, once each, under the App ID of the certificate" {
	may_die=1
	console
	[[ $(enrol a "$app" "$(secret "$app")") == 200 ]]
	{
		event 1
		event 2 '{kind: "lifecycle", name: "start", severity: "info"}'
		event 3
	} >"$tmp/lines"
	[[ $(audits a <"$tmp/lines") == 200 ]]
	is '.type == "accepted" and .stored == 3 and .duplicates == 0'
	is '.rejected == []'
	[[ $(audits a <"$tmp/lines") == 200 ]]
	is '.stored == 0 and .duplicates == 3'
	# Plain as well; what is there and what is new.
	{
		cat "$tmp/lines"
		event 4
	} >"$tmp/more"
	[[ $(code sidecar a POST audits --data-binary "@$tmp/more") == 200 ]]
	is '.stored == 1 and .duplicates == 3'
	sqlite3 "$tmp/data"/audit-*.db 'select count(*) from sqlite_master' \
		>/dev/null
	# After kill -9 of all of it they are still known.
	kill -9 "$(pgrep -P "$console" | head -n 1)"
	wait "$console" || true
	console
	[[ $(audits a <"$tmp/more") == 200 ]]
	is '.stored == 0 and .duplicates == 4'
}

@test "lines that are no event are rejected, each on its own" {
	console
	[[ $(enrol a "$app" "$(secret "$app")") == 200 ]]
	{
		event 1
		echo 'not json'
		echo
		event 2 '{boot: "x"}'
		event 3 '{kind: "other"}'
		event 4 '{seq: -1}'
		echo '[]'
		event 5
		printf '{"type":"event","x":"%070000d"}\n' 0
	} >"$tmp/lines"
	[[ $(audits a <"$tmp/lines") == 200 ]]
	is '.stored == 2 and .rejected_count == 6'
	is '[.rejected[].line] == [2, 4, 5, 6, 7, 9]'
	is 'all(.rejected[]; .msg | length > 0)'
}

@test "batches that are too large, bombs and no gzip are refused" {
	console
	[[ $(enrol a "$app" "$(secret "$app")") == 200 ]]
	[[ $(head -c 9000000 /dev/zero | audits a) == 400 ]]
	is '.msg | test("when unpacked")'
	[[ $(seq 10001 | audits a) == 400 ]]
	is '.msg | test("more than 10000 lines")'
	post() {
		code sidecar a POST audits --data-binary "@$1" \
			-H 'Content-Encoding: gzip' "${@:2}"
	}
	head -c 1200000 /dev/urandom >"$tmp/large"
	[[ $(post "$tmp/large") == 413 ]]
	echo plain >"$tmp/plain"
	[[ $(post "$tmp/plain") == 400 ]]
	event 1 | gzip -c >"$tmp/gz"
	head -c 60 "$tmp/gz" >"$tmp/cut"
	[[ $(post "$tmp/cut") == 400 ]]
	cat "$tmp/gz" "$tmp/plain" >"$tmp/tail"
	[[ $(post "$tmp/tail") == 400 ]]
	[[ $(code sidecar a POST audits --data-binary "@$tmp/gz" \
		-H 'Content-Encoding: br') == 415 ]]
	[[ $(post "$tmp/gz" -H 'Transfer-Encoding: chunked') == 200 ]]
	# Deep JSON is no event.
	python3 -c 'print("[" * 60000)' | gzip -c >"$tmp/deep"
	[[ $(post "$tmp/deep") == 200 ]]
	is '.rejected_count == 1'
}

@test "status: what is known of a task, and no more" {
	console
	[[ $(enrol a "$app" "$(secret "$app")" 9) == 200 ]]
	status() {
		code sidecar a POST status -d "$1"
	}
	[[ $(status "$(jq -n --arg boot "$(boot 9)" '{type: "status", v: 1,
		boot: $boot, version: "0.4", policy: {runtime: 3, waas: 0},
		policy_age_s: 5, lost: 1, spooled: 2, containers: [{name: "web",
		image: "nginx:1", digest: "sha256:00", mode: "prevent",
		secret: "no"}]}')") == 204 ]]
	for bad in '{}' '{"v":1}' '[]' '{"v":1,"boot":"'"$(boot 9)"'","lost":-1}' \
		'{"v":1,"boot":"'"$(boot 9)"'","containers":[{"name":7}]}'; do
		[[ $(status "$bad") == 400 ]]
	done
	run grep -c 'no' <(sqlite3 "$tmp/data/policy.db" .dump | grep nginx:1)
	[[ $output == 0 ]]
}
