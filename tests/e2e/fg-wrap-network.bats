#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The detections of addresses, ports, sockets and names: the real thing, in
# alert and in prevent, and its harmless twin. 192.0.2.1 and others lie on the
# loopback interface of a namespace, so that nothing leaves it.
# shellcheck disable=SC2016,SC2154 # of detect_setup; for the shells of others

bats_require_minimum_version 1.5.0
load ../cli/wrap
load detect

setup() {
	detect_setup
}

teardown() {
	wrap_teardown
}

@test "denied-ip, not-allowed-ip: addresses and networks of both families" {
	local list='.network.blacklistIPs =
		["198.51.100.0/24", "2001:db8::/32", "192.0.2.9"]'
	detect denied-ip "$list" "$act" tcp 198.51.100.1 80 -- \
		"$act" tcp 192.0.2.1 80
	detect denied-ip "$list" "$act" udp 2001:db8::7 80 -- \
		"$act" udp 2001:db9::7 80
	detect denied-ip "$list" "$act" udp ::ffff:192.0.2.9 80 -- \
		"$act" udp ::ffff:192.0.2.8 80
	list='.network.whitelistIPs = ["192.0.2.0/28", "2001:db8::1"]'
	detect not-allowed-ip "$list" "$act" tcp 198.51.100.1 80 -- \
		"$act" tcp 192.0.2.1 80
	detect not-allowed-ip "$list" "$act" udp 2001:db8::2 80 -- \
		"$act" udp 2001:db8::1 80
	detect not-allowed-ip "$list" "$act" tcp 203.0.113.1 80 -- \
		"$act" tcp 127.0.0.1 80
}

@test "denied-outbound-port, not-allowed-outbound-port" {
	local list='.network.blacklistOutboundPorts =
		[{"start": 20, "end": 25, "deny": true}]'
	detect denied-outbound-port "$list" "$act" tcp 192.0.2.1 25 -- \
		"$act" tcp 192.0.2.1 26
	detect denied-outbound-port "$list" "$act" udp 192.0.2.1 20 -- \
		"$act" udp 192.0.2.1 19
	list='.network.whitelistOutboundPorts = [443, "8000-8010"]'
	detect not-allowed-outbound-port "$list" "$act" tcp 192.0.2.1 80 -- \
		"$act" tcp 192.0.2.1 8010
	detect not-allowed-outbound-port "$list" "$act" tcp 192.0.2.1 8011 -- \
		"$act" tcp 127.0.0.1 8011
}

@test "denied-listening-port, not-allowed-listening-port" {
	local list='.network.blacklistListeningPorts =
		[{"start": 4444, "end": 4450, "deny": true}]'
	detect denied-listening-port "$list" "$act" listen 0.0.0.0 4444 -- \
		"$act" listen 0.0.0.0 4443
	detect denied-listening-port "$list" "$act" listen :: 4450 -- \
		"$act" listen :: 4451
	detect denied-listening-port "$list" "$act" bind 192.0.2.1 4445 -- \
		"$act" bind 192.0.2.1 0
	list='.network.whitelistListeningPorts = [8080]'
	detect not-allowed-listening-port "$list" "$act" listen 0.0.0.0 31 -- \
		"$act" listen 0.0.0.0 8080
	detect not-allowed-listening-port "$list" "$act" bind 192.0.2.1 31 -- \
		"$act" listen 127.0.0.1 31
	detect not-allowed-listening-port "$list" "$act" listen :: 31 -- \
		"$act" bind 192.0.2.1 0
}

@test "port-scan: many ports of a host, one port of many hosts" {
	detect port-scan . "$act" scan 192.0.2.1 6000 25 -- \
		"$act" scan 192.0.2.1 6000 15
	detect port-scan . "$act" hosts 198.51.100 443 40 -- \
		"$act" hosts 198.51.100 443 20
	# By a process for each port; and of what is this container itself.
	detect port-scan . sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
		"$0" tcp 192.0.2.1 7$i; "$0" tcp 192.0.2.1 8$i
		done | sort | uniq -c | grep -q refused || echo did' "$act" -- \
		"$act" scan 127.0.0.1 6000 100
	# A pool of connections to one port is none.
	detect port-scan . "$act" scan 192.0.2.1 6000 25 -- \
		sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \
		21 22; do "$0" tcp 192.0.2.1 5432; done' "$act"
}

@test "raw-socket, kernel-socket" {
	detect raw-socket . "$act" raw -- "$act" udp 192.0.2.1 9
	# AF_PACKET; AF_NETLINK
	detect raw-socket . "$act" socket 17 3 -- "$act" socket 16 3
	# AF_ALG; AF_UNIX
	detect kernel-socket . "$act" socket 38 5 -- "$act" socket 1 1
}

@test "metadata-access: of the task, of the machine, told once" {
	detect metadata-access . "$act" tcp 169.254.170.2 80 -- \
		"$act" tcp 169.254.1.1 80
	detect metadata-access . "$act" tcp 169.254.169.254 80 -- \
		"$act" tcp 192.0.2.1 80
	detect metadata-access . "$act" udp fd00:ec2::254 80 -- \
		"$act" udp fd00:ec2::255 80
	policy .
	observe sh -c '"$0" tcp 169.254.170.2 80; "$0" tcp 169.254.170.2 80' "$act"
	[[ $(jq -s 'map(select(.rule.id == "metadata-access") | .count) | add' \
		"$tmp/audit") -eq 1 ]]
	event "$tmp/audit" '.rule.id == "metadata-access" and .severity == "low"'
}

