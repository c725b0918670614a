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

# Start it: its process in $pid, what that took in $took.
start() {
	local before after
	before=$EPOCHREALTIME
	"$bin/fg-console" --data "$work/data" --listen "127.0.0.1:$port" \
		>"$work/out" 2>"$work/err" &
	pid=$!
	until_up
	after=$EPOCHREALTIME
	took=$(((${after/./} - ${before/./}) / 1000))
}

policy() {
	printf '{"rules": [{"name": "%s", "collections": [{"name": "All"}],
		"processes": {"effect": "%s", "blacklist": ["nc"]}}]}' "$1" "$2"
}

start
echo "bench: the first start, which makes keys and CA: $took ms" >&2
printf 'Authorization: Bearer %s\n' "$(<"$work/out")" >"$work/token"
kill "$pid" && wait "$pid"
start
figure "start, with a store: until it answers" "$took" ms 100
policy first alert | api -X PUT --data-binary @- -o "$work/answer" \
	"https://127.0.0.1:$port/api/v1/policies/runtime/app-embedded"
policy second prevent >"$work/policy"
FG_ENROL_SECRET=$(api -d '{"app": "bench", "days": 1}' \
	"https://127.0.0.1:$port/api/v1/enrol-secrets" | jq -r .secret)
FG_TOKEN=$(cut -d ' ' -f 3 "$work/token")
export FG_ENROL_SECRET FG_TOKEN
idle=$(memory "$pid" | paste -sd +)
"$build/bench/sidecars" "https://127.0.0.1:$port" "$work/data/ca.pem" \
	"$sidecars" "$work/policy" >"$work/measured" &
client=$!
peak=0
while kill -0 $client 2>/dev/null; do
	now=$(($(memory "$pid" | paste -sd +)))
	((now <= peak)) || peak=$now
	sleep 0.2
done
wait $client
read -r enrol last audits audits_ms < <(jq -r \
	'[.enrol_ms, .last_ms, .audits, .audits_ms] | @tsv' "$work/measured")
figure "$sidecars sidecars: until all have the new policy" "$last" ms 2000
figure "time for 20,000 audits, until durable" \
	$((audits_ms * 20000 / audits)) ms 1000
figure "memory at its highest, $sidecars sidecars" "$peak" KiB 65536
echo "bench: $sidecars enrolled in $enrol ms; memory before $((idle)) KiB;" \
	"$((audits * 1000 / audits_ms)) audits/s" >&2
