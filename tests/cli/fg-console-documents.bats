#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-console: policies and collections, and their versions.

bats_require_minimum_version 1.5.0
load console

setup() {
	wrap_setup
}

teardown() {
	console_teardown
}

@test "what is stored comes back byte for byte, with its version as ETag" {
	console
	[[ $(code api GET "$runtime" -D "$tmp/head") == 200 ]]
	is '.rules == []'
	grep -qi '^etag: "0"' "$tmp/head"
	printf '{ "rules" :\n [ {"name":"é", "x": 1.50} ] }\n' >"$tmp/policy"
	[[ $(code api PUT "$runtime" --data-binary "@$tmp/policy") == 200 ]]
	is '.type == "stored" and .kind == "runtime" and .version == 1'
	is '.changed and (.notes[0].pointer == "/rules/0/x")'
	api GET "$runtime" -D "$tmp/head" | cmp - "$tmp/policy"
	grep -qi '^etag: "1"' "$tmp/head"
	[[ $(code api GET "$runtime" -H 'If-None-Match: "1"') == 304 ]]
	# The same once more is no new version.
	[[ $(code api PUT "$runtime" --data-binary "@$tmp/policy") == 200 ]]
	is '.version == 1 and (.changed | not)'
	stopped
	console
	api GET "$runtime" | cmp - "$tmp/policy"
}

@test "If-Match: nobody writes over what he has not seen" {
	console
	change() {
		code api PUT "$runtime" -H "If-Match: $1" \
			-d "{\"rules\":[{\"name\":\"$2\"}]}"
	}
	[[ $(change '"0"' a) == 200 && $(change '"0"' b) == 412 ]]
	is '.reason == "changed"'
	[[ $(change '"1"' b) == 200 && $(change x c) == 412 ]]
	[[ $(change '*' c) == 200 ]]
	[[ $(api GET "$runtime" | jq -r '.rules[0].name') == c ]]
	# All that writes looks at it.
	local old=(-H 'If-Match: "1"') all=/api/v1/collections
	put $all '[{"name":"a"}]'
	put $all '[{"name":"b"}]'
	[[ $(code api POST "$runtime/rollback" "${old[@]}" -d '{"version":1}') \
		== 412 ]]
	[[ $(code api POST "$runtime" "${old[@]}" -d '{"name":"d"}') == 412 ]]
	[[ $(code api POST $all "${old[@]}" -d '{"name":"d"}') == 412 ]]
	[[ $(code api PUT $all/b "${old[@]}" -d '{"name":"b"}') == 412 ]]
	[[ $(code api DELETE $all/b "${old[@]}") == 412 ]]
	is '.reason == "changed"'
	[[ $(code api DELETE $all/b -H 'If-Match: "2"') == 200 ]]
	# What is no condition does not pass for one that was met.
	[[ $(code api PUT "$runtime" "${old[@]}" -H 'If-Match: "2"' \
		-d '{"rules":[]}') == 400 ]]
	[[ $(code api PUT "$runtime" -H 'If-None-Match: *' -d '{"rules":[]}') \
		== 400 ]]
	[[ $(api GET "$runtime" | jq -r '.rules[0].name') == c ]]
}

