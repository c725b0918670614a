#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap: the command runs as it would without it.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
	options=()
	# Prints what descriptors there are.
	list='import os
for fd in sorted(map(int, os.listdir("/proc/self/fd"))):
    try: print(fd, os.readlink(f"/proc/self/fd/{fd}").split(":")[0])
    except OSError: pass'
}

teardown() {
	wrap_teardown
}

# same SCRIPT: natively and wrapped, sh gives the same output and exit code.
same() {
	local native wrapped
	native=$(sh -c "$1" 2>&1 </dev/null; echo "exit $?")
	wrapped=$(fg-wrap "${options[@]}" -- sh -c "$1" 2>&1 </dev/null; echo "exit $?")
	diff <(echo "$native") <(echo "$wrapped")
}

@test "exit codes are the command's, 128 + n for signal n" {
	local code sig
	for code in 0 1 2 77 125 126 127 128 255; do
		run "-$code" fg-wrap -- sh -c "exit $code"
		[[ -z $output ]]
	done
	for sig in 1 2 6 9 11 15 34 64; do
		run fg-wrap -- sh -c "kill -$sig \$\$"
		echo "$sig $status $output"
		[[ $status -eq $((128 + sig)) && -z $output ]]
	done
}

@test "127 for what is not found, 126 for what cannot be run" {
	run -127 --separate-stderr fg-wrap no-such-command
	[[ -z $output ]]
	[[ $stderr == "fg-wrap: no-such-command: command not found" ]]
	run -127 --separate-stderr fg-wrap /no/such/command
	[[ $stderr == *"No such file or directory" ]]
	run -126 --separate-stderr fg-wrap /etc/passwd
	[[ $stderr == *"/etc/passwd: Permission denied" ]]
	run -126 fg-wrap /
	run -127 fg-wrap ''
	[[ $output == 'fg-wrap: "": No such file or directory' ]]
	printf '#!/no/such/shell\n' >"$tmp/script"
	chmod +x "$tmp/script"
	run -127 fg-wrap "$tmp/script"
	[[ $output == *"its interpreter or loader was not found" ]]
	PATH=$tmp:$PATH run -127 fg-wrap script
	[[ $output == "fg-wrap: script: its interpreter or loader was not found" ]]
	printf '\177ELF' >"$tmp/bad"
	chmod +x "$tmp/bad"
	run -127 fg-wrap "$tmp/bad" # the shell's, which gets it
}

@test "125 for its own failures" {
	run fg-wrap --socket="$(printf '%108s' '' | tr ' ' a)" true
	[[ $status -eq 125 && $output == *"--socket: longer than 107 bytes"* ]]
	run --separate-stderr fg-wrap
	[[ $status -eq 125 && $stderr == *"COMMAND is missing"* ]]
	run fg-wrap --no-such-option true
	[[ $status -eq 125 ]]
	run fg-wrap --audit="$tmp/no/dir" true
	[[ $status -eq 125 && $output == *"$tmp/no/dir: No such file"* ]]
	run fg-wrap --probe true
	[[ $status -eq 125 ]]
	run bash -c 'fg-wrap --probe >/dev/full'
	[[ $status -eq 125 ]]
}

@test "the command is searched as execvp(3) does" {
	mkdir "$tmp/a" "$tmp/b" "$tmp/a/dir"
	printf '#!/bin/sh\necho a "$0" "$@"\n' >"$tmp/a/prog"
	printf '#!/bin/sh\necho b\n' >"$tmp/b/prog"
	printf 'echo without a first line "$@"\n' >"$tmp/b/plain"
	printf '#!/bin/sh\necho b dir\n' >"$tmp/b/dir"
	chmod +x "$tmp"/b/*
	PATH=$tmp/a:$tmp/b:$PATH run fg-wrap prog x
	[[ $output == b ]] # a/prog may not be run
	chmod +x "$tmp/a/prog"
	PATH=$tmp/a:$tmp/b:$PATH run fg-wrap prog x 'y z'
	[[ $output == "a $tmp/a/prog x y z" ]]
	PATH=$tmp/a:$tmp/b:$PATH run fg-wrap dir
	[[ $output == "b dir" ]]
	PATH=$tmp/b:$PATH run fg-wrap plain 1 2
	[[ $output == "without a first line 1 2" ]]
	chmod -x "$tmp"/*/prog
	wrap=$(command -v fg-wrap)
	PATH=$tmp/a:$tmp/b run "$wrap" prog
	[[ $status -eq 126 || $(id -u) -eq 0 ]]
	(cd "$tmp/b" && PATH=: "$wrap" dir)
	run env -u PATH "$wrap" sh -c 'echo found'
	[[ $output == found ]]
}