@test "mining-pool: its names and its ports" {
	local on='.processes.checkCryptoMiners = true'
	detect mining-pool "$on" "$act" dns xmr.pool.minexmr.com -- \
		"$act" dns minexmr.com.example.org
	# A public address; a private one.
	detect mining-pool "$on" "$act" tcp 8.8.4.4 3333 -- \
		"$act" tcp 8.8.4.4 3332
	detect mining-pool "$on" "$act" tcp 8.8.4.4 14444 -- \
		"$act" tcp 10.0.0.9 14444
}

@test "denied-domain, not-allowed-domain: in each way that a name is asked for" {
	local way list='.dns.blacklist = ["*.evil.example.com", "bad.example"]'
	for way in dns dns-connect dns-sendmsg dns-sendmmsg dns-tcp; do
		detect denied-domain "$list" "$act" $way a.b.evil.example.com -- \
			"$act" $way evil.example.com
	done
	detect denied-domain "$list" "$act" dns BAD.example -- \
		"$act" dns bad.example.org
	list='.dns.whitelist = ["*.example.com", "db"]'
	for way in dns dns-connect dns-sendmsg dns-sendmmsg dns-tcp; do
		detect not-allowed-domain "$list" "$act" $way x.example.org -- \
			"$act" $way x.example.com
	done
	# As a program does that knows nothing of it.
	printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$tmp/resolv"
	list='.dns.blacklist = ["bad.example"]'
	policy "$list"
	observe sh -c 'mount --bind "$0" /etc/resolv.conf
		getent hosts bad.example; getent hosts good.example' "$tmp/resolv"
	[[ $ids == *denied-domain* ]]
	event "$tmp/audit" '.rule.id == "denied-domain" and
		.net.domain == "bad.example" and .process.exe == "/usr/bin/getent"'
	event "$tmp/audit" '.net.domain == "good.example"' && return 1
	[[ $ids == "denied-domain mount" ]]
}

# calls ADDRESS POLICY-UPDATE: a server on port 8080 of all addresses under the
# policy, which is called at ADDRESS from outside of it.
calls() {
	policy "$2"
	rm -f "$tmp/audit" "$tmp/server"
	got=$(apart timeout 20 bash -c '"$1" --policy="$2/policy" --audit="$2/audit" -- \
			"$3" accept 0.0.0.0 8080 >"$2/server" 2>&1 3>&- &
		for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			grep -q ready "$2/server" && break
			sleep 0.05
		done
		exec 3<>"/dev/tcp/$4/8080"; head -c 5 <&3; echo
		exec 3<&-; kill $! 2>/dev/null; wait' bash \
		fg-wrap "$tmp" "$act" "$1") || true
	ids=$(jq -r 'select(.kind == "runtime") | .rule.id' "$tmp/audit" |
		sort -u | paste -sd ' ')
	got+=$(<"$tmp/server")
	echo "$1, $2: '$ids' $got"
}

@test "internal-port: a call from outside, past the firewall" {
	local list='.network.internalPorts = [8080]'
	calls 192.0.2.1 "$list"
	[[ $ids == internal-port && $got == *hello* ]]
	event "$tmp/audit" '.name == "net.accept" and .net.addr == "192.0.2.1" and
		.net.local_port == 8080'
	# The firewall itself is on the loopback interface.
	calls 127.0.0.1 "$list"
	[[ -z $ids && $got == *hello* ]]
	calls 192.0.2.1 "$list | .detections[\"internal-port\"] = \"prevent\""
	[[ $ids == internal-port && $got != *hello* ]]
	calls 127.0.0.1 "$list | .detections[\"internal-port\"] = \"prevent\""
	[[ -z $ids && $got == *hello* ]]
	# Another port is as it was.
	calls 192.0.2.1 '.network.internalPorts = [8081]'
	[[ -z $ids && $got == *hello* ]]
}

@test "network-rule: networks, ports, protocols, directions, programs" {
	cp "$act" "$bin/api"
	rested
	rule network '{cidr: ["198.51.100.0/24", "2001:db8::/64"], ports: ["80-90", 443]}' \
		"$act" tcp 198.51.100.1 443 -- "$act" tcp 198.51.100.1 91
	rule network '{cidr: ["198.51.100.0/24", "2001:db8::/64"], ports: ["80-90", 443]}' \
		"$act" udp 2001:db8::5 85 -- "$act" udp 2001:db8:0:1::5 85
	rule network '{ports: 53, protocol: "udp"}' \
		"$act" udp 192.0.2.1 53 -- "$act" tcp 192.0.2.1 53
	rule network '{ports: [22], direction: "listen"}' \
		"$act" listen 0.0.0.0 22 -- "$act" tcp 192.0.2.1 22
	rule network '{cidr: "192.0.2.0/24", fromSource: ["api"]}' \
		"$bin/api" tcp 192.0.2.1 80 -- "$act" tcp 192.0.2.1 80
	# Nobody but the application speaks to its database.
	policy '.network.rules = [
		{ports: 5432, fromSource: "api", effect: "allow"},
		{ports: 5432, effect: "prevent"}]'
	observe "$bin/api" tcp 192.0.2.1 5432
	silent
	observe "$act" tcp 192.0.2.1 5432
	did_not
	[[ $ids == network-rule ]]
}

@test "network-rule: who is let in" {
	calls 192.0.2.1 '.network.rules = [{cidr: "192.0.2.0/24", ports: 8080,
		direction: "inbound", effect: "prevent"}]'
	[[ $ids == network-rule && $got != *hello* ]]
	calls 198.51.100.1 '.network.rules = [{cidr: "192.0.2.0/24", ports: 8080,
		direction: "inbound", effect: "prevent"}]'
	[[ -z $ids && $got == *hello* ]]
}
