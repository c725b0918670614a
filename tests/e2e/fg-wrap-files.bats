#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The detections of files, and of programs by what their files hold: the real
# thing, in alert and in prevent, and its harmless twin. /etc and /var/log are
# copies, in a mount namespace.
# shellcheck disable=SC2016,SC2154 # of detect_setup; for the shells of others

bats_require_minimum_version 1.5.0
load ../cli/wrap
load detect

setup() {
	detect_setup
	m=$tmp/made
}

teardown() {
	wrap_teardown
}

# with_etc: what is done to /etc is done to a copy.
with_etc() {
	mkdir "$tmp/etc"
	cp -a /etc/{passwd,shadow,group,ld.so.cache,nsswitch.conf,hosts} "$tmp/etc"
	mkdir -p "$tmp"/etc/{cron.d,sudoers.d,ssh,profile.d,app}
	: >"$tmp/etc/app/conf"
	export ETC=$tmp/etc
}

@test "denied-file, not-allowed-file: each way to change, not to read" {
	local list way
	mkdir -p "$tmp/keep/sub" "$tmp/free"
	list='.filesystem.blacklist = ["'$tmp'/keep", "'$tmp'/*.conf"]'
	echo x >"$tmp/keep/f"
	echo x >"$tmp/free/f"
	echo x >"$tmp/a.conf"
	echo x >"$tmp/a.text"
	detect denied-file "$list" "$act" write "$tmp/keep/sub/new" -- \
		"$act" write "$tmp/free/new"
	detect denied-file "$list" "$act" write "$tmp/a.conf" -- \
		"$act" write "$tmp/a.text"
	for way in append truncate "chmod 666" remove; do
		echo x >"$tmp/keep/f"
		# shellcheck disable=SC2086 # they are words
		detect denied-file "$list" "$act" $way "$tmp/keep/f" -- \
			sh -c '[ -e "$2" ] || : >"$2"; "$0" $1 "$2"' "$act" \
			"$way" "$tmp/free/f"
	done
	echo x >"$tmp/keep/f"
	detect denied-file "$list" "$act" link "$tmp/keep/f" "$m/l" -- \
		"$act" read "$tmp/keep/f"
	list='.filesystem.whitelist = ["'$tmp'/free"]'
	detect not-allowed-file "$list" "$act" write "$m/x" -- \
		"$act" write "$tmp/free/x"
	detect not-allowed-file "$list" "$act" mkdir "$m/dir" -- \
		"$act" write /dev/null
	detect not-allowed-file "$list" \
		sh -c 'rm -f "$2"; : >"$1/y"; "$0" rename "$1/y" "$2"' "$act" \
		"$tmp/free" "$tmp/y" -- \
		sh -c 'rm -f "$1/z"; : >"$1/y"; "$0" rename "$1/y" "$1/z"' "$act" \
		"$tmp/free"
}

@test "file-rule: directories, globs, operations, new and old files, programs" {
	mkdir -p "$tmp/d/sub"
	: >"$tmp/d/old"
	cp "$act" "$bin/api"
	rested
	rule file "{dir: \"$tmp/d\"}" \
		"$act" append "$tmp/d/old" -- "$act" write "$m/x"
	rule file "{dir: \"$tmp/d\", recursive: false}" \
		"$act" append "$tmp/d/old" -- "$act" write "$tmp/d/sub/x"
	rule file "{glob: \"$tmp/*.tmp\"}" \
		sh -c 'rm -f "$1"; "$0" write "$1"' "$act" "$m/x.tmp" -- \
		"$act" write "$m/x.text"
	rule file "{dir: \"$tmp/d\", ops: \"chmod\"}" \
		"$act" chmod 600 "$tmp/d/old" -- "$act" append "$tmp/d/old"
	rule file "{dir: \"$tmp/d\", files: \"new\"}" \
		sh -c 'rm -f "$1"; "$0" write "$1"' "$act" "$tmp/d/new" -- \
		"$act" append "$tmp/d/old"
	rule file "{dir: \"$tmp/d\", files: \"existing\"}" \
		"$act" append "$tmp/d/old" -- \
		sh -c '"$0" write "$1/new-$$"' "$act" "$tmp/d"
	rule file "{path: \"$tmp/d/old\", ops: \"read\"}" \
		"$act" read "$tmp/d/old" -- "$act" read "$tmp/d/sub"
	rule file "{dir: \"$tmp/d\", fromSource: \"api\"}" \
		"$bin/api" append "$tmp/d/old" -- "$act" append "$tmp/d/old"
}