@test "options end at the first operand, and at --" {
	run fg-wrap echo --audit - -- --bogus -v
	[[ $status -eq 0 && $output == "--audit - -- --bogus -v" ]]
	run fg-wrap --tier=none -- echo --tier
	[[ $output == "--tier" ]]
	run fg-wrap --tier none echo -- x
	[[ $output == "-- x" ]]
	run -127 fg-wrap -- -x
}

@test "environment, arguments, directory, limits and umask are inherited" {
	same 'env | grep -v "^_=" | sort; pwd; umask; ulimit -a; id; nice'
	options=(--keep-ptrace)
	same 'grep -E "Cap|Groups|Uid" /proc/self/status'
	# Tier full is told by these two, and by nothing else.
	[[ ${FG_TIER:-} == full ]] ||
		same 'grep -E "NoNewPrivs|Seccomp:" /proc/self/status'
	[[ $(fg-wrap printf '[%s]' 'a b' '' $'\n' '*') == $'[a b][][\n][*]' ]]
	[[ $(cd / && umask 027 && ulimit -n 99 &&
		fg-wrap sh -c 'pwd; umask; ulimit -n' | xargs) == "/ 0027 99" ]]
}

@test "descriptors are those of the caller, and no more" {
	exec 7<"$BATS_TEST_FILENAME"
	python3 -c "$list" >"$tmp/native"
	fg-wrap python3 -c "$list" >"$tmp/wrapped"
	sed -i 's|/native|/wrapped|' "$tmp/native"
	diff "$tmp/native" "$tmp/wrapped"
	fg-wrap --audit="$tmp/audit" python3 -c "$list" >"$tmp/wrapped"
	diff "$tmp/native" "$tmp/wrapped"
	exec 7<&-
}

@test "descriptors that were closed are closed" {
	python3 -c "$list" >"$tmp/native" <&- 2>&-
	fg-wrap python3 -c "$list" >"$tmp/wrapped" <&- 2>&-
	sed -i 's|/native|/wrapped|' "$tmp/native"
	diff "$tmp/native" "$tmp/wrapped"
	run bash -c 'fg-wrap --audit="$1/a" -- sh -c "echo lost" >&-' - "$tmp"
	[[ $status -ne 0 && $status -ne 125 ]]
}

@test "standard input is the command's" {
	[[ $(echo told | fg-wrap cat) == told ]]
	run bash -c '{ fg-wrap head -c 2; cat; } <<<abcdef'
	[[ $output == abcdef || $output == ab ]]
	run bash -c '{ fg-wrap sh -c "read -r x; echo \$x"; cat; } < <(
		printf "1\n2\n")'
	[[ $output == $'1\n2' ]]
}

@test "who reads the output sees its end when the command closes it" {
	fg-wrap sh -c 'echo told; exec >&-; exec sleep 60' >"$tmp/fifo-out" &
	background+=($!)
	run timeout 10 bash -c 'fg-wrap sh -c "echo told; exec >&- 2>&-;
		sleep 1; touch \"\$1/late\"" - "$1" | { cat; ls "$1"; }' - "$tmp"
	[[ $output == told*fifo-out && $output != *late* ]]
}

