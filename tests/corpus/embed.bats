#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Real templates and task definitions, embedded with a scan DB that knows all
# their images: protected, or refused for a reason that refusals.txt has.

bats_require_minimum_version 1.5.0

setup_file() {
	[ -n "${FG_CORPUS:-}" ] || {
		echo "FG_CORPUS must name the corpus" >&2
		return 1
	}
	"$BATS_TEST_DIRNAME/embed-all" "$FG_CORPUS" "$BATS_FILE_TMPDIR/work"
}

setup() {
	work=$BATS_FILE_TMPDIR/work
}

@test "every document is protected, or refused for a listed reason" {
	sed -E 's/: [0-9]+:[0-9]+: /: /' "$work/refusals" >"$BATS_TEST_TMPDIR/now"
	diff "$BATS_TEST_DIRNAME/refusals.txt" "$BATS_TEST_TMPDIR/now"
	grep -Eq '^116 files, 112 embedded \([0-9]+ containers\), 4 refused, 0 broken' "$work/counts"
}

@test "protected, registrable, twice is once, removing gives the bytes back" {
	cat "$work/broken"
	[ ! -s "$work/broken" ]
}

@test "without a parameter file only what defaults tell is embedded" {
	"$BATS_TEST_DIRNAME/embed-all" "$FG_CORPUS" "$BATS_TEST_TMPDIR/w" no-params
	cat "$BATS_TEST_TMPDIR/w/counts" >&3
	cat "$BATS_TEST_TMPDIR/w/broken"
	[ ! -s "$BATS_TEST_TMPDIR/w/broken" ]
	grep -Eq '^116 files, [1-9][0-9]+ embedded' "$BATS_TEST_TMPDIR/w/counts"
	# What is refused beyond the list lacks a parameter, and says which.
	grep -vFf <(cut -d: -f1 "$BATS_TEST_DIRNAME/refusals.txt") \
		"$BATS_TEST_TMPDIR/w/refusals" >"$BATS_TEST_TMPDIR/more"
	! grep -vE 'give --(param|account|region)|known only at deployment' "$BATS_TEST_TMPDIR/more"
}
