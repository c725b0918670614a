#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Events as they are written, beside their schema and fg-event(5).

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	lines=${FG_FIXTURES:-build/fixtures}/event-lines
	schema=share/schema/event.json
}

# page: fg-event(5) as a reader sees it, on wide paper.
page() {
	mandoc -T ascii -O width=500 man/fg-event.5 | sed 's/.\x08//g'
}

@test "an event of every name is as the schema says" {
	[[ $("$lines" | wc -l) -gt 80 ]]
	"$lines" | tests/doc/validate.py
}

@test "every member that is written stands in the schema" {
	run diff <("$lines" | jq -r 'paths | map(select(type == "string"))
			| join(".")' | sort -u) \
		<(jq -r 'def members(at): .properties // {} | to_entries[]
			| (at + [.key]) as $at
			| ($at | join(".")), (.value | members($at));
			members([])' "$schema" | sort -u)
	echo "$output"
	[[ $status -eq 0 ]]
}

@test "names, facts and members are those of fg-event(5)" {
	local word
	page >"$BATS_TEST_TMPDIR/page"
	for word in $("$lines" | jq -r '.name, .process.facts[]?,
	    (.. | objects | keys[])' | sort -u); do
		grep -qwF -- "$word" "$BATS_TEST_TMPDIR/page" ||
			{ echo "fg-event(5) does not tell of $word"; false; }
	done
}

@test "no secret and no byte that is not UTF-8 is written" {
	! "$lines" | grep -F 'password=x'
	"$lines" | iconv -f UTF-8 -t UTF-8 >/dev/null
	[[ $("$lines" | jq -r 'select(.file.path_b64).file.path_b64' |
		sort -u | base64 -d) == $'/etc/\x01\xff' ]]
}

@test "the schema refuses what is no event" {
	local line change
	line=$("$lines" | sed -n 2p)
	for change in '.v = 2' 'del(.seq)' '.name = "process.dance"' \
	    '.severity = "fatal"' '.process.pid = "7"' '.file.mode = 493' \
	    '.process.facts = ["tall"]' '.confidence = "maybe"'; do
		echo "$change"
		run bash -c 'jq -c "$2" <<<"$1" | tests/doc/validate.py' - \
			"$line" "$change"
		[[ $status -eq 1 && -n $output ]]
	done
}
