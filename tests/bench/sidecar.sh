#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fg-sidecar: events of 500 bytes from the socket into the spool, acknowledged
# when they are durable, on one core; and what it costs while nothing happens,
# with a Console that it waits for.
# shellcheck source=tests/bench/record.bash
source "$(dirname "$0")/record.bash"
needs fg-sidecar
ours=() peers=()
app=shop:24edfabf-c761-40ae-9748-5844b0d7579c

# wait_for COMMAND...
wait_for() {
	local i
	for ((i = 0; i < 1000; i++)); do
		"$@" 2>/dev/null && return
		sleep 0.02
	done
	echo "bench: sidecar: never: $*" >&2
	return 1
}

# sidecar URL [COMMAND...]: one that runs, its process in $pid.
sidecar() {
	local url=$1
	shift
	FG_ENROL_SECRET=s3cret FG_CONSOLE_CA=$ca "$@" "$bin/fg-sidecar" \
		--socket="$work/s.sock" --data="$work/data" --app-id="$app" \
		--console="$url" --stop-grace=0 2>>"$work/errors" &
	pid=$!
	wait_for test -S "$work/s.sock"
}

stop() {
	kill "$1"
	wait "$1" || true
}

median() {
	printf '%s\n' "$@" | sort -g | sed -n "$((($# + 1) / 2))p"
}

# bench NAME OURS PEER PEER_NAME UNIT [EXTRA]
bench() {
	jq -nc --arg name "$1" --argjson ours "$2" --argjson peer "$3" \
		--arg peer_name "$4" --arg unit "$5" '{type: "bench", v: 1,
		name: $name, ours: $ours, peer: $peer, peer_name: $peer_name,
		ratio: (if $peer == 0 then 0 else
			$ours / $peer * 1000 | round / 1000 end),
		unit: $unit} + '"${6:-{\}}"
}

# ---- events a second; the sender is on the other core ----
ca=
for _ in 1 2 3 4 5; do
	sidecar https://127.0.0.1:9 taskset -c 0
	ours+=("$(taskset -c 1 "$build/bench/flood" "$work/s.sock" 200000 500)")
	stop "$pid"
	rm -rf "$work/data"
	peers+=("$(taskset -c 0 "$build/bench/flood" - 200000 500 "$work/plain")")
	rm -f "$work/plain"
done
rate=$(median "${ours[@]}")
bench "an event of 500 B through the socket into the spool" \
	"$(jq -n "1e6 / $rate * 1000 | round / 1000")" \
	"$(jq -n "1e6 / $(median "${peers[@]}") * 1000 | round / 1000")" \
	"write and fdatasync" us '{limit: 20}'
bench "events of 500 B a second through the socket into the spool" "$rate" \
	"$(median "${peers[@]}")" "write and fdatasync" events/s

# ---- while nothing happens ----
mkdir "$work/console"
python3 tests/fixtures/console.py "$work/console" 2>/dev/null &
console=$!
wait_for test -s "$work/console/port"
ca=$(<"$work/console/ca.pem")
echo '{"type":"policy","v":1,"kind":"runtime","version":1,"policy":{"rules":[]}}' \
	>"$work/console/policy.ndjson"
sidecar "https://127.0.0.1:$(<"$work/console/port")"
wait_for grep -q '^status 204' "$work/console/requests"
sleep 14 # a report of the policy that came may follow 10 s later

# of NAME: a figure of /proc/PID/status.
of() {
	awk -v name="$1:" '$1 == name { print $2 }' "/proc/$pid/status"
}

switches() {
	awk '/_ctxt_switches/ { n += $2 } END { print n }' "/proc/$pid/status"
}
before=$(switches)
sleep 10
after=$(switches)
woken=$((after - before))
bench "fg-sidecar idle: resident" "$(jq -n "$(of VmRSS) / 1024 |
	. * 100 | round / 100")" "$(jq -n "$(of VmHWM) / 1024 |
	. * 100 | round / 100")" "its own peak" MiB '{limit: 5}'
bench "fg-sidecar idle: resident and its own" "$(jq -n "$(of RssAnon) / 1024 |
	. * 100 | round / 100")" "$(jq -n "$(of VmHWM) / 1024 |
	. * 100 | round / 100")" "its own peak" MiB
bench "fg-sidecar idle: wake-ups in 10 s" "$woken" 0 "none" count '{limit: 0}'
stop "$pid"
stop "$console"
