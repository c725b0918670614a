#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-appid --stamp: each task definition gets its App ID, once.

bats_require_minimum_version 1.5.0
load documents

setup() {
	documents_setup
	uuid='[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
}

# stamp [OPTION ...] [FILE]: the document is also in $tmp/out.json.
stamp() {
	run --separate-stderr fg-appid --stamp "$@"
	printf '%s\n' "$output" >"$tmp/out.json"
}

# ids FILE: the App IDs in it, each once.
ids() {
	grep -oE "[A-Za-z0-9_-]+:$uuid" "$1" | sort -u
}

@test "one App ID for all containers of a definition" {
	vary .
	stamp "$tmp/in.json"
	done_well
	holds '[.containerDefinitions[].environment[] |
		select(.name == "FG_APP_ID") | .value] |
		length == 2 and .[0] == .[1] and
		(.[0] | test("^web:'"$uuid"'$"))'
	kept 'del(.containerDefinitions)'
	kept '[.containerDefinitions[] | del(.environment, .dockerLabels)]'
	holds '[.containerDefinitions[0].environment[].name] ==
		["LANG", "FG_APP_ID"]'
}

@test "each definition of a template its own, an absent family the logical ID" {
	fg-appid --stamp $docs/multi.yaml >"$tmp/out"
	[[ $(ids "$tmp/out" | wc -l) -eq 2 ]]
	ids "$tmp/out" | head -1 | grep -q '^First:'
	ids "$tmp/out" | tail -1 | grep -q '^second:'
}

@test "stamping again keeps it; --renew changes it" {
	local file
	for file in "$docs"/*; do
		fg-appid --stamp --family=fam "$file" >"$tmp/once"
		fg-appid --stamp --family=other "$tmp/once" | cmp - "$tmp/once"
		fg-appid --stamp --family=fam --renew "$tmp/once" >"$tmp/renewed"
		grep -oE "$uuid" "$tmp/once" | sort -u >"$tmp/a"
		grep -oE "$uuid" "$tmp/renewed" | sort -u >"$tmp/b"
		[[ -z $(comm -12 "$tmp/a" "$tmp/b") ]]
		[[ $(wc -l <"$tmp/a") -eq $(wc -l <"$tmp/b") ]]
		diff <(sed -E "s/$uuid//g; s/(cut\\\\?\":\\\\?\")[0-9a-f]*/\1/" \
			"$tmp/once") \
			<(sed -E "s/$uuid//g; s/(cut\\\\?\":\\\\?\")[0-9a-f]*/\1/" \
			"$tmp/renewed")
	done
}

@test "--renew reaches the sidecar, too" {
	fg-inject --sidecar-image=$sidecar --app-id=$app_id \
		$docs/register.json >"$tmp/in.json"
	stamp --renew "$tmp/in.json"
	done_well
	holds '[.containerDefinitions[] | value("FG_APP_ID")] | length == 3 and
		(unique | length == 1) and .[0] != "'$app_id'"'
	fg-lint "$tmp/out.json"
}

@test "an App ID that the user wrote is kept, and spread" {
	local id=mine:11111111-2222-4333-8444-555555555555
	vary '.containerDefinitions[1].environment =
		[{name: "FG_APP_ID", value: "'$id'"}]'
	stamp "$tmp/in.json"
	done_well
	holds 'all(.containerDefinitions[]; value("FG_APP_ID") == "'$id'")'
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
	stamp --renew "$tmp/in.json"
	refused 1 'containerDefinitions[1].environment[0]: ' "take it out"
	vary '.containerDefinitions[1].environment =
		[{name: "FG_APP_ID", value: "mine"}]'
	stamp "$tmp/in.json"
	refused 1 'environment[0].value: ' '"mine"'
}

