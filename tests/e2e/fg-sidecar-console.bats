#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-sidecar and its Console: one that means well, and one that does not.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load faulty-console

setup() {
	console_setup
}

teardown() {
	wrap_teardown
}

@test "it enrols, serves the Console's policy as it changes, brings audits" {
	console
	policy 7 "$(deny touch web)" "$(deny mkdir other)"
	sidecar
	eventually healthy
	run wrapped web sh -c 'mkdir "$1/d"; touch "$1/x"' - "$tmp"
	[[ $status -ne 0 && -d $tmp/d && ! -e $tmp/x ]]
	eventually at_console '.action == "prevent" and
		.container.name == "web" and .rule.policy_version == "7"'
	wrapped web sh -c 'while mkdir "$1/e"; do
		rmdir "$1/e"; sleep 0.02; done' - "$tmp" 2>/dev/null &
	local app=$!
	policy 8 "$(deny mkdir web)"
	wait "$app" || true
	eventually at_console '.action == "prevent" and
		.rule.policy_version == "8"'
	eventually jq -es 'last | .policy.runtime == 8 and .policy_age_s < 60
		and (.containers | map(.name) == ["web"])' "$console/status"
	sidecar_stop
	# All of them, once each and in order, the last one its own exit.
	jq -es 'group_by(.boot) | all(.[]; [.[].seq] == [range(1; length + 1)])' \
		"$console/events"
	at_console '.name == "exit" and .agent == "fg-sidecar"'
	tests/doc/validate.py <"$console/events"
	[[ $(asked enrol) -eq 1 ]]
}

@test "what it keeps is its own, and used again" {
	local before
	console
	policy 1 '{name: "any"}'
	sidecar
	eventually healthy
	sidecar_stop
	[[ -z $(find "$data" -perm /077) ]]
	grep -q 'PRIVATE KEY' "$data/link/identity.json"
	run ! grep -rq s3cret "$data"
	before=$(asked enrol)
	FG_ENROL_SECRET= sidecar
	eventually at_console '.name == "exit"'
	wrapped web true
	sidecar_stop
	[[ $(asked enrol) -eq $before ]]
	jq -es '[.[] | select(.name == "exit" and .agent == "fg-sidecar")] |
		length == 2' "$console/events"
}

@test "without the Console: the last good policy, its age, audits for later" {
	console
	policy 3 "$(deny touch)"
	sidecar
	eventually healthy
	sidecar_stop
	console_gone
	touch -d '1 hour ago' "$data/link/policies.ndjson"
	sidecar
	eventually healthy
	run wrapped web touch "$tmp/x"
	[[ $status -ne 0 && ! -e $tmp/x ]]
	echo '{"type":"health","v":1}' >"$tmp/line"
	run $ask say "$tmp/line"
	$ask raw "$tmp/line" | jq -e '.healthy and .console == false and
		.policy_age_s >= 3600 and .policy_age_s < 3700'
	console
	eventually at_console '.action == "prevent"'
	eventually at_console '.name == "console.lost" and
		(.detail | test("refused; the policy is 36.. s old"))'
	eventually at_console '.name == "console.back"'
}

@test "never a Console: open starts the task, closed does not" {
	url=https://127.0.0.1:9 FG_CONSOLE_CA=
	sidecar --policy-wait=1
	run ! healthy
	eventually healthy
	run wrapped web sh -c 'exit 3'
	[[ $status -eq 3 ]]
	kill "$sidecar_pid"
	sleep 0.2
	kill "$sidecar_pid" # does not wait for it
	wait "$sidecar_pid"
	sidecar --policy-wait=0 --on-no-policy=closed
	sleep 0.5
	run ! healthy
}

@test "a saved policy that was changed is not believed" {
	console
	policy 3 "$(deny touch)"
	sidecar
	eventually healthy
	sidecar_stop
	console_gone
	sed -i 's/"touch"/"false"/' "$data/link/policies.ndjson"
	sidecar --policy-wait=0
	eventually grep -q 'policies.ndjson: .*signature' "$tmp/errors"
	run wrapped web touch "$tmp/x"
	[[ -e $tmp/x ]]
}

