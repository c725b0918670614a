#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap --learn: a run is learnt, the same run yields no event, others do.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
	export TMPDIR=$tmp/thrown
	mkdir -p "$tmp"/{thrown,app/out,home/.ssh,root/etc}
	touch "$tmp"/home/.bash_history "$tmp"/home/.ssh/authorized_keys \
		"$tmp"/root/etc/passwd
	cp "$fixtures/foreign" "$tmp/app/act"
	printf 'int main(void) { return 0; }\n' >"$tmp/app/main.c"
	# work.sh DIR full|quick [ACTION [ARGUMENT ...]]
	cat >"$tmp/app/work.sh" <<-'EOF'
		set -e
		dir=$1 how=$2
		shift 2
		if [ "$how" = full ]; then
			cc -o "$dir/out/main" "$dir/main.c"
			"$dir/out/main"
			(echo sub | cat >"$dir/out/listing")
		fi
		for i in 1 2 3; do echo "$i" >"$dir/out/part-$i-$$"; done
		scratch=$(mktemp)
		echo "$how" >"$scratch"
		mv "$scratch" "$dir/state"
		rm -f "$dir"/out/part-*
		"$dir/act" udp 192.0.2.7 8125
		"$dir/act" tcp 127.0.0.1 1
		"$dir/act" bind 192.0.2.7 5514
		"$dir/act" dns db.example.com
		sh -c 'echo "$0" >/dev/null' x
		[ "$1" != kill ] || set -- kill "$PPID"
		[ $# = 0 ] || "$dir/act" "$@"
	EOF
	work=(sh "$tmp/app/work.sh" "$tmp/app")
	# What was written in the tick of the start counts as modified.
	sleep 0.1
}

teardown() {
	wrap_teardown
	[[ -z ${shm:-} ]] || rm -rf "$shm"
}

learn() {
	fg-wrap --learn="$tmp/policy" "$@"
}

# under COMMAND ...: under what was learnt; the events that are not of fg-wrap.
under() {
	rm -f "$tmp/audit"
	fg-wrap --policy="$tmp/policy" --audit="$tmp/audit" "$@" >"$tmp/out"
	jq -r 'select(.kind == "runtime") | .rule.id' "$tmp/audit"
}

@test "a run is learnt, and yields no event when it runs again" {
	learn "${work[@]}" full
	fg-policy --check="$tmp/policy"
	jq -e '.rules[0] | .tier == "full" and
		([.processes, .network, .dns, .filesystem] |
			all(.effect == "alert"))' "$tmp/policy"
	for _ in 1 2 3; do
		run under "${work[@]}" full
		[[ $status -eq 0 && -z $output ]]
	done
	# It had eyes all the time.
	jq -es 'any(.name == "policy.applied")' "$tmp/audit"
}

