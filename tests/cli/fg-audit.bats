#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-audit on files and on standard input: what is picked, and in which form.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	PATH=${FG_BIN:-$PWD/build/bin}:$PATH
	export FG_SHARE=$PWD/share
	fixtures=${FG_FIXTURES:-$PWD/build/fixtures}
	audits=tests/fixtures/audits
	tmp=$BATS_TEST_TMPDIR
	pid=
}

teardown() {
	[[ -z $pid ]] || kill "$pid" 2>/dev/null || true
}

# event SEQ [MEMBERS]: one line; MEMBERS are of a jq object.
event() {
	jq -nc --argjson n "$1" '{type: "event", v: 1, id: "00-\($n)",
		ts: ("2026-01-02T03:04:0" + ($n % 10 | tostring) + ".5Z"),
		kind: "runtime", name: "file.open", severity: "info",
		action: "allow", count: 1, seq: $n, boot: "00"}
		* ('"${2-null}"' // {})'
}

# seqs [OPTION ...]: the numbers of what is picked from events.ndjson.
seqs() {
	fg-audit "$@" $audits/events.ndjson | jq .seq | tr '\n' ' '
}

# wait_for COMMAND ...: until it is true
wait_for() {
	local i
	for ((i = 0; i < 200; i++)); do
		! "$@" || return 0
		sleep 0.05
	done
	return 1
}

@test "without options every event goes through, byte for byte" {
	run --separate-stderr fg-audit $audits/events.ndjson
	[[ $status -eq 0 && -z $stderr ]]
	diff <(echo "$output") $audits/events.ndjson
	diff <(fg-audit <$audits/events.ndjson) $audits/events.ndjson
	diff <(fg-audit - $audits/events.ndjson <$audits/events.ndjson) \
		<(cat $audits/events.ndjson $audits/events.ndjson)
}

@test "each query option picks by its member" {
	[[ $(seqs --kind lifecycle --kind lost -n 16) == \
		"44 45 46 49 50 51 52 53 54 55 56 57 58 59 61 62 " ]]
	[[ $(seqs --name process.exec) == "2 3 4 " ]]
	[[ $(seqs --name 'net.*' --action prevent) == "20 21 28 " ]]
	[[ $(seqs --name '*.dns') == "27 28 " ]]
	[[ $(seqs --severity high --kind waas) == "47 " ]]
	[[ $(seqs --rule reverse-shell) == "3 29 " ]]
	[[ $(seqs --rule 'denied-*' --rule ptrace) == "4 21 28 30 " ]]
	[[ $(seqs --rule default | wc -w) -eq $(jq -s \
		'map(select(.rule.name == "default")) | length' \
		$audits/events.ndjson) ]]
	[[ $(seqs --search AUTHORIZED_keys) == "8 " ]]
	[[ $(seqs --search '/etc/passwd') == "19 " ]]
	[[ -z $(seqs --search path2) ]] # a member's name is no text of it
	[[ $(seqs --from 2026-11-24T15:01:01Z) == "61 62 " ]]
	[[ $(seqs --to 2026-11-24T15:00:02Z) == "1 " ]]
	[[ $(seqs --from 2026-11-24T16:00:03.003+01:00 \
		--to 2026-11-24T15:00:04.004Z) == "3 " ]]
	[[ $(seqs --from 2026-11-25) == "" ]]
	[[ $(seqs --from 2026-11-24 --to 2026-11-25 | wc -w) -eq 62 ]]
}

@test "apps, containers and images by their patterns" {
	local all
	all=$(jq 'select(.app.name == "shop").seq' $audits/events.ndjson |
		tr '\n' ' ')
	[[ $(seqs --app 'SHOP:*') == "$all" ]]
	[[ $(seqs --app shop:24edfabfc76140ae97485844b0d7579c) == "$all" ]]
	[[ $(seqs --app 'web:*') == "" ]]
	[[ $(seqs --app 'web:*' --app '*579c') == "$all" ]]
	[[ $(seqs --app fg-console) == "62 " ]]
	[[ $(seqs --container web -n 2) == "57 60 " ]]
	[[ $(seqs --container 'we*' --image '*/shop/web:1.4@*' -n 2) == \
		"47 48 " ]]
	[[ $(seqs --container we) == "" ]]
	[[ $(seqs --image registry.example.com) == "" ]]
}

