#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What holds for an unwatched command holds in the tiers that watch it.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	PATH=${FG_BIN:-$PWD/build/bin}:$PATH
}

# in_tier TIER FILE: all tests of FILE pass in that tier.
in_tier() {
	local best
	best=$(fg-wrap --probe | jq -r .tier)
	[[ $best == full || $best == "$1" ]] || skip "machine: only tier $best"
	run env FG_TIER="$1" bats --tap "tests/cli/$2.bats" </dev/null
	echo "$output"
	[[ $status -eq 0 ]]
}

@test "tier exec: the command runs as natively" {
	in_tier exec fg-wrap
}

@test "tier exec: signals and job control" {
	in_tier exec fg-wrap-signals
}

@test "tier exec: process 1 and the rest" {
	in_tier exec fg-wrap-pid1
}

@test "tier full: the command runs as natively" {
	in_tier full fg-wrap
}

@test "tier full: signals and job control" {
	in_tier full fg-wrap-signals
}

@test "tier full: process 1 and the rest" {
	in_tier full fg-wrap-pid1
}