@test "what is no policy is refused with its place, and nothing changes" {
	console
	put "$runtime" '{"rules":[{"name":"good"}]}'
	put "$waas" '{"rules":[{"name":"good"}]}'
	local body
	for body in '' '{' '[]' '1' 'null' '{"rules":{}}' '{"rules":[1]}' \
		'{"rules":[{"name":"a","collections":["none"]}]}' \
		'{"rules":[{"name":"a","collections":[{"name":"none"}]}]}' \
		'{"rules":[{"name":"a","collections":"web"}]}' \
		'{"rules":[{"name":"a"}],"collections":[{"images":[1]}]}' \
		'{"rules":[]} x' '{"a":"\ud800","rules":[]}'; do
		for path in "$runtime" "$waas"; do
			[[ $(code api PUT "$path" --data-binary "$body") == 400 ]] || {
				echo "$path: $body"
				return 1
			}
			is '.status == 400 and (.msg | length > 0)'
		done
	done
	[[ $(code api PUT "$runtime" -d '{"rules":[{"name":"a",
		"processes":{"effect":"alrt"}}]}') == 400 ]]
	is '.pointer == "/rules/0/processes/effect" and .line == 2 and .column > 1'
	[[ $(code api PUT "$waas" -d '{"rules":[{"name":"a"},{}]}') == 400 ]]
	is '.pointer == "/rules/1"'
	[[ $(api GET "$runtime/versions" | jq length) == 1 ]]
	[[ $(api GET "$waas/versions" | jq length) == 1 ]]
}

@test "bodies that are too large or too deep are refused at once" {
	console
	head -c 3000000 /dev/zero | tr '\0' ' ' >"$tmp/large"
	[[ $(code api PUT "$runtime" --data-binary "@$tmp/large") == 413 ]]
	# Who may not write may not even send much.
	[[ $(code call PUT "$runtime" --data-binary "@$tmp/large") == 413 ]]
	head -c 5000 "$tmp/large" >"$tmp/some"
	[[ $(code call PUT "$runtime" --data-binary "@$tmp/some") == 413 ]]
	[[ $(code call PUT "$runtime" -d '{}') == 401 ]]
	python3 -c 'print("[" * 500000)' >"$tmp/deep"
	python3 -c 'print("{\"rules\":" + "[" * 200 + "]" * 200 + "}")' \
		>"$tmp/deeper"
	for f in deep deeper; do
		for path in "$runtime" "$waas" /api/v1/collections; do
			[[ $(code api PUT "$path" --data-binary "@$tmp/$f") \
				== 400 ]]
		done
	done
	# As many rules and names as there is room for: in reasonable time.
	python3 -c 'print("{\"rules\":[" + ",".join("{\"name\":\"r%d\"}" % i
		for i in range(50000)) + "]}")' >"$tmp/many"
	code api PUT "$runtime" --data-binary "@$tmp/many" --max-time 20
	code api PUT "$waas" --data-binary "@$tmp/many" --max-time 20
	[[ $(code api GET /healthz) == 200 ]]
}

@test "one rule goes in front; the others keep their bytes" {
	console
	local text='{ "rules": [ {"name":"old",  "n":1.0} ], "z": 1 }'
	for path in "$runtime" "$waas"; do
		[[ $(code api POST "$path" -d '{"name":"first"}') == 200 ]]
		put "$path" "$text"
		[[ $(code api POST "$path" -d ' {"name":"new"} ') == 200 ]]
		[[ $(api GET "$path") == \
			'{ "rules": [{"name":"new"}, {"name":"old",  "n":1.0} ], "z": 1 }' ]]
		[[ $(code api POST "$path" -d '{"name":"old"}') == 409 ]]
		[[ $(code api POST "$path" -d '{"nam":"x"}') == 400 ]]
		[[ $(code api POST "$path" -d '[]') == 400 ]]
	done
}

