#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap --policy: read, watched, and what happens when it is bad.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
	policy=$tmp/policy.json
	allow >"$policy"
}

teardown() {
	wrap_teardown
}

allow() {
	echo '{"rules":[{"name":"allow","processes":{"effect":"alert",
		"blacklist":["no-such-program"]}}]}'
}

deny() {
	echo '{"rules":[{"name":"deny","processes":{"effect":"'"${1:-prevent}"'",
		"blacklist":["touch"]}}]}'
}

# started [OPTION ...]: a shell that tries touch every 20 ms, the exit code of
# the last try in $tmp/last.
started() {
	fg-wrap --audit="$tmp/audit" "$@" -- sh -c '
		while sleep 0.02; do
			touch "$1/touched" 2>/dev/null
			echo $? >"$1/last.new"
			mv "$1/last.new" "$1/last"
		done' - "$tmp" &
	background+=($!)
	eventually event "$tmp/audit" '.name == "start"'
}

last() {
	[[ $(cat "$tmp/last" 2>/dev/null) == "$1" ]]
}

@test "prevent: the call fails, the process lives" {
	deny >"$policy"
	run fg-wrap --policy="$policy" --audit="$tmp/audit" \
		sh -c 'touch "$1"; echo $?' - "$tmp/x"
	[[ $status -eq 0 && ${lines[-1]} == 126 && ! -e $tmp/x ]]
	event "$tmp/audit" '.name == "process.exec" and .action == "prevent"'
	jq -es 'map(.name) | .[0] == "start" and .[1] == "policy.applied" and
		.[-1] == "exit"' "$tmp/audit"
}

@test "tier exec: the program is killed before its first instruction" {
	deny >"$policy"
	run fg-wrap --tier=exec --policy="$policy" --audit="$tmp/audit" \
		sh -c 'touch "$1"; echo $?' - "$tmp/x"
	[[ $status -eq 0 && ${lines[-1]} == 137 && ! -e $tmp/x ]]
	event "$tmp/audit" '.name == "process.exec" and .action == "prevent"'
}

@test "alert: it is told, nothing else" {
	deny alert >"$policy"
	fg-wrap --policy="$policy" --audit="$tmp/audit" touch "$tmp/x"
	[[ -e $tmp/x ]]
	event "$tmp/audit" '.name == "process.exec" and .action == "alert"'
}

@test "block: the whole tree ends, exit code 137" {
	deny block >"$policy"
	run timeout 20 fg-wrap --policy="$policy" --audit="$tmp/audit" sh -c '
		setsid sleep 60 & echo $!; sleep 0.3; touch "$1"; echo survived' \
		- "$tmp/x"
	[[ $status -eq 137 && $output != *survived* && ! -e $tmp/x ]]
	run kill -0 "${lines[0]}"
	[[ $status -ne 0 ]]
	event "$tmp/audit" '.action == "block"'
	event "$tmp/audit" '.name == "exit" and .number == 137'
}

@test "the command itself may be what is denied" {
	deny >"$policy"
	run fg-wrap --policy="$policy" touch "$tmp/x"
	[[ $status -eq 126 && $output == *"Operation not permitted"* ]]
}

@test "a policy renamed into place is applied to what runs" {
	started --policy="$policy"
	eventually last 0
	deny >"$tmp/new"
	mv "$tmp/new" "$policy"
	eventually last 126
	event "$tmp/audit" '.name == "policy.applied"'
	allow >"$tmp/new"
	mv "$tmp/new" "$policy"
	eventually last 0
}

@test "a later policy may go by hashes, the first did not" {
	started --policy="$policy"
	eventually last 0
	printf '{"rules":[{"name":"hash","processes":{"effect":"alert","rules":
		[{"sha256":["%s"],"effect":"prevent"}]}}]}' \
		"$(sha256sum "$(readlink -f "$(command -v touch)")" |
			cut -d ' ' -f 1)" >"$tmp/new"
	mv "$tmp/new" "$policy"
	eventually event "$tmp/audit" '.name == "policy.applied" and
		.detail == "hash"'
	eventually last 137
	event "$tmp/audit" '.name == "process.exec" and
		.rule.id == "process-rule" and .action == "prevent"'
}

@test "a policy written in place is applied" {
	started --policy="$policy"
	eventually last 0
	deny >"$policy"
	eventually last 126
}

