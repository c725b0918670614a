#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-sidecar and fg-console, with nothing between them but TLS: certificates
# that are not taken, clocks that jump, secrets and CAs that change.

bats_require_minimum_version 1.5.0
load ../cli/console

setup() {
	wrap_setup
	unset "${!FG_@}" https_proxy HTTPS_PROXY all_proxy ALL_PROXY
	export FG_APP_ID=shop:$uuid
	declare -gA tasks
}

teardown() {
	wrap_teardown
}

# ready: a Console that runs, with a policy and a secret for all of "shop".
ready() {
	console "$@"
	put "$runtime" '{"rules":[{"name":"first"}]}'
	trusted
}

trusted() {
	FG_ENROL_SECRET=$(secret shop)
	FG_CONSOLE_CA=$(<"$tmp/data/ca.pem")
	export FG_ENROL_SECRET FG_CONSOLE_CA
}

# again [OPTION ...]: the Console once more, where it was.
again() {
	local n
	n=$(grep -c 'listening on' "$tmp/errors")
	fg-console --data="$tmp/data" --listen="${url#https://}" "$@" \
		>"$tmp/out" 2>>"$tmp/errors" &
	console=$!
	background+=("$console")
	eventually listening $((n + 1))
}

# task NAME [OPTION ...]: a sidecar that runs, errors in $tmp/NAME.err.
task() {
	fg-sidecar --console="$url" --data="$tmp/$1.data" \
		--socket="$tmp/$1.run/s" --at-once -v "${@:2}" \
		2>>"$tmp/$1.err" &
	tasks[$1]=$!
	background+=("${tasks[$1]}")
	eventually test -S "$tmp/$1.run/s"
}

ended() {
	kill "${tasks[$1]}"
	wait "${tasks[$1]}"
}

healthy() {
	fg-sidecar --health --socket="$tmp/$1.run/s" 2>/dev/null
}

# says NAME TEXT: the task's errors have it.
says() {
	grep -qF -- "$2" "$tmp/$1.err"
}

# serves NAME VERSION: a container of the task gets that policy. (Its event is
# none that the Console takes.)
serves() {
	: >"$tmp/nothing"
	tests/fixtures/wrapper.py "$tmp/$1.run/s" say "$tmp/nothing" |
		grep -qx "policy $2"
}

# counts METRIC N: it is at least N.
counts() {
	local n
	n=$(call GET /metrics | sed -n "s/^fg_console_$1 //p")
	((n >= $2))
}

# certificate DAYS SAN: $tmp/shown.pem and .key, of the Console's own CA.
certificate() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$tmp/shown.key" -subj /CN=x 2>/dev/null |
		openssl x509 -req -CA "$tmp/data/ca.pem" -days "$1" \
			-CAkey "$tmp/data/keys/ca.key" -set_serial 7 \
			-extfile <(printf 'subjectAltName=%s\n' "$2") \
			-out "$tmp/shown.pem" 2>/dev/null
}

# shows DAYS SAN: the Console runs with a certificate of that kind.
shows() {
	ready
	stopped
	certificate "$@"
	again --tls-cert="$tmp/shown.pem" --tls-key="$tmp/shown.key"
}

# refused TEXT: a task says so of the Console, comes up all the same with
# --on-no-policy=open, stays down with closed, and never shows its secret.
refused() {
	task open --policy-wait=1
	task closed --policy-wait=1 --on-no-policy=closed
	eventually says open "$1"
	eventually says closed "$1"
	eventually healthy open
	run ! healthy closed
	run ! grep -qF "$FG_ENROL_SECRET" "$tmp/open.err"
	[[ ! -e $tmp/open.data/link/identity.json ]]
}

# back: the Console with its own certificate; the tasks find it.
back() {
	stopped
	again
	eventually serves open 1
	eventually healthy closed
}

@test "a task enrols, is served, and learns of changes at once" {
	ready
	task a
	eventually healthy a
	serves a 1
	counts enrolled_total 1
	put "$runtime" '{"rules":[{"name":"second"}]}'
	eventually serves a 2
	ended a
	# Its certificate is kept, and is enough for the next time.
	FG_ENROL_SECRET='' task a
	eventually healthy a
	counts enrolled_total 1
	run ! counts enrolled_total 2
	run ! grep -rqF "$FG_ENROL_SECRET" "$tmp/a.data" "$tmp/a.err"
}