@test "backdoor-account, -cron, -preload, -startup, -ssh: files of the system" {
	with_etc
	detect backdoor-account . "$act" append /etc/passwd -- \
		"$act" read /etc/passwd
	detect backdoor-account . "$act" append /etc/shadow -- \
		"$act" append /etc/app/conf
	detect backdoor-account . \
		sh -c 'rm -f "$1"; "$0" write "$1"' "$act" /etc/sudoers.d/x -- \
		"$act" write /etc/app/passwd
	detect backdoor-account . sh -c 'cp /etc/group "$1"
		"$0" rename "$1" /etc/group' "$act" /etc/app/new -- \
		sh -c 'cp /etc/group "$1"; "$0" rename "$1" "$1.1"' "$act" \
		/etc/app/new
	detect backdoor-cron . "$act" write /etc/cron.d/job -- \
		"$act" write /etc/app/cron.d
	detect backdoor-preload . "$act" write /etc/ld.so.preload -- \
		"$act" write /etc/app/ld.so.preload
	detect backdoor-startup . "$act" write /etc/profile.d/x.sh -- \
		"$act" write /etc/app/profile
	mkdir -p "$tmp/home/.ssh"
	detect backdoor-startup . "$act" write "$tmp/home/.bashrc" -- \
		"$act" write "$tmp/home/.config"
	detect backdoor-ssh . "$act" write "$tmp/home/.ssh/authorized_keys" -- \
		"$act" write "$tmp/home/.ssh/known_hosts"
	detect backdoor-ssh . "$act" write /etc/ssh/sshd_config -- \
		"$act" write /etc/ssh/ssh_config
}

@test "new-executable: made, brought, or written to a directory of programs" {
	local on='.filesystem.checkNewFiles = true'
	detect new-executable "$on" "$act" program "$m/tool" -- \
		"$act" write "$m/data"
	detect new-executable "$on" \
		sh -c ': >"$1"; "$0" chmod 755 "$1"' "$act" "$m/x" -- \
		sh -c ': >"$1"; "$0" chmod 644 "$1"' "$act" "$m/x"
	detect new-executable "$on" \
		sh -c 'mount -t tmpfs none /usr/local/bin 2>/dev/null
		"$0" write /usr/local/bin/x' "$act" -- \
		"$act" mkdir "$m/bin" ||
		[[ $ids == "mount new-executable" ]]
}

@test "log-clearing: logs of the system and histories, not of applications" {
	local name
	mkdir -p "$tmp/log/nginx" "$tmp/home"
	export LOG=$tmp/log
	for name in wtmp auth.log nginx/access.log; do
		echo x >"$tmp/log/$name"
	done
	echo x >"$tmp/home/.bash_history"
	detect log-clearing . \
		sh -c 'echo x >>"$1"; "$0" truncate "$1"' "$act" /var/log/wtmp -- \
		sh -c 'echo x >>"$1"; "$0" truncate "$1"' "$act" \
		/var/log/nginx/access.log
	detect log-clearing . \
		sh -c 'echo x >>"$1"; "$0" remove "$1"' "$act" /var/log/auth.log -- \
		sh -c 'echo x >>"$1"; "$0" append "$1"' "$act" /var/log/auth.log
	detect log-clearing . \
		sh -c 'echo x >>"$1"; : >"$1" && echo did' "$act" \
		"$tmp/home/.bash_history" -- \
		sh -c 'echo x >>"$1"; echo did' "$act" "$tmp/home/.bash_history"
}

@test "release-agent: by which the kernel runs a program of its own" {
	mkdir -p "$tmp/cgroup"
	: >"$tmp/cgroup/release_agent"
	detect release-agent . "$act" append "$tmp/cgroup/release_agent" -- \
		"$act" read "$tmp/cgroup/release_agent"
	detect release-agent . "$act" open /proc/sys/kernel/core_pattern -- \
		"$act" read /proc/sys/kernel/core_pattern
	: >"$tmp/cgroup/uevent_helper"
	detect release-agent . "$act" append "$tmp/cgroup/uevent_helper" -- \
		"$act" open /proc/self/comm
}

