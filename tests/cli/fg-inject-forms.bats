#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-inject: the forms of documents, and what comes out.

bats_require_minimum_version 1.5.0
load documents

setup() {
	documents_setup
}

# ---- forms of documents ----

@test "the describe form: read-only fields go, the tags move in" {
	local field
	inject $docs/describe.json
	done_well
	for field in taskDefinitionArn revision status requiresAttributes \
	    compatibilities registeredAt deregisteredAt deleteRequestedAt \
	    registeredBy; do
		holds "has(\"$field\") | not"
	done
	holds '.family == "api" and .tags == [{key: "stage", value: "prod"}]'
	holds '[c("api").environment[].name] ==
		["FG_APP_ID", "FG_CONTAINER", "FG_IMAGE"]'
	jq .taskDefinition $docs/describe.json >"$tmp/in.json"
	inject "$tmp/in.json"
	done_well
	holds '.family == "api" and (has("revision") | not)'
}

@test "several definitions of one template are all protected" {
	local first=one:11111111-2222-4333-8444-555555555555
	run --separate-stderr fg-inject --sidecar-image=$sidecar \
		--app-id=First=$first --app-id=Second=$app_id $docs/multi.yaml
	[[ $status -eq 0 ]]
	[[ $(grep -cE '^ *(- )?Name: fg-sidecar$' <<<"$output") -eq 2 ]]
	[[ $(grep -c "Value: $first" <<<"$output") -eq 2 ]]
	[[ $(grep -c "Value: $app_id" <<<"$output") -eq 2 ]]
	[[ $(grep -c 'FgEmbed:' <<<"$output") -eq 2 ]]
	run --separate-stderr fg-inject --sidecar-image=$sidecar \
		--app-id=First=$first $docs/multi.yaml
	refused 2 Resources.Second "no App ID"
	run --separate-stderr fg-inject --sidecar-image=$sidecar \
		--app-id=First=$first --app-id=Third=$app_id $docs/multi.yaml
	refused 2 '"Third"'
}

@test "a SAM template" {
	inject $docs/sam.yaml
	[[ $status -eq 0 ]]
	grep -Fq '          Environment:' <<<"$output"
	grep -Fq "EntryPoint: [/opt/fg/bin/fg-wrap, '--', /batch]" <<<"$output"
	grep -Fq 'return "containerDefinitions: []"' <<<"$output"
}

@test "names, images and logs that are functions are copied as such" {
	inject $docs/short-tags.yaml
	[[ $status -eq 0 ]]
	grep -A1 'Name: FG_CONTAINER' <<<"$output" | grep -Fq 'Value: !Ref Service'
	grep -A1 'Name: FG_IMAGE' <<<"$output" | grep -Fq 'Value: !Ref Image'
	grep -A1 'Name: FG_IMAGE' <<<"$output" | grep -Fq \
		"Value: !Sub '\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.amazonaws.com/worker:1'"
	grep -Fq 'awslogs-group: !Ref LogGroup' <<<"${output#*Name: fg-sidecar}"
	inject $docs/long-form.json
	done_well
	jq -e '.Resources.Task.Properties.ContainerDefinitions as $c |
		($c[0].Environment | map({(.Name): .Value}) | add) as $e |
		$e.FG_CONTAINER == {"Fn::Sub": "${Env}-app"} and
		$e.FG_IMAGE == $c[0].Image and
		$c[1].LogConfiguration.Options["awslogs-region"] ==
			{Ref: "AWS::Region"}' "$tmp/out.json"
}

@test "Fn::If where a list should be is refused with its place" {
	local what doc=$docs/long-form.json at
	at=.Resources.Task.Properties.ContainerDefinitions
	for what in "$at" "$at[0]" "$at[0].EntryPoint" "$at[0].Environment" \
	    "$at[0].DependsOn" "$at[0].VolumesFrom" "$at[0].LinuxParameters" \
	    "$at[0].LinuxParameters.Capabilities.Add"; do
		jq "$what |= {\"Fn::If\": [\"C\", ., {Ref: \"AWS::NoValue\"}]}" \
			$doc >"$tmp/in.json"
		inject "$tmp/in.json"
		echo "$what"
		refused 1 "in.json:" ContainerDefinitions
	done
}