@test "without a certificate that is good the last good policy holds as well" {
	console
	policy 3 "$(deny touch)"
	sidecar
	eventually healthy
	echo "* 401" >"$console/fault"
	$ask send 1 300 &
	eventually grep -q '^enrol 401' "$console/requests"
	kill -9 "$sidecar_pid"
	wait "$sidecar_pid" || true
	console_gone
	run ! grep -q 'PRIVATE KEY' "$data/link/identity.json"
	sidecar --policy-wait=0 --on-no-policy=closed
	eventually healthy
	run wrapped web touch "$tmp/x"
	[[ $status -ne 0 && ! -e $tmp/x ]]
	kill -9 "$sidecar_pid"
	rm "$console/fault"
	console
	sidecar
	eventually at_console '.action == "prevent"'
	[[ $(asked enrol 200) -eq 2 ]]
	grep -q 'PRIVATE KEY' "$data/link/identity.json"
}

@test "its secrets are in no core, and in no environment but its own" {
	[[ $(id -u) -eq 0 ]] || skip "machine: not root"
	console
	policy 1 '{name: "any"}'
	mkdir "$tmp/run" "$data"
	chown 1337 "$tmp/run" "$data"
	chmod 711 "$tmp" "$BATS_TEST_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")" \
		"$(dirname "$(dirname "$BATS_TEST_TMPDIR")")"
	setpriv --reuid=1337 --regid=1337 --clear-groups fg-sidecar \
		--socket="$socket" --data="$data" --console="$url" \
		-- sh -c 'env; exec cat' 2>>"$tmp/errors" &
	sidecar_pid=$!
	background+=("$sidecar_pid")
	eventually healthy
	grep -q '^Max core file size  *0  *0 ' "/proc/$sidecar_pid/limits"
	run ! setpriv --reuid=1337 --regid=1337 --clear-groups \
		cat "/proc/$sidecar_pid/environ"
	local child
	child=$(pgrep -P "$sidecar_pid" cat)
	run ! grep -q s3cret "/proc/$child/environ"
	run ! grep -q s3cret "$tmp/errors" "/proc/$sidecar_pid/cmdline"
	sidecar_stop
}

@test "a policy with a bad signature, or an error, changes nothing" {
	console
	policy 1 "$(deny touch)"
	sidecar
	eventually healthy
	echo "policy forge" >"$console/fault"
	policy 2 '{name: "any"}'
	eventually at_console '.name == "policy.rejected" and
		(.detail | test("signature"))'
	run wrapped web touch "$tmp/x"
	[[ ! -e $tmp/x ]]
	rm "$console/fault"
	policy 3 '{name: "any", processes: {effect: "stop"}}'
	eventually at_console '.name == "policy.rejected" and
		(.detail | test("/rules/0/processes/effect"))'
	run wrapped web touch "$tmp/x"
	[[ ! -e $tmp/x ]]
	policy 4 '{name: "any"}'
	eventually grep -q '"version":4' "$data/link/policies.ndjson"
	run wrapped web touch "$tmp/x"
	[[ -e $tmp/x ]]
}

# A fault of audits passes by, and all that was sent is there, once.
recovers() {
	local n
	echo "audits $1" >"$console/fault"
	n=$(asked audits)
	[[ $($ask send 50 300 "${1%% *}") == "acks True last 50" ]]
	more() {
		[[ $(asked audits) -gt $n ]]
	}
	eventually more
	rm "$console/fault"
	eventually jq -es --arg boot "${1%% *}" '[.[] |
		select(.boot == $boot) | .seq] | length == 50 and
		. == [range(1; 51)]' "$console/events"
	healthy
}

@test "a Console that answers 503, breaks off, talks nonsense, is slow" {
	console
	policy 1 '{name: "any"}'
	sidecar
	eventually healthy
	local fault
	for fault in 503 500 404 half garbage drop "slow 2"; do
		recovers "$fault"
	done
}

