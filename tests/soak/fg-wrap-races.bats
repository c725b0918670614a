#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The races of tests/e2e, with 20,000 programs as well.

@test "races, 20,000 times each" {
	SOAK=true run bats --tap "$BATS_TEST_DIRNAME/../e2e/fg-wrap-races.bats"
	echo "$output"
	[[ $status -eq 0 ]]
}