@test "a relative time is counted back from now" {
	event 1 "{ts: \"$(date -u -d '-2 hours' +%FT%T.5Z)\"}" >"$tmp/a"
	event 2 "{ts: \"$(date -u -d '-50 hours' +%FT%T.5Z)\"}" >>"$tmp/a"
	[[ $(fg-audit --from 3h "$tmp/a" | jq .seq) == 1 ]]
	[[ $(fg-audit --from 3d --to 2d "$tmp/a" | jq .seq) == 2 ]]
	[[ $(fg-audit --from 1w "$tmp/a" | jq .seq | wc -l) -eq 2 ]]
	run fg-audit --from 100m --jq .seq "$tmp/a"
	[[ $status -eq 1 && -z $output ]]
}

@test "nothing that matches is exit 1, as with grep" {
	run --separate-stderr fg-audit --name no.such $audits/events.ndjson
	[[ $status -eq 1 && -z $output && -z $stderr ]]
	run --separate-stderr fg-audit </dev/null
	[[ $status -eq 1 && -z $output && -z $stderr ]]
}

@test "--limit is the last ones, --reverse turns them round" {
	[[ $(seqs --limit 3) == "60 61 62 " ]]
	[[ $(seqs -n 2 --kind runtime) == "37 60 " ]]
	[[ $(seqs -n 3 -r) == "62 61 60 " ]]
	[[ $(seqs -n 100 | wc -w) -eq 62 ]]
	diff <(fg-audit --reverse $audits/events.ndjson) \
		<(tac $audits/events.ndjson)
	run fg-audit -n 0 $audits/events.ndjson
	[[ $status -eq 1 && -z $output ]]
}

@test "a wrong value of an option is a usage error that names it" {
	local option
	while read -r option; do
		run --separate-stderr fg-audit "$option" </dev/null
		echo "$option: $status $stderr"
		[[ $status -eq 2 && -z $output ]]
		[[ ${stderr_lines[0]} == "fg-audit: ${option%%=*}: "* ]]
	done <<-'end'
	--kind=container
	--action=deny
	--severity=fatal
	--from=yesterday
	--from=2026-02-30
	--to=5y
	--app=a*b
	--container=
	--name=a*b
	--limit=-1
	--limit=2000000
	--format=xml
	--after=7
	--token-file=x
	--console-ca=x
	end
	run fg-audit --to 1h --follow
	[[ $status -eq 2 ]]
	run fg-audit --reverse --follow
	[[ $status -eq 2 ]]
	run fg-audit --format=csv --jq . </dev/null
	[[ $status -eq 2 && $output == *"--jq: not with --format=text or csv"* ]]
	run fg-audit --console=https://127.0.0.1:1 $audits/events.ndjson
	[[ $status -eq 2 && $output == *"--console: not with a FILE"* ]]
	FG_CONSOLE_URL=https://127.0.0.1:1 fg-audit $audits/events.ndjson |
		diff - $audits/events.ndjson
}

@test "lines that are no events are told with their number, none else lost" {
	{
		event 1
		echo '{"type":"event","v":1'
		echo
		echo '{"type":"policy","v":1,"policy":{}}'
		event 2 '{process: 5}'
		event 3 '{v: 2}'
		event 4 '{ts: "today"}'
		printf '{"type":"event","name":"\xff"}\n'
		echo '{"v":1}'
		echo '[]'
		event 5
		printf '{"type":"event"'
	} >"$tmp/a"
	run --separate-stderr fg-audit "$tmp/a"
	echo "$output" "$stderr"
	[[ $status -eq 1 ]]
	[[ $(jq .seq <<<"$output" | tr '\n' ' ') == "1 5 " ]]
	diff - <(sed "s|$tmp/||; s/: no event//" <<<"$stderr" |
		sed 's/\(a:[28]:\).*/\1/') <<-'end'
	fg-audit: a:2:
	fg-audit: a:5: /process is of another type
	fg-audit: a:6: an event of version 2: a newer fg-audit is needed
	fg-audit: a:7: /ts is no time of RFC 3339 in UTC
	fg-audit: a:8:
	fg-audit: a:9: no "type"
	fg-audit: a:10: no "type"
	fg-audit: a:12: the last line has no line end
	fg-audit: 8 lines could not be read as events
	end
}

@test "a line without end is let go by, in bounded memory" {
	{
		event 1
		head -c 300000000 /dev/zero | tr '\0' x
		echo
		event 2
	} >"$tmp/a"
	run --separate-stderr python3 - "$(command -v fg-audit)" --jq .seq \
		"$tmp/a" <<-'end'
	import resource, subprocess, sys
	status = subprocess.run(sys.argv[1:]).returncode
	kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
	sys.exit(0 if status == 1 and kib < 250_000 else f"{status}, {kib} KiB")
	end
	echo "$output" "$stderr"
	[[ $status -eq 0 && $output == $'1\n2' ]]
	[[ $stderr == *"a:2: a line longer than 16 MiB"* ]]
}