@test "Retry-After is obeyed" {
	console
	policy 1 '{name: "any"}'
	sidecar
	eventually healthy
	eventually at_console '.name == "console.enrolled"'
	echo "audits 429 4" >"$console/fault"
	$ask send 10 300
	eventually grep -qs '^audits 429' "$console/requests"
	rm "$console/fault"
	eventually at_console '.boot == "00" and .seq == 10'
	jq -Rse 'split("\n") | map(select(startswith("audits")) | split(" ")) |
		(map(select(.[1] == "429"))) as [$told] |
		(last | .[2] | tonumber) - ($told[2] | tonumber) |
		. >= 4 and . < 12' "$console/requests"
}

@test "one that never answers holds up nobody" {
	console
	policy 1 '{name: "any"}'
	sidecar --stop-grace=1
	eventually healthy
	echo "* hang" >"$console/fault"
	policy 2 '{name: "any"}'
	[[ $($ask send 1000 300) == "acks True last 1000" ]]
	healthy
	run wrapped web true
	[[ $status -eq 0 ]]
	local from=$SECONDS
	sidecar_stop
	[[ $((SECONDS - from)) -le 4 ]]
}

@test "a record that the Console does not take goes alone" {
	console
	policy 1 '{name: "any"}'
	sidecar
	eventually healthy
	eventually at_console '.name == "console.enrolled"'
	echo 'audits without "seq": 77,' >"$console/fault"
	[[ $($ask send 200 300) == "acks True last 200" ]]
	eventually at_console '.name == "audit.refused" and
		(.detail | test("400; refused.ndjson has 1 of 1 records")) and .count == 1'
	eventually at_console '.boot == "00" and .seq == 200'
	jq -es '[.[] | select(.boot == "00").seq] ==
		[range(1; 77), range(78; 201)]' "$console/events"
	jq -es 'map(.seq) == [77]' "$data/refused.ndjson"
}

@test "a certificate that is not taken any more: it enrols again" {
	console
	policy 1 '{name: "any"}'
	sidecar
	eventually healthy
	eventually at_console '.name == "console.enrolled"'
	echo "audits 401" >"$console/fault"
	$ask send 1 300
	eventually grep -qs '^audits 401' "$console/requests"
	rm "$console/fault"
	eventually at_console '.boot == "00"'
	[[ $(asked enrol 200) -eq 2 ]]
}

@test "the certificate is renewed at half of its life, without the secret" {
	console 10
	policy 1 '{name: "any"}'
	sidecar
	eventually healthy
	echo "enrol 403" >"$console/fault"
	eventually at_console '.name == "console.renewed"'
	[[ $(asked enrol) -eq 1 && $(asked renew 200) -eq 1 ]]
	$ask send 5 300
	eventually at_console '.boot == "00" and .seq == 5'
}

@test "a certificate that ran out: the secret gives another one" {
	console 10
	policy 1 '{name: "any"}'
	sidecar
	eventually healthy
	printf '%s\n' "renew 503" "audits 503" >"$console/fault"
	$ask send 5 300
	twice() {
		[[ $(asked enrol 200) -eq 2 ]]
	}
	eventually twice || eventually twice
	[[ $(asked renew) -ge 1 ]] # audits that fail are not in its way
	rm "$console/fault"
	eventually at_console '.boot == "00" and .seq == 5'
}

@test "who may not enrol says so, and tries on" {
	console
	policy 1 '{name: "any"}'
	echo "enrol refuse revoked" >"$console/fault"
	sidecar --policy-wait=0
	eventually grep -q 'refused us: 403, revoked' "$tmp/errors"
	eventually healthy
	rm "$console/fault"
	eventually at_console '.name == "console.refused" and
		.detail == "403, revoked"'
	eventually at_console '.name == "console.enrolled"'
	# A secret that is wrong, and none at all.
	sidecar_stop
	rm -r "$data"
	FG_ENROL_SECRET=other sidecar --stop-grace=0
	eventually grep -q 'refused us: 401, wrong-secret' "$tmp/errors"
	sidecar_stop
	FG_ENROL_SECRET= sidecar --stop-grace=0
	eventually grep -q 'FG_ENROL_SECRET: not there' "$tmp/errors"
	sidecar_stop
}

