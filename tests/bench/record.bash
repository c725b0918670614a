# SPDX-License-Identifier: Apache-2.0
# Sourced by the benchmarks: where things are, and how a record is printed.
# shellcheck shell=bash
set -eu -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${FG_BUILD:-$PWD/build}
bin=$build/bin
# shellcheck disable=SC2034 # for those who source this
measure=$build/bench/measure empty=$build/bench/empty
# The tools read FG_*: what the caller has set must not change the figures.
for name in "${!FG_@}"; do
	[[ $name == FG_CORPUS || $name == FG_BUILD ]] || unset "$name"
done
work=$(mktemp -d "${TMPDIR:-/tmp}/fg-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

# needs TOOL...: a benchmark of tools that are not built is left out.
needs() {
	local tool
	for tool; do
		if [[ ! -x $bin/$tool ]]; then
			echo "bench: $(basename "$0"): no $bin/$tool" >&2
			exit 0
		fi
	done
}

# record NAME KEY UNIT PEER_NAME [EXTRA [PEER]] <MEASURED: a bench record of
# one of the figures that `measure` printed. EXTRA is a jq object with more members:
# {bar: RATIO}, {limit: VALUE}; $ours and $peer are the figures. PEER is the
# name of another peer's figures, where there are several.
record() {
	jq -c --arg name "$1" --arg key "$2" --arg unit "$3" --arg peer_name "$4" '
		def short: . * 1000 | round / 1000;
		.runs as $runs | .ours[$key] as $ours |
		.'"${6:-peer}"'[$key] as $peer |
		{type: "bench", v: 1, name: $name, ours: ($ours | short),
			peer: ($peer | short), peer_name: $peer_name,
			ratio: (if $peer == 0 then 0 else $ours / $peer end |
				short), unit: $unit,
			runs: $runs} + '"${5:-{\}}"
}
