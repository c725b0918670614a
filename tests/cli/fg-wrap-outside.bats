#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Processes that come into the namespaces of fg-wrap from outside, here by
# nsenter(1); by podman exec in tests/e2e/entered.bats.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
	needs_namespaces
	policy=$tmp/policy.json
	cat >"$policy" <<-'end'
	{"rules": [{"name": "outside",
		"processes": {"effect": "prevent", "blacklist": ["uname"]}}]}
	end
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test"
	chmod 777 "$tmp"
}

teardown() {
	wrap_teardown
}

# started COMMAND...: fg-wrap as process 1, or in what COMMAND makes of it
started() {
	as_pid1 "$@" >"$tmp/out" 2>&1 3>&- &
	background+=($!)
	eventually event "$tmp/audit" '.name == "policy.applied"'
	wrap=$(supervisor)
}

# The older one of the two that have this policy.
supervisor() {
	local pid
	for pid in $(pgrep -x fg-wrap); do
		grep -qzx -e "--policy=$policy" "/proc/$pid/cmdline" || continue
		echo "$pid"
		return
	done
}

gone() {
	[[ -z $(supervisor) ]]
}

# It is ended, lest it is taken for the next one.
ended() {
	kill "$wrap"
	eventually gone
}

# from_outside COMMAND...: in the namespaces of fg-wrap
from_outside() {
	nsenter -t "$wrap" -p -m "$@"
}

# The same by a program that is not in there, as a container runtime's: until it
# executes what it came for it is let alone.
from_runtime() {
	mkdir -p "$tmp/mount"
	# shellcheck disable=SC2016
	unshare --mount sh -c 'set -e
		dir=$1 wrap=$2
		shift 2
		mount -t tmpfs none "$dir"
		cp "$(command -v nsenter)" "$dir/enter"
		exec "$dir/enter" -t "$wrap" -p -m "$@"' - \
		"$tmp/mount" "$wrap" "$@"
}

entered() {
	event "$tmp/audit" ".name == \"process.entered\" and ($1)"
}

# What it prints when it is held to the policy; at first it may not be yet.
held='for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	sleep 0.1
	uname >/dev/null 2>&1 || { echo "held $?"; exit 7; }
done
exit 8'

# Held by the filter, or, for a moment, when the program has been loaded.
@test "tier full: reported, and held to the policy" {
	started fg-wrap --policy="$policy" --audit="$tmp/audit" -- sleep 60
	run from_outside sh -c "$held"
	[[ $status -eq 7 && $output == *"held 1"* ]]
	entered '.action == "alert" and (.process.args | index("-c"))'
	event "$tmp/audit" '.name == "process.exec" and .action == "prevent"'
}

@test "tier exec: reported, and what is denied is killed when it is loaded" {
	started fg-wrap --tier=exec --policy="$policy" --audit="$tmp/audit" -- \
		sleep 60
	run from_outside sh -c "$held"
	[[ $status -eq 7 && $output == *"held 137"* ]]
	entered '.action == "alert"'
}

@test "tier none: reported once, and not for each of its children" {
	started fg-wrap --tier=none --policy="$policy" --audit="$tmp/audit" -- \
		sleep 60
	run from_outside sh -c "$held"
	[[ $status -eq 8 ]]
	entered '.detail | startswith("not under the policy: ")'
	sleep 1.2 # merged events
	[[ $(jq -s 'map(select(.name == "process.entered") | .count) | add' \
		"$tmp/audit") -eq 1 ]]
}

@test "a policy that denies what enters: it is killed, in every tier" {
	local tier
	cat >"$policy" <<-'end'
	{"rules": [{"name": "outside", "detections": {"entered-process": "prevent"}}]}
	end
	for tier in full exec none; do
		rm -f "$tmp/audit"
		started fg-wrap --tier=$tier --policy="$policy" \
			--audit="$tmp/audit" -- sleep 60
		run from_outside sh -c 'sleep 5; echo survived'
		[[ $status -ne 0 && $output != *survived* ]]
		ended
	done
}

# killed RULE COMMAND...: it does not live to its end, and RULE is why.
killed() {
	local rule=$1
	shift
	run from_runtime "$@"
	[[ $status -eq 137 ]]
	eventually entered ".rule.id == \"$rule\" and .action == \"prevent\""
}

# processes TIER MEMBERS: fg-wrap under a policy with these.
processes() {
	printf '{"rules":[{"name":"outside","processes":{%s}}]}\n' "$2" \
		>"$policy"
	rm -f "$tmp/audit"
	started fg-wrap --tier="$1" --policy="$policy" --audit="$tmp/audit" -- \
		sleep 60
}

