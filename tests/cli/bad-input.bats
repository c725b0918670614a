#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The document tools on what is no good document: one line with the place, the
# documented exit status, nothing on standard output, never a crash.

bats_require_minimum_version 1.5.0
load documents

setup() {
	documents_setup
	tools=("fg-entrypoint --fill --no-registry"
		"fg-appid --stamp"
		"fg-inject --sidecar-image=$sidecar --app-id=$app_id"
		"fg-inject --remove"
		"fg-lint")
}

# all STATUS WORD...: each tool refuses $tmp/bad, as a file and as a stream.
all() {
	local tool word
	for tool in "${tools[@]}"; do
		run --separate-stderr $tool "$tmp/bad"
		echo "$tool: $status $output $stderr"
		[[ $status -eq $1 && -z $output && ${#stderr_lines[@]} -eq 1 ]]
		[[ $stderr == "${tool%% *}: "* ]]
		for word in "${@:2}"; do
			[[ $stderr == *"$word"* ]]
		done
		run --separate-stderr $tool <"$tmp/bad"
		[[ $status -eq $1 && -z $output && ${#stderr_lines[@]} -eq 1 ]]
	done
}

# survive DIRECTORY: each tool ends well with each file, or says why not.
survive() {
	local file tool status n=0 bad=0
	for file in "$1"/*; do
		for tool in "${tools[@]}"; do
			n=$((n + 1)) status=0
			$tool "$file" >"$tmp/o" 2>"$tmp/e" || status=$?
			case $status in
			0) continue ;;
			1 | 2 | 100) [[ -s $tmp/e || -s $tmp/o ]] && case $tool in
				fg-lint | *--remove) [[ $status -eq 1 ]] && continue ;;
				esac
				[[ -s $tmp/e && ! -s $tmp/o ]] && continue ;;
			esac
			bad=$((bad + 1))
			echo "$tool $file: $status $(head -n 3 "$tmp/e")"
		done
	done
	echo "$n runs, $bad bad"
	[[ $n -gt 100 && $bad -eq 0 ]]
}

@test "truncated at each 50th byte" {
	mkdir "$tmp/cut"
	tests/fixtures/mutate.py truncate $docs/register.json "$tmp/cut"
	survive "$tmp/cut"
	rm "$tmp/cut"/*
	tests/fixtures/mutate.py truncate $docs/short-tags.yaml "$tmp/cut"
	survive "$tmp/cut"
}

@test "truncated JSON is refused with the place of its end" {
	head -c 1000 $docs/register.json >"$tmp/bad"
	all 100 "bad:$(wc -l <"$tmp/bad" | xargs expr 1 +):"
}

@test "each value of another type, or left out" {
	local from
	for from in small small-template; do
		mkdir "$tmp/$from"
		tests/fixtures/mutate.py drop tests/fixtures/$from.json "$tmp/$from"
		survive "$tmp/$from"
		tests/fixtures/mutate.py retype tests/fixtures/$from.json \
			"$tmp/$from"
		# Each eighth, from another start for each of the two.
		ls "$tmp/$from" | awk -v from=${#from} 'NR % 3 != from % 3' |
			(cd "$tmp/$from" && xargs rm)
		survive "$tmp/$from"
	done
}

@test "larger than 16 MiB" {
	{
		printf '{"family": "'
		head -c $((17 * 1024 * 1024)) /dev/zero | tr '\0' x
		printf '"}'
	} >"$tmp/bad"
	all 100 16777216
}

@test "nested too deeply" {
	local open
	for open in '[' '{"a":' '- ' '[a,'; do
		{
			[[ $open != '[a,' ]] || echo '# YAML'
			for ((i = 0; i < 5000; i++)); do
				printf %s "$open"
			done
		} >"$tmp/bad"
		all 100 "bad:1:" 128 || all 100 "bad:2:" 128
	done
}

@test "more nodes than there can be" {
	{
		printf '['
		yes '1,' | head -n 1100000 | tr -d '\n'
		printf '1]'
	} >"$tmp/bad"
	all 100 bad:1: 1048576
}

@test "duplicate keys" {
	echo '{"family": "a", "x": 1, "family": "b"}' >"$tmp/bad"
	all 100 bad:1:25: '"family"'
	printf 'a: 1\nb: 2\n"a": 3\n' >"$tmp/bad"
	all 100 bad:3:1: '"a"'
	{
		echo '{'
		for i in {1..20} 7; do
			echo "\"k$i\": 1,"
		done
		echo '"z": 1}'
	} >"$tmp/bad"
	all 100 bad:22:1: '"k7"'
}

@test "not UTF-8" {
	printf '{"family": "caf\xe9"}' >"$tmp/bad"
	all 100 bad:1:16: UTF-8
	printf 'family: web\nx: \xff\n' >"$tmp/bad"
	all 100 bad:2:4: UTF-8
	printf '{"family": "\xed\xa0\x80"}' >"$tmp/bad"
	all 100 bad:1: UTF-8
}

@test "UTF-16" {
	iconv -f UTF-8 -t UTF-16 $docs/register.json >"$tmp/bad"
	all 100 bad:1:1: UTF-16
	iconv -f UTF-8 -t UTF-16BE $docs/register.json >"$tmp/bad"
	all 100 bad:1:1:
}

@test "NUL and other control characters" {
	printf '{"family": "a\0b"}' >"$tmp/bad"
	all 100 bad:1:14:
	printf 'family: a\0b\n' >"$tmp/bad"
	all 100 bad:1:
	printf '{"family": "a\x01b"}' >"$tmp/bad"
	all 100 bad:1:14:
}

@test "a byte order mark is kept, and places do not count it" {
	local file
	for file in register.json short-tags.yaml; do
		printf '\xef\xbb\xbf' | cat - "$docs/$file" >"$tmp/bom"
		fg-inject --sidecar-image=$sidecar --app-id=$app_id "$tmp/bom" \
			>"$tmp/out"
		[[ $(head -c 3 "$tmp/out") == $'\xef\xbb\xbf' ]]
		tail -c +4 "$tmp/out" | grep -q fg-sidecar
		fg-inject --remove "$tmp/out" | cmp - "$tmp/bom"
	done
	printf '\xef\xbb\xbf{"a": x}' >"$tmp/bad"
	all 100 bad:1:7:
}

@test "CRLF is kept; a lone CR is refused in YAML" {
	local file
	for file in register.json short-tags.yaml comments.yaml; do
		sed 's/$/\r/' "$docs/$file" >"$tmp/crlf"
		fg-inject --sidecar-image=$sidecar --app-id=$app_id \
			"$tmp/crlf" >"$tmp/out"
		[[ $(grep -c $'\r$' "$tmp/out") -eq $(wc -l <"$tmp/out") ]]
		fg-inject --remove "$tmp/out" | cmp - "$tmp/crlf"
	done
	printf 'family: a\rx: b\n' >"$tmp/bad"
	all 100 bad:1:10: "carriage return"
}

@test "JSON with comments" {
	local comment
	for comment in '// a {' '/* a { */' '/*/ a */' $'\t// a\n\n\t/* b */'; do
		printf '%s\n' "$comment" | cat - $docs/register.json >"$tmp/bad"
		all 100 bad:1: 'JSON has no comments'
	done
	sed '3s|^|// why|' $docs/register.json >"$tmp/bad"
	all 100 bad:3:1: 'JSON has no comments'
	# Not closed, and nothing behind it: JSON or not, it is no document.
	printf '/* a' >"$tmp/bad"
	all 100 bad:1:1:
	# In YAML this is a key.
	printf '// a: b\n' | cat - $docs/multi.yaml >"$tmp/in.yaml"
	fg-appid --stamp "$tmp/in.yaml" >"$tmp/out.yaml"
}

@test "YAML that is indented by tabs" {
	printf 'family: web\ncontainerDefinitions:\n\t- name: a\n' >"$tmp/bad"
	all 100 bad:3:1:
}

@test "YAML with aliases in aliases" {
	{
		echo 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
		for i in {1..20}; do
			p=$((i - 1))
			echo "a$i: &a$i [*a$p, *a$p, *a$p, *a$p, *a$p, *a$p]"
		done
		echo 'containerDefinitions: *a20'
	} >"$tmp/bad"
	all 1 bad:
	sed -i 's/^contain.*/family: f\ncontainerDefinitions:\n- {name: *a20, image: *a20}/' \
		"$tmp/bad"
	all 1 bad:
	{
		echo Resources:
		echo '  T: {Type: AWS::ECS::TaskDefinition, Properties: {Family: f,'
		echo '    ContainerDefinitions: [{Name: a, EntryPoint: [/a], Image: *a20}]}}'
	} >>"$tmp/bad"
	sed -i '/^family/,/^- /d' "$tmp/bad"
	for tool in "${tools[@]}"; do
		run --separate-stderr timeout 10 $tool "$tmp/bad"
		echo "$tool: $status ${output:0:200} $stderr"
		[[ $status -le 2 || $status -eq 100 ]]
		[[ ${#output} -lt 20000 ]]
	done
}

@test "aliases that are undefined, within themselves, or on keys" {
	echo 'a: *b' >"$tmp/bad"
	all 100 bad:1:4: '"*b"'
	echo 'a: &b [*b]' >"$tmp/bad"
	all 100 bad:1:8: '"*b"'
	echo '&k a: 1' >"$tmp/bad"
	all 100 bad:1:1:
	printf 'b: &b {x: 1}\na:\n  <<: *b\n' >"$tmp/bad"
	all 100 bad:3:3: "merge key"
	printf '? [a]\n: 1\n' >"$tmp/bad"
	all 100 bad:1:3: scalar
}

@test "two YAML documents" {
	printf 'family: a\n---\nfamily: b\n' >"$tmp/bad"
	all 100 bad:2:1: "second YAML document"
}

@test "neither a task definition nor a template" {
	local text
	for text in '{}' '[1]' 'x' '"x"' '1' 'null' '~' '{"Resources": {}}' \
	    '{"Resources": []}' '{"taskDefinition": 1}' 'a: b' '---'; do
		printf '%s\n' "$text" >"$tmp/bad"
		for tool in "${tools[@]}"; do
			run --separate-stderr $tool "$tmp/bad"
			echo "$text: $tool: $status $output $stderr"
			[[ $status -eq 100 || $status -eq 1 ]]
			[[ -z $output && $stderr == *"bad:"*: ]] ||
				[[ $stderr == *"bad:"[1-9]*:* ]]
		done
	done
}

@test "empty input asks whether the tool before failed" {
	local tool
	printf '' >"$tmp/bad"
	all 100 "did the tool before fail?"
	printf ' \n\t\n' >"$tmp/bad"
	all 100 "did the tool before fail?"
	printf '\xef\xbb\xbf' >"$tmp/bad"
	all 100 "did the tool before fail?"
	# A pipeline that fails at its start ends in the same way.
	for tool in "${tools[@]}"; do
		run bash -c "false | $tool"
		[[ $status -eq 100 ]]
	done
}

@test "a directory, no file, and a closed standard input" {
	local tool
	for tool in "${tools[@]}"; do
		run --separate-stderr $tool "$tmp"
		refused 100 "$tmp: " directory
		run --separate-stderr $tool ""
		refused 100 ': "": '
		run --separate-stderr $tool "$tmp/none"
		refused 100 "$tmp/none: "
		run --separate-stderr bash -c "$tool <&-"
		refused 100 "standard input: "
	done
}

@test "a standard output that is full, closed, or read by nobody" {
	local tool
	fg-inject --sidecar-image=$sidecar --app-id=$app_id \
		$docs/register.json >"$tmp/out"
	for tool in "${tools[@]:0:4}" "fg-inject --remove --diff"; do
		run bash -c "$tool $tmp/out >/dev/full"
		echo "$tool: $status $output"
		[[ $status -eq 100 && ${#lines[@]} -eq 1 ]]
		[[ $output == *"standard output: No space left on device" ]]
		run bash -c "$tool $tmp/out >&-"
		[[ $status -eq 100 && ${#lines[@]} -eq 1 ]]
		run bash -c "trap '' PIPE
			{ sleep 0.1; $tool $tmp/out; echo \$? >&2; } | true"
		[[ $output == *"standard output: Broken pipe"*100 ]]
	done
	for tool in "/dev/full" "&-"; do
		run bash -c "fg-lint $docs/register.json >$tool"
		[[ $status -eq 100 && ${#lines[@]} -eq 1 ]]
	done
}

@test "a name or a value with control characters does not reach the terminal" {
	local tool
	printf '{"containerDefinitions": [{"name": "\\u001b[31mred", "image": 1,
		"entryPoint": 1}], "family": "\\u001b]0;x\\u0007"}' >"$tmp/bad"
	for tool in "${tools[@]}"; do
		run --separate-stderr $tool "$tmp/bad"
		[[ $stderr != *$'\e'* && $output != *$'\e'* ]]
	done
	cp "$tmp/bad" "$tmp/"$'a\e[31m\n.json'
	for tool in "${tools[@]}"; do
		run --separate-stderr $tool "$tmp/"$'a\e[31m\n.json'
		[[ $stderr != *$'\e'* && ${#stderr_lines[@]} -le 4 ]]
	done
}