@test "a Console of another CA is not taken" {
	ready
	fg-console --data="$tmp/other" --init-only >/dev/null 2>&1
	FG_CONSOLE_CA=$(<"$tmp/other/ca.pem")
	refused 'the certificate of "127.0.0.1" is not signed by an authority that is trusted here'
	counts tls_handshakes_failed_total 2
	run ! counts enrolled_total 1
	run ! counts enrol_refused_total 1
}

@test "a Console of another name is not taken, until it has the right one" {
	shows 30 DNS:console.example,IP:10.0.0.1
	refused 'the certificate of "127.0.0.1" is not for that name but for "console.example", 10.0.0.1'
	back
}

@test "a Console whose certificate has expired is not taken, until it is new" {
	shows -1 IP:127.0.0.1
	refused 'the certificate of "127.0.0.1" expired at'
	says open '; the clock of this machine says 20'
	back
}

@test "what speaks no TLS is told from what does" {
	ready
	python3 -u -m http.server --bind 127.0.0.1 --directory "$tmp/data" 0 \
		>"$tmp/http" 2>&1 &
	background+=($!)
	eventually grep -q 'port [0-9]' "$tmp/http"
	url=https://127.0.0.1:$(sed -n 's/.*port \([0-9]*\) .*/\1/p' "$tmp/http")
	refused 'the peer does not speak TLS'
}

# A clock that is $tmp/clock seconds ahead.
clock() {
	export CLOCK=$tmp/clock
	set_clock 0
	"${CC:-cc}" -shared -fPIC -o "$tmp/clock.so" -x c - <<-'end'
	#define _GNU_SOURCE
	#include <stdio.h>
	#include <stdlib.h>
	#include <sys/syscall.h>
	#include <time.h>
	#include <unistd.h>

	static long
	ahead(void)
	{
		FILE *f = fopen(getenv("CLOCK"), "r");
		long s = 0;

		if (f != NULL && fscanf(f, "%ld", &s) != 1)
			s = 0;
		if (f != NULL)
			fclose(f);
		return s;
	}

	int
	clock_gettime(clockid_t id, struct timespec *t)
	{
		int r = (int)syscall(SYS_clock_gettime, id, t);

		if (id == CLOCK_REALTIME)
			t->tv_sec += ahead();
		return r;
	}

	time_t
	time(time_t *to)
	{
		struct timespec t;

		clock_gettime(CLOCK_REALTIME, &t);
		if (to != NULL)
			*to = t.tv_sec;
		return t.tv_sec;
	}
	end
}

set_clock() {
	echo "$1" >"$CLOCK.new"
	mv "$CLOCK.new" "$CLOCK"
}

# early NAME: a task whose clock is that of $tmp/clock.
early() {
	LD_PRELOAD=$tmp/clock.so task "$@"
}

@test "clocks that are wrong, and jump while a task runs" {
	local year=$((365 * 86400))
	clock
	ready
	# Ten years ahead the Console's certificate is over, ten years back it
	# is not yet there: each is said, with what this machine thinks.
	set_clock $((10 * year))
	early ahead
	eventually says ahead 'expired at 20'
	says ahead "; the clock of this machine says $(($(date +%Y) + 10))"
	set_clock $((-10 * year))
	early behind
	eventually says behind 'is not valid before 20'
	says behind "; the clock of this machine says $(($(date +%Y) - 10))"
	run ! healthy behind
	# Put right, both go on by themselves.
	set_clock 0
	eventually healthy ahead
	eventually healthy behind
	# A jump back and forth takes nothing from a task that has its
	# certificate; a day is more than that lives.
	for jump in $((2 * 86400)) $((-2 * 86400)); do
		set_clock "$jump"
		put "$runtime" "{\"rules\":[{\"name\":\"$jump\"}]}"
		eventually serves ahead "$(api GET "$runtime/versions" |
			jq '[.. | .version? // empty] | max')"
	done
	run ! counts enrolled_total 3
}

@test "a Console that is stopped in its tracks costs no more than time" {
	ready
	local all
	all="$console $(pgrep -P "$console" | tr '\n' ' ')"
	# shellcheck disable=SC2086 # one word per process
	kill -STOP $all
	task a --policy-wait=1
	eventually healthy a # with no policy
	# shellcheck disable=SC2086
	kill -CONT $all
	eventually serves a 1
}

