#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Nothing that fg-wrap does interrupts a system call: neither its stops, nor
# signals that a process would not notice if it were not traced, nor a policy
# that arrives while the process waits.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load evade

setup() {
	wrap_setup
	cd "$tmp" || exit 1
}

teardown() {
	wrap_teardown
}

# sections EFFECT: what a policy may have, one a line; each asks for more of
# the calls than those before.
sections() {
	cat <<-end
	"processes":{"effect":"$1","blacklist":["no-such-program"]}
	"network":{"effect":"$1","blacklistIPs":["203.0.113.9"]}
	"dns":{"effect":"$1","blacklist":["*.example.invalid"]}
	"filesystem":{"effect":"$1","blacklist":["/no-such-file"]}
	"detections":{"mount":"$1","ptrace":"$1","kernel-module":"$1","bpf":"$1"}
	end
}

# first N: the policy of that many sections, put in place at once
first() {
	policy now "$(head -n "$1" sections | paste -sd ,)"
	sed -i "s/\"name\":\"now\"/\"name\":\"$1 sections\"/" now.json
	mv now.json policy.json
}

# All of them, one after another, from the first policy on; and back.
swap() {
	local n
	for n in 2 3 4 5 1; do
		sleep 0.4
		first $n
		eventually applied "$n sections"
	done
}

applied() {
	[[ $(jq -r 'select(.name == "policy.applied").detail' audit |
		tail -n 1) == "$1" ]]
}

# quietly OPTION... COMMAND...: in the background, its output in ./out
quietly() {
	fg-wrap --policy policy.json --audit audit "$@" >out 2>&1 3>&- &
	background+=($!)
	eventually event audit '.name == "start"'
}

# ended_well [RULE...]: and nothing was told but that.
ended_well() {
	local code=0
	wait "${background[-1]}" || code=$?
	unset 'background[-1]'
	cat out
	quiet audit "$@"
	[[ $code -eq 0 ]]
	jq -es 'all(.[]; .eintr == 0 or .wrong == 0)' out >/dev/null
}

@test "natively, nothing is interrupted either" {
	"$fixtures/waits" 1000 >out
	cat out
	[[ $(jq '.waits > 30 and .wrong == 0' out) == true ]]
}

@test "signals interrupt no call that does not wait" {
	local effect
	for effect in alert prevent; do
		sections $effect >sections
		first 5
		rm -f audit
		quietly "$fixtures/eintr" 10000 file
		ended_well
		[[ $(jq '.signals > 100' out) == true ]]
	done
}

@test "signals that are ignored interrupt no call that waits" {
	local effect
	for effect in alert prevent; do
		sections $effect >sections
		first 5
		rm -f audit
		quietly --tier=full "$fixtures/waits" 1500
		ended_well
		rm -f audit
		quietly --tier=exec "$fixtures/waits" 1500
		# Of what it does not see.
		ended_well unseen
	done
}

@test "nor do policies that arrive, under load" {
	local effect
	for effect in alert prevent; do
		sections $effect >sections
		first 1
		rm -f audit
		quietly sh -c '
			"$1/eintr" 15000 a & first=$!
			"$1/eintr" 15000 b & second=$!
			"$1/waits" 4000 && wait $first && wait $second' - \
			"$fixtures"
		swap
		ended_well
		[[ $(jq -s 'map(.signals // 0) | add > 100' out) == true ]]
		[[ $(grep -c policy.applied audit) -ge 6 ]]
	done
}

@test "nor do policies that arrive in the threads of one process" {
	# Python begins again after EINTR by itself: nothing else may happen.
	cat >threads.py <<-'end'
	import os, select, socket, struct, threading, time
	wrong = []
	def check(name, wait):
	    try:
	        wait()
	    except Exception as e:
	        wrong.append((name, e))
	def thread(name, wait):
	    t = threading.Thread(target=check, args=(name, wait))
	    t.start()
	    return t
	limit = struct.pack("ll", 60, 0)
	pairs = [socket.socketpair() for _ in range(4)]
	pairs[0][0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
	epoll = select.epoll()
	epoll.register(pairs[1][0], select.EPOLLIN)
	lock = threading.Lock()
	lock.acquire()
	threads = [
	    thread("recv", lambda: pairs[0][0].recv(1)),
	    thread("epoll", lambda: epoll.poll(60)),
	    thread("poll", lambda: select.select([pairs[2][0]], [], [], 60)),
	    thread("sleep", lambda: time.sleep(3)),
	    thread("lock", lambda: lock.acquire(timeout=60)),
	    thread("read", lambda: os.read(pairs[3][0].fileno(), 1)),
	]
	time.sleep(3)
	lock.release()
	[p[1].send(b"x") for p in pairs]
	[t.join() for t in threads]
	print('{"wrong":%d}' % len(wrong), *wrong)
	end
	sections prevent >sections
	first 1
	quietly python3 threads.py
	swap
	ended_well
}
