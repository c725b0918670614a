#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap as it is shipped: of a build without sanitizers.

bats_require_minimum_version 1.5.0
load ../cli/wrap

setup() {
	wrap_setup
}

teardown() {
	wrap_teardown
}

@test "it is static: no interpreter, no library, at most 400 KB" {
	local file
	file=$(command -v fg-wrap)
	run readelf -ldh "$file"
	[[ $output == *"EXEC (Executable file)"* ]]
	[[ $output != *INTERP* && $output != *NEEDED* ]]
	[[ $output == *GNU_RELRO* && $(grep GNU_STACK <<<"$output") != *RWE* ]]
	strip -o "$tmp/stripped" "$file"
	[[ $(stat -c %s "$tmp/stripped") -le 409600 ]]
}

@test "it runs where there is nothing but itself" {
	[[ $(id -u) -eq 0 ]] || skip "machine: chroot needs root"
	mkdir "$tmp/root"
	cp "$(command -v fg-wrap)" "$tmp/root/fg-wrap"
	run chroot "$tmp/root" /fg-wrap /fg-wrap --version
	[[ $status -eq 0 && $output == "fg-wrap $(cat VERSION)" ]]
}