@test "a broken pipe reaches the command" {
	run bash -c 'fg-wrap yes | head -n 1; echo "${PIPESTATUS[0]}"'
	[[ $output == $'y\n141' ]]
}

@test "shell scripts run as natively" {
	same 'for i in 1 2 3; do (echo $i; exit $i); echo $?; done'
	same 'sleep 0.1 & wait $!; echo $?; kill -TERM $$'
	same 'trap "echo trapped" USR1; kill -USR1 $$; echo done'
	same 'echo $(echo a | tr a b) | cat; set -o | head -n 3'
	same 'exec sh -c "exec sh -c \"exit 9\""'
}

@test "a static program, the shell of busybox and perl run" {
	local program
	for program in "busybox sh" perl python3; do
		# shellcheck disable=SC2086
		command -v ${program%% *} >/dev/null || continue
		case $program in
		perl) run fg-wrap perl -e 'print fork() ? wait() > 0 : ""; exit 4' ;;
		python3) run fg-wrap python3 -c 'import sys; sys.exit(4)' ;;
		*) run fg-wrap busybox sh -c 'exit 4' ;;
		esac
		[[ $status -eq 4 ]]
	done
}

@test "--probe prints one record of what the machine can do" {
	fg-wrap --probe >"$tmp/probe"
	tests/doc/validate.py <"$tmp/probe"
	[[ $(wc -l <"$tmp/probe") -eq 1 ]]
	[[ $(jq -r .kernel "$tmp/probe") == "$(uname -r)" ]]
	[[ $(jq -r .uid "$tmp/probe") == "$(id -u)" ]]
}

@test "tier full: Landlock keeps processes outside from the command" {
	local outside
	[[ $(fg-wrap --probe | jq .landlock) -ge 2 ]] ||
		skip "machine: no Landlock"
	setpriv --bounding-set=-sys_admin true 2>/dev/null ||
		skip "machine: not root"
	sleep 60 &
	outside=$!
	background+=("$outside")
	look=(setpriv --bounding-set=-sys_admin)
	eventually bash -c '[[ $(readlink "/proc/$1/exe") == */sleep ]]' - "$outside"
	# Itself, by another process, and the one outside.
	script='readlink /proc/$$/exe; readlink /proc/$1/exe; exit 0'
	run "${look[@]}" sh -c "$script" - "$outside"
	[[ ${#lines[@]} -eq 2 && ${lines[1]} == */sleep ]]
	run "${look[@]}" fg-wrap --keep-ptrace --tier=full sh -c "$script" - \
		"$outside"
	[[ ${#lines[@]} -eq 1 && ${lines[0]} != */sleep ]]
	run "${look[@]}" fg-wrap --keep-ptrace --tier=exec sh -c "$script" - \
		"$outside"
	[[ ${#lines[@]} -eq 2 ]]
	# It forbids no file.
	mkdir "$tmp/one" "$tmp/two"
	"${look[@]}" fg-wrap --tier=full sh -c 'cd "$1" && echo x >one/x &&
		ln one/x two/y && mv one/x two/x && rm two/y && rmdir one' - "$tmp"
	[[ $(cat "$tmp/two/x") == x ]]
}

@test "CAP_SYS_PTRACE is not left to the command, unless it is asked for" {
	local native mine kept
	native=$(grep CapBnd /proc/self/status | tr -dc '[:xdigit:]')
	mine=$(fg-wrap grep CapBnd /proc/self/status | tr -dc '[:xdigit:]')
	kept=$(fg-wrap --keep-ptrace grep CapBnd /proc/self/status |
		tr -dc '[:xdigit:]')
	[[ $kept == "$native" ]]
	[[ $(id -u) -eq 0 ]] || skip "machine: only root has it"
	[[ $((16#$mine)) -eq $((16#$native & ~(1 << 19))) ]]
	for set in CapPrm CapEff CapInh CapAmb; do
		mine=$(fg-wrap grep $set /proc/self/status | tr -dc '[:xdigit:]')
		[[ $((16#$mine & 1 << 19)) -eq 0 ]]
	done
}