@test "lists that functions make are refused with their place" {
	local what
	for what in '{"Fn::Split": [",", "a,b"]}' '{Ref: "List"}' \
	    '{"Fn::Odd": 1}'; do
		jq ".Resources.Task.Properties.ContainerDefinitions[0].EntryPoint =
			$what" $docs/long-form.json >"$tmp/in.json"
		inject "$tmp/in.json"
		echo "$what"
		refused 1 "in.json:" "ContainerDefinitions[0]"
	done
}

@test "aliases that stand for what must change are refused" {
	cat >"$tmp/a.yaml" <<-'end'
		family: f
		x: &env [{name: A, value: b}]
		containerDefinitions:
		- name: a
		  image: i
		  entryPoint: [/a]
		  environment: *env
	end
	inject "$tmp/a.yaml"
	refused 1 a.yaml: 'containerDefinitions[0].environment: '
	sed -e 's/\*env/[]/' -e 's/- name: a/- \&c\n  name: a/' "$tmp/a.yaml" |
		sed '$a other: *c' >"$tmp/b.yaml"
	inject "$tmp/b.yaml"
	refused 1 b.yaml: 'containerDefinitions[0]' anchor
}

@test "an alias elsewhere is none of our business" {
	cat >"$tmp/a.yaml" <<-'end'
		family: f
		x: &image example.com/app
		containerDefinitions:
		- name: a
		  image: *image
		  entryPoint: [/a]
	end
	inject "$tmp/a.yaml"
	[[ $status -eq 0 ]]
	grep -Fq 'image: *image' <<<"$output"
	grep -A1 'name: FG_IMAGE' <<<"$output" | grep -q 'value: example.com/app'
	fg-inject --remove <<<"$output" | cmp - "$tmp/a.yaml"
}

@test "a template without a task definition is none" {
	echo '{"Resources":{"Q":{"Type":"AWS::SQS::Queue"}}}' >"$tmp/in.json"
	inject "$tmp/in.json"
	refused 100 in.json:1:1: AWS::ECS::TaskDefinition
}

@test "without an App ID it is a usage error" {
	run --separate-stderr fg-inject --sidecar-image=$sidecar \
		$docs/register.json
	refused 2 "fg-appid --stamp" --app-id
	inject --app-id=other:11111111-2222-4333-8444-555555555555 \
		$docs/register.json
	[[ $status -eq 0 ]] # the first that fits counts
	grep -Fq "$app_id" <<<"$output"
	if grep -Fq other: <<<"$output"; then false; fi
	inject --app-id=x $docs/register.json
	refused 2 "--app-id: " '"x"'
	inject --app-id==$app_id $docs/register.json
	refused 2 "--app-id: "
}

# ---- what comes out ----

