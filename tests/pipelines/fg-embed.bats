#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pipelines/fg-embed: the four tools as one command. What images run comes from
# a scan DB made here; no network.

bats_require_minimum_version 1.5.0

setup_file() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	export root PATH="${FG_BIN:-$root/build/bin}:$root/pipelines:$PATH"
	export FG_SCAN_DB=$BATS_FILE_TMPDIR/scan.db
	"${FG_FIXTURES:-$root/build/fixtures}/scandb-make" \
		"$FG_SCAN_DB" <<-'end'
		registry.example.com/shop/api:1.4 {"Entrypoint":["/api"],"Cmd":["--port=80"]}
		registry.example.com/shop/log:2 {"Cmd":["/log"]}
	end
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir tmp
	export TMPDIR=$PWD/tmp FG_SIDECAR_IMAGE=sidecar:1
	id=shop:24edfabf-c761-40ae-9748-5844b0d7579c
	jq -n '{family: "shop", cpu: "256", memory: "512",
		requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc",
		executionRoleArn: "arn:aws:iam::123456789012:role/shop",
		containerDefinitions: [
		{name: "api", image: "registry.example.com/shop/api:1.4"},
		{name: "log", image: "registry.example.com/shop/log:2"}]}' \
		>task.json
	jq '.containerDefinitions[1].image = "nowhere.example.com/x:1"' \
		task.json >unknown.json
	cat >template.yaml <<-'end'
	Parameters:
	  Image: {Type: String} # of the only container
	Resources:
	  Shop:
	    Type: AWS::ECS::TaskDefinition
	    Properties:
	      ContainerDefinitions:
	        - Name: api
	          Image: !Ref Image
	end
}

# Nothing may be left behind, whatever happened.
teardown() {
	[[ -z $(ls "$BATS_TEST_TMPDIR/tmp") ]]
}

embed() {
	fg-embed --offline "$@"
}

# The pipeline of fg-intro(7), spelt out.
by_hand() {
	fg-entrypoint --fill --offline "$@" | fg-appid --stamp | fg-inject
}

@test "it does what the tools do one after the other" {
	embed "--app-id=$id" task.json >first.json
	fg-inject --remove first.json | cmp - task.json
	fg-lint --only=protected first.json
	# With the App ID standing there nothing is random.
	fg-appid --stamp task.json >stamped.json
	cmp <(embed stamped.json) <(by_hand stamped.json)
	jq -e --arg id "$id" '[.containerDefinitions[].environment[]
		| select(.name == "FG_APP_ID").value] == [$id, $id, $id]' \
		first.json
	jq -e '.containerDefinitions[0] | .entryPoint + .command ==
		["/opt/fg/bin/fg-wrap", "--", "/api", "--port=80"]' first.json
}

@test "doing it again changes nothing, and a new revision keeps its App ID" {
	embed task.json >first.json
	embed first.json | cmp - first.json
	jq '.cpu = "512"' task.json >next.json
	embed --from=first.json next.json >second.json
	cmp <(jq '.containerDefinitions[].environment' first.json) \
		<(jq '.containerDefinitions[].environment' second.json)
}

@test "FILE, standard input, - and a pipe are the same" {
	fg-appid --stamp task.json >'a "file" $x.json'
	embed 'a "file" $x.json' >expected
	embed <'a "file" $x.json' | cmp - expected
	embed - <'a "file" $x.json' | cmp - expected
	embed -- 'a "file" $x.json' | cmp - expected
	embed <(cat 'a "file" $x.json') | cmp - expected
}

@test "an option goes to the tools that know it, its value as it is" {
	embed --param 'Image=registry.example.com/shop/api:1.4' \
		--console https://fg.example.com --on-no-policy=closed \
		--region "it's \"x\" \$y" --family unused --tag template.yaml >out
	grep -q 'Value: https://fg.example.com$' out
	grep -q 'Value: closed$' out
	grep -q 'Key: fg:app-id$' out
	fg-inject --remove out | cmp - template.yaml
	embed --exclude log --report=report task.json >/dev/null
	jq -se '[.[] | select(.type == "container" and .name == "log").state]
		== ["excluded"]' report
}

