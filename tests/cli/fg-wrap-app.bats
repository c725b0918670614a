#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap --pid1=app: the process becomes the command, watched by its child.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
	cat >"$tmp/deny" <<-'end'
	{"rules":[{"name":"deny","processes":{"effect":"prevent",
	"blacklist":["touch"]}}]}
	end
	sed 's/prevent/block/' "$tmp/deny" >"$tmp/block"
}

teardown() {
	wrap_teardown
}

@test "process ID, exit code, death by a signal are the command's" {
	local tier
	for tier in none exec full; do
		bash -c 'echo $$; exec fg-wrap --pid1=app --tier=$1 sh -c "
			echo \$\$; exit 5"' - $tier >"$tmp/out" || status=$?
		[[ $status -eq 5 ]]
		[[ $(sort -u "$tmp/out" | wc -l) -eq 1 ]]
		run fg-wrap --pid1=app --tier=$tier sh -c 'kill -TERM $$'
		[[ $status -eq 143 ]]
	done
	run -127 fg-wrap --pid1=app no-such-command
	[[ $output == "fg-wrap: no-such-command: command not found" ]]
	run fg-wrap --pid1=app --on-no-policy=closed true
	[[ $status -eq 125 && $output == *"there is no policy"* ]]
}

@test "it is watched: prevent, and the events to the end" {
	run fg-wrap --pid1=app --policy="$tmp/deny" --audit="$tmp/audit" \
		sh -c 'touch "$1"; echo $?; exec sleep 0.1' - "$tmp/x"
	[[ $status -eq 0 && ${lines[-1]} == 126 && ! -e $tmp/x ]]
	eventually event "$tmp/audit" '.name == "exit" and .number == 0'
	jq -es 'map(.name) | .[0] == "start" and .[1] == "policy.applied" and
		any(.[]; . == "process.exec")' "$tmp/audit"
}

@test "a policy that changes is applied" {
	echo '{"rules":[]}' >"$tmp/policy"
	fg-wrap --pid1=app --policy="$tmp/policy" sh -c '
		until ! touch "$1/x" 2>/dev/null; do sleep 0.02; done' - "$tmp" \
		>/dev/null &
	background+=($!)
	sleep 0.5
	cp "$tmp/deny" "$tmp/policy"
	wait $!
}

@test "as process 1: it is that, and block ends the container" {
	needs_namespaces
	run as_pid1 fg-wrap --pid1=app --policy="$tmp/deny" sh -c '
		echo $$; touch "$1"; echo $?; exit 6' - "$tmp/x"
	[[ $status -eq 6 && ${lines[0]} == 1 && ! -e $tmp/x ]]
	run timeout -k 1 10 unshare --pid --fork --mount-proc fg-wrap \
		--pid1=app --policy="$tmp/block" --audit="$tmp/audit" sh -c '
		touch "$1"; echo survived' - "$tmp/x"
	[[ $status -ne 0 && $status -ne 124 && $output != *survived* ]]
	event "$tmp/audit" '.action == "block"'
}

@test "the supervisor does not keep the command's output open" {
	run timeout -k 1 10 bash -c 'fg-wrap --pid1=app --tier=full sh -c \
		"echo told" 2>&1 | cat'
	[[ $status -eq 0 && $output == told ]]
}
