#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap as the entry point of real containers, which are as on Fargate
# (containers.bash): Debian, busybox and scratch images, root and another user,
# with and without SYS_PTRACE, a root file system that is read-only.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load evade
load containers

setup_file() {
	bats_require_minimum_version 1.5.0
	wrap_setup
	containers_setup "$BATS_FILE_TMPDIR/c"
	[[ -z $no_containers ]] || return 0
	make_defender
	make_debian
	make_scratch
	mkdir -m 777 "$C/audit"
	# One for all: it lives as long as the tests do, as on ECS.
	podman run -d --name defender --network=host fg-test/defender \
		/bin/busybox sleep 3600 >/dev/null
}

# The sidecar's image: what the others mount.
make_defender() {
	mkdir -p "$C/defender/opt/fg/bin" "$C/defender/bin"
	cp /bin/busybox "$C/defender/bin/"
	cp "${FG_BIN:-build/bin}/fg-wrap" "$C/defender/opt/fg/bin/"
	image defender --change 'VOLUME /opt/fg'
}

# As much of a Debian as the tests need. /keep is protected by the policy.
make_debian() {
	local root=$C/debian fixture try
	mkdir -p "$root"/usr/{bin,lib,lib64,sbin} "$root"/{etc,tmp,keep,room,proc}
	for try in bin lib lib64 sbin; do
		ln -s "usr/$try" "$root/$try"
	done
	copy "$root" /bin/{sh,bash,cat,id,sleep,true,touch,ls,mkdir,rm,cp,kill} \
		/usr/bin/{setpriv,env,head,tail,tr}
	for fixture in race evade-file evade-change evade-exec evade-net evade-pin eintr \
		waits; do
		copy "$root" "$fixtures/$fixture"
		mv "$root$fixtures/$fixture" "$root/usr/bin/$fixture"
	done
	printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' \
		>"$root/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
	chmod 1777 "$root/tmp" "$root/room"
	for try in $("$fixtures/evade-file" --list) \
		$("$fixtures/evade-change" --list); do
		mkdir -p "$root/keep/$try"
		echo contents >"$root/keep/$try/file"
	done
	chmod -R a+rwX "$root/keep"
	for try in a b c; do
		: >"$root/room/$try"
		cp "$root/usr/bin/race" "$root/room/twin-$try"
	done
	chmod 666 "$root"/room/[abc]
	cp "$root/usr/bin/evade-exec" "$root/room/denied"
	# With the rights of root, whoever starts it.
	cp "$root/usr/bin/id" "$root/usr/bin/who"
	chmod 4755 "$root/usr/bin/who"
	printf '#!/bin/sh\n: >"$2"\n' >"$root/room/denied.sh"
	chmod +x "$root/room/denied.sh"
	image debian
}

# Nothing but one static program.
make_scratch() {
	mkdir -p "$C/scratch/room"
	cc -O2 -static -D_GNU_SOURCE -o "$C/scratch/race" tests/fixtures/race.c
	for try in a b c; do
		: >"$C/scratch/room/$try"
		cp "$C/scratch/race" "$C/scratch/room/twin-$try"
	done
	chmod 666 "$C"/scratch/room/[abc]
	image scratch
}

teardown_file() {
	containers_teardown
}

setup() {
	containers_needed
	wrap_setup
	policy container '"processes":{"effect":"prevent",
		"blacklist":["denied","denied.sh","twin-b","id"]},
		"filesystem":{"effect":"prevent",
		"blacklist":["/keep","/room/b"]},
		"network":{"effect":"prevent","blacklistIPs":["127.0.0.2"]}'
	open_up
	cp "$tmp/container.json" "$C/policy.json"
	caps=(--cap-drop all --cap-add "$fargate_caps")
	user=()
	audit=$C/audit/$BATS_TEST_NUMBER
	options=() wrap=()
}

teardown() {
	wrap_teardown
	podman rm -f -t 0 app >/dev/null 2>&1 || true
}

# plain IMAGE COMMAND...: a container of the task, without fg-wrap
plain() {
	local image=$1
	shift
	timeout -k 5 120 podman run --rm --name app --network=host \
		--volumes-from defender:ro -v "$C/policy.json:/policy.json:ro" \
		-v "$C/audit:/audit" "${caps[@]}" "${user[@]}" "${options[@]}" \
		"fg-test/$image" "$@"
}

