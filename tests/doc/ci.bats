#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# .ci/run adds up its steps and misses no failure: tried with a make that only
# says what it is told to.

bats_require_minimum_version 1.5.0

setup() {
	work=$BATS_TEST_TMPDIR/fg
	mkdir -p "$work/.ci" "$work/bin"
	cp "$BATS_TEST_DIRNAME/../../.ci/run" "$work/.ci/"
	export WORK=$work PATH=$work/bin:$PATH
	unset CI FUZZ_SECONDS
	cat >"$work/bin/make" <<-'end'
		#!/bin/sh
		echo "$* CI=$CI" >>"$WORK/log"
		cat "$WORK/$1" 2>/dev/null || echo "2 passed, 0 failed"
		exit "$(cat "$WORK/$1.status" 2>/dev/null || echo 0)"
	end
	chmod +x "$work/bin/make"
}

# closes_with STATUS LINE
closes_with() {
	run "$work/.ci/run"
	echo "$output"
	[[ $status -eq $1 && ${lines[-1]} == "$2" ]]
}

@test "every suite is run, in CI's way, and added up" {
	closes_with 0 "13 passed, 0 failed"
	for step in check check-e2e 'WITH=asan check-unit' \
	    'WITH=asan check-cli' check-arm64 fuzz; do
		grep -qx "$step CI=true" "$work/log"
	done
	run ! grep check-corpus "$work/log"
}

@test "the corpus is looked at where it is there" {
	mkdir -p "$work/../shared/corpus"
	closes_with 0 "15 passed, 0 failed"
	grep -q "^check-corpus CORPUS=$work/../shared/corpus" "$work/log"
}

@test "a failed test is a failure, counted once" {
	echo "5 passed, 1 failed" >"$work/check"
	echo 2 >"$work/check.status"
	closes_with 1 "16 passed, 1 failed"
}

@test "a step that breaks, or sums nothing up, is a failure" {
	echo 2 >"$work/check-e2e.status"
	closes_with 1 "13 passed, 1 failed"
	rm "$work/check-e2e.status"
	echo "make: nothing to be done" >"$work/fuzz"
	closes_with 1 "11 passed, 1 failed"
}

@test "a step that hangs is a failure" {
	printf '#!/bin/sh\n[ "$1" != fuzz ] || exec sleep 60\necho "1 passed, 0 failed"\n' \
		>"$work/bin/make"
	STEP_SECONDS=1 closes_with 1 "6 passed, 1 failed"
}

@test "skips are told, and do not hide in the closing line" {
	echo "5 passed, 0 failed, 3 skipped" >"$work/check"
	closes_with 0 "16 passed, 0 failed"
	[[ ${lines[-2]} == "3 skipped" ]]
}
