#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The stressors of stress-ng that are about the kernel: each ends as it does
# without fg-wrap, or is listed in stress-differs.txt with the reason. STRESS
# holds the names to try instead of all.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load ../e2e/evade

setup() {
	wrap_setup
	PATH=${FG_BIN:-$PWD/build/bin}:/usr/sbin:/usr/bin:/sbin:/bin
	usual_policy
	# That these are refused is no question of how they end.
	jq '.rules[0].network.skipRawSockets = true' "$tmp/all.json" \
		>"$tmp/stress.json"
	open_up
	# Some fill what there is.
	mkdir "$tmp/room"
	truncate -s 1G "$tmp/disk"
	mkfs.ext4 -q "$tmp/disk"
	loop=$(losetup -f --show "$tmp/disk") ||
		skip "machine: no loop devices"
}

teardown() {
	wrap_teardown
	[[ -z ${loop:-} ]] || losetup -d "$loop"
}

# All of the classes, but what takes all of the machine (mmapfork its memory), a
# part of it (loop its devices), or its clock.
stressors() {
	local class
	for class in scheduler filesystem network os; do
		stress-ng --class "$class?" 2>&1 | tr ' ' '\n' | sed '1,/:/d'
	done | grep . | sort -u | grep -vxE 'clock|cpu-online|loop|memhotplug|mmapfork|physpage|rlimit|softlockup|sysinval|watchdog'
}

# one NAME [COMMAND...]: its exit status; on a small disk beside which nothing can
# be written, below an init of its own, so that nothing is left of it: no mount,
# no process, no segment.
one() {
	local name=$1 code=0
	shift
	timeout -k 5 20 unshare -m -p -f -i --mount-proc --kill-child sh -c '
		mount -o remount,bind,ro / && mount "$0" "$1" && cd "$1" ||
			exit 99
		rm -rf ./*
		shift
		"$@"
		exit $?' "$loop" "$tmp/room" "$@" stress-ng --temp-path "$tmp/room" -q \
		--verify --timeout 1 "--$name" 1 >/dev/null 2>&1 </dev/null \
		3>&- || code=$?
	echo $code
}

# ends NAME: "NATIVE WRAPPED"
ends() {
	echo "$(one "$1")" "$(one "$1" fg-wrap --policy "$tmp/stress.json" \
		--audit "$tmp/room/audit" --)"
}

# What is expected to differ does so; what is not has a second try, since some
# fail now and then by themselves.
judge() {
	local name=$1 native=$2 wrapped=$3 listed
	listed=$(awk -v name="$name" '$1 == name { print $2, $3 }' \
		tests/soak/stress-differs.txt)
	if [[ -n $listed ]]; then
		[[ "$native $wrapped" == "$listed" ]] && return
	else
		[[ $native == "$wrapped" && $native -lt 99 ]] && return
	fi
	echo "# progress: $name: natively $native, wrapped" \
		"$wrapped${listed:+, listed as $listed}" >&3
	return 1
}

@test "stress-ng: scheduler, filesystem, network, os" {
	needs_namespaces
	local name names n=0 wrong=0
	read -ra names <<<"${STRESS:-$(stressors | tr '\n' ' ')}"
	for name in "${names[@]}"; do
		# shellcheck disable=SC2046 # two words
		judge "$name" $(ends "$name") || judge "$name" $(ends "$name") ||
			wrong=$((wrong + 1))
		((++n % 20 > 0)) || echo "# progress: $n of ${#names[@]}" \
			"stressors, $wrong wrong" >&3
	done
	[[ ${#names[@]} -gt 0 && $wrong -eq 0 ]]
}
