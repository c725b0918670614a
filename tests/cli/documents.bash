# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the tests of the document tools have in common.

app_id=web:24edfabf-c761-40ae-9748-5844b0d7579c
sidecar=registry.example.com/fg/sidecar:1
cycle='never start: app <- assets <- app'

documents_setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	PATH=${FG_BIN:-$PWD/build/bin}:$PATH
	fixtures=${FG_FIXTURES:-$PWD/build/fixtures}
	docs=tests/fixtures/docs
	tmp=$BATS_TEST_TMPDIR
}

# inject [OPTION ...] [FILE]: as `run` leaves it, with an App ID for all.
inject() {
	run --separate-stderr fg-inject "--sidecar-image=$sidecar" \
		"--app-id=$app_id" "$@"
	[[ $status -eq 0 || -n $stderr ]]
}

# vary PROGRAM [FIXTURE]: a fixture through jq, as $tmp/in.json.
vary() {
	jq "$1" "$docs/${2:-register.json}" >"$tmp/in.json"
}

# injected PROGRAM [OPTION ...]: register.json so varied, then injected.
injected() {
	vary "$1"
	shift
	inject "$@" "$tmp/in.json"
}

# done_well: it went well, and quietly; the document is $tmp/out.json.
done_well() {
	echo "status $status: $stderr"
	[[ $status -eq 0 && -z $stderr ]]
	printf '%s\n' "$output" >"$tmp/out.json"
}

# refused STATUS WORD...: no document, and one line that holds all the words;
# behind a usage error stands the usage.
refused() {
	local want=$1 word
	shift
	echo "status $status: $stderr"
	[[ $status -eq $want && -z $output && $stderr == fg-*": "* ]]
	[[ $status -eq 2 || ${#stderr_lines[@]} -eq 1 ]]
	for word; do
		[[ ${stderr_lines[0]} == *"$word"* ]]
	done
}

# holds PROGRAM: jq says yes about the document that came out.
holds() {
	jq -e "def c(f): .containerDefinitions[] | select(.name == f);
		def value(f): .environment[] | select(.name == f) | .value;
		$1" "$tmp/out.json" >"$tmp/jq" || {
		echo "not so: $1"
		cat "$tmp/out.json"
		return 1
	}
}

# kept PROGRAM: what jq sees is the same in the input and the result.
kept() {
	diff <(jq "$1" "$tmp/in.json") <(jq "$1" "$tmp/out.json")
}

# registers FILE BEFORE: what ECS would be given is valid, as BEFORE is.
registers() {
	local file n=0
	for file; do
		n=$((n + 1))
		if grep -q AWS::ECS:: "$file"; then
			"$fixtures/cfn-register" --region=us-east-1 \
				--account=123456789012 "$file" >"$tmp/form$n"
		elif [[ $(head -c1 "$file") == [{[] ]]; then
			cp "$file" "$tmp/form$n"
		else
			/usr/bin/python3 -c 'import json, sys, yaml
json.dump(yaml.safe_load(sys.stdin), sys.stdout)' <"$file" >"$tmp/form$n"
		fi
	done
	tests/fixtures/validate-taskdef.py "$tmp/form2" "$tmp/form1"
}