@test "a server of another CA, or another name, is told nothing" {
	console
	url=https://localhost:${url##*:} sidecar --stop-grace=0
	eventually grep -qE 'Console: localhost: .*(name|host)' "$tmp/errors"
	sidecar_stop
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$tmp/key" -out "$tmp/ca.pem" -subj /CN=other 2>/dev/null
	: >"$tmp/errors"
	sidecar --console-ca="$tmp/ca.pem" --stop-grace=0
	eventually grep -q 'Console: 127.0.0.1: .*certificate' "$tmp/errors"
	sidecar_stop
	[[ $(asked enrol) -eq 0 ]]
}

@test "killed while the app runs: the app goes on, nothing is lost" {
	console
	policy 1 '{name: "any"}'
	sidecar
	eventually healthy
	wrapped web sh -c 'until [ -e "$1/go" ]; do sleep 0.05; done; exit 5' \
		- "$tmp" &
	local app=$! i
	eventually at_console '.name == "start" and .container.name == "web"'
	echo "audits 503" >"$console/fault"
	for i in 1 2 3; do
		[[ $($ask send 500 400 "life$i") == "acks True last 500" ]]
		kill -9 "$sidecar_pid"
		wait "$sidecar_pid" || true
		sidecar
		eventually healthy
	done
	rm "$console/fault" "$console/status"
	eventually grep -qs '"wrapped"' "$console/status"
	touch "$tmp/go"
	run wait "$app"
	eventually at_console '.name == "exit" and .container.name == "web"'
	jq -es 'map(select(.boot | startswith("life"))) | group_by(.boot) |
		length == 3 and all(.[]; [.[].seq] == [range(1; 501)])' \
		"$console/events"
}

@test "a full disk: events stay in memory, and come to the Console" {
	mkdir "$data"
	unshare -m true 2>/dev/null || skip "machine: no mount namespaces"
	console
	policy 1 '{name: "any"}'
	echo "audits 503" >"$console/fault"
	unshare -m sh -c 'mount -t tmpfs -o size=256k tmpfs "$1" && shift &&
		exec "$@"' - "$data" fg-sidecar --socket="$socket" \
		--data="$data" --console="$url" 2>>"$tmp/errors" &
	sidecar_pid=$!
	background+=("$sidecar_pid")
	eventually healthy
	$ask send 1500 400 >"$tmp/sent" &
	local sender=$!
	eventually grep -q 'No space left.*events stay in memory' "$tmp/errors"
	kill -0 "$sender" # what is not on the disk is not acknowledged
	rm "$console/fault"
	eventually at_console '.boot == "00" and .seq == 1500'
	wait "$sender"
	[[ $(<"$tmp/sent") == "acks True last 1500" ]]
	jq -es '[.[] | select(.boot == "00").seq] == [range(1; 1501)]' \
		"$console/events"
}

@test "a disk that is full from the start: it enrols, and all is as ever" {
	mkdir "$data"
	unshare -m true 2>/dev/null || skip "machine: no mount namespaces"
	console
	policy 1 "$(deny touch)"
	unshare -m sh -c 'mount -t tmpfs -o size=64k tmpfs "$1" && {
		head -c 100000 /dev/zero >"$1/full" 2>/dev/null || true
		shift; } && exec "$@"' - "$data" fg-sidecar \
		--socket="$socket" --data="$data" --console="$url" \
		2>>"$tmp/errors" &
	sidecar_pid=$!
	background+=("$sidecar_pid")
	eventually healthy
	grep -q 'not there after a restart' "$tmp/errors"
	run wrapped web touch "$tmp/x"
	[[ ! -e $tmp/x ]]
	[[ $($ask send 100 400) == "acks True last 100" ]]
	eventually at_console '.action == "prevent"'
	at_console '.boot == "00" and .seq == 100'
	sidecar_stop
}

