#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fg-console with SIDECARS=1000 sidecars that enrol, wait for a policy, get it,
# and send audits, all over mutual TLS on loopback: both sides share the
# machine. Its start and its memory beside theirs.
# shellcheck source=tests/bench/record.bash
source "$(dirname "$0")/record.bash"
needs fg-console
sidecars=${SIDECARS:-1000} port=18471 pid=
trap '[[ -z $pid ]] || { kill "$pid"; wait "$pid" || :; }; rm -rf "$work"' EXIT
ulimit -n "$(ulimit -Hn)"

# figure NAME OURS UNIT LIMIT
figure() {
	jq -nc --arg name "$1" --argjson ours "$2" --arg unit "$3" \
		--argjson limit "$4" '{type: "bench", v: 1,
		name: "console/\($name)", ours: $ours, peer: $limit,
		peer_name: "what is aimed at", ratio: ($ours / $limit),
		unit: $unit, runs: 1, limit: $limit}'
}

# memory PID: KiB of a process and all below it, each shared page once
memory() {
	local child
	awk '$1 == "Pss:" { print $2 }' "/proc/$1/smaps_rollup"
	# shellcheck disable=SC2013 # they are words
	for child in $(cat "/proc/$1/task/$1/children"); do
		memory "$child"
	done
}

until_up() {
	until curl -s -o /dev/null --cacert "$work/data/ca.pem" \
		"https://127.0.0.1:$port/healthz"; do
		kill -0 "$pid"
	done
}

api() {
	curl -sS --fail-with-body --cacert "$work/data/ca.pem" \
		-H @"$work/token" "$@"
}
