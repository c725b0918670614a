#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What `make demo` runs, as it stands: nobody but this test looks at it between
# two releases.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	mkdir "$BATS_TEST_TMPDIR/tmp"
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
}

# Neither a file nor the registry is left behind.
teardown() {
	[[ -z $(ls "$TMPDIR") ]]
	run grep -lsa "docker-registry.serv[e].$TMPDIR" /proc/[0-9]*/cmdline
	[[ -z $output ]]
}

@test "the demo shows definitions becoming protected ones" {
	run --separate-stderr tests/demo/run
	echo "$stderr"
	[[ $status -eq 0 && -z $stderr ]]
	[[ $output != *$'\e'* ]]
	[[ $(awk 'length > 120 && !/fg.undo|FgEmbed/' <<<"$output") == "" ]]
	# The images, as the registry has them.
	[[ $output == *'shop/api:1.4 '*'["/usr/local/bin/api"] '* ]]
	[[ $output == *'shop/worker:2.7 '*' none '*'["python3","-m","worker"]'* ]]
	# Before, and after.
	[[ $output == *'/containerDefinitions/1 '*'no container fg-sidecar'*'3. '* ]]
	[[ ${output#*4. } != *'no container fg-sidecar'* ]]
	# The ends: differences, then what became of each container.
	[[ $output == *'+++ api.protected.json'*'+++ worker.protected.yaml'*'6. '* ]]
	[[ $output == *'+            - /opt/fg/bin/fg-wrap'* ]]
	[[ $(grep -cE '^  (shop-api|WorkerTask) .* protected .* sha256:' \
		<<<"$output") -eq 3 ]]
	[[ $output == *WorkerTask*secretsmanager:GetSecretValue*'7. '* ]]
	[[ ${lines[-3]} == Done.* ]]
	[[ $output != *'7. It runs'*'machine'* ]] || return 0
	# A task under two policies, one after the other, never restarted.
	[[ $output == *'cart | nc: ran'*' nc: ran'*' nc: refused'* ]]
	[[ $(grep -c 'cart: started' <<<"$output") -eq 1 ]]
	grep -qE '^  .{8}  process.exec +alert +1 ' <<<"$output"
	grep -qE '^  .{8}  process.exec +prevent +2 ' <<<"$output"
}

@test "on a terminal the demo has colours, unless NO_COLOR is set" {
	export TERM=xterm
	run script -qec 'tests/demo/run embed' /dev/null
	[[ $status -eq 0 && $output == *$'\e[1m1. '* && $output == *$'\e[32m+'* ]]
	NO_COLOR=1 run script -qec 'tests/demo/run embed' /dev/null
	[[ $status -eq 0 ]]
	run ! grep -q $'\e\[[0-9;]*m' <<<"$output"
}

@test "a demo that goes wrong says so" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/cmp"
	chmod +x "$BATS_TEST_TMPDIR/bin/cmp"
	run script -qec "PATH=$BATS_TEST_TMPDIR/bin:\$PATH tests/demo/run embed" \
		/dev/null
	[[ $status -ne 0 ]]
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run --separate-stderr tests/demo/run embed
	[[ $status -ne 0 && $stderr == *'expected'* ]]
}

@test "it is what make demo runs" {
	unset MAKEFLAGS MAKELEVEL
	run make --no-print-directory -n demo
	[[ $output == *tests/demo/run* ]]
}