@test "more than the spool holds: bounded, and every event is accounted for" {
	console
	console_gone
	sidecar --policy-wait=0
	[[ $($ask send 160000 500) == "acks True last 160000" ]]
	[[ $(du -sm "$data/spool" | cut -f 1) -le 65 ]]
	[[ $(awk '/^RssAnon/ { print $2 }' "/proc/$sidecar_pid/status") -lt 16384 ]]
	console
	eventually at_console '.seq == 160000'
	sidecar_stop
	# What came, and what is told to be lost, is all that there ever was.
	jq -es '(map(select(.kind == "lost")) | length) as $told |
		(map(select(.kind == "lost").count) | add) as $lost |
		(map(select(.agent == "fg-sidecar").seq) | max) as $own |
		$lost > 20000 and length - $told + $lost ==
			160000 + $own - $told' "$console/events"
}

@test "through a proxy, which sees the name only; not where no_proxy says" {
	console
	policy 1 '{name: "any"}'
	tests/fixtures/connect-proxy.py "$tmp/proxied" >"$tmp/proxy" &
	background+=($!)
	eventually test -s "$tmp/proxy"
	HTTPS_PROXY=http://user:p%40ss@127.0.0.1:$(<"$tmp/proxy") sidecar
	eventually healthy
	grep -qi '^Proxy-Authorization: Basic dXNlcjpwQHNz' "$tmp/proxied"
	grep -q "CONNECT 127.0.0.1:${url##*:}" "$tmp/proxied"
	sidecar_stop
	: >"$tmp/proxied"
	HTTPS_PROXY=http://127.0.0.1:1 NO_PROXY=example.com,127.0.0.0/8 sidecar
	eventually at_console '.name == "exit"'
	healthy
	sidecar_stop
	# One that wants another login; what it was shown stands nowhere.
	tests/fixtures/connect-proxy.py "$tmp/proxied" 407 >"$tmp/proxy2" &
	background+=($!)
	eventually test -s "$tmp/proxy2"
	HTTPS_PROXY=http://user:hunter2@127.0.0.1:$(<"$tmp/proxy2") sidecar \
		--stop-grace=0
	eventually grep -q 'the proxy wants a login (407)' "$tmp/errors"
	run ! grep -r hunter2 "$tmp/errors" "$data"
}

@test "options that contradict each other, and a Console without an App ID" {
	run fg-sidecar --socket="$socket" --console=https://x --audit=-
	[[ $status -eq 2 ]]
	run fg-sidecar --socket="$socket" --console=https://x --policy-dir=x
	[[ $status -eq 2 ]]
	run fg-sidecar --socket="$socket" --console=http://x
	[[ $status -eq 2 && $output == *"https://HOST:PORT"* ]]
	FG_APP_ID= run fg-sidecar --socket="$socket" --console=https://x
	[[ $status -eq 2 && $output == *"--app-id"* ]]
	FG_EGRESS_UID=app run fg-sidecar --socket="$socket" \
		--console=https://x --data="$tmp/d"
	[[ $status -eq 2 && $output == *FG_EGRESS_UID* ]]
}

@test "while nothing happens it does nothing, in little memory" {
	console
	policy 1 '{name: "any"}'
	sidecar
	wrapped web sleep 100 &
	background+=($!)
	eventually at_console '.name == "policy.applied" and
		.container.name == "web"'
	eventually grep -qs '"web"' "$console/status"
	sleep 3
	switches() {
		awk '/_ctxt_switches/ { n += $2 } END { print n }' \
			"/proc/$sidecar_pid/status"
	}
	local before
	before=$(switches)
	sleep 2
	[[ $(switches) -eq $before ]]
}