@test "a symbolic link that is swapped is followed" {
	mkdir "$tmp/a" "$tmp/b"
	allow >"$tmp/a/p"
	deny >"$tmp/b/p"
	ln -s a "$tmp/current"
	ln -s current/p "$tmp/link"
	started --policy="$tmp/link"
	eventually last 0
	ln -s b "$tmp/next"
	mv -T "$tmp/next" "$tmp/current"
	eventually last 126
}

@test "an invalid policy is refused, the last good one stays" {
	deny >"$policy"
	started --policy="$policy" 2>"$tmp/stderr"
	eventually last 126
	echo '{"rules":' >"$policy"
	eventually event "$tmp/audit" '.name == "policy.rejected"'
	grep -q "$policy:.*last good policy stays" "$tmp/stderr"
	sleep 0.1
	last 126
	rm "$policy"
	eventually event "$tmp/audit" '.name == "policy.rejected" and
		(.. | strings | test("No such file"))'
	last 126
	allow >"$policy"
	eventually last 0
}

# asks N: a policy that asks for the first N of these detections, no others.
asks() {
	# shellcheck disable=SC2046
	jq -n --argjson n "$1" '[$ARGS.positional | to_entries[] |
		{(.value): (if .key < $n then "alert" else "disable" end)}] |
		{rules: [{name: "asks \($n)", detections: (reverse | add)}]}' --args \
		mining-pool setuid-file ptrace mount namespace kernel-module \
		bpf io-uring foreign-abi port-scan raw-socket internal-port \
		$(sed -n 's/.*\.id = "\(.*\)",/\1/p' lib/policy/policy_detection.c)
}

@test "policies that ask for ever more: the stack of filters is bounded, and it is told" {
	local n filters shell
	fg-policy --check <(asks 3)
	asks 0 >"$policy"
	started --policy="$policy"
	for ((n = 1; n <= 12; n++)); do
		asks $n >"$tmp/new"
		mv "$tmp/new" "$policy"
		eventually event "$tmp/audit" ".name == \"policy.applied\" and
			.detail == \"asks $n\""
	done
	event "$tmp/audit" '.name == "unseen" and
		(.detail | endswith("processes have 8 filters already"))'
	shell=$(pgrep -P "${background[0]}" -x sh)
	filters=$(sed -n 's/^Seccomp_filters:[[:space:]]*//p' \
		"/proc/$shell/status")
	[[ -z $filters || $filters -eq 8 ]]
	rm -f "$tmp/last"
	eventually last 0
}

@test "a policy that becomes what is no file holds nobody up" {
	local bad
	deny >"$policy"
	started --policy="$policy" 2>"$tmp/stderr"
	eventually last 126
	mkfifo "$tmp/fifo"
	mkdir "$tmp/folder"
	for bad in "$tmp/fifo" /dev/zero "$tmp/folder" "$policy"; do
		ln -sf "$bad" "$tmp/new"
		: >"$tmp/audit"
		mv -T "$tmp/new" "$policy"
		eventually event "$tmp/audit" '.name == "policy.rejected"'
		last 126
	done
	grep -q "$policy: not a regular file; .*the last good" "$tmp/stderr"
	allow >"$tmp/new"
	mv -T "$tmp/new" "$policy"
	eventually last 0
}

@test "a folder that goes, and comes again with a policy" {
	mkdir "$tmp/folder"
	deny >"$tmp/folder/policy"
	started --policy="$tmp/folder/policy" 2>"$tmp/stderr"
	eventually last 126
	rm -r "$tmp/folder"
	eventually event "$tmp/audit" '.name == "policy.rejected"'
	sleep 0.2
	mkdir "$tmp/folder"
	allow >"$tmp/folder/policy"
	eventually last 0
	deny >"$tmp/folder/policy"
	eventually last 126
	[[ $(grep -c "cannot be watched" "$tmp/stderr") -le 1 ]]
}

@test "a policy from a pipe is read at the start, but not waited for for ever" {
	run fg-wrap --policy=<(deny; sleep 0.2) /bin/touch "$tmp/touched"
	[[ $status -eq 126 && ! -e $tmp/touched ]]
	mkfifo "$tmp/fifo"
	run timeout 10 fg-wrap --policy="$tmp/fifo" --policy-wait=100 \
		sh -c 'exit 5'
	[[ $status -eq 5 && $output == *"no end of it came in 100 ms"* ]]
	[[ $output == *"the command runs without a policy until there is one" ]]
}

@test "a policy that changes a hundred times is applied in the end" {
	local i
	started --policy="$policy"
	for ((i = 0; i < 100; i++)); do
		allow >"$tmp/new"
		mv "$tmp/new" "$policy"
	done
	deny >"$policy"
	eventually last 126
}