@test "what it learns is what a person would write" {
	learn "${work[@]}" full
	jq -e --arg t "$tmp" '.rules[0] |
		(.filesystem.whitelist | index($t + "/app/out")) and
		(.filesystem.whitelist | index($t + "/app/state")) and
		(.filesystem.whitelist | all(. != "/" and . != "/tmp" and
			. != $t and . != $t + "/app")) and
		(.network.whitelistIPs == ["127.0.0.0/8", "192.0.2.7", "::1"]) and
		(.network.whitelistOutboundPorts | any(.start == 8125)) and
		(.network.whitelistListeningPorts | any(.start == 5514)) and
		(.dns.whitelist == ["db.example.com", "localhost"]) and
		(.processes.whitelist | index($t + "/app/act")) and
		(.processes.whitelist | all(test("/(da|ba)?sh$") | not)) and
		(.processes.rules | any(.args // "" | contains("work\\.sh"))) and
		(.notes | startswith("Learnt by fg-wrap --learn, last on 2"))' \
		"$tmp/policy"
	# A line for each item, and the same text from the same run.
	[[ $(grep -c '"/' "$tmp/policy") -gt 10 ]]
	cp "$tmp/policy" "$tmp/first"
	rm "$tmp/policy"
	learn "${work[@]}" full
	diff <(grep -v '"notes"' "$tmp/first") <(grep -v '"notes"' "$tmp/policy")
}

# RULE_ID|RULE_ID ACTION [ARGUMENT ...], by the program that may run
foreign() {
	cat <<-EOF
		not-allowed-process run /usr/bin/id
		not-allowed-process|modified-process run $tmp/root/copy
		not-allowed-process|tmpfs-process run $shm/copy
		not-allowed-process run /bin/sh $tmp/root/other.sh
		not-allowed-process run /bin/sh -c :
		fileless-process|not-allowed-process memfd
		not-allowed-file write $tmp/root/etc/passwd
		not-allowed-file write $tmp/app/other
		not-allowed-file mkdir $tmp/root/new
		not-allowed-file rename $tmp/app/out/made $tmp/root/moved
		backdoor-ssh write $tmp/home/.ssh/authorized_keys
		backdoor-ssh link $tmp/home/.ssh/authorized_keys $tmp/app/out/keys
		log-clearing symlink /dev/null $tmp/home/.bash_history
		log-clearing truncate $tmp/home/.bash_history
		setuid-file setuid $tmp/app/out/made
		new-executable program $tmp/app/out/tool
		not-allowed-outbound-port udp 192.0.2.7 9999
		not-allowed-ip udp 198.51.100.9 8125
		not-allowed-ip|metadata-access udp 169.254.169.254 8125
		not-allowed-listening-port bind 192.0.2.7 6666
		not-allowed-domain dns evil.example.com
		raw-socket raw
		ptrace ptrace
		namespace unshare
		mount mount $tmp/root/none
		io-uring io_uring
		defender-attack kill supervisor
	EOF
}

@test "what is foreign to it is flagged, each by its own event" {
	local ids id action n=0
	shm=$(mktemp -d /dev/shm/fg-learn.XXXXXX)
	learn "${work[@]}" quick
	run under "${work[@]}" quick
	[[ $status -eq 0 && -z $output ]]
	cp "$tmp/app/act" "$tmp/root/copy"
	cp "$tmp/app/act" "$shm/copy"
	echo : >"$tmp/root/other.sh"
	while read -r ids action; do
		rm -f "$tmp/home/.bash_history"
		touch "$tmp/app/out/made" "$tmp/home/.bash_history"
		# shellcheck disable=SC2086
		run under sh "$tmp/app/work.sh" "$tmp/app" quick $action
		echo "$ids: $action: $output"
		[[ -n $output && $status -eq 0 ]]
		while read -r id; do
			[[ "|$ids|" == *"|$id|"* ]]
		done <<<"$output"
		((++n))
	done < <(foreign)
	[[ $n -ge 20 ]]
}

@test "several runs add up, and what a person changed stays" {
	learn cat /dev/null
	jq '.rules[0].processes.effect = "prevent" | .rules[0].notes = "mine" |
		.rules[0].dns.whitelist += ["*.example.com"] |
		.rules += [{name: "second"}]' "$tmp/policy" >"$tmp/edited"
	mv "$tmp/edited" "$tmp/policy"
	learn sh -c 'head -c 1 /dev/zero >"$1"' - "$tmp/app/out/byte"
	jq -e --arg t "$tmp" '(.rules[0] | .processes.effect == "prevent" and
		.notes == "mine" and
		.dns.whitelist == ["*.example.com", "localhost"] and
		(.processes.whitelist | index("/usr/bin/cat") and
			index("/usr/bin/head")) and
		(.filesystem.whitelist | index($t + "/app/out/byte"))) and
		.rules[1].name == "second"' "$tmp/policy"
	run under sh -c 'cat /dev/null; head -c 1 /dev/zero >"$1"' - \
		"$tmp/app/out/byte"
	[[ $status -eq 0 && -z $output ]]
	run --separate-stderr under sh -c 'id; echo $?'
	[[ $output == not-allowed-process && $(<"$tmp/out") == 137 ]]
}

@test "a run that brings nothing new leaves the file alone" {
	learn cat /dev/null
	touch -d 2020-01-01 "$tmp/policy"
	learn cat /dev/null
	[[ $(stat -c %y "$tmp/policy") == 2020-01-01* ]]
}

@test "an empty file is as good as none" {
	: >"$tmp/policy"
	learn cat /dev/null
	jq -e '.rules[0].processes.whitelist | index("/usr/bin/cat")' "$tmp/policy"
}

@test "beside a policy only what that is silent about is learnt" {
	echo '{"rules":[{"name":"old","processes":{"effect":"alert",
		"blacklist":["id"]},"filesystem":{"effect":"prevent",
		"blacklist":["'"$tmp/root"'"]}}]}' >"$tmp/old"
	learn --policy="$tmp/old" --audit="$tmp/audit" sh -c 'id; cat /dev/null
		echo >"$1/root/x"; echo >"$1/app/x"' - "$tmp" >"$tmp/out" || true
	event "$tmp/audit" '.rule.id == "denied-process"'
	event "$tmp/audit" '.action == "prevent"'
	[[ -e $tmp/app/x && ! -e $tmp/root/x ]]
	jq -e --arg t "$tmp" '.rules[0] |
		(.processes.whitelist | index("/usr/bin/cat") and
			(index("/usr/bin/id") | not)) and
		(.filesystem.whitelist | index($t + "/app/x") and
			(index($t + "/root/x") | not))' "$tmp/policy"
}

@test "what cannot be extended is refused before the command runs" {
	local bad
	for bad in '{"rules":' '[]' '{"rules":[]}' 'text' \
		'{"rules":[{"processes":{"effect":"maybe"}}]}' \
		'{"type":"policy","v":1,"policy":{"rules":[{"name":"x"}]}}'; do
		echo "$bad" >"$tmp/policy"
		run --separate-stderr learn sh -c 'echo ran'
		echo "$bad: $output, $stderr"
		[[ $status -eq 125 && -z $output && $stderr == *"$tmp/policy"* ]]
		[[ $(<"$tmp/policy") == "$bad" ]]
	done
	run --separate-stderr fg-wrap --learn="$tmp/none/policy" sh -c 'echo ran'
	[[ $status -eq 125 && -z $output && $stderr == *"$tmp/none/policy"* ]]
	mkfifo "$tmp/fifo"
	run --separate-stderr fg-wrap --learn="$tmp/fifo" sh -c 'echo ran'
	[[ $status -eq 125 && -z $output && $stderr == *"not a regular file" ]]
	run --separate-stderr fg-wrap --learn="$tmp" sh -c 'echo ran'
	[[ $status -eq 125 && -z $output ]]
}

@test "a command that was not run teaches nothing" {
	run -127 learn "$tmp/no-such-command"
	[[ ! -e $tmp/policy ]]
}

@test "the exit code and the output are the command's" {
	run --separate-stderr learn sh -c 'echo out; echo err >&2; exit 7'
	[[ $status -eq 7 && $output == out && $stderr == err ]]
	[[ -s $tmp/policy ]]
	run learn sh -c 'kill -9 $$'
	[[ $status -eq 137 ]]
}

@test "a tier that does not see all says so" {
	run learn --tier=exec cat /dev/null
	[[ $status -eq 0 && $output == *"tier exec does not see"* ]]
	jq -e '.rules[0].processes.whitelist | index("/usr/bin/cat")' "$tmp/policy"
}