@test "every option of the tools is there, but those with a meaning of their own" {
	local tool option
	fg-embed --help >help
	for tool in fg-entrypoint fg-appid fg-inject fg-lint; do
		"$tool" --help >theirs
		while read -r option; do
			echo "$tool $option"
			diff <(grep -E -- "^ .*--$option([=[ ]|\$)" help) \
				<(grep -E -- "^ .*--$option([=[ ]|\$)" theirs)
		done < <("$tool" --help=json | jq -r '.options[].name |
			select(IN("fill", "platform", "jq", "uuid", "parse",
			"match", "stamp", "remove", "only", "help") | not)')
	done
	# Each is taken, with a value or without, as the tools do.
	for tool in fg-entrypoint fg-appid fg-inject; do
		while read -r option; do
			run fg-embed "--$option"
			[[ $status -eq 2 && $output == *"--$option: needs a value"* ]]
			run fg-embed "--$option=" task.json
			[[ $status -eq 2 ]]
		done < <("$tool" --help=json | jq -r '.options[] |
			select(.value != "flag" and .value != "optional").name |
			select(IN("platform", "jq", "uuid", "parse", "match") |
			not)')
	done
}

@test "the shells complete the options of the help" {
	local complete=$root/share/complete/fg-embed
	fg-embed --help | grep '^ ' | grep -oE -- '^ .{5}--[a-z0-9-]+' |
		sed 's/.*--/--/' | sort >names
	[[ $(wc -l <names) -gt 30 ]]
	bash -c 'source "$1"
		COMP_WORDS=(fg-embed --) COMP_CWORD=1
		_fg_embed
		printf "%s\n" "${COMPREPLY[@]}"' - "$complete.bash" | sort | diff - names
	bash -c 'source "$1"
		COMP_WORDS=(fg-embed --report = ta) COMP_CWORD=3
		_fg_embed
		[[ ${COMPREPLY[*]} == task.json ]]' - "$complete.bash"
	HOME=$PWD fish --no-config -c 'source $argv[1]; complete -C "fg-embed --"' \
		"$complete.fish" | cut -f1 | sort | diff - names
	zsh -n "$complete.zsh"
}

@test "the page names the same options" {
	diff <(fg-embed --help | grep -oE -- '--[a-z0-9-]+' | sed 1d |
		grep -vE -- '--(help|version)' | sort -u) \
		<(mandoc -T ascii -O width=500 "$root/man/fg-embed.1" |
		sed 's/.\x08//g' | sed -n '/^OPTIONS/,/^ENVIRONMENT/p' |
		grep -oE -- '--[a-z0-9-]+' | sort -u)
}

@test "--help begins with the synopsis, --version is the tools'" {
	run --separate-stderr fg-embed --help
	[[ $status -eq 0 && ${lines[0]} == "usage: fg-embed "* ]]
	[[ $output == *"see fg-embed(1)"* && -z $stderr ]]
	[[ $(fg-embed -h) == "$output" ]]
	[[ $(awk 'length > 79' <<<"$output") == "" ]]
	[[ $(fg-embed --version) == "fg-embed $(cat "$root/VERSION")" ]]
	for option in --help --version; do
		run bash -c "fg-embed $option >/dev/full"
		[[ $status -eq 100 && $output == "fg-embed: standard output: "* ]]
		[[ ${#lines[@]} -eq 1 ]]
	done
}

@test "a wrong command line is exit 2, and nothing is printed" {
	local words
	while read -r words; do
		# shellcheck disable=SC2086 # words they are
		run --separate-stderr fg-embed $words
		echo "$words: $status $stderr"
		[[ $status -eq 2 && -z $output ]]
		[[ ${stderr_lines[0]} == fg-*": "* && $stderr == *usage:* ]]
	done <<-end
		--diffs task.json
		-x task.json
		--offline=yes task.json
		--diff --report
		--offline --report= task.json
		--report=a --report=b task.json
		task.json task.json
		-- task.json task.json
		--max-age=x task.json
		--offline --region=a --region=b task.json
		--offline --exclude=nobody task.json
	end
	FG_SIDECAR_IMAGE='' run --separate-stderr embed task.json
	[[ $status -eq 2 && -z $output && $stderr == *--sidecar-image* ]]
	[[ ! -e a && ! -e b ]]
}

@test "an unknown option is told the nearest one" {
	local given near
	while read -r given near; do
		run --separate-stderr fg-embed "$given" task.json
		echo "$stderr"
		[[ $status -eq 2 && -z $output && ${stderr_lines[0]} == \
		    "fg-embed: unknown option ${given%%=*}; the nearest one is $near" ]]
	done <<-end
		--sidecar-imag=x --sidecar-image
		--sidecar --sidecar-image
		--repot=x --report
		--vesrion --version
		--parm=a=b --param
	end
}

@test "a container that cannot be protected: no document, exit 1" {
	run --separate-stderr embed --report=report unknown.json
	[[ $status -eq 1 && -z $output ]]
	[[ $stderr == "fg-entrypoint: unknown.json:"*"nowhere.example.com/x:1"* ]]
	jq -se 'any(.name == "log" and .state == "unprotected")' report
}

@test "--partial prints the document all the same, exit 1" {
	run --separate-stderr embed --partial --report=report unknown.json
	[[ $status -eq 1 ]]
	jq -e '.containerDefinitions | map(.name + " " + (.entryPoint[0] // "")) ==
		["api /opt/fg/bin/fg-wrap", "log ", "fg-sidecar /usr/bin/fg-sidecar"]' \
		<<<"$output"
	[[ ${#stderr_lines[@]} -eq 1 && $stderr == fg-entrypoint:*x:1* ]]
	jq -se '[.[] | select(.type == "container")] |
		map(.name + " " + .state) == ["api protected", "log unprotected"]
		and (.[1].reason | contains("nowhere.example.com/x:1"))' report
	jq -se 'any(.id == "protected.entry-point")' report
}

@test "--report has one record for each container, whatever it is called" {
	local name='"pointer":"/x", \"state\":\"unprotected\"'
	jq --arg n "$name" '.containerDefinitions |= [
		(.[0] | .name = "one" | .image = "nowhere.example.com/x:1"),
		(.[0] | .name = "two" | .image = "nowhere.example.com/y:1"),
		(.[0] | .name = "three" | .dockerLabels = {a: $n}),
		(.[0] | .name = "four" | .entryPoint = ["/x"] |
			.environment = [{name: "FG_IMAGE", value: "x"}]),
		(.[0] | .name = "five")]' task.json >many.json
	run --separate-stderr embed --partial --exclude=five --report=report \
		many.json
	[[ $status -eq 1 && -n $output ]]
	diff - <(jq -r 'select(.type == "container") |
		"\(.name) \(.state) \(.reason // "-" | split(" ")[:3] |
		join(" "))"' report) <<-'end'
		one unprotected nowhere.example.com/x:1: not in
		two unprotected nowhere.example.com/y:1: not in
		three protected -
		four unprotected it sets a
		five excluded excluded by the
	end
	"$root/tests/doc/validate.py" <report
}

@test "--partial says one line for each container, whichever tool it stopped" {
	jq '.containerDefinitions |= [
		(.[0] | .name = "filled" | .image = "nowhere.example.com/x:1" |
			.secrets = [{name: "FG_APP_ID", valueFrom: "s"}]),
		(.[0] | .name = "stamped" |
			.secrets = [{name: "FG_APP_ID", valueFrom: "s"}]),
		(.[0] | .name = "injected" |
			.linuxParameters.capabilities.drop = ["SYS_PTRACE"]),
		(.[0] | .name = "good")]' task.json >many.json
	run --separate-stderr embed --partial --report=report many.json
	[[ $status -eq 1 && -n $output ]]
	echo "$stderr"
	diff - <(sed -E 's/: .*(containerDefinitions.[0-9]\]).*/ \1/' \
		<<<"$stderr") <<-'end'
		fg-entrypoint containerDefinitions[0]
		fg-appid containerDefinitions[1]
		fg-inject containerDefinitions[2]
	end
	diff - <(jq -r 'select(.type == "container") |
		"\(.name) \(.state)"' report) <<-'end'
		filled unprotected
		stamped unprotected
		injected unprotected
		good protected
	end
	# All else that they say is said.
	run --separate-stderr embed --partial --exclude=nobody many.json
	[[ $stderr == *'"nobody"'* ]]
	jq 'del(.family)' many.json >nameless.json
	run --separate-stderr embed --partial --report=report nameless.json
	[[ $status -eq 2 && -z $output && ${stderr_lines[1]} == *--family* ]]
	[[ $(jq -s 'map(select(.type == "container")) | length' report) -eq 1 ]]
}

@test "no document is exit 100, a network that fails 111" {
	run --separate-stderr embed </dev/null
	[[ $status -eq 100 && -z $output && $stderr == fg-entrypoint:* ]]
	run --separate-stderr embed nowhere.json
	[[ $status -eq 100 && -z $output ]]
	run --separate-stderr embed .
	[[ $status -eq 100 && -z $output ]]
	jq '.containerDefinitions[1].image = "127.0.0.1:1/x:1"' task.json >far.json
	run --separate-stderr fg-embed --max-age=86400 --timeout=1 \
		--plain-http=127.0.0.1:1 far.json
	echo "$status $stderr"
	[[ $status -eq 111 && -z $output ]]
}

@test "--report has the records of all stages" {
	embed --enrol-secret=arn:aws:secretsmanager:eu-west-1:123456789012:secret:fg \
		--report='the report' task.json >/dev/null
	"$root/tests/doc/validate.py" <'the report'
	[[ $(jq -r .type 'the report' | uniq -c | awk '{ print $2 $1 }') == \
$'image.config2\napp.id1\ncontainer2\niam.statement1' ]]
	run --separate-stderr embed --report=none/of/that task.json
	[[ $status -eq 100 && -z $output ]]
}

@test "--diff is against what was read, --dry-run prints nothing" {
	fg-appid --stamp task.json >stamped.json
	embed stamped.json >after.json
	diff -u --label stamped.json --label stamped.json stamped.json \
		after.json >expected || :
	embed --diff stamped.json | cmp - expected
	sed 's/stamped.json/standard input/' expected >piped
	embed --diff <stamped.json | cmp - piped
	embed after.json --diff >empty
	[[ ! -s empty ]]
	run embed -n --report=report stamped.json
	[[ $status -eq 0 && -z $output && -s report ]]
}

# says WHY COMMAND: it ends with 100 and that line.
says() {
	run bash -c "$2"
	echo "$status $output"
	[[ $status -eq 100 && $output == "fg-embed: $1" ]]
}

@test "an output that cannot be written is no success" {
	local option full='No space left on device' closed='Bad file descriptor'
	for option in --verbose --diff; do
		says "standard output: $full" \
			"fg-embed --offline $option task.json >/dev/full"
		says "standard output: $closed" \
			"fg-embed --offline $option task.json >&-"
	done
	says "/dev/full: $full" "fg-embed --offline --report=/dev/full task.json"
	says "$PWD: Is a directory" "fg-embed --offline --report=$PWD task.json"
	run bash -c '{ sleep 0.2; fg-embed --offline task.json; echo $? >&2; } |
		true'
	[[ ${lines[-1]} == 100 ]]
}

@test "an input that cannot be read is told in one line, and read in bounds" {
	says "standard input: Bad file descriptor" "fg-embed --offline <&-"
	says "standard input: Is a directory" "fg-embed --offline <."
	run --separate-stderr embed </dev/zero
	[[ $status -eq 100 && ${#stderr_lines[@]} -eq 1 ]]
	[[ $stderr == "fg-entrypoint: standard input: larger than 16777216 "* ]]
}

# What fg-inject calls done is looked at by another program.
@test "a result that fg-lint finds fault with is not printed" {
	mkdir bin
	printf '#!/bin/sh\necho "{\\"type\\":\\"finding\\"}"; exit 1\n' >bin/fg-lint
	chmod +x bin/fg-lint
	PATH=$PWD/bin:$PATH run --separate-stderr embed --report=report task.json
	[[ $status -eq 1 && -z $output ]]
	[[ $stderr == '{"type":"finding"}' ]]
	[[ $(tail -n 1 report) == '{"type":"finding"}' ]]
}

@test "a tool that is missing or dies is exit 100" {
	mkdir bin
	printf '#!/bin/sh\nkill -9 $$\n' >bin/fg-appid
	chmod +x bin/fg-appid
	PATH=$PWD/bin:$PATH run --separate-stderr embed task.json
	[[ $status -eq 100 && -z $output ]]
	PATH=/usr/bin:/bin run --separate-stderr "$root/pipelines/fg-embed" \
		task.json
	[[ $status -eq 100 && -z $output && $stderr == *fg-entrypoint* ]]
}

@test "ended by a signal it leaves nothing behind" {
	mkdir bin
	printf '#!/bin/sh\ntouch started; sleep 0.5\n' >bin/fg-entrypoint
	chmod +x bin/fg-entrypoint
	PATH=$PWD/bin:$PATH fg-embed task.json 3>&- &
	while [[ ! -e started ]]; do
		sleep 0.01
	done
	kill $!
	status=0
	wait $! || status=$?
	[[ $status -ne 0 ]]
}
