#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The document tools on a template of the usual size, entry points known.
# shellcheck source=tests/bench/record.bash
source "$(dirname "$0")/record.bash"
needs fg-appid fg-inject fg-lint
image=registry.example.com/fg/sidecar:0.1
sidecar=--sidecar-image=$image
templates=tests/fixtures/templates
jq_name="$(jq --version), the same edits"

for form in yaml json; do
	cp "$templates/median.$form" "$work/plain.$form"
	"$bin/fg-appid" --stamp "$work/plain.$form" >"$work/stamped.$form"
	"$bin/fg-inject" "$sidecar" "$work/stamped.$form" \
		>"$work/injected.$form"
done

# Each tool beside a program that does nothing: 5 ms and 5 MB are the bar.
# tool NAME FORM INPUT COMMAND...
tool() {
	local name=$1 form=$2 input=$3 got
	shift 3
	got=$("$measure" -n 9 -k 20 -i "$work/$input.$form" \
		-- "$@" -- "$empty")
	record "embed/$name, $form: wall" wall_ms ms "empty program" \
		'{limit: 5}' <<<"$got"
	record "embed/$name, $form: memory" rss bytes "empty program" \
		'{limit: 5000000}' <<<"$got"
}

for form in yaml json; do
	tool "fg-appid --stamp" $form plain "$bin/fg-appid" --stamp
	tool "fg-inject" $form stamped "$bin/fg-inject" "$sidecar"
	tool "fg-inject --remove" $form injected "$bin/fg-inject" --remove
	tool "fg-lint" $form injected "$bin/fg-lint" --only=protected
done

# Against jq, which must come to the same document.
same() {
	jq -S 'del(.containerDefinitions[].dockerLabels)' "$1"
}
jq --arg image "$image" -f tests/bench/inject.jq "$work/stamped.json" \
	>"$work/by-jq.json"
diff -u <(same "$work/by-jq.json") <(same "$work/injected.json") >&2 || {
	echo "bench: embed: jq and fg-inject do not do the same" >&2
	exit 1
}
"$measure" -n 9 -k 10 -i "$work/stamped.json" \
	-- "$bin/fg-inject" "$sidecar" \
	-- jq --arg image "$image" -f tests/bench/inject.jq |
	record "embed/fg-inject, json: processor" cpu_ms ms "$jq_name" \
		'{bar: 0.5}'

# Throughput: the task definition of the template, some hundred times over.
awk -v copies=500 '
	/^[A-Z]/ { inside = 0 }
	/^  [A-Z]/ { inside = $1 == "TaskDefinition:" }
	inside && !/^  [A-Z]/ { body = body $0 "\n" }
	END {
		print "Resources:"
		for (i = 1; i <= copies; i++)
			printf "  Task%d:\n%s", i, body
	}' "$templates/median.yaml" >"$work/plain-many.yaml"
"$bin/fg-appid" --stamp "$work/plain-many.yaml" >"$work/many.yaml"
jq -n --slurpfile one "$work/stamped.json" \
	--argjson bytes "$(wc -c <"$work/many.yaml")" \
	'[range($bytes / 2900) | $one[0]]' >"$work/many.json"

# throughput NAME COMMAND...: bytes per processor time, beside jq printing a
# document of that size again.
throughput() {
	local name=$1
	shift
	"$measure" -n 5 -k 1 -i "$work/many.yaml" -j "$work/many.json" \
		-s -- "$@" -- jq . |
	jq --argjson ours "$(wc -c <"$work/many.yaml")" \
		--argjson peer "$(wc -c <"$work/many.json")" '
		.ours.rate = $ours / 1000 / .ours.cpu_ms |
		.peer.rate = $peer / 1000 / .peer.cpu_ms' |
	record "embed/$name, many definitions" rate MB/s \
		"$(jq --version), JSON printed again"
}
throughput fg-inject "$bin/fg-inject" "$sidecar"
throughput fg-lint "$bin/fg-lint"

# All documents of a corpus, one process each.
if [[ -d ${FG_CORPUS:-}/ecs ]]; then
	find "$FG_CORPUS/ecs" -type f -print0 >"$work/names"
	"$measure" -n 5 -k 1 -s -i "$work/names" \
		-- xargs -0 -n1 "$bin/fg-lint" -- xargs -0 -n1 "$empty" \
		2>"$work/complaints" |
	jq --argjson n "$(tr -cd '\0' <"$work/names" | wc -c)" '
		.ours.each = .ours.cpu_ms / $n |
		.peer.each = .peer.cpu_ms / $n' |
	record "embed/fg-lint, each document of the corpus" each ms \
		"empty program"
fi