@test "a file that is not there is exit 100, and so is output that fails" {
	run fg-audit "$tmp/no"
	[[ $status -eq 100 && $output == *"$tmp/no"* ]]
	run bash -c 'fg-audit "$1" >/dev/full' - $audits/events.ndjson
	[[ $status -eq 100 ]]
	run bash -c 'fg-audit --format=csv "$1" >/dev/full' - \
		$audits/events.ndjson
	[[ $status -eq 100 ]]
}

@test "--jq gets each event, or what the converter makes of it" {
	run fg-audit -n 1 --jq '[.seq, .kind]' $audits/events.ndjson
	[[ $output == '[62,"lifecycle"]' ]]
	run fg-audit -n 1 --format=ecs --jq .event.action $audits/events.ndjson
	[[ $output == '"config.write"' ]]
	run fg-audit --jq '.[' $audits/events.ndjson
	[[ $status -eq 2 ]]
	run fg-audit --jq 'error("no")' $audits/events.ndjson
	[[ $status -eq 100 && $output == *no* ]]
}

@test "each format is as its golden file" {
	local format
	for format in text csv prisma ocsf ecs; do
		run --separate-stderr fg-audit --format=$format \
			$audits/events.ndjson
		[[ $status -eq 0 && -z $stderr ]]
		diff <(echo "$output") $audits/$format
	done
}

@test "the golden files have every name that an event can have" {
	run comm -23 <("$fixtures/event-lines" | jq -r .name | sort -u) \
		<(jq -r .name $audits/events.ndjson | sort -u)
	echo "$output"
	[[ $status -eq 0 && -z $output ]]
}

@test "converters give one record for each event, whatever is in it" {
	local format change
	"$fixtures/event-lines" >"$tmp/all"
	for change in . '.action = "allow"' '.severity = "odd"' 'del(.app)' \
	    'del(.severity, .action, .count, .seq, .boot, .id)' \
	    '.kind = "waas" | .http = {} | .client = {} | .match = {}' \
	    '.kind = "scan" | .name = "scan.done"' \
	    '(.app, .container, .rule, .process, .file, .net, .syscall)[]? = 7' \
	    '(.app, .container, .rule, .process, .file, .net, .syscall)[]? = [{}]' \
	    '.attack = [1, {}, "T1.2.3"]' '.net = {"addr": ":::", "dir": 1}' \
	    '.container.image = ":@:@\n"' '.process.exe = "//"'; do
		jq -c "$change" "$tmp/all" >"$tmp/changed"
		for format in prisma ocsf ecs csv text; do
			run --separate-stderr fg-audit --format=$format \
				"$tmp/changed"
			echo "$change: $format: ${stderr_lines[0]}"
			[[ $status -eq 0 && -z $stderr ]]
			[[ $(sed '/^time,/d' <<<"$output" | wc -l) -eq \
				$(wc -l <"$tmp/changed") ]]
		done
	done
}

@test "the converters are programs for jq(1), too" {
	local format
	for format in prisma ocsf ecs; do
		diff <(jq -cf share/convert/$format.jq $audits/events.ndjson) \
			$audits/$format
	done
}

@test "a converter that is not there is told of with its path" {
	FG_SHARE=$tmp run fg-audit --format=ocsf $audits/events.ndjson
	[[ $status -eq 100 && $output == *"$tmp/convert/ocsf.jq"* ]]
}

@test "one that is installed beside the tool is found" {
	mkdir -p "$tmp/bin" "$tmp/share/fg/convert"
	cp "$(command -v fg-audit)" "$tmp/bin"
	cp share/convert/ecs.jq "$tmp/share/fg/convert"
	unset FG_SHARE
	"$tmp/bin/fg-audit" --format=ecs $audits/events.ndjson |
		diff - $audits/ecs
}

# Escapes that set the title, C1 controls, marks of direction.
hostile_event() {
	event 1 '{msg: "a\u001b]0;x\u0007\u009b2J\u202etxt\u007f\nb\u2028",
		process: {pid: 1, exe: "/\u001b[31m", args: ["\u009d"]},
		name: "x\u001b"}'
}

