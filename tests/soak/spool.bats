#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The model-based test of the spool for ten minutes, beside its few seconds.

@test "a spool on a disk that crashes, for MINUTES=10" {
	SPOOL_SECONDS=$((${MINUTES:-10} * 60)) \
		run "${FG_BUILD:-$PWD/build}/tests/test_spool_model"
	echo "$output"
	[[ $status -eq 0 ]]
}
