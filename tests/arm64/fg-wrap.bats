#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap for arm64, as far as that can be seen on another machine: qemu-user
# runs programs, but has neither ptrace(2) nor seccomp(2).

bats_require_minimum_version 1.5.0

setup() {
	bin=${FG_BIN:-build/arm64/bin}
	arm64() {
		qemu-aarch64-static "$bin/fg-wrap" "$@"
	}
}

@test "it is static, for arm64, and hardened as far as that goes" {
	run readelf -Whld "$bin/fg-wrap"
	[[ $output == *AArch64* && $output == *"EXEC (Executable file)"* ]]
	[[ $output == *GNU_RELRO* && $output != *INTERP* && $output != *NEEDED* ]]
	[[ $(grep GNU_STACK <<<"$output") != *RWE* ]]
	[[ $(grep LOAD <<<"$output") != *RWE* ]]
}

@test "it starts, and says that nothing can be traced where it cannot" {
	run arm64 --version
	[[ $status -eq 0 && $output == "fg-wrap "* ]]
	run arm64 --probe
	[[ $status -eq 0 ]]
	[[ $(jq -r '.type, .machine' <<<"$output") == $'probe\naarch64' ]]
}

@test "in tier none: the command's output, its exit code" {
	local i
	for i in 0 1 42; do
		run arm64 --tier=none sh -c "echo out; exit $i"
		[[ $status -eq $i && $output == out ]]
	done
	run arm64 no-such-program
	[[ $status -eq 127 ]]
}