@test "no byte of an event steers a terminal, in any form" {
	local format
	hostile_event >"$tmp/a"
	# As raw as JSON lets it be.
	sed 's/\\u007f/\x7f/; s/\\u009b/\xc2\x9b/; s/\\u202e/\xe2\x80\xae/' \
		"$tmp/a" >"$tmp/b"
	for format in ndjson text csv prisma ocsf ecs; do
		run --separate-stderr fg-audit --format=$format "$tmp/a" "$tmp/b"
		echo "$format: $output"
		[[ $status -eq 0 ]]
		! LC_ALL=C grep -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' \
			<<<"$output"
		! grep -P '[\x{2028}-\x{202e}]' <<<"$output"
		[[ $(sed '/^time,/d' <<<"$output" | wc -l) -eq 2 ]]
	done
	fg-audit "$tmp/b" | diff <(jq -S . "$tmp/a") <(jq -S .)
	run fg-audit --jq .msg "$tmp/b"
	[[ $output == *'\u009b2J\u202etxt\u007f'* ]]
}

@test "text, in colour, on a terminal; records on a pipe; NO_COLOR" {
	local seen
	seen=$(TERM=xterm script -qec "fg-audit -n 3 $audits/events.ndjson" \
		/dev/null | tr -d '\r')
	[[ $seen == *$'\e[31mhigh'*$'\e[m'*"a shell at night"* ]]
	seen=$(NO_COLOR=1 TERM=xterm script -qec \
		"fg-audit -n 3 $audits/events.ndjson" /dev/null | tr -d '\r')
	[[ $seen == "$(tail -n 3 $audits/text)" ]]
	[[ $(fg-audit -n 1 $audits/events.ndjson) == \{* ]]
}

@test "csv has a head, one line an event, and no formula" {
	event 1 '{msg: "=1+1", container: {name: "@x", image: " +a,\"b\""},
		process: {pid: 1, exe: "-x"}}' >"$tmp/a"
	run fg-audit --format=csv "$tmp/a"
	echo "$output"
	[[ ${#lines[@]} -eq 2 && ${lines[0]} == time,severity,* ]]
	[[ ${lines[1]} == *",'@x,\"' +a,\"\"b\"\"\","* ]]
	[[ ${lines[1]} == *",'=1+1,"* && ${lines[1]} == *",'-x,"* ]]
	fg-audit --format=csv "$tmp/a" $audits/events.ndjson | python3 -c '
import csv, sys
assert {len(row) for row in csv.reader(sys.stdin)} == {20}'
}

# following: FILE... are followed into "$tmp/out"
following() {
	fg-audit --follow "$@" >"$tmp/out" 2>"$tmp/err" 3>&- &
	pid=$!
}

# seen N ...: are those the numbers in "$tmp/out"?
seen() {
	[[ $(jq .seq "$tmp/out" 2>/dev/null | tr '\n' ' ') == "$* " ]]
}

@test "--follow begins with the last ten, and goes on" {
	local i
	for i in {1..15}; do
		event "$i"
	done >"$tmp/a"
	following "$tmp/a"
	wait_for seen {6..15}
	event 16 >>"$tmp/a"
	wait_for seen {6..16}
	event 17 | head -c 30 >>"$tmp/a"
	sleep 0.5
	seen {6..16}
	event 17 | tail -c +31 >>"$tmp/a"
	wait_for seen {6..17}
	[[ ! -s $tmp/err ]]
}

@test "--follow through rotation loses nothing, and truncation is seen" {
	event 1 >"$tmp/a"
	following --name 'file.*' "$tmp/a"
	wait_for seen 1
	mv "$tmp/a" "$tmp/a.1"
	event 2 >>"$tmp/a.1" # it is still written to
	event 3 >"$tmp/a"
	event 4 '{name: "net.dns"}' >>"$tmp/a"
	wait_for seen 1 2 3
	event 5 >>"$tmp/a"
	wait_for seen 1 2 3 5
	: >"$tmp/a"
	sleep 0.5
	event 6 >>"$tmp/a"
	wait_for seen 1 2 3 5 6
	rm "$tmp/a"
	sleep 0.5
	event 7 >"$tmp/a"
	wait_for seen 1 2 3 5 6 7
	[[ ! -s $tmp/err ]]
}

@test "--follow waits for a file, and follows several" {
	event 1 >"$tmp/b"
	following --limit 0 "$tmp/a" "$tmp/b"
	wait_for grep -q 'waiting for it' "$tmp/err"
	event 2 >"$tmp/a"
	event 3 >>"$tmp/b"
	wait_for seen 2 3
}

@test "--follow of a pipe ends with it" {
	run bash -c 'fg-audit --follow --jq .seq -n 2 <"$1"' - \
		<(cat $audits/events.ndjson)
	[[ $status -eq 0 && $output == $'61\n62' ]]
}