# inside IMAGE COMMAND...: the same under fg-wrap
inside() {
	local image=$1
	shift
	rm -f "$audit"
	plain "$image" /opt/fg/bin/fg-wrap --policy /policy.json \
		--audit "/audit/${audit##*/}" "${wrap[@]}" -- "$@"
}

# Every shape of a container: with and without SYS_PTRACE, root and not.
# shapes FUNCTION ARG...
shapes() {
	local with who wrong=0
	for with in "" ,sys_ptrace; do
		for who in 0:0 1000:1000; do
			caps=(--cap-drop all --cap-add "$fargate_caps$with")
			user=(--user "$who")
			echo "== user $who, with${with:-out SYS_PTRACE}"
			"$@" || wrong=$((wrong + 1))
		done
	done
	((wrong == 0))
}

tier_is() {
	event "$audit" '.name == "start" and (.detail | test("tier=full"))'
}

prevented_in() {
	event "$audit" '.action == "prevent"'
}

# ---- they run, and what is denied does not ----------------------------------

in_image() {
	local image=$1 code=0 output
	shift
	output=$(inside "$image" "$@" 2>&1) || code=$?
	echo "$output"
	echo "status $code"
	[[ $code -eq 7 && $output == *hello*refused* ]] && tier_is &&
		prevented_in
}

# shellcheck disable=SC2016
@test "Debian image: the tier is full, a denied program does not run" {
	shapes in_image debian /bin/sh -c \
		'echo hello; /usr/bin/id || echo refused; exit 7'
}

@test "busybox image: the same, by a denied address" {
	policy busybox '"processes":{"effect":"prevent","blacklist":["nonesuch"]},
		"filesystem":{"effect":"prevent","blacklist":["/tmp/kept"]}'
	cp "$tmp/busybox.json" "$C/policy.json"
	shapes in_image busybox /bin/sh -c \
		'echo hello; (: >/tmp/kept) 2>&1 || echo refused; exit 7'
}

in_scratch() {
	local got race
	for race in 'open thread 2000 /room/a /room/b' \
		'connect process 2000 127.0.0.1:18493 127.0.0.2:18493' \
		'exec vfork 50 /room/twin-a /room/twin-b'; do
		# shellcheck disable=SC2086 # words
		got=$(inside scratch /race $race) || true
		echo "$got"
		jq -e '.b == 0 and .other == 0 and .a + .refused == .tries' \
			<<<"$got" >/dev/null && tier_is && prevented_in ||
			return
	done
}

@test "scratch image: nothing but fg-wrap and a static program" {
	shapes in_scratch
}

@test "read-only root file system" {
	options=(--read-only --read-only-tmpfs=false)
	shapes in_image debian /bin/sh -c \
		'echo hello; /usr/bin/id || echo refused; exit 7'
	shapes in_image busybox /bin/sh -c \
		'echo hello; /bin/id || echo refused; exit 7'
}

