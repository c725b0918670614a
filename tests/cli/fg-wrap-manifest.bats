#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap --manifest: programs that are not as the image had them.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
	policy=$tmp/policy.json
	printf '{"rules":[{"name":"image","processes":{"effect":"prevent",
		"skipModified":true}}]}' >"$policy"
	mkdir "$tmp/bin"
	for name in same other unlisted; do
		cp /bin/echo "$tmp/bin/$name"
	done
	printf '#!/bin/sh\necho "$@"\n' >"$tmp/bin/script"
	chmod +x "$tmp/bin/script"
	find "$tmp/bin" -type f -perm /111 ! -name unlisted \
		-exec sha256sum {} + >"$tmp/sums"
}

teardown() {
	wrap_teardown
}

# An option or a newline at the end of an ELF file changes nothing else.
alter() {
	echo >>"$tmp/bin/$1"
}

wrapped() {
	rm -f "$tmp/audit"
	fg-wrap --policy="$policy" --manifest="$tmp/sums" \
		--audit="$tmp/audit" "$@"
}

# all_of: each program in turn, and how it ended
all_of() {
	# shellcheck disable=SC2016
	wrapped "$@" sh -c 'for name in same other unlisted script; do
		"$0/$name" ran "$name"; echo "$?"; done' "$tmp/bin"
}

@test "programs as the image had them run, and nothing is told" {
	run --separate-stderr all_of
	[[ $status -eq 0 && $(paste -sd ' ' <<<"$output") == \
		"ran same 0 ran other 0 ran unlisted 0 ran script 0" ]]
	jq -es 'all(.kind == "lifecycle")' "$tmp/audit"
}

@test "one that was altered is refused, in both tiers, and under any name" {
	local tier
	alter other
	alter unlisted
	ln -s other "$tmp/bin/link"
	for tier in full exec; do
		run --separate-stderr all_of --tier=$tier
		[[ $(paste -sd ' ' <<<"$output") == \
			"ran same 0 137 ran unlisted 0 ran script 0" ]]
		event "$tmp/audit" '.rule.id == "altered-binary" and
			.action == "prevent" and .severity == "critical" and
			(.process.facts | index("altered"))'
		[[ $(jq -s 'map(select(.kind == "runtime")) | length' \
			"$tmp/audit") -eq 1 ]]
		run wrapped --tier=$tier "$tmp/bin/link"
		[[ $status -eq 137 ]]
	done
	tests/doc/validate.py <"$tmp/audit"
}

@test "it is altered while the command runs; then another policy lets it be" {
	# shellcheck disable=SC2016
	run --separate-stderr wrapped sh -c '"$0" ran; echo >>"$0"; "$0" ran; echo $?' \
		"$tmp/bin/same"
	[[ $(paste -sd ' ' <<<"$output") == "ran 137" ]]
	printf '{"processes":{"effect":"prevent","skipModified":true},
		"detections":{"altered-binary":"alert"}}' >"$policy"
	run --separate-stderr wrapped "$tmp/bin/same" ran
	[[ $output == ran ]]
	event "$tmp/audit" '.rule.id == "altered-binary" and .action == "alert"'
}

@test "a policy that comes later looks at it as well" {
	local late='{"processes":{"effect":"prevent","skipModified":true}}'
	echo '{"dns":{"effect":"alert","blacklist":["x"]}}' >"$policy"
	alter other
	# shellcheck disable=SC2016
	wrapped sh -c 'while sleep 0.02; do "$0" ran >"$1.new"
		mv "$1.new" "$1"; done' "$tmp/bin/other" "$tmp/last" \
		2>/dev/null 3>&- &
	background+=($!)
	eventually grep -q ran "$tmp/last"
	echo "$late" >"$policy"
	eventually event "$tmp/audit" '.rule.id == "altered-binary"'
}

@test "the environment names it, and --pid1=app holds to it, too" {
	alter other
	FG_MANIFEST=$tmp/sums run fg-wrap --policy="$policy" "$tmp/bin/other"
	[[ $status -eq 137 ]]
	run wrapped --pid1=app "$tmp/bin/other"
	[[ $status -eq 137 ]]
}

@test "one that is none: told, and the command runs, or not, as asked" {
	local bad
	echo text >"$tmp/bad"
	: >"$tmp/empty"
	for bad in "$tmp/none" "$tmp" "$tmp/bad" "$tmp/empty" /dev/null; do
		rm -f "$tmp/audit"
		run --separate-stderr fg-wrap --policy="$policy" \
			--manifest="$bad" --audit="$tmp/audit" echo ran
		echo "$bad: $status $output $stderr"
		[[ $status -eq 0 && $output == ran ]]
		[[ $stderr == "fg-wrap: --manifest: $bad:"* ]]
		event "$tmp/audit" '.name == "unseen" and
			(.detail | startswith("--manifest: "))'
		tests/doc/validate.py <"$tmp/audit"
		run --separate-stderr fg-wrap --policy="$policy" \
			--manifest="$bad" --on-no-policy=closed echo ran
		[[ $status -eq 125 && -z $output && $stderr == *"$bad"* ]]
	done
}