@test "versions: who, when, why; the difference; and back" {
	console
	put "$runtime?note=first+one" '{"rules":[{"name":"a"}]}'
	put "$runtime" '{"rules":[{"name":"b"}]}'
	[[ $(code api GET "$runtime/versions") == 200 ]]
	is 'length == 2 and .[0].version == 2 and .[1].note == "first one"'
	is '.[1].who | test("^admin \\([0-9a-f]{12}\\)$")'
	is '(.[1].at[:10] | strptime("%Y-%m-%d")) and (.[1].sha256 | length == 64)'
	[[ $(code api GET "$runtime/versions?before=2") == 200 ]]
	is 'map(.version) == [1]'
	[[ $(api GET "$runtime/versions/1") == '{"rules":[{"name":"a"}]}' ]]
	for bad in 0 3 x -1 99999999999999999999; do
		[[ $(code api GET "$runtime/versions/$bad") == 404 ]]
	done
	api GET "$runtime/diff" >"$tmp/diff"
	grep -q -- '^--- runtime version 1' "$tmp/diff"
	grep -qx -- '-      "name": "a"' "$tmp/diff"
	grep -qx -- '+      "name": "b"' "$tmp/diff"
	[[ $(api GET "$runtime/diff?from=2&to=2") == "" ]]
	api GET "$runtime/diff?from=0&to=1" | grep -q '^+.*"a"'
	[[ $(code api GET "$runtime/diff?to=7") == 404 ]]
	[[ $(code api POST "$runtime/rollback" -d '{"version":1}') == 200 ]]
	is '.version == 3'
	[[ $(api GET "$runtime") == '{"rules":[{"name":"a"}]}' ]]
	[[ $(api GET "$runtime/versions" | jq -r '.[0].note') == \
		"back to version 1" ]]
	[[ $(code api POST "$runtime/rollback" -d '{"version":9}') == 404 ]]
	[[ $(code api POST "$runtime/rollback" -d '{"versoin":1}') == 400 ]]
	# What was good then need not be now.
	put /api/v1/collections '[{"name":"c"}]'
	put "$runtime" '{"rules":[{"name":"x","collections":["c"]}]}'
	put "$runtime" '{"rules":[]}'
	put /api/v1/collections '[]'
	[[ $(code api POST "$runtime/rollback" -d '{"version":4}') == 400 ]]
	is '.msg | test("no collection \"c\"")'
}

@test "collections: one by one; those in use stay" {
	console
	local all=/api/v1/collections
	[[ $(api GET $all | jq -c .) == '[]' ]]
	[[ $(code api POST $all -d '{"name":"a b","images":["nginx:*"]}') == 200 ]]
	[[ $(code api POST $all -d '{"name":"a b"}') == 409 ]]
	[[ $(code api POST $all -d '{"images":["x"]}') == 400 ]]
	[[ $(code api POST $all -d '{"name":"x","images":"y"}') == 400 ]]
	[[ $(code api POST $all -d '{"name":"x/y","appIDs":["s:*"]}') == 200 ]]
	[[ $(code api PUT "$all/a%20b" -d '{"name":"a b","images":["x"]}') == 200 ]]
	[[ $(code api PUT "$all/none" -d '{"name":"none"}') == 404 ]]
	put "$runtime" '{"rules":[{"name":"r","collections":["a b"]}]}'
	put "$waas" '{"rules":[{"name":"r","collections":[{"name":"x/y"}]}]}'
	[[ $(code api DELETE "$all/a%20b") == 400 ]]
	is '.msg | test("runtime policy needs it")'
	[[ $(code api DELETE "$all/x%2Fy") == 400 ]]
	[[ $(code api PUT "$all/a%20b" -d '{"name":"renamed"}') == 400 ]]
	[[ $(code api PUT $all -d '[{"name":"a"},{"name":"a"}]') == 400 ]]
	put "$waas" '{"rules":[]}'
	[[ $(code api DELETE "$all/x%2Fy") == 200 ]]
	[[ $(code api DELETE "$all/x%2Fy") == 404 ]]
	[[ $(api GET $all | jq -c .) == '[{"name":"a b","images":["x"]}]' ]]
}

@test "a note is kept whole, or refused" {
	console
	local note
	note=$(printf '%0499d' 0)
	[[ $(code api PUT "$runtime?note=$note%C3%A9" -d '{"rules":[]}') == 400 ]]
	[[ $(code api POST "$runtime?note=$note%C3%A9" -d '{"name":"r"}') == 400 ]]
	[[ $(code api PUT "$runtime?note=a&note=b" -d '{"rules":[]}') == 400 ]]
	is '.msg == "query parameter \"note\": given twice"'
	put "$runtime?note=${note:1}%C3%A9" '{"rules":[]}'
	[[ $(api GET "$runtime/versions" | jq -r '.[0].note') == "${note:1}é" ]]
}

