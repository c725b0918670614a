# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # tmp, fixtures: of wrap_setup
# What the tests of races and evasions have in common: policies, and running
# every try of an evade-* program with and without fg-wrap.

# policy NAME SECTION...: $tmp/NAME.json, a rule with these members
policy() {
	local name=$1 IFS=,
	shift
	printf '{"rules":[{"name":"%s","collections":[{"name":"All"}],%s}]}\n' \
		"$name" "$*" >"$tmp/$name.json"
}

# The three sections as these tests want them. Other files than those below
# keep/, programs than denied, addresses than 127.0.0.2 are nobody's business.
files_policy() {
	policy "${1:-files}" "\"filesystem\":{\"effect\":\"prevent\",
		\"blacklist\":[\"$tmp/keep\"]}" "$closed_policy"
}

# Mounts give things other names, a tracer could do as it likes.
closed_policy='"detections":{"mount":"prevent","ptrace":"prevent"}'


programs_policy() {
	policy "${1:-programs}" '"processes":{"effect":"prevent",
		"blacklist":["denied","denied.sh","twin-b"],
		"checkNewBinaries":true}' "\"detections\":{\"mount\":\"prevent\",
		\"ptrace\":\"prevent\",\"fileless-process\":\"prevent\",
		\"tmpfs-process\":\"prevent\"}"
}

network_policy() {
	policy "${1:-network}" '"network":{"effect":"prevent",
		"blacklistIPs":["127.0.0.2"],
		"blacklistListeningPorts":[{"start":18185,"end":18185,"deny":true}]}' \
		'"detections":{"raw-socket":"prevent","ptrace":"prevent"}'
}

# usual_policy: $tmp/all.json prevents in all sections, nothing that programs
# usually do, and has what the default policy switches on.
usual_policy() {
	jq -s '{rules: [.[0].rules[0] * .[1].rules[0]]}' \
		share/policy/default.json tests/bench/wrap-prevent.json \
		>"$tmp/all.json"
}

# open_up: other users may look into the test's directory.
open_up() {
	local dir=$tmp
	while [[ $dir != / && -O $dir && $dir != "${TMPDIR:-/tmp}" ]]; do
		chmod go+rx "$dir"
		dir=$(dirname "$dir")
	done
}

# wrapped POLICY COMMAND...: events in $tmp/audit; all of it as $outer has it,
# for $wrapped_s seconds at most
wrapped() {
	local policy=$1
	shift
	rm -f "$tmp/audit"
	timeout -k 5 "${wrapped_s:-60}" "${outer[@]}" fg-wrap --policy "$tmp/$policy.json" \
		--audit "$tmp/audit" -- "$@"
}

# An event says that something was prevented; with --none, none does.
prevented() {
	jq -es 'any(.[]; .action == "prevent" or .action == "block")' \
		"$tmp/audit" >/dev/null
}

# quiet AUDIT [RULE...]: it tells that the command began and ended, and under
# which policies; beside that of these rules, and of each of them, and nothing
# else.
quiet() {
	local audit=$1
	shift
	diff <(printf '%s\n' "$@" | sort -u | grep .) \
		<(jq -r 'select([.name] | inside(["start", "policy.applied",
			"exit"]) | not) | .rule.id // .name' "$audit" |
			sort -u) || {
		jq -c 'select(.kind != "lifecycle") | {name, action, rule, msg}' \
			"$audit" | sort | uniq -c | head -n 20
		return 1
	}
}

# every PROGRAM POLICY EXPECTED FRESH ARG...: every try of evade-PROGRAM, by
# itself and under POLICY. FRESH is called before each. EXPECTED is "refused",
# with an event; or "same": as without fg-wrap, and no event. Tries whose names
# are words of $closed are refused in any case, those of $apart have no twin.
# What went wrong is printed.
every() {
	local program=$fixtures/evade-$1 policy=$2 expected=$3 fresh=$4
	local try native got wrong=0 tries=0
	shift 4
	for try in $("$program" --list); do
		"$fresh"
		native=$("$program" "$try" "$@" 2>&1) || true
		"$fresh"
		got=$(wrapped "$policy" "$program" "$try" "$@" 2>&1) || true
		tries=$((tries + 1))
		[[ " $apart " != *" $try "* ]] || continue
		if [[ $expected == refused || " $closed " == *" $try "* ]]; then
			# What the machine itself refuses proves little.
			[[ $native == did || $got == did ]] || continue
			[[ $got == refused* || $got == machine* ]] && prevented &&
				continue
		else
			[[ $got == "$native" ]] && ! prevented && continue
		fi
		echo "$try: natively '$native', wrapped '$got'," \
			"$(prevented && echo an event || echo no event)"
		wrong=$((wrong + 1))
	done
	echo "$tries tries, $wrong wrong"
	((tries > 0 && wrong == 0))
}
