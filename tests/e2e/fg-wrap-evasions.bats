#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Ways around fg-wrap: what a program achieves by itself, it does not under a
# policy that prevents it, and an event tells. The same ways to what is nobody's
# business work as they do without.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load evade

setup() {
	wrap_setup
	[[ $(id -u) -eq 0 ]] || skip "machine: not root"
	closed= apart=
}

teardown() {
	wrap_teardown
}

# fresh_files: keep/file and scratch/, empty, and other/ like keep/
fresh_files() {
	local dir
	rm -rf "$tmp"/{keep,other,scratch}
	mkdir "$tmp"/{keep,other,scratch}
	for dir in keep other; do
		echo contents >"$tmp/$dir/file"
		"$fixtures/evade-file" prepare "$tmp/$dir/file" "$tmp/scratch"
	done
}

fresh_programs() {
	local name
	rm -rf "$tmp"/{keep,scratch} /dev/shm/fg-evade
	mkdir "$tmp"/{keep,scratch}
	for name in denied allowed; do
		cp "$fixtures/evade-exec" "$tmp/keep/$name"
		printf '#!/bin/sh\n: >"$2"\n' >"$tmp/keep/$name.sh"
		chmod +x "$tmp/keep/$name.sh"
	done
}

@test "a protected file is not changed, in whatever way it is tried" {
	files_policy
	every file files refused fresh_files "$tmp/keep/file" "$tmp/scratch"
	every change files refused fresh_files "$tmp/keep/file" "$tmp/scratch"
}

@test "another file is changed in all of these ways, and nothing is told" {
	files_policy
	# These entries are closed while there are rules.
	closed="int80 x32 io-uring user-notif clone-untraced clone-vfork"
	closed+=" deep bind-mount open-tree"
	# Where nobody traces, nobody is asked.
	apart=own-trace
	every file files same fresh_files "$tmp/other/file" "$tmp/scratch"
	every change files same fresh_files "$tmp/other/file" "$tmp/scratch"
}

@test "a denied program does not run, in whatever way it is tried" {
	programs_policy
	every exec programs refused fresh_programs "$tmp/keep/denied" \
		"$tmp/scratch"
}

@test "an allowed program runs in all of these ways, and nothing is told" {
	policy denied '"processes":{"effect":"prevent","blacklist":["denied"],
		"skipModified":true}'
	closed="int80 x32 clone-untraced"
	every exec denied same fresh_programs "$tmp/keep/allowed" \
		"$tmp/scratch"
}

@test "a denied address is not reached, in whatever way it is tried" {
	network_policy
	every net network refused true 127.0.0.2 18181
}

@test "another address is reached in all of these ways, and nothing is told" {
	network_policy
	closed="int80 raw clone-untraced"
	every net network same true 127.0.0.3 18182
}

# self VICTIM: every try of evade-self against it; between the supervisor and
# evade-self there is a shell, which lives on.
self() {
	local program=$fixtures/evade-self try native got wrong=0 sleeper
	for try in $("$program" --list); do
		echo contents >"$tmp/victim"
		setsid sleep 60 &
		sleeper=$!
		sleep 0.05
		native=$("$program" "$try" "$sleeper" "$tmp/victim") || true
		kill -9 "$sleeper" 2>/dev/null || true
		{ wait "$sleeper"; } 2>/dev/null || true
		[[ $try != *-file ]] || continue
		got=$(wrapped "$policy" sh -c '"$@"; echo "still here"' sh \
			"$program" "$try" "$1" 2>&1) || true
		[[ $native == did ]] || echo "$try: natively $native"
		# Reading is refused by the kernel, and tells nobody.
		[[ $got == refused*$'\n'"still here" ]] &&
			{ prevented || [[ $try == vm-read ]]; } && continue
		echo "$try: natively '$native', wrapped '$got'," \
			"$(prevented && echo an event || echo no event)"
		wrong=$((wrong + 1))
	done
	echo "$wrong wrong"
	((wrong == 0))
}

@test "the supervisor is not ended, stopped, read, changed or starved" {
	policy=files
	files_policy
	self grandparent
}

@test "its reporter neither" {
	policy=files
	files_policy
	self uncle
}

@test "nor one that had to be started again" {
	local reporter wrong
	files_policy
	mkfifo "$tmp/go"
	# shellcheck disable=SC2016
	fg-wrap --policy "$tmp/files.json" --audit "$tmp/audit" -- \
		sh -c 'read -r victim; for try in $("$1" --list); do
			case $try in *-file) continue ;; esac
			echo "$try: $("$1" "$try" "$victim" 2>&1)"
		done; kill -KILL "$victim" || echo "shell: refused"' - \
		"$fixtures/evade-self" <"$tmp/go" >"$tmp/out" 2>/dev/null &
	background+=($!)
	exec 7>"$tmp/go"
	eventually event "$tmp/audit" '.name == "policy.applied"'
	reporter=$(pgrep -P $! -x fg-wrap)
	kill -KILL "$reporter"
	eventually event "$tmp/audit" '.name == "reporter.restarted"'
	reporter=$(pgrep -P $! -x fg-wrap)
	echo "$reporter" >&7
	exec 7>&-
	eventually line "$tmp/out" shell
	wrong=$(grep -v ': refused' "$tmp/out") || true
	echo "$wrong"
	[[ -z $wrong && $(wc -l <"$tmp/out") -gt 20 ]]
	[[ $(jq -s 'map(select(.name == "reporter.restarted")) | length' \
		"$tmp/audit") -eq 1 ]]
}

@test "alive or not, a policy of alerts protects the supervisor as well" {
	policy=alert
	policy alert '"filesystem":{"effect":"alert","blacklist":["/nowhere"]}'
	self grandparent
}

@test "memory that holds what was judged cannot be changed" {
	local way wrong=0 got
	files_policy
	mkdir -p "$tmp/keep" "$tmp/other"
	: >"$tmp/keep/file"
	: >"$tmp/other/file"
	for way in $("$fixtures/evade-pin" --list); do
		got=$(wrapped files "$fixtures/evade-pin" "$way" 2000 \
			"$tmp/other/file" "$tmp/keep/file")
		echo "$got"
		jq -e '.b == 0' <<<"$got" >/dev/null || wrong=$((wrong + 1))
	done
	((wrong == 0))
}
