#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Console's store: audits made durable in groups of 1000, beside the same
# rows by the sqlite3 shell (20,000 a second are 50 us for each); then the last
# 100 audits of one app among ROWS=400000 of ten days.
# shellcheck source=tests/bench/record.bash
rows=${ROWS:-400000}
source "$(dirname "$0")/record.bash"
store=$build/bench/store n=50000
"$store" sql . $n >"$work/rows.sql"
cat >"$work/ours" <<-'end'
	#!/bin/sh
	rm -rf "$1/ours.d"
	exec "$2" append "$1/ours.d" "$3"
end
cat >"$work/peer" <<-'end'
	#!/bin/sh
	rm -f "$1/peer.db"*
	exec sqlite3 "$1/peer.db"
end
chmod +x "$work/ours" "$work/peer"
"$measure" -n "${ROUNDS:-7}" -k 2 -j "$work/rows.sql" -- \
	"$work/ours" "$work" "$store" $n -- "$work/peer" "$work" >"$work/measured"
# each KEY: microseconds an audit.
each() {
	jq --argjson n $n '(.ours, .peer) |= with_entries(.value *= 1000 / $n)' \
		"$work/measured"
}
each | record "store/an audit until it is durable" wall_ms us "sqlite3 shell" \
	'{limit: 50}'
each | record "store/an audit, processor time" cpu_ms us "sqlite3 shell" \
	'{bar: 1}'
"$store" last "$work/last" "$rows"