@test "no policy at the start: open runs it, closed does not" {
	local bad
	echo '[1,' >"$tmp/bad"
	head -c 2000000 /dev/zero | tr '\0' ' ' >"$tmp/big"
	for bad in "$tmp/none" "$tmp" "$tmp/bad" "$tmp/big" /dev/null; do
		echo "$bad"
		rm -f "$tmp/audit"
		run --separate-stderr fg-wrap --policy="$bad" \
			--audit="$tmp/audit" sh -c 'echo ran; exit 5'
		[[ $status -eq 5 && $output == ran && $stderr == "fg-wrap: $bad:"* ]]
		event "$tmp/audit" '.name == "policy.missing"'
		event "$tmp/audit" '.name == "policy.rejected"'
		run --separate-stderr fg-wrap --policy="$bad" \
			--on-no-policy=closed sh -c 'echo ran'
		[[ $status -eq 125 && -z $output && $stderr == *"$bad"* ]]
		[[ $stderr == *"the command is not run"* ]]
	done
	run --separate-stderr fg-wrap --on-no-policy=closed true
	[[ $status -eq 125 ]]
}

@test "another ipc namespace: what cannot be held to the policy fails, and is told" {
	needs_namespaces
	cat >"$policy" <<-end
	{"rules":[{"name":"files","filesystem":{"effect":"prevent",
	"blacklist":["$tmp/denied"]}}]}
	end
	cat >"$tmp/threads" <<-end
	import os, threading, time
	threading.Thread(target=time.sleep, args=(0.2,)).start()
	for name in "denied", "other":
	    try: os.mkdir("$tmp/" + name); print("made", name)
	    except OSError as e: print(name, e.errno)
	end
	run fg-wrap --policy="$policy" --audit="$tmp/audit" \
		python3 "$tmp/threads"
	[[ $output == $'denied 1\nmade other' ]]
	run ! event "$tmp/audit" '.name == "unseen"'
	rmdir "$tmp/other"
	run fg-wrap --policy="$policy" --audit="$tmp/audit" \
		unshare --ipc python3 "$tmp/threads"
	[[ $output == $'denied 1\nother 13' ]]
	event "$tmp/audit" '.name == "unseen" and
		(.detail | test("another ipc namespace")) and
		(.process.exe | test("python"))'
}

@test "a machine that cannot hold the command to the policy: said, or not run" {
	# What is traced already cannot be traced by the inner one.
	run --separate-stderr fg-wrap --policy="$policy" \
		fg-wrap --policy=<(deny) sh -c '/bin/touch "$1"' - "$tmp/x"
	[[ $status -eq 0 && -e $tmp/x ]]
	[[ $stderr == "fg-wrap: tier none, the best that works here "* ]]
	run --separate-stderr fg-wrap --policy="$policy" \
		fg-wrap --on-no-policy=closed --policy=<(deny) sh -c 'echo ran'
	[[ $status -eq 125 && -z $output ]]
	[[ $stderr == *"does not see all that the policy prevents"* ]]
	# Nor with a lower tier that somebody asked for, or nothing to prevent.
	run --separate-stderr fg-wrap --policy="$policy" \
		fg-wrap --on-no-policy=closed --tier=none --policy=<(deny) \
		sh -c 'echo ran'
	[[ $status -eq 0 && $output == ran && -z $stderr ]]
	run --separate-stderr fg-wrap --policy="$policy" \
		fg-wrap --on-no-policy=closed --policy=<(deny alert) echo ran
	[[ $status -eq 0 && $output == ran && -z $stderr ]]
}

