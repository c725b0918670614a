#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# ECS Exec and health checks: processes that a real runtime puts into a
# container beside fg-wrap. The container has its own files, so that nothing
# but what happens in it wakes the defender.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load containers

setup_file() {
	bats_require_minimum_version 1.5.0
	wrap_setup
	containers_setup "$BATS_FILE_TMPDIR/c"
	[[ -z $no_containers ]] || return 0
	mkdir -p "$C"/entered/{bin,etc,tmp,audit,odd/place,opt/fg/bin}
	cp /bin/busybox "$C/entered/bin/"
	local name
	for name in sh sleep true id cat; do
		ln -s busybox "$C/entered/bin/$name"
	done
	cc -O2 -static -o "$C/entered/odd/place/window" \
		tests/fixtures/window.c
	cp "$C/entered/odd/place/window" "$C/entered/bin/"
	echo 'int main(void) { return 0; }' >"$C/uname.c"
	cc -static -o "$C/entered/bin/uname" "$C/uname.c"
	cp "${FG_BIN:-build/bin}/fg-wrap" "$C/entered/opt/fg/bin/"
	echo 'root:x:0:0::/:/bin/sh' >"$C/entered/etc/passwd"
	cat >"$C/entered/policy.json" <<-'end'
	{"rules": [{"name": "entered",
		"processes": {"effect": "prevent", "blacklist": ["uname"]}}]}
	end
	image entered
}

teardown_file() {
	containers_teardown
}

setup() {
	containers_needed
	wrap_setup
	mkdir -m 777 "$tmp/audit"
	audit=$tmp/audit/events
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$tmp"
	caps=--cap-add=$fargate_caps
	user=0
	more=()
}

teardown() {
	podman rm --ignore -f -t 0 app other first >/dev/null 2>&1 || true
	wrap_teardown
}

# started COMMAND...: the task's container
started() {
	podman run -d --name app --network=host --cap-drop=all "$caps" \
		"${more[@]}" --user "$user" -v "$tmp/audit:/audit" fg-test/entered \
		/opt/fg/bin/fg-wrap --policy=/policy.json \
		--audit=/audit/events -- "$@" >/dev/null
	eventually event "$audit" '.name == "policy.applied"'
}

entered() {
	event "$audit" ".name == \"process.entered\" and ($1)"
}

# What it prints when it is held to the policy; at first it may not be yet.
held='for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	sleep 0.1
	/bin/uname >/dev/null 2>&1 || { echo "held $?"; exit 7; }
done
exit 8'

@test "every user, with and without SYS_PTRACE: reported and held" {
	local with
	for with in "" ,sys_ptrace; do
		for user in 0 1000; do
			echo "user $user$with"
			rm -f "$audit"
			caps=--cap-add=$fargate_caps$with
			started sleep 300
			run podman exec app sh -c "$held"
			echo "$output"
			[[ $status -eq 7 && $output == *"held 1"* ]]
			eventually entered '.action == "alert" and
				.process.args[0] == "sh"'
			podman rm -f -t 0 app >/dev/null
		done
	done
}

@test "exec as root into the container of another user: reported at least" {
	user=1000
	started sleep 300
	run podman exec --user 0 app sh -c "$held"
	eventually entered true
	entered '.detail | contains("not under the policy")' ||
		[[ $status -eq 7 ]]
}

@test "a detached session is held as well" {
	started sleep 300
	podman exec -d app sh -c "sh -c '$held' >/tmp/out; echo \$? >/tmp/code"
	eventually podman exec app cat /tmp/code
	[[ $(podman exec app cat /tmp/code) -eq 7 ]]
}

plain() {
	podman run -d --network=host "$@" fg-test/entered sleep 300 >/dev/null
}

@test "containers that share their process IDs: to each its own" {
	plain --name first
	plain --name other --pid=container:first
	more=(--pid=container:first)
	started sleep 300
	run podman exec other sh -c "$held"
	[[ $status -eq 8 ]]
	run podman exec first sh -c "$held"
	[[ $status -eq 8 ]]
	run ! entered true
	run podman exec app sh -c "$held"
	[[ $status -eq 7 && $output == *"held 1"* ]]
	eventually entered '.process.args[0] == "sh"'
}

@test "with an init process" {
	more=(--init "--init-path=$(type -P catatonit)")
	started sleep 300
	run podman exec app sh -c "$held"
	[[ $status -eq 7 && $output == *"held 1"* ]]
	eventually entered '.process.args[0] == "sh"'
}

# The window from the first instruction of the program until it is filtered,
# in milliseconds, N times.
windows() {
	local n=$1 i
	shift
	for ((i = 0; i < n; i++)); do
		podman exec app "$@"
	done
}

# What fg-wrap(1) says; the bounds leave room for a busy machine.
in_time() {
	sort -n "$tmp/windows" | tr '\n' ' '
	sort -n "$tmp/windows" | awk -v n="$1" '{ ms[NR] = $1 }
		END { exit NR != n || ms[int(n / 2)] > 20 || ms[n] > 1000 }'
}

@test "the window: milliseconds, also for a static program anywhere" {
	started sleep 300
	windows 10 /bin/window >"$tmp/windows"
	windows 10 /odd/place/window >>"$tmp/windows"
	in_time 20
}

@test "the window while the command starts programs all the time" {
	started sh -c 'while :; do /bin/true; done'
	windows 10 /bin/window >"$tmp/windows"
	in_time 10
}

# switches: how often the two of fg-wrap were woken so far
switches() {
	local pid n sum=0
	for pid in $(pgrep -x fg-wrap); do
		grep -qzx -e '--audit=/audit/events' "/proc/$pid/cmdline" ||
			continue
		n=$(awk '/ctxt_switches/ { n += $2 } END { print n }' \
			"/proc/$pid/status")
		sum=$((sum + n))
	done
	echo "$sum"
}

@test "nothing wakes it while nothing happens" {
	local before
	started sleep 300
	podman exec app true
	sleep 2
	before=$(switches)
	((before > 0))
	sleep 5
	[[ $(switches) -eq $before ]]
}
