#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The races of tests/e2e, with 20,000 programs as well.

@test "races, 20,000 times each" {
	local code=0
	set -o pipefail
	SOAK=true bats --tap "$BATS_TEST_DIRNAME/../e2e/fg-wrap-races.bats" \
		3>&- | tee "$BATS_TEST_TMPDIR/out" |
		sed -u 's/^/# progress: /' >&3 || code=$?
	cat "$BATS_TEST_TMPDIR/out"
	[[ $code -eq 0 ]]
}
