#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-appid without --stamp: making, checking and matching App IDs.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	PATH=${FG_BIN:-$PWD/build/bin}:$PATH
	uuid=24edfabf-c761-40ae-9748-5844b0d7579c
	digits=24edfabfc76140ae97485844b0d7579c
}

@test "NAME gets a record with a new version 4 UUID each time" {
	run --separate-stderr fg-appid Web_app-1
	[[ $status -eq 0 && -z $stderr && ${#lines[@]} -eq 1 ]]
	tests/doc/validate.py <<<"$output"
	jq -e '.app_id == "Web_app-1:" + .uuid and .name == "Web_app-1" and
		(.uuid | test("^.{14}4.{4}[89ab]"))' <<<"$output"
	[[ $(fg-appid Web_app-1) != "$output" ]]
}

@test "--uuid is taken in either form, and printed dashed in lower case" {
	local given
	for given in $uuid $digits ${digits^^} ${uuid^^}; do
		run --separate-stderr fg-appid --uuid "$given" web
		[[ $status -eq 0 ]]
		[[ $(jq -r .app_id <<<"$output") == "web:$uuid" ]]
	done
}

@test "a NAME that is no ECS family is a usage error" {
	local name
	for name in "" "a b" a.b a/b a:b $'a\n' é \
	    "$(printf '%0256d' 0)"; do
		run --separate-stderr fg-appid -- "$name"
		echo "$name: $status $stderr"
		[[ $status -eq 2 && -z $output ]]
		[[ $stderr == "fg-appid: "* ]]
	done
	run --separate-stderr fg-appid "$(printf '%0255d' 0)"
	[[ $status -eq 0 ]]
}

@test "--parse prints the parts, whatever the form" {
	run --separate-stderr fg-appid "--parse=web:${digits^^}"
	[[ $status -eq 0 && -z $stderr ]]
	[[ $output == '{"type":"app.id","v":1,"app_id":"web:'$uuid'",'\
'"name":"web","uuid":"'$uuid'"}' ]]
}

@test "what --parse cannot read is exit 1 with the reason" {
	local id
	for id in "" web web: ":$uuid" "web:$uuid:1" "web:${uuid}0" \
	    "web:${digits%c}" "web:${uuid//-/_}" "w b:$uuid"; do
		run --separate-stderr fg-appid "--parse=$id"
		echo "$id: $status $stderr"
		[[ $status -eq 1 && -z $output ]]
		[[ $stderr == "fg-appid: "* && ${#stderr_lines[@]} -eq 1 ]]
	done
}

@test "hostile text in a message is escaped" {
	run --separate-stderr fg-appid $'--parse=\e[31mweb\n'
	[[ $status -eq 1 ]]
	[[ $stderr == 'fg-appid: not an App ID: "\x1b[31mweb\x0a"'* ]]
}

@test "--match says yes with the record, and no with exit 1 and nothing" {
	local pattern
	for pattern in '*' 'web:*' 'WEB:*' "*$digits" '-api:*' "web:$uuid"; do
		run --separate-stderr fg-appid "--parse=web:$uuid" \
			"--match=$pattern"
		echo "$pattern: $status"
		[[ $status -eq 0 && $output == '{"type":"app.id"'* ]]
	done
	for pattern in 'api:*' '-web:*' 'w?b:*' web '*:web'; do
		run --separate-stderr fg-appid "--parse=web:$uuid" \
			"--match=$pattern"
		echo "$pattern: $status"
		[[ $status -eq 1 && -z $output && -z $stderr ]]
	done
}

@test "a wrong pattern is a usage error" {
	local pattern
	for pattern in '' - 'w*b'; do
		run --separate-stderr fg-appid "--parse=web:$uuid" \
			"--match=$pattern"
		[[ $status -eq 2 && -z $output ]]
		[[ $stderr == "fg-appid: --match: "* ]]
	done
}

@test "options that do not fit together are usage errors" {
	local words
	while read -r words; do
		# shellcheck disable=SC2086 # words they are
		run --separate-stderr fg-appid $words </dev/null
		echo "$words: $status $stderr"
		[[ $status -eq 2 && -z $output ]]
	done <<-end

		a b
		--parse=web:$uuid web
		--parse=web:$uuid --uuid=$uuid
		--uuid=x web
		--match=* web
		--renew web
		--from=x web
		--tag web
		--container=a web
		--exclude=a web
		--param=A=b web
		--param-file=x web
		--report=x web
		--region=x web
		--partial web
		-n web
		--stamp --parse=web:$uuid
		--stamp --uuid=$uuid
		--stamp --match=*
		--stamp --jq=.
	end
}

@test "--jq prints what the program yields, compactly" {
	run --separate-stderr fg-appid --uuid=$uuid \
		--jq '.name, {a: [.v]}, (select(.v > 1) | 3)' web
	[[ $status -eq 0 && -z $stderr ]]
	[[ $output == $'"web"\n{"a":[1]}' ]]
}

@test "--jq: no program is a usage error, a failing one exit 100" {
	run --separate-stderr fg-appid --jq '.name |' web
	[[ $status -eq 2 && -z $output ]]
	[[ $stderr == "fg-appid: --jq: syntax error"* ]]
	run --separate-stderr fg-appid --jq '.name, .name.x' web
	[[ $status -eq 100 && $output == '"web"' ]]
	[[ $stderr == "fg-appid: --jq: Cannot index"* ]]
}

@test "an output that cannot be written is no success" {
	run bash -c 'fg-appid web >/dev/full'
	[[ $status -eq 100 ]]
	[[ $output == "fg-appid: standard output: No space left on device" ]]
	run bash -c 'fg-appid web >&-'
	[[ $status -eq 100 ]]
	run bash -c 'fg-appid --jq .name web >/dev/full'
	[[ $status -eq 100 ]]
	run bash -c 'trap "" PIPE
		{ sleep 0.2; fg-appid web; echo $? >&2; } | true'
	[[ $output == *"Broken pipe"*100 ]]
}
