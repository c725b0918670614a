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

# mounts EXPECTED TRY...: each by a shell in a mount namespace of its own, in
# which /opt/fg can be written; its parent is the supervisor.
mounts() {
	local expected=$1 try native got wrong=0
	# shellcheck disable=SC2016 # for those shells
	local script='eval "$1" && echo did || echo refused'
	# shellcheck disable=SC2016
	local outer=(unshare --mount sh -c 'mount -t tmpfs none /opt
		mkdir -p /opt/fg/run
		mount --bind /opt/fg /opt/fg
		: >/opt/fg/run/file
		cd "$0" && exec "$@"' "$tmp")
	shift
	mkdir -p "$tmp"/{d,e}
	: >"$tmp/f"
	for try; do
		native=$("${outer[@]}" sh -c "$script" sh "$try" 2>&1)
		got=$(wrapped network sh -c "$script" sh "$try" 2>&1)
		[[ $native == did ]] || echo "$try: natively $native"
		[[ $got == *"$expected" ]] && "told_$expected" && continue
		echo "$try: natively '$native', wrapped '$got'"
		jq -c '{name, action, rule}' "$tmp/audit"
		wrong=$((wrong + 1))
	done
	echo "$wrong wrong"
	((wrong == 0))
}

told_refused() {
	event "$tmp/audit" '.rule.id == "defender-attack" or .rule.id == "ptrace"'
}

told_did() {
	! told_refused
}

# shellcheck disable=SC2016 # for those shells
@test "no mount gives what is guarded another name, or hides it" {
	unshare --mount true 2>/dev/null ||
		skip "machine: no mount namespaces"
	network_policy
	# As mount(8) does not: an old magic number; more than the kernel takes.
	local mount='python3 -c "import ctypes, sys
sys.exit(ctypes.CDLL(None).mount(*('
	mounts refused 'mount --bind /proc/$PPID d' \
		'mount --bind /proc/$PPID/mem f' \
		'mount --bind /proc/$PPID/oom_score_adj f' \
		'sleep 9 >/dev/null & mount --bind /proc/$!/mem f' \
		'mount --bind /opt/fg d' 'mount --bind /opt d' \
		'mount --bind /opt/fg/run/file f' 'mount --move /opt d' \
		'mount -t tmpfs none /opt/fg' 'mount -t tmpfs none /opt/fg/run' \
		'mount -t tmpfs none /opt' 'mount -o remount,rw /opt/fg' \
		'umount /opt/fg' 'umount -l /opt' 'mount -t tmpfs none /proc' \
		'umount -l /proc' \
		'mount --bind d d; cd d; mkdir -p o; /sbin/pivot_root . o' \
		'python3 -c "import ctypes, sys
call = ctypes.CDLL(None).syscall
sys.exit(call(428, -100, b\"/opt/fg\", 1) < 0)"' \
		'python3 -c "import ctypes, sys
call = ctypes.CDLL(None).syscall
sys.exit(call(467, -100, b\"/opt/fg\", 1, bytes(32), 32) < 0)"' \
		"$mount 0, b'/opt', b'tmpfs', 0xc0ed0000, 0)) < 0)\"" \
		"$mount b'd', b'/opt', 0, 0x41000, 0)) < 0)\"" \
		'python3 -c "import ctypes, sys
call = ctypes.CDLL(None).syscall
fs = call(430, b\"tmpfs\", 0)
call(431, fs, 6, 0, 0, 0)
sys.exit(call(429, call(432, fs, 0, 0), b\"\", -100, b\"/opt\", 4) < 0)"'
	mounts did 'mount -t tmpfs none d && umount d' 'mount --bind d e' \
		'mount --make-rslave /' \
		'mount --bind d d && mount -o remount,bind,ro d' \
		"mount --bind d d && $mount 0, b'd', 0, 0x1021, 0)) < 0)\"" \
		'mount -t proc none d' \
		'mount --rbind /proc d' \
		'unshare --mount sh -c "mount --bind d d; cd d; mkdir -p o
			/sbin/pivot_root . o"' \
		'mount --bind "/proc/$$/comm" f && echo name >f'
}

# shellcheck disable=SC2016
@test "memory is not written under other names either" {
	local try got
	unshare --mount true 2>/dev/null ||
		skip "machine: no mount namespaces"
	network_policy
	mkdir "$tmp/d"
	local outer=(unshare --mount sh -c 'cd "$0" && exec "$@"' "$tmp")
	for try in 'mount -t proc none d; : <>d/$PPID/mem' \
		'mount --bind /proc/$PPID d; : <>d/mem' \
		'unshare --mount sh -c "mount -t proc none d; : <>d/$$/mem"'; do
		[[ $("${outer[@]}" sh -c "sh -c '$try && echo did'; :") == did ]]
		got=$(wrapped network sh -c "sh -c '$try && echo did'; :" 2>&1)
		echo "$try: $got"
		[[ $got == *"Permission denied"* && $got != *did* ]]
		event "$tmp/audit" '.rule.id == "ptrace" and .action == "prevent"'
	done
	got=$(wrapped network sh -c ': </proc/$$/mem && echo did' 2>&1)
	[[ $got == did ]]
}

@test "no socket is made where nobody writes" {
	local outer=(unshare --mount sh -c 'mount -t tmpfs none /opt
		mkdir /opt/fg; exec "$@"' sh)
	local bind='import socket, sys
for name in sys.argv[1:]: socket.socket(socket.AF_UNIX).bind(name)'
	unshare --mount true 2>/dev/null ||
		skip "machine: no mount namespaces"
	network_policy
	"${outer[@]}" python3 -c "$bind" /opt/fg/x
	run ! wrapped network python3 -c "$bind" /opt/fg/x
	[[ $output == *"Operation not permitted"* ]]
	run ! wrapped network sh -c 'cd /opt && exec "$@"' sh \
		python3 -c "$bind" ./fg/x
	wrapped network python3 -c "$bind" /opt/x "$tmp/s"
}