@test "the tier is what the policy says, else the best that works, or none" {
	local tier
	for tier in none exec full; do
		jq --arg tier $tier '.rules[0].tier = $tier' <(allow) >"$policy"
		fg-wrap --policy="$policy" --audit="$tmp/$tier" true
		event "$tmp/$tier" ".name == \"start\" and
			(.detail | test(\"tier=$tier \"))"
	done
	allow >"$policy"
	fg-wrap --policy="$policy" --audit="$tmp/best" true
	event "$tmp/best" ".name == \"start\" and (.detail |
		test(\"tier=$(fg-wrap --probe | jq -r .tier) \"))"
	fg-wrap --audit="$tmp/without" true
	event "$tmp/without" '.name == "start" and (.detail | test("tier=none "))'
}

@test "alone, as anybody: make, under the default policy" {
	local as
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$tmp"
	mkdir -m 777 "$tmp/job"
	cp share/policy/default.json "$tmp/p.json"
	printf 'all: made\nmade: ; @echo working; touch $@; ls $@ | cat\n' \
		>"$tmp/job/Makefile"
	cd "$tmp/job"
	for as in "" "setpriv --reuid=65534 --regid=65534 --clear-groups"; do
		[[ -z $as || $(id -u) -eq 0 ]] || continue
		rm -f made
		# shellcheck disable=SC2086 # words
		run --separate-stderr $as fg-wrap --policy "$tmp/p.json" \
			--audit - -- make
		[[ $status -eq 0 && -z $stderr ]]
		[[ $(grep -v '^{' <<<"$output") == $'working\nmade' ]]
		[[ $(grep '^{' <<<"$output" | jq -r .name | xargs) == \
			"start policy.applied exit" ]]
	done
}

@test "a tier that does not see what the policy asks for says so" {
	echo '{"rules":[{"name":"files","filesystem":{"effect":"alert",
		"blacklist":["/etc"]}}]}' >"$policy"
	fg-wrap --tier=exec --policy="$policy" --audit="$tmp/audit" true
	event "$tmp/audit" '.name == "unseen"'
}

@test "a program that may be run but not read does not hide what it is" {
	local tier as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	[[ $(id -u) -eq 0 ]] || as=()
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test"
	chmod 777 "$tmp"
	deny >"$policy"
	# shellcheck disable=SC2016
	for tier in full exec; do
		rm -rf "$tmp/audit" "$tmp/p" "$tmp/x"
		run "${as[@]}" "$(type -P fg-wrap)" --tier=$tier \
			--policy="$policy" --audit="$tmp/audit" sh -c '
			cp /bin/touch "$1/p"; chmod 111 "$1/p"
			"$1/p" "$1/x"; echo "$?"; echo lives' - "$tmp"
		echo "$tier: $output"
		[[ $status -eq 0 && $output == *137*lives && ! -e $tmp/x ]]
		event "$tmp/audit" '.name == "unseen" and
			(.detail | startswith("ended: no right to read"))'
	done
	deny alert >"$policy"
	rm -rf "$tmp/audit" "$tmp/p"
	# shellcheck disable=SC2016
	"${as[@]}" "$(type -P fg-wrap)" --policy="$policy" \
		--audit="$tmp/audit" sh -c 'cp /bin/touch "$1/p"
		chmod 111 "$1/p"; "$1/p" "$1/x"' - "$tmp"
	[[ -e $tmp/x ]]
	event "$tmp/audit" '.name == "unseen" and .process.parent and
		(.detail | startswith("no right to read"))'
}

applied() {
	[[ $(grep -c policy.applied "$tmp/audit") -eq $1 ]]
}

# left TIER FROM TO: the policy is FROM and then TO when the supervisor is
# killed, and this is how many live on of five: a shell, a child of it, one that
# is stopped, one with many threads, one that was started after the change.
left() {
	local pids
	rm -f "$tmp"/{audit,more,ready,ready2}
	"$2" >"$policy"
	fg-wrap --tier="$1" --policy="$policy" --audit="$tmp/audit" -- sh -c '
		sleep 60 & sleep 60 & kill -STOP $!
		python3 -c "import threading, time
for i in range(8): threading.Thread(target=time.sleep, args=(60,)).start()
open(\"$1/ready\", \"w\").write(\"ready\")" &
		until [ -e "$1/more" ]; do sleep 0.02; done
		sleep 60 & echo ready >"$1/ready2"
		wait' - "$tmp" &
	supervisor=$!
	background+=($!)
	eventually line "$tmp/ready" ready
	"$3" >"$policy.new"
	mv "$policy.new" "$policy"
	eventually applied 2
	sleep 0.2
	touch "$tmp/more"
	eventually line "$tmp/ready2" ready
	pids=$(pgrep -P "$(pgrep -P $supervisor -x sh)")
	pids="$(pgrep -P $supervisor -x sh) ${pids//$'\n'/ }"
	kill -KILL $supervisor
	wait $supervisor || true
	sleep 0.3
	left=0
	for pid in $pids; do
		# Nobody may reap what has ended.
		grep -qs '^State:.[^ZX]' "/proc/$pid/status" || continue
		left=$((left + 1))
		kill -KILL "$pid"
	done
	echo "tier $1, from $2 to $3: of $pids live $left"
	[[ $(wc -w <<<"$pids") -eq 5 ]]
}

@test "who dies with the supervisor is up to the policy at that time" {
	local tier
	for tier in full exec; do
		left $tier allow deny
		[[ $left -eq 0 ]]
		left $tier deny allow
		[[ $left -eq 5 ]]
	done
}
