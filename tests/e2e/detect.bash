# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # of wrap_setup; for tests
# What the tests of detections have in common. Everything is switched on; for
# each detection the real thing is done, and by its side something harmless that
# looks like it.

# detect_setup: a policy $tmp/all that tells of everything, and $act (foreign)
detect_setup() {
	local name
	wrap_setup
	[[ $(id -u) -eq 0 ]] || skip "machine: not root"
	unshare --net --mount true 2>/dev/null ||
		skip "machine: no network namespaces"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test"
	mkdir -p "$tmp/bin" "$tmp/made"
	cp "$fixtures/foreign" "$tmp/act"
	act=$tmp/act bin=$tmp/bin
	for name in tool other; do
		cp /bin/echo "$bin/$name"
	done
	jq -n '{rules: [{
		name: "all",
		processes: {effect: "alert", checkCryptoMiners: true,
			checkLateralMovement: true, checkParentChild: true},
		network: {effect: "alert", detectPortScan: true},
		dns: {effect: "alert"},
		filesystem: {effect: "alert", backdoorFiles: true,
			suspiciousELFHeaders: true}
	}]}' >"$tmp/all"
	rested
}

# rested: what was written before is older than what is started after.
rested() {
	sleep 0.05
}

# apart COMMAND...: where lo alone is, with addresses that look like others', and
# where mounts are nobody's business
apart() {
	# shellcheck disable=SC2016 # for that shell
	unshare --net --mount sh -c '"$0" up 192.0.2.1 198.51.100.1 \
		203.0.113.1 169.254.170.2 169.254.169.254 169.254.1.1
		[ -z "$ETC" ] || mount --bind "$ETC" /etc
		[ -z "$LOG" ] || mount --bind "$LOG" /var/log
		exec "$@"' "$fixtures/foreign" "$@"
}

# policy UPDATE: of the rule of $tmp/all, a jq filter, into $tmp/policy
policy() {
	jq ".rules[0] |= ($1)" "$tmp/all" >"$tmp/policy"
}

# observe COMMAND...: started by a shell. $ids: the rules that spoke, each once;
# $got: what it printed.
observe() {
	rm -rf "$tmp/audit" "$tmp/made"
	mkdir "$tmp/made"
	# shellcheck disable=SC2016 # as well
	got=$(apart fg-wrap --policy="$tmp/policy" --audit="$tmp/audit" -- \
		/bin/sh -c '"$@"; echo "exit $?"' sh "$@" 2>&1) || true
	ids=$(jq -r 'select(.kind == "runtime") | .rule.id' "$tmp/audit" |
		sort -u | paste -sd ' ')
}

did() {
	grep -qw did <<<"$got"
}

did_not() {
	if did; then return 1; fi
}

silent() {
	[[ -z $ids ]]
}

# split REAL... -- TWIN...: into the arrays $real and $twin
split() {
	real=()
	while [[ $1 != -- ]]; do
		real+=("$1")
		shift
	done
	shift
	twin=("$@")
}

# detect ID UPDATE REAL... -- TWIN...: under an alert REAL is done, and told of
# as ID, and under prevent told of and not done; TWIN is done, and nothing told,
# in both. What is done prints "did".
detect() {
	local id=$1 update=$2 real twin
	shift 2
	split "$@"
	policy "$update"
	observe "${real[@]}"
	echo "$id: alert, ${real[*]}: '$ids', $got"
	did
	[[ $ids == "$id" ]]
	observe "${twin[@]}"
	echo "$id: alert, twin ${twin[*]}: '$ids', $got"
	did
	silent
	policy "$update | .detections[\"$id\"] = \"prevent\""
	observe "${real[@]}"
	echo "$id: prevent, ${real[*]}: '$ids', $got"
	did_not
	[[ $ids == "$id" ]]
	jq -es 'map(select(.kind == "runtime")) |
		all(.action == "prevent")' "$tmp/audit" >/dev/null
	observe "${twin[@]}"
	echo "$id: prevent, twin ${twin[*]}: '$ids', $got"
	did
	silent
}

# rule OF CONDITIONS REAL... -- TWIN...: the same of one rule under "rules", OF
# being process, network or file.
rule() {
	local of=$1 conditions=$2 section effect real twin
	shift 2
	split "$@"
	case $of in
	process) section=processes ;;
	network) section=network ;;
	file) section=filesystem ;;
	esac
	for effect in alert prevent; do
		policy ".$section.rules = [{title: \"ours\",
			effect: \"$effect\"} + $conditions]"
		observe "${real[@]}"
		echo "$conditions: $effect: '$ids', $got"
		[[ $ids == "$of-rule" ]]
		event "$tmp/audit" ".rule.name == \"ours\" and
			.action == \"$effect\""
		if [[ $effect == alert ]]; then did; else did_not; fi
		observe "${twin[@]}"
		echo "$conditions: $effect, twin: '$ids', $got"
		silent
		did
	done
}
