#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A name that somebody changes while the kernel and fg-wrap look at it: what is
# forbidden never gets through, and what is allowed does. SOAK=true: 20,000
# times also for programs.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load evade

setup() {
	wrap_setup
	tries=20000 execs=600
	if [[ -n ${SOAK:-} ]]; then
		execs=20000 wrapped_s=600
	fi
	mkdir "$tmp/keep" "$tmp/other"
	# One byte is all the difference: policies here name files.
	touch "$tmp"/other/{a,b,c}
	policy files "\"filesystem\":{\"effect\":\"prevent\",
		\"blacklist\":[\"$tmp/other/b\"]}"
	programs_policy
	network_policy
}

teardown() {
	wrap_teardown
}

# race POLICY OP TRIES A B [C]: by everybody: never B, and of the tries at A and
# C, which are both allowed, 19 of 20 succeed.
race() {
	local policy=$1 op=$2 n=$3 a=$4 b=$5 c=${6:-} by got wrong=0
	for by in thread vfork process shared; do
		rm -f "$tmp"/other/*.[ab]
		[[ $op == create ]] || touch "$tmp"/other/{a,b,c}
		got=$(wrapped "$policy" "$fixtures/race" "$op" $by "$n" "$a" "$b")
		echo "$got"
		jq -e '.b == 0 and .other == 0 and .a + .refused == .tries' \
			<<<"$got" >/dev/null || wrong=$((wrong + 1))
		prevented || jq -e '.refused == 0' <<<"$got" >/dev/null ||
			{ echo "no event"; wrong=$((wrong + 1)); }
		[[ -n $c ]] || continue
		rm -f "$tmp"/other/*.[ab]
		got=$(wrapped "$policy" "$fixtures/race" "$op" $by "$n" "$a" "$c")
		echo "twin: $got"
		jq -e '.a + .b >= 0.95 * .tries' <<<"$got" >/dev/null ||
			wrong=$((wrong + 1))
	done
	((wrong == 0))
}

@test "the races are real: without fg-wrap both get through" {
	local op got
	for op in open unlink rename how; do
		got=$("$fixtures/race" $op thread $tries "$tmp/other/a" \
			"$tmp/other/b")
		echo "$got"
		[[ $(jq '.a > 0 and .b > 0 and .refused == 0' <<<"$got") == true ]]
	done
}

@test "open" {
	race files open $tries "$tmp/other/a" "$tmp/other/b" "$tmp/other/c"
}

@test "open of a new file" {
	rm "$tmp"/other/?
	race files create $tries "$tmp/other/a" "$tmp/other/b" "$tmp/other/c"
}

@test "openat2, the flags change" {
	race files how $tries "$tmp/other/a" "$tmp/other/b"
}

@test "open by way of a symbolic link that changes" {
	race files link $tries "$tmp/other/a" "$tmp/other/b" "$tmp/other/c"
}

@test "unlink" {
	race files unlink $tries "$tmp/other/a" "$tmp/other/b" "$tmp/other/c"
}

@test "rename" {
	race files rename $tries "$tmp/other/a" "$tmp/other/b" "$tmp/other/c"
}

@test "the first write from outside, 60 times" {
	local i got
	for ((i = 0; i < 60; i++)); do
		touch "$tmp"/other/{a,b}
		got=$(wrapped files "$fixtures/race" unlink process 100 \
			"$tmp/other/a" "$tmp/other/b")
		jq -e '.b == 0' <<<"$got" >/dev/null || {
			echo "$got"
			return 1
		}
	done
}

@test "connect" {
	race network connect $tries 127.0.0.1:18183 127.0.0.2:18183 \
		127.0.0.3:18183
}

@test "bind" {
	race network bind $tries 127.0.0.1:18184 127.0.0.1:18185 \
		127.0.0.1:18186
}

@test "sendto" {
	race network send $tries 127.0.0.1:18187 127.0.0.2:18187 \
		127.0.0.3:18187
}

@test "sendmsg" {
	race network sendmsg $tries 127.0.0.1:18187 127.0.0.2:18187 \
		127.0.0.3:18187
}

@test "exec" {
	local name
	for name in a b c; do
		cp "$fixtures/race" "$tmp/other/twin-$name"
	done
	race programs exec $execs "$tmp/other/twin-a" "$tmp/other/twin-b" \
		"$tmp/other/twin-c"
}

# Where files are nobody's business, a name leads to memory in the end, unless the
# kernel might let it lead to where fg-wrap keeps what was judged.
@test "connect, its memory is written to by a file" {
	local to got wrong=0
	mkdir "$tmp/links"
	policy both '"network":{"effect":"prevent","blacklistIPs":["127.0.0.2"]},
		"filesystem":{"effect":"prevent","blacklist":["/nowhere"]}'
	for to in 'network +all' 'both +all' \
		'network -sys_admin,-checkpoint_restore'; do
		outer=(setpriv --bounding-set="${to#* }")
		got=$(wrapped "${to% *}" "$fixtures/race" connect file $tries \
			127.0.0.1:18183 127.0.0.2:18183 "$tmp/links")
		echo "$to: $got"
		jq -e '.b == 0 and .other == 0 and .a > 0' <<<"$got" >/dev/null ||
			wrong=$((wrong + 1))
	done
	((wrong == 0)) && prevented
}

# shellcheck disable=SC2016 # is for that shell
@test "memory of processes is not opened, where that could be fg-wrap's" {
	local how got wrong=0
	for how in 'link thread' 'link process' 'how thread'; do
		rm -f "$tmp"/other/*.[ab]
		got=$(wrapped network sh -c '"$0" $1 $2 $3 "/proc/$$/mem"; :' \
			"$fixtures/race" "$how" $tries "$tmp/other/a")
		echo "$got"
		jq -e '.b == 0 and .other == 0 and .refused > 0' <<<"$got" \
			>/dev/null && prevented || wrong=$((wrong + 1))
	done
	((wrong == 0))
}
