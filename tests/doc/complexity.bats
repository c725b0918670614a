#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Functions stay short (80 lines) and plain (McCabe 20), by pmccabe. Those of
# complexity.txt may pass it, as long as they do.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
}

# One line per function over the limits: "FILE FUNCTION lines N complexity N".
over() {
	find lib tools tests -name '*.c' -exec pmccabe {} + | awk -F '\t' '
		$2 > 20 || $5 > 80 {
			split($6, place, /[(:]/)
			name = $6
			sub(/.*: /, "", name)
			print place[1], name, "lines", $5, "complexity", $2
		}' | sort
}

@test "pmccabe sees the functions" {
	[[ $(pmccabe lib/*/*.c | wc -l) -gt 20 ]]
}

@test "functions have 80 lines and a complexity of 20 at most" {
	run awk 'FNR == NR { if ($1 !~ /^#/) ok[$1 " " $2] = 1; next }
		!($1 " " $2 in ok)' tests/doc/complexity.txt <(over)
	echo "$output"
	[[ -z $output ]]
}

@test "no exception of complexity.txt has become unnecessary" {
	run awk 'FNR == NR { seen[$1 " " $2] = 1; next }
		$1 !~ /^#/ && NF && !($1 " " $2 in seen)' \
		<(over; echo) tests/doc/complexity.txt
	echo "$output"
	[[ -z $output ]]
}

@test "every exception gives its reason" {
	run awk '$1 !~ /^#/ && NF && NF < 4' tests/doc/complexity.txt
	[[ -z $output ]]
}
