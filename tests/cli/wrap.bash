# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the tests of fg-wrap have in common.

wrap_setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	PATH=${FG_BIN:-$PWD/build/bin}:$PATH
	fixtures=${FG_FIXTURES:-$PWD/build/fixtures}
	tmp=$BATS_TEST_TMPDIR
	background=()
	# LeakSanitizer cannot look into what is traced.
	export ASAN_OPTIONS=${ASAN_OPTIONS:-exitcode=99}:detect_leaks=0
}

# below PID: it and all that it started; who dies leaves no child behind, as a
# child would hold bats' output open.
below() {
	local child
	echo "$1"
	for child in $(pgrep -P "$1"); do
		below "$child"
	done
}

# Only what was started here is ended here.
wrap_teardown() {
	local pid
	for pid in "${background[@]}"; do
		# shellcheck disable=SC2046 # they are words
		kill -9 $(below "$pid") 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# eventually COMMAND...: within ten seconds it succeeds.
eventually() {
	local i
	for ((i = 0; i < 500; i++)); do
		"$@" && return
		sleep 0.02
	done
	echo "never: $*"
	return 1
}

# line FILE TEXT: FILE has that line, or one that begins so.
line() {
	grep -q "^$2" "$1" 2>/dev/null
}

# event FILE FILTER: among the events of FILE one is as the jq FILTER says.
event() {
	[[ -s $1 ]] && jq -es "any(.[]; $2)" "$1" >/dev/null 2>&1
}

# needs_namespaces: root, and the kernel lets it make a PID namespace.
needs_namespaces() {
	unshare --pid --fork --mount-proc true 2>/dev/null ||
		skip "machine: no PID namespaces"
}

# as_pid1 COMMAND...: process 1 of a namespace of its own.
as_pid1() {
	unshare --pid --fork --mount-proc --kill-child "$@"
}