@test "a certificate that the Console does not take is given up for a new one" {
	ready
	task a
	eventually healthy a
	ended a
	# One of another CA, with the right App ID in it.
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$tmp/x.key" -out "$tmp/x.pem" -subj /CN=x -days 3 \
		-addext "subjectAltName=URI:fg:app/shop%3A$uuid" \
		-addext extendedKeyUsage=clientAuth 2>/dev/null
	jq -c --rawfile key <(openssl pkcs8 -topk8 -nocrypt -in "$tmp/x.key") \
		--rawfile cert "$tmp/x.pem" \
		'.key = $key | .certificate = $cert' \
		"$tmp/a.data/link/identity.json" >"$tmp/identity"
	cat "$tmp/identity" >"$tmp/a.data/link/identity.json"
	rm -f "$tmp/a.data/link"/policy*
	: >"$tmp/a.err"
	task a
	eventually counts enrolled_total 2
	eventually serves a 1
	run ! cmp -s "$tmp/identity" "$tmp/a.data/link/identity.json"
}

@test "the Console's clock jumps: certificates have run out, new ones are given" {
	clock
	LD_PRELOAD=$tmp/clock.so ready
	FG_ENROL_SECRET=$(secret shop '{days: 30}')
	task a
	eventually healthy a
	set_clock $((2 * 86400))
	put "$runtime" '{"rules":[{"name":"second"}]}'
	eventually counts enrolled_total 2
	put "$runtime" '{"rules":[{"name":"third"}]}'
	eventually serves a 3
}

# certificates NAME N: it has had at least so many.
certificates() {
	(($(grep -c 'certificate until' "$tmp/$1.err") >= $2))
}

@test "50 tasks by one secret: it is revoked, no more come, the 50 renew" {
	local i id before=()
	ready --certificate-life=10
	for i in {1..50}; do
		task "$i"
	done
	eventually counts enrolled_total 50
	id=${FG_ENROL_SECRET#fge_}
	[[ $(code api DELETE "/api/v1/enrol-secrets/${id%%_*}") == 204 ]]
	for i in {1..50}; do
		before[i]=$(grep -c 'certificate until' "$tmp/$i.err")
	done
	task late --policy-wait=1 --on-no-policy=closed
	eventually says late 'the Console refused us: 403, revoked'
	run ! healthy late
	for i in {1..50}; do
		eventually certificates "$i" $((before[i] + 1))
	done
	put "$runtime" '{"rules":[{"name":"second"}]}'
	for i in 1 25 50; do
		eventually serves "$i" 2
	done
	counts enrolled_total 50
	run ! counts enrolled_total 51
	run ! healthy late
}

# trusts NAME N: it has been told of so many CAs.
trusts() {
	[[ $(jq -r .ca "$tmp/$1.data/link/identity.json" |
		grep -c BEGIN) -eq $2 ]]
}

# is_of NAME CA: its certificate is of that CA.
is_of() {
	jq -r .certificate "$tmp/$1.data/link/identity.json" |
		openssl verify -CAfile "$2" >/dev/null 2>&1
}

@test "another CA takes over while Console and tasks run" {
	ready --certificate-life=10
	task a
	eventually healthy a
	cp "$tmp/data/ca.pem" "$tmp/old.pem"
	fg-console --data="$tmp/other" --init-only >/dev/null 2>&1
	# First it is only trusted, and the tasks hear of it as they renew.
	cat "$tmp/old.pem" "$tmp/other/ca.pem" >"$tmp/data/ca.pem"
	kill -HUP "$console"
	eventually trusts a 2
	is_of a "$tmp/old.pem"
	# Then it signs, and the Console shows a certificate of it.
	cp "$tmp/other/keys/ca.key" "$tmp/data/keys/ca.key"
	cat "$tmp/other/ca.pem" "$tmp/old.pem" >"$tmp/data/ca.pem"
	kill -HUP "$console"
	ca=$tmp/other/ca.pem
	eventually call GET /healthz -o /dev/null
	eventually is_of a "$tmp/other/ca.pem"
	# At last the old one is gone.
	cp "$tmp/other/ca.pem" "$tmp/data/ca.pem"
	kill -HUP "$console"
	eventually trusts a 1
	put "$runtime" '{"rules":[{"name":"second"}]}'
	eventually serves a 2
	run ! counts enrolled_total 2
	run ! grep -q 'refused us' "$tmp/a.err"
}