@test "rules that name thousands of collections hold nobody up" {
	console --workers=1
	jq -nc '[range(2000) | {name: "c\(.)", images: ["i\(.)*"]}]' >"$tmp/all"
	jq -nc '{rules: [range(500) | {name: "r\(.)",
		collections: [range(240) | "c1999"]}]}' >"$tmp/rules"
	put /api/v1/collections "@$tmp/all"
	[[ $(code api PUT "$runtime" --max-time 10 --data-binary "@$tmp/rules") \
		== 200 ]]
	[[ $(code api PUT "$waas" --max-time 10 --data-binary "@$tmp/rules") \
		== 200 ]]
	[[ $(code api POST "$runtime/match" --max-time 10) == 200 ]]
}

@test "a dry run tells which rule each container would get" {
	console
	local app=shop:$uuid
	[[ $(enrol a "$app" "$(secret "$app")" 3) == 200 ]]
	[[ $(code sidecar a POST status -d "$(jq -n --arg boot "$(boot 3)" \
		'{v: 1, boot: $boot, containers: [{name: "web",
		image: "nginx:1"}, {name: "log", image: "fluent:2"}]}')") == 204 ]]
	put "$runtime" '{"rules":[{"name":"n","collections":[{"name":"c",
		"images":["nginx:*"]}]}]}'
	[[ $(code api POST "$runtime/match") == 200 ]]
	is '.apps[0].appID == "'"$app"'"'
	is '[.apps[0].containers[].rule] == ["n", null]'
	[[ $(code api POST "$runtime/match" -d '{"rules":[{"name":"off",
		"disabled":true},{"name":"all"}]}') == 200 ]]
	is '[.apps[0].containers[].rule] == ["all", "all"]'
	[[ $(code api POST "$runtime/match" -d '{"rules":[7]}') == 400 ]]
	[[ $(code api POST "$waas/match" -d '{"rules":[{"name":"w",
		"collections":[{"name":"c","appIDs":["shop:*"]}]}]}') == 200 ]]
	is '.apps[0].rule == "w"'
	# Nothing was stored by that.
	[[ $(api GET "$waas/versions" | jq length) == 0 ]]
	# Where the task is seen: its containers and collections.
	put /api/v1/collections '[{"name":"x","images":["nginx:*"]},{"name":"y",
		"appIDs":["other:*"]}]'
	[[ $(code api GET /api/v1/profiles/app-embedded) == 200 ]]
	is 'length == 2 and .[0].container == "web" and .[0].image == "nginx:1"'
	is '.[0].collections == ["x"] and .[1].collections == []'
	[[ $(code api GET "/api/v1/profiles/app-embedded?appID=shop*&limit=1") == 200 ]]
	[[ $(code api GET "/api/v1/profiles/app-embedded?appID=x*") == 200 ]]
	is '. == []'
}

@test "every write is an event: who, what, from which version to which" {
	console
	put "$runtime" '{"rules":[]}'
	api POST /api/v1/tokens -d '{"name":"ci","scopes":["embed:run"],"days":1}' \
		-o "$tmp/made"
	api DELETE "/api/v1/tokens/$(jq -r .id "$tmp/made")"
	secret shop >/dev/null
	[[ $(code api GET '/api/v1/audits/events?name=config.write') == 200 ]]
	jq -es 'map(.config.what) == ["runtime", "tokens/add", "tokens/revoke",
		"enrol-secrets/add"]' "$tmp/body"
	jq -es '.[0].config | .version_before == 0 and .version_after == 1 and
		(.sha256 | length == 64)' "$tmp/body"
	jq -es 'all(.config.actor | test("^admin \\("))' "$tmp/body"
	run grep -c "fg[pe]_" "$tmp/body"
	[[ $output == 0 ]]
}