@test "what enters is on the blacklist: it is killed, in every tier" {
	local tier
	for tier in full exec none; do
		processes $tier '"effect":"prevent","blacklist":["tail"]'
		killed denied-process tail -f /dev/null
		run from_runtime sleep 0.5
		[[ $status -eq 0 ]]
		entered '.rule.id == "entered-process" and .action == "alert"'
		ended
	done
}

@test "what enters is not on the whitelist: it is killed, in every tier" {
	local tier
	for tier in full exec none; do
		processes $tier '"effect":"prevent","whitelist":["sleep"]'
		killed not-allowed-process tail -f /dev/null
		run from_runtime sleep 0.5
		[[ $status -eq 0 ]]
		ended
	done
}

@test "rules for programs hold for what enters" {
	local sum
	sum=$(sha256sum "$(readlink -f "$(type -P sleep)")" | cut -d' ' -f1)
	processes full '"effect":"prevent","whitelist":["nothing"],"rules":[
		{"path":"*","sha256":["'"$sum"'"],"effect":"allow"},
		{"name":"tail","effect":"prevent"}]'
	killed process-rule tail -f /dev/null
	run from_runtime sleep 0.5
	[[ $status -eq 0 ]]
}

@test "under a policy of alerts it is told, and lives" {
	processes full '"effect":"alert","whitelist":["tail"]'
	run from_runtime sleep 0.5
	[[ $status -eq 0 ]]
	eventually entered \
		'.rule.id == "not-allowed-process" and .action == "alert"'
}

@test "exit codes, output and signals are what they were" {
	local i
	started fg-wrap --policy="$policy" --audit="$tmp/audit" -- sleep 60
	for i in 0 1 2 42; do
		run from_outside sh -c "echo out; sleep 0.0$i; exit $i"
		[[ $status -eq $i && $output == out ]]
	done
	# shellcheck disable=SC2016
	run from_outside sh -c 'sleep 0.1; kill -TERM $$'
	[[ $status -eq 143 ]]
}

@test "another mount namespace: reported, and let alone" {
	started fg-wrap --policy="$policy" --audit="$tmp/audit" -- sleep 60
	run nsenter -t "$wrap" -p sh -c "$held"
	[[ $status -eq 8 ]]
	entered '.detail | contains("mount namespace")'
}

@test "without the right to trace it: reported, and let alone" {
	started setpriv --reuid=65534 --regid=65534 --clear-groups \
		--bounding-set=-all "$(type -P fg-wrap)" --policy="$policy" \
		--audit="$tmp/audit" -- sleep 60
	run from_outside sh -c "$held"
	[[ $status -eq 8 ]]
	entered '.uid == 0 or .process.uid == 0'
	entered '.detail | startswith("not under the policy: ")'
	ended # another user's does not die with unshare(1)
}

@test "with an init process: what it starts is not from outside" {
	# shellcheck disable=SC2016
	started sh -c '"$@" & while sleep 0.1; do
		uname >/dev/null && echo mine; done' - fg-wrap \
		--policy="$policy" --audit="$tmp/audit" -- sleep 60
	run from_outside sh -c "$held"
	[[ $status -eq 7 && $output == *"held 1"* ]]
	: >"$tmp/out"
	eventually grep -q mine "$tmp/out"
	[[ $(jq -r 'select(.name == "process.entered") | .process.args[0]' \
		"$tmp/audit" | sort -u) == *sh* ]]
}

@test "beside others in their namespace nobody is from outside" {
	printf '%s\n' '"$@"' : >"$tmp/script" # which does not exec it
	as_pid1 sh -c '"$@"; :' - sh "$tmp/script" fg-wrap \
		--policy="$policy" --audit="$tmp/audit" -- sleep 60 \
		>"$tmp/out" 2>&1 3>&- &
	background+=($!)
	eventually event "$tmp/audit" '.name == "policy.applied"'
	wrap=$(supervisor)
	run from_outside sh -c "$held"
	[[ $status -eq 8 ]]
	run ! entered true
}

@test "with --pid1=app the same" {
	started fg-wrap --pid1=app --policy="$policy" --audit="$tmp/audit" -- \
		sleep 60
	run from_outside sh -c "$held"
	[[ $status -eq 7 && $output == *"held 1"* ]]
	entered '.action == "alert"'
}