in_read_only() {
	local got
	got=$(inside debian /bin/sh -c ': >/room/a; : >/room/c
		(: >/room/b) 2>/dev/null && echo written
		race connect thread 2000 127.0.0.1:18494 127.0.0.2:18494
		race open process 2000 /room/a /room/b
		race open thread 2000 /room/a /room/c' 2>&1) || true
	echo "$got"
	grep "^{" <<<"$got" | jq -es 'length == 3 and
		all(.[]; .tries == 2000) and all(.[:2][]; .b == 0) and
		(.[2] | .refused == 0)' >/dev/null && tier_is && prevented_in
}

@test "read-only root file system: races, on a volume" {
	options=(--read-only --read-only-tmpfs=false --tmpfs /room:rw,mode=1777)
	shapes in_read_only
}

@test "exit codes and signals of the task are the command's" {
	local code
	for code in 0 1 42; do
		run inside debian /bin/sh -c "exit $code"
		[[ $status -eq $code ]]
	done
	run inside debian /bin/sh -c 'kill -SEGV $$'
	[[ $status -eq 139 ]]
	run -127 inside debian /nonesuch
	inside debian /bin/sh -c \
		'trap "echo stopping; exit 5" TERM; echo up; sleep 60 & wait' \
		>"$tmp/out" 2>&1 3>&- &
	background+=($!)
	eventually grep -q up "$tmp/out"
	podman stop -t 20 app >/dev/null
	code=0
	wait "${background[-1]}" || code=$?
	[[ $code -eq 5 && $(<"$tmp/out") == *stopping* ]]
}

# ---- transparency -----------------------------------------------------------

@test "they are as on Fargate: capabilities, and the default seccomp profile" {
	caps=(--cap-drop all --cap-add "$fargate_caps")
	plain debian cat /proc/self/status >"$tmp/status"
	grep -E '^(Cap|Seccomp)' "$tmp/status"
	grep -q $'^Seccomp:\t2$' "$tmp/status"
	# The fourteen of them.
	grep -q $'^CapBnd:\t00000000a80425fb$' "$tmp/status"
}

# The output, the status, and no word of it.
undisturbed() {
	local native got code=0
	native=$(plain debian /bin/bash -c "$1" 2>&1) || native+=" status $?"
	got=$(inside debian /bin/bash -c "$1" 2>&1) || got+=" status $?"
	diff <(echo "$native") <(echo "$got") && quiet "$audit" && tier_is
}

@test "what may run does so as natively, and nothing is told" {
	# shellcheck disable=SC2016 # is for the container
	shapes undisturbed 'cd /tmp; waits 1000; eintr 3000 file | tr -d 0-9
		trap "echo caught" USR1; kill -USR1 $$
		(sleep 9 & kill -TERM $!; wait $!; echo $?)
		for i in 1 2 3; do echo $i; done | tail -n 1 | cat
		mkdir -p a/b; cp /usr/bin/race a/b; ls -l a/b | head -c 10
		race open nobody 100 /room/a /room/c; rm -r a
		cat /proc/self/limits; umask; exit 3'
}

# rights TIER: those of a set-user-ID program that user 1000 starts
rights() {
	wrap=(--tier="$1")
	inside debian setpriv --reuid=1000 --regid=1000 --clear-groups who -u
}

@test "set-user-ID programs, by tier; what cannot be looked at is told" {
	local unseen='.name == "unseen" and (.detail | test("argv"))'
	[[ $(plain debian setpriv --reuid=1000 --regid=1000 --clear-groups \
		who -u) -eq 0 ]] || skip "machine: nosuid"
	[[ $(rights none) -eq 0 ]]
	[[ $(rights exec) -eq 0 ]]
	event "$audit" "$unseen"
	# What has another user now, and cannot be read, does not start.
	run rights full
	[[ $status -ne 0 && $output == *"Permission denied"* ]]
	caps=(--cap-drop all --cap-add "$fargate_caps,sys_ptrace")
	[[ $(rights none) -eq 0 && $(rights full) -eq 1000 ]]
	[[ $(rights exec) -eq 0 ]]
	! event "$audit" "$unseen"
}

# ---- capabilities -----------------------------------------------------------

caps_of() {
	grep -E '^Cap' | tr -d '\t '
}

# As it would be without us: SYS_PTRACE was added for fg-wrap alone.
same_caps() {
	local native got
	native=$(caps=(--cap-drop all --cap-add "$fargate_caps")
		plain debian cat /proc/self/status | caps_of)
	got=$(inside debian cat /proc/self/status | caps_of)
	if [[ ${user[1]} == 0:0 ]]; then
		diff <(echo "$native") <(echo "$got")
	else
		# The bounding set cannot be changed by others than root.
		diff <(grep -v Bnd <<<"$native") <(grep -v Bnd <<<"$got")
	fi
}

@test "the command has the capabilities of the definition, and no more" {
	shapes same_caps
	caps=(--cap-drop all --cap-add "$fargate_caps,sys_ptrace")
	user=(--user 0:0)
	wrap=(--keep-ptrace)
	plain debian cat /proc/self/status | caps_of >"$tmp/native"
	inside debian cat /proc/self/status | caps_of >"$tmp/wrapped"
	[[ $(wc -l <"$tmp/native") -eq 5 ]]
	diff "$tmp/native" "$tmp/wrapped"
}

# ---- races and evasions -----------------------------------------------------

# A sum of all races: op, by, tries, A, B of each line
races() {
	inside debian /bin/sh -c '
		while read -r line; do race $line; done <<end
		open thread 5000 /room/a /room/b
		open vfork 5000 /room/a /room/b
		open process 5000 /room/a /room/b
		open shared 5000 /room/a /room/b
		connect thread 5000 127.0.0.1:18491 127.0.0.2:18491
		connect process 5000 127.0.0.1:18491 127.0.0.2:18491
		exec thread 100 /room/twin-a /room/twin-b
		exec vfork 100 /room/twin-a /room/twin-b
		exec shared 100 /room/twin-a /room/twin-b
end' >"$tmp/races"
	cat "$tmp/races"
	jq -es 'length == 9 and all(.[]; .b == 0 and .other == 0)' \
		"$tmp/races" >/dev/null
}

@test "races" {
	shapes races
}

# How a file, a program, an address is got at: the same list with and without.
evasions='
	for try in $(evade-file --list); do
		mkdir -p /tmp/$try
		echo "file $try $(evade-file $try /keep/$try/file /tmp/$try)"
	done
	for try in $(evade-change --list); do
		mkdir -p /tmp/$try
		echo "file $try $(evade-change $try /keep/$try/file /tmp/$try)"
	done
	for try in exec cwd dirfd fd path-fd proc-fd symlink thread vfork \
		clone-untraced clone-parent double-fork loader script \
		script-fd interpreter int80; do
		mkdir -p /tmp/x$try
		echo "exec $try $(evade-exec $try /room/denied /tmp/x$try)"
	done
	for try in $(evade-net --list); do
		echo "net $try $(evade-net $try 127.0.0.2 18492)"
	done'

evade_all() {
	plain debian /bin/bash -c "$evasions" 2>/dev/null >"$tmp/native"
	inside debian /bin/bash -c "$evasions" 2>/dev/null >"$tmp/wrapped"
	# What the container alone refuses proves nothing.
	awk 'FNR == NR { native[$1, $2] = $3; next }
		native[$1, $2] == "did" { n++ }
		native[$1, $2] == "did" && $3 != "refused"
		END { if (n < 30) print "only " n + 0 " to be refused" }' \
		"$tmp/native" "$tmp/wrapped" >"$tmp/wrong"
	cat "$tmp/wrong"
	[[ $(wc -l <"$tmp/native") -eq $(wc -l <"$tmp/wrapped") &&
		! -s $tmp/wrong ]]
}

@test "evasions" {
	shapes evade_all
}

# ---- processes from outside -------------------------------------------------

start_app() {
	inside debian /bin/sh -c 'echo up; sleep 60 & wait' >"$tmp/out" 2>&1 3>&- &
	background+=($!)
	eventually grep -q up "$tmp/out"
}

@test "podman exec: told as process.entered, and under the policy from then on" {
	caps=(--cap-drop all --cap-add "$fargate_caps,sys_ptrace")
	start_app
	run podman exec app /bin/sh -c 'sleep 3; /usr/bin/id; echo "id: $?"'
	echo "$output"
	eventually event "$audit" '.name == "process.entered"'
	[[ $output == *"id: "[1-9]* && $output != *uid=* ]]
	event "$audit" '.name == "process.exec" and .action == "prevent"'
}

@test "podman exec without SYS_PTRACE: told at least" {
	start_app
	run podman exec app /bin/sh -c 'sleep 3; echo done'
	[[ $output == *done* ]]
	eventually event "$audit" '.name == "process.entered"'
}

@test "podman exec of a health check: its exit code is what it was" {
	local i
	start_app
	for i in 0 1 3; do
		run podman exec app /bin/sh -c "exit $i"
		[[ $status -eq $i ]]
	done
	podman exec app /bin/true
}

# ---- self-protection --------------------------------------------------------

@test "root cannot end the defender from within, nor change its files" {
	local out
	# The volume writable, as by mistake.
	out=$(options=(-v "$C/defender/opt/fg:/opt/fg")
		inside debian /bin/sh -c '
		kill -9 1; kill -STOP 1; kill -9 -1
		echo x >>/opt/fg/bin/fg-wrap || echo not written
		cp /bin/true /opt/fg/bin/new || echo not made
		rm /opt/fg/bin/fg-wrap || echo not removed
		mv /opt/fg /opt/gf || echo not moved
		/usr/bin/id || echo refused
		exit 6' 2>/dev/null) || [[ $? -eq 6 ]]
	echo "$out"
	[[ $out == $'not written\nnot made\nnot removed\nnot moved\nrefused' ]]
	cmp "${FG_BIN:-build/bin}/fg-wrap" "$C/defender/opt/fg/bin/fg-wrap"
	event "$audit" '.name == "kernel.signal" and .action == "prevent"'
}

@test "the application keeps process ID 1 with --pid1=app" {
	wrap=(--pid1=app)
	caps=(--cap-drop all --cap-add "$fargate_caps,sys_ptrace")
	run inside debian /bin/sh -c 'echo "pid $$"; /usr/bin/id || echo refused; exit 7'
	echo "$output"
	[[ $status -eq 7 && $output == *"pid 1"*refused* ]]
}
