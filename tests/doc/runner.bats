#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# tests/run tells failures from passes: tried with suites made for it.

bats_require_minimum_version 1.5.0

setup() {
	work=$BATS_TEST_TMPDIR/fg
	mkdir -p "$work"/tests/{unit,cli,empty} "$work/build/tests"
	cp "$BATS_TEST_DIRNAME/../run" "$work/tests/"
	git init -q "$work"
	unset CI FG_BUILD FG_BIN FG_FIXTURES FG_TESTS
}

# unit NAME SHELL-TEXT: a "cmocka program".
unit() {
	: >"$work/tests/unit/test_$1.c"
	printf '#!/bin/sh\n%s\n' "$2" >"$work/build/tests/test_$1"
	chmod +x "$work/build/tests/test_$1"
}

closes_with() {
	echo "$output"
	[[ ${lines[-1]} == "$1" ]]
}

@test "passes are counted" {
	unit a 'printf "1..2\nok 1 - x\nok 2 - y\n"'
	echo '@test "t" { true; }' >"$work/tests/cli/t.bats"
	run "$work/tests/run" unit cli
	closes_with "3 passed, 0 failed"
	[[ $status -eq 0 ]]
}

@test "failures are counted and shown" {
	unit a 'printf "1..2\nok 1 - x\nnot ok 2 - y\n# why\n"; exit 1'
	echo '@test "t" { echo because; false; }' >"$work/tests/cli/t.bats"
	run "$work/tests/run" unit cli
	closes_with "1 passed, 2 failed"
	[[ $status -eq 1 && $output == *"# why"* && $output == *because* ]]
}

@test "a program that dies early has failed" {
	unit a 'printf "1..3\nok 1 - x\n"; kill -SEGV $$'
	run "$work/tests/run" unit
	closes_with "1 passed, 2 failed"
	[[ $status -eq 1 && $output == *"exit status 139"* ]]
}

@test "a program that passes its tests and then fails has failed" {
	unit a 'printf "1..1\nok 1 - x\n"; exit 99'
	run "$work/tests/run" unit
	closes_with "1 passed, 1 failed"
}

@test "a program that was not built has failed" {
	unit a 'true'
	rm "$work/build/tests/test_a"
	run "$work/tests/run" unit
	closes_with "0 passed, 1 failed"
}

@test "no tests are a failure" {
	run "$work/tests/run" empty
	closes_with "0 passed, 1 failed"
	unit a 'echo 1..0'
	run "$work/tests/run" unit
	closes_with "0 passed, 1 failed"
}

@test "skips count apart; in CI only a machine may be the reason" {
	# Not at the start of a line, where bats would take them for its own.
	printf '@test %s\n' '"a" { skip "machine: no ptrace"; }' \
		'"b" { skip "not today"; }' '"c" { true; }' \
		>"$work/tests/cli/t.bats"
	run "$work/tests/run" cli
	closes_with "1 passed, 0 failed, 2 skipped"
	[[ $status -eq 0 ]]
	CI=true run "$work/tests/run" cli
	closes_with "1 passed, 1 failed, 1 skipped"
	[[ $status -eq 1 ]]
}

@test "in CI a run that dirties the tree has failed" {
	unit a 'printf "1..1\nok 1 - x\n"; : >litter'
	git -C "$work" add -A
	CI=true run "$work/tests/run" unit
	closes_with "1 passed, 1 failed"
	[[ $output == *litter* ]]
}

@test "tests see the tools' variables unset, and their own set" {
	unit a 'printf "1..1\n"; [ -z "$FG_CONSOLE_URL" ] && [ -n "$FG_BIN" ] &&
		echo "ok 1 - x"'
	FG_CONSOLE_URL=x run "$work/tests/run" unit
	closes_with "1 passed, 0 failed"
}