@test "ECS takes what comes out of every fixture" {
	local file
	for file in "$docs"/*.json "$docs"/*.yaml; do
		inject --enrol-secret=arn:aws:s --execution-role=arn:aws:r "$file"
		[[ $status -eq 0 && -z $stderr ]]
		printf '%s\n' "$output" >"$tmp/out"
		registers "$tmp/out" "$file"
	done
}

@test "all that is not ours keeps its bytes: a diff only adds lines" {
	local file
	for file in appmesh crlf multi sam short-tags; do
		fg-inject --sidecar-image=$sidecar --app-id=$app_id \
			$docs/$file.yaml >"$tmp/out"
		diff $docs/$file.yaml "$tmp/out" | grep '^<' |
			grep -vE 'EntryPoint:|Environment:|VolumesFrom:' \
			>"$tmp/gone" || true
		cat "$tmp/gone"
		[[ ! -s $tmp/gone ]]
	done
	fg-inject --sidecar-image=$sidecar --app-id=$app_id $docs/crlf.yaml |
		grep -vc $'\r$' >"$tmp/lf" || true
	[[ $(cat "$tmp/lf") == 0 ]]
}

@test "--diff is what patch needs" {
	local file
	for file in register.json crlf.yaml short-tags.yaml one-line.json \
	    comments.yaml; do
		cp "$docs/$file" "$tmp/patched"
		fg-inject --diff --sidecar-image=$sidecar --app-id=$app_id \
			"$docs/$file" >"$tmp/diff"
		patch --binary -s "$tmp/patched" "$tmp/diff"
		fg-inject --sidecar-image=$sidecar --app-id=$app_id \
			"$docs/$file" | cmp - "$tmp/patched"
		fg-inject --remove --diff "$tmp/patched" >"$tmp/diff"
		patch --binary -s "$tmp/patched" "$tmp/diff"
		cmp "$tmp/patched" "$docs/$file"
	done
}

@test "--diff of nothing is nothing" {
	inject $docs/register.json
	done_well
	inject --diff "$tmp/out.json"
	[[ $status -eq 0 && -z $output ]]
}

@test "--diff is coloured on a terminal only" {
	local command="fg-inject --diff --sidecar-image=$sidecar \
		--app-id=$app_id $docs/register.json"
	$command >"$tmp/plain"
	if grep -q $'\e' "$tmp/plain"; then false; fi
	TERM=xterm script -qec "$command" /dev/null </dev/null |
		tr -d '\r' >"$tmp/colour"
	grep -q $'^\e\\[.*m+' "$tmp/colour"
	diff "$tmp/plain" <(sed 's/\x1b\[[0-9;]*m//g' "$tmp/colour")
	NO_COLOR=1 TERM=xterm script -qec "$command" /dev/null </dev/null |
		tr -d '\r' | cmp - "$tmp/plain"
}

@test "--report: each container, in records that fit their schemas" {
	local file
	for file in "$docs"/*; do
		inject --enrol-secret=arn:aws:ssm:s --execution-role=arn:aws:r \
			"--report=$tmp/report" "$file"
		tests/doc/validate.py <"$tmp/report"
		jq -es 'any(.type == "container" and .state == "protected")' \
			"$tmp/report"
	done
}

@test "--report: places are right, and problems are in it" {
	injected 'del(.containerDefinitions[1].entryPoint)' \
		"--report=$tmp/report"
	[[ $status -eq 1 ]]
	tests/doc/validate.py <"$tmp/report"
	jq -es '.[0] == {type: "container", v: 1, task_definition: "web",
		name: "app", state: "protected",
		image: "example.com/shop/app:1.4",
		pointer: "/containerDefinitions/0", line: 11, column: 5}' \
		"$tmp/report"
	jq -es '.[1] | .state == "unprotected" and
		.pointer == "/containerDefinitions/1" and
		(.reason | test("entry point is not known"))' "$tmp/report"
}

@test "--report: EC2 definitions are noted, large ones warned of" {
	injected 'del(.requiresCompatibilities)' "--report=$tmp/report"
	[[ $status -eq 0 ]]
	jq -es 'any(.id == "taskdef.not-fargate" and .severity == "note")' \
		"$tmp/report"
	injected '.containerDefinitions[1].command = [range(66) | "x" * 1000]' \
		"--report=$tmp/report"
	[[ $status -eq 0 ]]
	jq -es 'any(.id == "limit.size" and .severity == "warning")' \
		"$tmp/report"
	tests/doc/validate.py <"$tmp/report"
}

@test "--report that cannot be written is no success" {
	inject --report=/nonexistent/x $docs/register.json
	refused 100 /nonexistent/x
	inject --report=/dev/full $docs/register.json
	refused 100 /dev/full
}

@test "--dry-run prints nothing, and the exit code is the same" {
	inject --dry-run "--report=$tmp/report" $docs/register.json
	[[ $status -eq 0 && -z $output && -s $tmp/report ]]
	injected 'del(.containerDefinitions[1].entryPoint)' -n --partial
	refused 1 'containerDefinitions[1]: '
}

@test "FILE is standard input by default, or -, and at most one" {
	inject <$docs/register.json
	done_well
	inject - <$docs/register.json
	cmp "$tmp/out.json" <<<"$output"
	inject $docs/register.json
	cmp "$tmp/out.json" <<<"$output"
	inject $docs/register.json $docs/register.json
	refused 2 "register.json"
	inject /nonexistent
	refused 100 /nonexistent
}
