#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-console: the embed call does what the tools do; scans.

bats_require_minimum_version 1.5.0
load console

embed=/api/v1/defenders/fargate

setup() {
	wrap_setup
	image=registry.example.com/fg-sidecar:1
	secret=arn:aws:secretsmanager:eu-west-1:123456789012:secret:fg
	"$fixtures/scandb-make" "$tmp/scan.db" <<-'END'
		registry.example.com/shop/api:1.4
		nginx:1.25
	END
	jq '.containerDefinitions[].image = "nginx:1.25" |
		del(.containerDefinitions[] | .entryPoint, .command)' \
		tests/demo/api.json >"$tmp/task.json"
	cat >"$tmp/template.yaml" <<-'END'
		Resources:
		  Task:  # kept
		    Type: AWS::ECS::TaskDefinition
		    Properties:
		      Family: shop
		      RequiresCompatibilities: [FARGATE]
		      ExecutionRoleArn: arn:aws:iam::123456789012:role/x
		      ContainerDefinitions:
		        - Name: web
		          Image: nginx:1.25
	END
}

teardown() {
	console_teardown
}

started() {
	console --scan-db="$tmp/scan.db" --sidecar-image="$image" \
		--url=https://fg.example.com:8443 "$@"
}

@test "JSON: the same bytes as the tools, and back" {
	started
	local id=shop-api:$uuid
	[[ $(code api POST "$embed.json?appID=$id&enrolSecret=$secret" \
		--data-binary "@$tmp/task.json") == 200 ]]
	fg-entrypoint --fill --db="$tmp/scan.db" --no-registry "$tmp/task.json" |
		fg-inject --app-id="$id" --sidecar-image="$image" \
			--console=https://fg.example.com:8443 \
			--console-ca="$ca" --enrol-secret="$secret" \
			>"$tmp/want"
	jq -S . "$tmp/want" | diff - <(jq -S . "$tmp/body")
	fg-inject --remove "$tmp/body" | cmp - "$tmp/task.json"
	# Once more changes nothing.
	cp "$tmp/body" "$tmp/once"
	[[ $(code api POST "$embed.json?enrolSecret=$secret" \
		--data-binary "@$tmp/once") == 200 ]]
	cmp "$tmp/body" "$tmp/once"
}

@test "YAML: comments stay; an App ID is made" {
	started
	[[ $(code api POST "$embed.yaml?cloudFormation=true" -D "$tmp/head" \
		--data-binary "@$tmp/template.yaml") == 200 ]]
	grep -qi '^content-type: application/yaml' "$tmp/head"
	grep -q '# kept' "$tmp/body"
	grep -q 'fg-wrap' "$tmp/body"
	grep -Eq 'shop:[0-9a-f]{8}-' "$tmp/body"
	fg-inject --remove "$tmp/body" | cmp - "$tmp/template.yaml"
}

@test "the vendor's parameters: taken, or refused by name" {
	started
	embed() {
		code api POST "$embed.json?$1" --data-binary "@$tmp/task.json"
	}
	[[ $(embed 'consoleaddr=console.example.net&defenderType=appEmbedded&interpreter=&cloudFormation=false&filesystemMonitoring=true&extractEntrypoint=true&registryType=aws&registryCredentialID=x&project=y&defenderImage=other.example.com/s:2') == 200 ]]
	is '[.. | objects | select(.name? == "FG_CONSOLE_URL")][0].value ==
		"https://console.example.net:8443"'
	is '[.containerDefinitions[] | select(.name == "fg-sidecar").image] ==
		["other.example.com/s:2"]'
	# As the vendor's own documentation spells it.
	[[ $(embed filestemMonitoring=true) == 400 ]]
	is '.msg | test("nearest is \"filesystemMonitoring\"")'
	for bad in defenderType=host cloudFormation=true filesystemMonitoring=x \
		defenderImagePullSecret=x defenderImage=UP onNoPolicy=maybe \
		appID=shop enrolSecret=x executionRole=x \
		consoleaddr=http://x consoleaddr=https://u:p@x \
		'defenderImage=a%0ab'; do
		[[ $(embed "$bad") == 400 ]] || {
			echo "$bad"
			return 1
		}
	done
}

@test "without an image or an address it says what is needed" {
	console
	[[ $(code api POST "$embed.json" -d '{}') == 400 ]]
	is '.msg | test("defenderImage: needed")'
	[[ $(code api POST "$embed.json?defenderImage=x.example.com/y" -d '{}') \
		== 400 ]]
	is '.msg | test("consoleaddr: needed")'
}

@test "a container that would stay unprotected: nothing, or all the same" {
	started
	sed 's/nginx:1.25/nginx:9.99/' "$tmp/task.json" >"$tmp/unknown.json"
	[[ $(code api POST "$embed.json?extractEntrypoint=false" \
		--data-binary "@$tmp/task.json") == 422 ]]
	is '.reason == "unprotected" and .unprotected >= 1'
	is '.problems | length >= 1'
	[[ $(code api POST "$embed.json?extractEntrypoint=false&partial=true" \
		--data-binary "@$tmp/task.json") == 200 ]]
	is '.containerDefinitions | length >= 1'
}