@test "two App IDs in one task definition are refused: which one counts?" {
	local id=mine:11111111-2222-4333-8444-555555555555 other
	for other in "$id" "other:${id#*:}"; do
		vary '.containerDefinitions[1].environment =
			[{name: "FG_APP_ID", value: "'$id'"}, {name: "A"},
			{name: "FG_APP_ID", value: "'$other'"}]'
		for option in --tag --renew --partial --exclude=assets; do
			stamp $option "$tmp/in.json"
			refused 1 'containerDefinitions[1].environment[2]: ' twice
		done
		run --separate-stderr fg-inject --sidecar-image=$sidecar \
			"$tmp/in.json"
		refused 1 'containerDefinitions[1].environment[2]: ' twice
	done
	vary '(.containerDefinitions[] | .environment) =
		[{name: "FG_APP_ID", value: "'$id'"}] |
		.containerDefinitions[1].environment[0].value = "'$other'"'
	stamp "$tmp/in.json"
	refused 1 'containerDefinitions[1].environment[0]: ' "take it out"
	run --separate-stderr fg-inject --sidecar-image=$sidecar "$tmp/in.json"
	refused 1 'containerDefinitions[1].environment[0].value: ' "take one out"
}

@test "aliases of variables count as what they stand for" {
	local id=mine:11111111-2222-4333-8444-555555555555
	cat >"$tmp/in.yaml" <<-end
		Resources:
		  Task:
		    Type: AWS::ECS::TaskDefinition
		    Properties:
		      ContainerDefinitions:
		        - Name: a
		          Image: a
		          EntryPoint: [/a]
		          Environment: [&id {Name: FG_APP_ID, Value: "$id"}]
		        - Name: b
		          Image: b
		          EntryPoint: [/b]
		          Environment: [*id]
	end
	fg-appid --stamp "$tmp/in.yaml" | cmp - "$tmp/in.yaml"
	fg-inject --sidecar-image=$sidecar "$tmp/in.yaml" >"$tmp/out.yaml"
	[[ $(grep -c FG_APP_ID "$tmp/out.yaml") -eq 2 ]]
	fg-lint "$tmp/out.yaml"
	fg-inject --remove "$tmp/out.yaml" | cmp - "$tmp/in.yaml"
	stamp --renew "$tmp/in.yaml"
	refused 1 'ContainerDefinitions[0].Environment[0]: ' "take it out"
	sed -i 's/\[\*id\]/[*id, *id]/' "$tmp/in.yaml"
	stamp "$tmp/in.yaml"
	refused 1 'ContainerDefinitions[1].Environment[1]: ' twice
	sed 's/\[&id.*/[\&id {Name: FG_IMAGE, Value: x}]/; s/, \*id\]/]/' \
		"$tmp/in.yaml" >"$tmp/reserved.yaml"
	inject "$tmp/reserved.yaml"
	[[ $status -eq 1 && ${#stderr_lines[@]} -eq 2 ]]
	[[ ${stderr_lines[1]} == *'[1]: it sets a variable FG_*'* ]]
}

@test "a secret of that name is refused: ECS takes no variable beside it" {
	vary '.containerDefinitions[0].secrets[0].name = "FG_APP_ID"'
	stamp "$tmp/in.json"
	refused 1 'containerDefinitions[0].secrets[0]: ' FG_APP_ID
	stamp --exclude=app "$tmp/in.json"
	done_well
}

@test "a family that is an expression gives one, in the spelling of the form" {
	fg-appid --stamp $docs/short-tags.yaml >"$tmp/out"
	grep -qE "^ +Value: !Join \['', \[!Sub '\\$\{Service\}-task', '?:$uuid'?\]\]$" \
		"$tmp/out"
	fg-appid --stamp $docs/long-form.json >"$tmp/out"
	jq -e '.Resources.Task.Properties.ContainerDefinitions[0].Environment[] |
		select(.Name == "FG_APP_ID").Value["Fn::Join"] |
		.[0] == "" and .[1][0] == {"Fn::Join":
			["-", [{Ref: "Env"}, "task"]]} and
		(.[1][1] | test("^:'"$uuid"'$"))' "$tmp/out"
	"$fixtures/cfn-register" "$tmp/out" | jq -e '.task_definition |
		.containerDefinitions[0].environment[] |
		select(.name == "FG_APP_ID").value |
		test("^dev-task:'"$uuid"'$")'
}

@test "a bare array needs --family" {
	stamp $docs/array.json
	refused 2 array.json:1:1: --family
	stamp --family="not a name" $docs/array.json
	refused 2 "--family: "
	stamp --family=arr $docs/array.json
	done_well
	ids "$tmp/out.json" | grep -q '^arr:'
	# It does not replace a family that is there.
	stamp --family=arr $docs/register.json
	done_well
	ids "$tmp/out.json" | grep -q '^web:'
}

@test "a family that ECS would not take is refused" {
	vary '.family = "a b"'
	stamp "$tmp/in.json"
	[[ $status -ne 0 && -z $output && $stderr == *'"a b"'* ]]
	refused 1 in.json:2:13: 'family: '
	vary '.family = ""'
	stamp "$tmp/in.json"
	refused 1 in.json:2:13: 'family: '
	vary '.family = null'
	stamp "$tmp/in.json"
	refused 2 --family
}

@test "--tag writes the tag beside those that are there" {
	vary .
	stamp --tag "$tmp/in.json"
	done_well
	holds '.tags[0] == {key: "team", value: "shop"} and
		.tags[1].key == "fg:app-id" and
		.tags[1].value == (c("app") | value("FG_APP_ID"))'
	fg-appid --stamp --tag "$tmp/out.json" | cmp - "$tmp/out.json"
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
	vary 'del(.tags)'
	stamp --tag "$tmp/in.json"
	done_well
	holds '.tags | length == 1'
	registers "$tmp/out.json" "$tmp/in.json"
	stamp --tag --family=a $docs/array.json
	refused 2 --tag
}

@test "--tag: null and empty lists of tags make way" {
	local change
	for change in '.tags = null' '.tags = []'; do
		vary "$change"
		stamp --tag "$tmp/in.json"
		done_well
		holds '.tags | length == 1'
		fg-appid --stamp --tag "$tmp/out.json" | cmp - "$tmp/out.json"
		fg-inject --sidecar-image=$sidecar "$tmp/out.json" |
			fg-inject --remove | cmp - "$tmp/in.json"
	done
	for change in 'Tags:' 'Tags: ~ # none' 'Tags: []'; do
		sed "s/Family: mesh/&\n      $change/" $docs/appmesh.yaml \
			>"$tmp/in.yaml"
		fg-appid --stamp --tag "$tmp/in.yaml" >"$tmp/out.yaml"
		grep -q "Key: '*fg:app-id" "$tmp/out.yaml"
		fg-inject --remove "$tmp/out.yaml" | cmp - "$tmp/in.yaml"
	done
}

@test "--tag: tags that are a function, no list, or shared are refused" {
	local tags
	for tags in "!If [A, [], []]" "{}" "x" "\\&t [{Key: a, Value: b}]"; do
		sed "s/Family: mesh/&\n      Tags: $tags/" $docs/appmesh.yaml \
			>"$tmp/in.yaml"
		[[ $tags != *"&t"* ]] || echo 'x: *t' >>"$tmp/in.yaml"
		stamp --tag "$tmp/in.yaml"
		refused 1 in.yaml:6:13: Properties.Tags: --tag
	done
}

@test "--tag and --renew: the tag has the new App ID" {
	fg-appid --stamp --tag $docs/register.json >"$tmp/in.json"
	stamp --tag --renew "$tmp/in.json"
	done_well
	holds '.tags[1].value == (c("app") | value("FG_APP_ID"))'
	cp "$tmp/out.json" "$tmp/in.json"
	stamp --renew "$tmp/in.json"
	done_well
	holds '.tags[1].value == (c("app") | value("FG_APP_ID"))'
}

@test "--from takes the App IDs of an earlier version" {
	fg-appid --stamp $docs/register.json >"$tmp/earlier"
	vary '.family = "renamed"'
	stamp "--from=$tmp/earlier" "$tmp/in.json"
	done_well
	diff <(ids "$tmp/earlier") <(ids "$tmp/out.json")
	# What is stamped already keeps its own.
	fg-appid --stamp $docs/register.json >"$tmp/own"
	fg-appid --stamp "--from=$tmp/earlier" "$tmp/own" | cmp - "$tmp/own"
	fg-appid --stamp --renew "--from=$tmp/earlier" "$tmp/own" >"$tmp/new"
	diff <(ids "$tmp/earlier") <(ids "$tmp/new")
}

@test "--from goes by logical ID where there are several" {
	fg-appid --stamp $docs/multi.yaml >"$tmp/earlier"
	sed 's/^    First:/    Other:/' $docs/multi.yaml >"$tmp/later"
	fg-appid --stamp "--from=$tmp/earlier" "$tmp/later" >"$tmp/out" \
		2>"$tmp/err"
	diff <(ids "$tmp/earlier" | grep ^second) <(ids "$tmp/out" | grep ^second)
	ids "$tmp/out" | grep -q ^Other:
	fg-inject --sidecar-image=$sidecar "$tmp/earlier" >"$tmp/protected"
	fg-appid --stamp "--from=$tmp/protected" $docs/multi.yaml >"$tmp/out"
	diff <(ids "$tmp/earlier") <(ids "$tmp/out")
}

@test "--from: a definition that finds no counterpart is warned of" {
	fg-appid --stamp $docs/multi.yaml >"$tmp/earlier"
	sed 's/^    First:/    Other:/' $docs/multi.yaml >"$tmp/later"
	stamp "--from=$tmp/earlier" "--report=$tmp/report" "$tmp/later"
	[[ $status -eq 0 && ${#stderr_lines[@]} -eq 1 ]]
	[[ $stderr == "fg-appid: warning: $tmp/later:"*': "Other" got a new'* ]]
	[[ $stderr == *"in $tmp/earlier "*'"First"' ]]
	tests/doc/validate.py <"$tmp/report"
	jq -es 'map(select(.type == "finding")) | length == 1 and
		.[0].id == "stamp.new-app-id" and .[0].severity == "warning" and
		(.[0].pointer | startswith("/Resources/Other"))' "$tmp/report"
	# How to keep it.
	fg-inject --sidecar-image=$sidecar \
		"--app-id=Other=$(ids "$tmp/earlier" | grep ^First)" \
		"$tmp/out.json" >"$tmp/kept"
	diff <(ids "$tmp/earlier" | grep ^First) <(ids "$tmp/kept" | grep -v ^second)
	# Also between the forms, and under --renew; many are counted.
	fg-appid --stamp $docs/register.json >"$tmp/one"
	stamp "--from=$tmp/one" $docs/multi.yaml
	[[ $status -eq 0 && ${#stderr_lines[@]} -eq 2 && $stderr == *'"web"' ]]
	stamp --renew "--from=$tmp/earlier" "$tmp/one"
	[[ $status -eq 0 && $stderr == *'"web" got'*'"First", "Second"' ]]
	# One more, or one less, is no rename.
	sed '/Other:/,/Second:/{/Second:/!d}' "$tmp/later" >"$tmp/less"
	stamp "--from=$tmp/earlier" "$tmp/less"
	[[ $status -eq 0 && -z $stderr ]]
	fg-appid --stamp "$tmp/less" >"$tmp/earlier"
	stamp "--from=$tmp/earlier" $docs/multi.yaml
	[[ $status -eq 0 && -z $stderr ]]
	# With its own App ID there is nothing to warn of.
	fg-appid --stamp "$tmp/later" >"$tmp/own"
	stamp "--from=$tmp/earlier" "$tmp/own"
	[[ $status -eq 0 && -z $stderr ]]
}

@test "--from: an expression is taken as it is" {
	fg-appid --stamp $docs/short-tags.yaml >"$tmp/earlier"
	fg-appid --stamp "--from=$tmp/earlier" $docs/short-tags.yaml |
		cmp - "$tmp/earlier"
}

@test "--from what has none, or is none, is refused" {
	stamp "--from=$docs/register.json" $docs/register.json
	refused 1 register.json:1:1: "--from"
	stamp --from=/nonexistent $docs/register.json
	refused 100 /nonexistent
	echo '{' >"$tmp/x"
	stamp "--from=$tmp/x" $docs/register.json
	refused 100 "$tmp/x:"
	vary '.containerDefinitions[0].environment =
		[{name: "FG_APP_ID", value: "x"}]'
	stamp "--from=$tmp/in.json" $docs/register.json
	refused 1 "in.json:"
}

@test "--exclude and --container choose, and the record remembers" {
	vary .
	stamp --exclude=assets "$tmp/in.json"
	done_well
	kept '.containerDefinitions[1]'
	fg-appid --stamp "$tmp/out.json" | cmp - "$tmp/out.json"
	fg-inject --sidecar-image=$sidecar "$tmp/out.json" |
		jq -e '.containerDefinitions[1] | has("dependsOn") | not'
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
	stamp --container=assets "$tmp/in.json"
	done_well
	holds 'c("app").environment | length == 1'
	stamp --exclude=nobody "$tmp/in.json"
	refused 2 '"nobody"'
}

@test "a definition that is excluded as a whole is not stamped" {
	sed '0,/Name: app/s//Name: one/' $docs/multi.yaml >"$tmp/in.yaml"
	fg-appid --stamp --tag --container=one "--report=$tmp/report" \
		"$tmp/in.yaml" >"$tmp/out"
	[[ $(ids "$tmp/out" | wc -l) -eq 1 ]]
	[[ $(grep -c fg:app-id "$tmp/out") -eq 1 ]]
	[[ $(jq -r .task_definition "$tmp/report") == First ]]
	fg-inject --remove "$tmp/out" | cmp - "$tmp/in.yaml"
}

@test "--report holds an app.id for each definition" {
	fg-appid --stamp "--report=$tmp/report" $docs/multi.yaml >"$tmp/out"
	tests/doc/validate.py <"$tmp/report"
	diff <(ids "$tmp/out") <(jq -r .app_id "$tmp/report" | sort)
	jq -es '[.[].task_definition] == ["First", "Second"]' "$tmp/report"
	fg-appid --stamp "--report=$tmp/report" $docs/long-form.json >"$tmp/out"
	tests/doc/validate.py <"$tmp/report"
	jq -es '.[0].name == "dev-task"' "$tmp/report"
}

@test "--partial prints what could be stamped, exit 1" {
	vary '.containerDefinitions[0].secrets[0].name = "FG_APP_ID"'
	stamp "--report=$tmp/report" "$tmp/in.json"
	refused 1 'containerDefinitions[0].secrets[0]: ' FG_APP_ID
	stamp --partial "--report=$tmp/report" "$tmp/in.json"
	[[ $status -eq 1 && ${#stderr_lines[@]} -eq 1 ]]
	[[ $stderr == *"containerDefinitions[0].secrets[0]: "* ]]
	kept '.containerDefinitions[0] | del(.dockerLabels)'
	holds 'c("assets") | value("FG_APP_ID") | test("^web:")'
	tests/doc/validate.py <"$tmp/report"
	jq -es 'map(select(.type == "container")) | length == 1 and
		.[0].name == "app" and .[0].state == "unprotected" and
		(.[0].reason | contains("secret"))' "$tmp/report"
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
	fg-appid --stamp --partial "$tmp/out.json" 2>"$tmp/err" |
		cmp - "$tmp/out.json"
	# Each container has its line; the highest code wins.
	jq '.Resources.Task.Properties.ContainerDefinitions |= (.[0] |
		.Environment |= {"Fn::If": ["C", ., {Ref: "AWS::NoValue"}]} |
		[(.Name = "one"), (.Name = "two")])' $docs/long-form.json \
		>"$tmp/in.json"
	stamp --partial "$tmp/in.json"
	[[ $status -eq 1 && ${#stderr_lines[@]} -eq 2 ]]
	printf '%s\n' "$output" | cmp - "$tmp/in.json"
	# A whole definition is another matter.
	vary '.family = "a b"'
	stamp --partial "$tmp/in.json"
	refused 1 'family: '
}

@test "--dry-run prints nothing" {
	stamp -n "--report=$tmp/report" $docs/register.json
	[[ $status -eq 0 && -z $output && -z $stderr && -s $tmp/report ]]
}

@test "what is stamped is still what ECS takes" {
	local file
	for file in "$docs"/*; do
		fg-appid --stamp --family=fam --tag "$file" >"$tmp/out" ||
			fg-appid --stamp --family=fam "$file" >"$tmp/out"
		registers "$tmp/out" "$file"
	done 2>/dev/null
}

@test "functions where a list should be are refused with their place" {
	jq '.Resources.Task.Properties.ContainerDefinitions[0].Environment |=
		{"Fn::If": ["C", ., {Ref: "AWS::NoValue"}]}' \
		$docs/long-form.json >"$tmp/in.json"
	stamp "$tmp/in.json"
	refused 1 in.json: ContainerDefinitions Environment
}