@test "suspicious-elf: a header that no tool chain makes" {
	local old='.processes.skipModified = true'
	# e_ehsize is 0; the kernel does not look.
	detect suspicious-elf "$old" sh -c 'cp "$0" "$1"
		printf "\0\0" | dd of="$1" bs=1 seek=52 conv=notrunc 2>/dev/null
		"$1" did' "$bin/tool" "$m/odd" -- \
		sh -c 'cp "$0" "$1"; "$1" did' "$bin/tool" "$m/odd"
}

@test "packed-binary: written here, and of high entropy" {
	local old='.processes.skipModified = true'
	head -c 2000000 /dev/urandom >"$tmp/random"
	cat "$bin/tool" "$tmp/random" >"$bin/brought"
	chmod +x "$bin/brought"
	rested
	detect packed-binary "$old" sh -c 'cat "$0" "$2" >"$1"; chmod +x "$1"
		"$1" did' "$bin/tool" "$m/packed" "$tmp/random" -- \
		sh -c 'cp "$0" "$1"; head -c 2000000 /dev/zero >>"$1"
		"$1" did' "$bin/tool" "$m/plain"
	# As it was in the image.
	detect packed-binary "$old" sh -c 'cp "$0" "$1"; "$1" did' \
		"$bin/brought" "$m/packed" -- "$bin/brought" did
}

@test "custom-rule: prevents what has the fields, also changes of old files" {
	local script
	echo x >"$tmp/old.conf"
	custom() {
		policy ".customRules = [{name: \"ours\", effect: \"prevent\",
			script: $(jq -Rn --arg s "$1" '$s')}]"
	}
	custom "file.path startswith \"$tmp/\" and file.path endswith \".conf\""
	observe "$act" append "$tmp/old.conf"
	[[ $ids == custom-rule && $got == *"refused EPERM"* ]]
	observe "$act" append "$tmp/etc" # not there
	silent
	custom 'file.op in (create, mkdir) and file.dir matches "/made$"'
	observe "$act" mkdir "$m/new"
	[[ $ids == custom-rule && $got == *"refused EPERM"* ]]
	observe "$act" mkdir "$tmp/new"
	did
	silent
	custom 'net.outgoing_ip in (198.51.100.0/24) and net.outgoing_port > 1000'
	observe "$act" tcp 198.51.100.1 1001
	[[ $ids == custom-rule && $got == *"refused EPERM"* ]]
	observe "$act" tcp 198.51.100.1 1000
	did
	silent
	custom 'net.domain endswith ".example.org" and proc.ancestors contains "dash"'
	observe "$act" dns www.example.org
	[[ $ids == custom-rule && $got == *"refused EPERM"* ]]
	observe "$act" dns www.example.com
	did
	silent
}

@test "a rule is for the containers of its collections" {
	local name
	jq -n '{collections: [
			{name: "api", images: ["registry.example.com/api:*"]},
			{name: "db", containers: ["db-*", "-db-test"]}],
		rules: [
			{name: "api", collections: ["api"], filesystem:
				{effect: "prevent", blacklist: ["/*"]}},
			{name: "db", collections: ["db"], filesystem:
				{effect: "alert", blacklist: ["/*"]}}]}' \
		>"$tmp/policy"
	for name in registry.example.com/api:7=prevent nginx=; do
		rm -f "$tmp/audit"
		fg-wrap --policy="$tmp/policy" --audit="$tmp/audit" \
			--image="${name%=*}" "$act" write "$tmp/x" >"$tmp/out"
		[[ $(jq -r 'select(.kind == "runtime") | .action' "$tmp/audit") == \
			"${name#*=}" ]]
	done
	for name in db-1=alert db-test= web=; do
		rm -f "$tmp/audit"
		FG_CONTAINER=${name%=*} fg-wrap --policy="$tmp/policy" \
			--audit="$tmp/audit" "$act" write "$tmp/x" >"$tmp/out"
		[[ $(jq -r 'select(.kind == "runtime") | .action' "$tmp/audit") == \
			"${name#*=}" ]]
	done
}
