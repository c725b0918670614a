#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap: where events go, and what happens when they cannot.

bats_require_minimum_version 1.5.0
load wrap

setup() {
	wrap_setup
	policy=$tmp/policy.json
	# Each run of true is told.
	cat >"$policy" <<-'end'
	{"rules":[{"name":"told","processes":{"effect":"alert",
	"blacklist":["true"]}}]}
	end
}

teardown() {
	wrap_teardown
}

# total FILE NAME: the sum of the counts of those events.
total() {
	jq -s "map(select(.name == \"$2\").count) | add // 0" "$1"
}

@test "--audit appends lines that are as their schema says" {
	local i
	for i in 1 2; do
		fg-wrap --audit="$tmp/audit" --container=web --image=img:1 \
			--app-id=a:24edfabf-c761-40ae-9748-5844b0d7579c \
			--policy="$policy" sh -c '/bin/true; exit 3' || true
	done
	tests/doc/validate.py <"$tmp/audit"
	jq -es '(map(select(.name == "start")) | length == 2) and
		all(.[]; .container.name == "web") and
		(map(.boot) | unique | length == 2) and
		([.[] | select(.name == "exit").number] == [3, 3])' "$tmp/audit"
	jq -es 'any(.[]; .name == "process.exec" and .action == "alert")' \
		"$tmp/audit"
	[[ $(stat -c %a "$tmp/audit") == 640 ]]
}

@test "--audit=- is standard output, --audit=fd:N a descriptor" {
	fg-wrap --audit - true | tests/doc/validate.py
	fg-wrap --audit=fd:7 sh -c 'ls /proc/self/fd | xargs' 7>"$tmp/audit" \
		>"$tmp/out"
	tests/doc/validate.py <"$tmp/audit"
	[[ $(cat "$tmp/out") == *7* ]] # it was the command's, too
	run fg-wrap --audit=fd:x true
	[[ $status -eq 125 && $output == *'"fd:x"'* ]]
	mkfifo "$tmp/fifo"
	run fg-wrap --audit="$tmp/fifo" true
	[[ $status -eq 125 && $output == *"/fifo: there is nobody at the other end" ]]
	run fg-wrap --audit= true
	[[ $status -eq 125 && $output == 'fg-wrap: --audit: "": No such file or directory' ]]
	run bash -c 'fg-wrap --audit=fd:9 true 9>&-'
	[[ $status -eq 125 && $output == *"fd:9: Bad file descriptor" ]]
	run bash -c 'fg-wrap --audit=fd:9 true 9</dev/null'
	[[ $status -eq 125 && $output == *"not open for writing" ]]
}

@test "a full disk is said once, and does not disturb the command" {
	run --separate-stderr fg-wrap --audit=/dev/full --policy="$policy" \
		sh -c 'for i in 1 2 3 4 5; do /bin/true $i; done; echo done; exit 4'
	[[ $status -eq 4 && $output == done ]]
	[[ $(grep -c "No space left" <<<"$stderr") -eq 1 ]]
	[[ $stderr == *"fg-wrap: /dev/full: the last events could not be written" ]]
}

@test "when there is room again, nothing is missing" {
	[[ $(id -u) -eq 0 ]] || skip "machine: mounting needs root"
	unshare --mount true || skip "machine: no mount namespaces"
	mkdir "$tmp/small"
	run unshare --mount bash -c '
		mount -t tmpfs -o size=1m none "$1/small"
		head -c 1044480 /dev/zero >"$1/small/fill"
		fg-wrap --audit="$1/small/audit" --policy="$2" sh -c "
			for i in \$(seq 300); do /bin/true \$i; done
			rm $1/small/fill
			sleep 2"
		cp "$1/small/audit" "$1/audit"' - "$tmp" "$policy"
	tests/doc/validate.py <"$tmp/audit"
	[[ $(($(total "$tmp/audit" process.exec) + $(total "$tmp/audit" lost))) \
		-eq 300 ]]
	event "$tmp/audit" '.name == "exit"'
}

@test "who does not read loses events, exactly counted, never time" {
	mkfifo "$tmp/fifo"
	sleep 60 <"$tmp/fifo" &
	background+=($!)
	exec 8<>"$tmp/fifo"
	run timeout 60 fg-wrap --audit="$tmp/fifo" --policy="$policy" \
		sh -c 'for i in $(seq 5000); do /bin/true $i; done; echo done;
			touch "$1/ready"; while [ ! -e "$1/go" ]; do sleep 0.1
			done' - "$tmp" &
	background+=($!)
	eventually test -e "$tmp/ready"
	cat <&8 >"$tmp/audit" &
	background+=($!)
	sleep 1.5
	touch "$tmp/go"
	eventually event "$tmp/audit" '.name == "exit"'
	exec 8<&-
	[[ $(($(total "$tmp/audit" process.exec) + $(total "$tmp/audit" lost))) \
		-eq 5000 ]]
}

@test "a reader that goes away is said once" {
	run bash -c '{ fg-wrap --audit - --policy="$1" sh -c "
		sleep 0.3; /bin/true; sleep 0.3; echo >&2 done; exit 3"
		echo >&2 "${PIPESTATUS[0]}"; } 2>&1 >&3 3>&- | cat' \
		- "$policy" 3> >(head -n 1 >/dev/null)
	[[ $output == *done* && $output == *3 ]]
	[[ $(grep -c "Broken pipe" <<<"$output") -eq 1 ]]
}

@test "equal events are one with a count" {
	fg-wrap --audit="$tmp/audit" --policy="$policy" \
		sh -c 'i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i + 1)); done'
	[[ $(total "$tmp/audit" process.exec) -eq 200 ]]
	[[ $(grep -c process.exec "$tmp/audit") -le 10 ]]
}

@test "hostile bytes in names are told as valid JSON" {
	local name=$'\xff\xfe"\n\x01\\u0000'
	cp /bin/true "$tmp/true"
	fg-wrap --audit="$tmp/audit" --policy="$policy" \
		sh -c '"$@"' - "$tmp/true" "$name" || true
	tests/doc/validate.py <"$tmp/audit"
}

@test "nor are those of a policy's members sent to a terminal" {
	printf '{"x\\u001b[2Jy": 1}' >"$tmp/odd.json"
	run fg-wrap -v --policy="$tmp/odd.json" --audit="$tmp/audit" true
	[[ $output == "fg-wrap: $tmp/odd.json:1:2: /x\\x1b[2Jy: unknown member, kept" ]]
}