@test "what is no task definition is refused; the worker lives" {
	started --workers=1
	local worker
	worker=$(pgrep -P "$console" | tail -n 1)
	for body in '' '{' 'null' '[]' '{"a":1}' '- [' 'x: !!binary ~' \
		'a: &a [*a, *a]' $'\xff\xfe'; do
		[[ $(code api POST "$embed.json" --data-binary "$body") =~ \
			^4(00|22)$ ]]
		[[ $(code api POST "$embed.yaml" --data-binary "$body") =~ \
			^4(00|22)$ ]]
	done
	python3 -c 'print("[" * 1000000)' >"$tmp/deep"
	[[ $(code api POST "$embed.json" --data-binary "@$tmp/deep") == 400 ]]
	python3 - >"$tmp/laughs" <<-'END'
		print("a0: &a0 [x, x]")
		for i in range(1, 40):
		    print(f"a{i}: &a{i} [*a{i-1}, *a{i-1}]")
	END
	[[ $(code api POST "$embed.yaml" --data-binary "@$tmp/laughs") =~ \
		^4(00|22)$ ]]
	head -c 5000000 /dev/zero | tr '\0' ' ' >"$tmp/large"
	[[ $(code api POST "$embed.json" --data-binary "@$tmp/large") == 413 ]]
	[[ $(pgrep -P "$console" | tail -n 1) == "$worker" ]]
	[[ -z $(pgrep -P "$worker") ]]
}

@test "a registry that was not allowed is never asked" {
	started
	python3 - "$tmp/port" <<-'END' >"$tmp/asked" 2>&1 &
		import socket, sys
		s = socket.create_server(("127.0.0.1", 0))
		open(sys.argv[1], "w").write(str(s.getsockname()[1]))
		s.settimeout(20)
		s.accept()
		print("asked", flush=True)
	END
	background+=($!)
	eventually test -s "$tmp/port"
	local registry
	registry=127.0.0.1:$(<"$tmp/port")
	sed "s|nginx:1.25|$registry/x:1|" "$tmp/task.json" >"$tmp/own.json"
	[[ $(code api POST "$embed.json" --data-binary "@$tmp/own.json") == 422 ]]
	is '.problems[0] | test("none that this Console may ask")'
	[[ $(code api POST /api/v1/scans -d "{\"images\":[\"$registry/x:1\"]}") \
		== 200 ]]
	is '.[0].msg | test("none that this Console may ask")'
	[[ ! -s $tmp/asked ]]
	stopped
	started --registry="$registry"
	code api POST /api/v1/scans -d "{\"images\":[\"$registry/x:1\"]}"
	eventually test -s "$tmp/asked"
}

@test "scans: what is known of an image" {
	started
	[[ $(code api GET '/api/v1/scans/entrypoint?image=nginx:1.25') == 200 ]]
	is '.[0].type == "image.config" and (.[0].digest | length > 0)'
	[[ $(code api GET '/api/v1/scans/entrypoint?image=nginx:2') == 404 ]]
	[[ $(code api GET '/api/v1/scans/entrypoint?image=UP') == 400 ]]
	[[ $(code api GET '/api/v1/scans/entrypoint') == 400 ]]
	for body in '{}' '{"images":[]}' '{"images":[1]}' '{"images":["UP"]}' \
		'{"image":["x"]}'; do
		[[ $(code api POST /api/v1/scans -d "$body") == 400 ]]
	done
	# All of it, page by page.
	[[ $(code api GET /api/v1/scans) == 200 ]]
	is 'all(.type == "scan" and (.digest | length > 0)
		and (.platforms | index("linux/amd64")))'
	local all after='' got=''
	all=$(jq -r '.[].image' "$tmp/body")
	[[ $all == *docker.io/library/nginx:1.25* ]]
	while [[ $(code api GET "/api/v1/scans?limit=1$after") == 200 &&
	    $(<"$tmp/body") != "[]" ]]; do
		got+=$(jq -r '.[0].image' "$tmp/body")$'\n'
		after="&after=$(jq -r '.[0].image' "$tmp/body")"
	done
	[[ ${got%$'\n'} == "$all" ]]
	for bad in limit=0 limit=1001 after=UP before=x; do
		[[ $(code api GET "/api/v1/scans?$bad") == 400 ]]
	done
	# A Console that has no scan DB yet knows nothing.
	stopped
	console
	[[ $(code api GET /api/v1/scans) == 200 ]]
	is '. == []'
	[[ $(code api GET '/api/v1/scans/entrypoint?image=nginx:1.25') == 404 ]]
	[[ $(code api POST /api/v1/scans -d '{"images":["127.0.0.1:1/x"]}') \
		== 200 ]]
	is '.[0].type == "error" and (.[0].msg | test("--registry"))'
}
