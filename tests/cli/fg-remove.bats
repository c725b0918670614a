#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-inject --remove: the exact inverse of all document tools.

bats_require_minimum_version 1.5.0
load documents

setup() {
	documents_setup
}

# embed FILE [OPTION ...]: stamped and injected, as $tmp/embedded.
embed() {
	local file=$1
	shift
	fg-appid --stamp --family=fam "$file" >"$tmp/stamped"
	fg-inject --sidecar-image=$sidecar "$@" "$tmp/stamped" >"$tmp/embedded"
}

# removed FILE: taken out, with nothing to complain about, as $tmp/back.
removed() {
	run --separate-stderr fg-inject --remove "$1"
	echo "status $status: $stderr"
	[[ $status -eq 0 && -z $stderr ]]
	fg-inject --remove "$1" >"$tmp/back"
}

# A describe form or a wrapper becomes the register form for good.
is_normal() {
	[[ $1 != */describe.json && $1 != */wrapped.yaml ]]
}

@test "what was stamped and injected is given back byte for byte" {
	local file
	for file in "$docs"/*; do
		echo "$file"
		embed "$file"
		removed "$tmp/stamped"
		is_normal "$file" && cmp "$tmp/back" "$file"
		cp "$tmp/back" "$tmp/first"
		removed "$tmp/embedded"
		cmp "$tmp/back" "$tmp/first"
	done
}

@test "what nothing was put into is given back as it is" {
	local file
	for file in "$docs"/*; do
		is_normal "$file" || continue
		fg-inject --remove "$file" | cmp - "$file"
	done
}

@test "removing twice is removing once" {
	embed $docs/short-tags.yaml
	removed "$tmp/embedded"
	fg-inject --remove "$tmp/back" | cmp - "$tmp/back"
}

@test "the register form of a description comes back without what ECS added" {
	embed $docs/describe.json
	removed "$tmp/embedded"
	jq -e '.family == "api" and .tags == [{key: "stage", value: "prod"}] and
		(has("revision") | not) and
		.containerDefinitions[0].environment == []' "$tmp/back"
	embed $docs/wrapped.yaml
	removed "$tmp/embedded"
	grep -q '^family: worker' "$tmp/back"
	grep -q '^    - name: worker\|^  - name: worker' "$tmp/back"
	grep -q "the only one" "$tmp/back"
}

@test "all options, and removed again" {
	local file
	echo '{"type":"policy","v":1}' >"$tmp/policy"
	for file in "$docs"/*; do
		is_normal "$file" || continue
		echo "$file"
		embed "$file" --console=https://c.example.com \
			--proxy=http://p:1 --enrol-secret=arn:aws:s \
			--execution-role=arn:aws:r "--initial-policy=$tmp/policy" \
			--log-group=/g --log-region=r --essential=false \
			--on-no-policy=open --pid1=wrap --stop-grace=5
		removed "$tmp/embedded"
		cmp "$tmp/back" "$file"
	done
}

@test "the tag of --tag goes, too" {
	local file
	for file in register.json multi.yaml one-line.json comments.yaml; do
		fg-appid --stamp --tag "$docs/$file" >"$tmp/stamped"
		grep -q fg:app-id "$tmp/stamped"
		fg-inject --sidecar-image=$sidecar "$tmp/stamped" >"$tmp/embedded"
		removed "$tmp/embedded"
		cmp "$tmp/back" "$docs/$file"
	done
}

@test "in any order of the tools, and with any of them again" {
	fg-inject --sidecar-image=$sidecar --app-id=$app_id \
		$docs/register.json >"$tmp/1"
	fg-appid --stamp --renew "$tmp/1" >"$tmp/2"
	fg-inject --sidecar-image=$sidecar --pid1=app "$tmp/2" >"$tmp/3"
	fg-appid --stamp "$tmp/3" | cmp - "$tmp/3"
	removed "$tmp/3"
	cmp "$tmp/back" $docs/register.json
	removed "$tmp/2"
	cmp "$tmp/back" $docs/register.json
}

# ---- a person was there ----

@test "edits of other parts stay, and it is still exact" {
	embed $docs/register.json
	sed -i -e 's/"512"/"1024"/' -e 's/"C.UTF-8"/"de_DE"/' \
		-e '/"image"/s/app:1.4/app:1.5/' "$tmp/embedded"
	removed "$tmp/embedded"
	sed -e 's/"512"/"1024"/' -e 's/"C.UTF-8"/"de_DE"/' \
		-e '/"image"/s/app:1.4/app:1.5/' $docs/register.json |
		diff - "$tmp/back"
	embed $docs/short-tags.yaml
	sed -i -e '1i # by hand' -e 's/Cpu: 256/Cpu: 512  # more/' \
		-e '/# an expression/d' -e '/^Outputs/,$d' "$tmp/embedded"
	removed "$tmp/embedded"
	sed -e '1i # by hand' -e 's/Cpu: 256/Cpu: 512  # more/' \
		-e '/# an expression/d' $docs/short-tags.yaml |
		diff - "$tmp/back"
}

@test "a container that was renamed is known again, and it is still exact" {
	local file
	for file in stamped embedded; do
		embed $docs/register.json
		sed -i 's/"name": "app"/"name": "shop"/' "$tmp/$file"
		removed "$tmp/$file"
		sed 's/"name": "app"/"name": "shop"/' $docs/register.json |
			diff - "$tmp/back"
		fg-inject --sidecar-image=$sidecar "$tmp/$file" >"$tmp/again"
		fg-lint "$tmp/again"
		removed "$tmp/again"
		sed 's/"name": "app"/"name": "shop"/' $docs/register.json |
			diff - "$tmp/back"
	done
	embed $docs/short-tags.yaml
	sed -i 's/- Name: !Ref Service/- Name: !Sub new-${Service}/' \
		"$tmp/embedded"
	removed "$tmp/embedded"
	sed 's/- Name: !Ref Service/- Name: !Sub new-${Service}/' \
		$docs/short-tags.yaml | diff - "$tmp/back"
}

@test "a new container does not inherit the exclusion of one that went" {
	embed $docs/register.json --exclude=assets
	jq '.containerDefinitions[1] |= {name: "new", image: "n",
		entryPoint: ["/n"]} | del(.containerDefinitions[0].dependsOn[0],
		.containerDefinitions[0].volumesFrom[0])' "$tmp/embedded" \
		>"$tmp/edited"
	fg-inject --sidecar-image=$sidecar "$tmp/edited" >"$tmp/again"
	jq -e '.containerDefinitions[1].entryPoint[0] ==
		"/opt/fg/bin/fg-wrap"' "$tmp/again"
}

@test "a copy of a container is cleaned, too" {
	local file copy='.containerDefinitions |=
		[.[0], (.[0] | .name = "twin")] + .[1:]'
	embed $docs/register.json
	jq "$copy" "$tmp/embedded" >"$tmp/edited"
	fg-inject --sidecar-image=$sidecar "$tmp/edited" >"$tmp/again"
	fg-lint "$tmp/again"
	for file in edited again; do
		run --separate-stderr fg-inject --remove "$tmp/$file"
		diff <(jq -S "$copy" $docs/register.json) <(jq -S . <<<"$output")
	done
}

@test "an entry point that was unwrapped by hand: SYS_PTRACE goes all the same" {
	embed $docs/register.json
	sed -i '0,/"\/opt\/fg\/bin\/fg-wrap", "--", /s///' "$tmp/embedded"
	removed "$tmp/embedded"
	cmp "$tmp/back" $docs/register.json
	jq '.containerDefinitions[0].linuxParameters.capabilities.add =
		["SYS_PTRACE"]' $docs/register.json >"$tmp/in"
	embed "$tmp/in"
	jq 'del(.containerDefinitions[0].entryPoint[:3])' "$tmp/embedded" \
		>"$tmp/edited"
	run --separate-stderr fg-inject --remove "$tmp/edited"
	diff <(jq -S . "$tmp/in") <(jq -S . <<<"$output")
}

@test "a container, a variable and a dependency of the user's stay" {
	embed $docs/register.json
	jq '.containerDefinitions[0].environment += [{name: "Z", value: "z"}] |
		.containerDefinitions[0].dependsOn |= [{containerName: "new",
			condition: "START"}] + . |
		.containerDefinitions += [{name: "new", image: "n"}]' \
		"$tmp/embedded" >"$tmp/edited"
	run --separate-stderr fg-inject --remove "$tmp/edited"
	[[ $status -eq 1 ]]
	jq -S '.containerDefinitions[0].environment += [{name: "Z", value: "z"}] |
		.containerDefinitions[0].dependsOn |= [{containerName: "new",
			condition: "START"}] + . |
		.containerDefinitions += [{name: "new", image: "n"}]' \
		$docs/register.json | diff - <(jq -S . <<<"$output")
}

@test "after jq it is all taken out, and exit 1 says that layout is lost" {
	local file
	for file in "$docs"/*.json; do
		is_normal "$file" || continue
		embed "$file"
		# Numbers that jq would change are for the test below.
		jq . "$tmp/embedded" >"$tmp/edited"
		run --separate-stderr fg-inject --remove \
			"--report=$tmp/report" "$tmp/edited"
		echo "$file: $status $stderr"
		[[ $status -eq 1 && ${#stderr_lines[@]} -ge 1 ]]
		[[ $stderr == *reformatted* ]]
		jq -es 'any(.id == "remove.inexact")' "$tmp/report"
		tests/doc/validate.py <"$tmp/report"
		diff <(jq -S . "$file") <(jq -S . <<<"$output")
	done
}

# describe FILE: as DescribeTaskDefinition would print it after registration.
describe() {
	jq '{taskDefinition: (. + {
		taskDefinitionArn: "arn:aws:ecs:r:1:task-definition/x:1",
		revision: 1, status: "ACTIVE", compatibilities: ["EC2"],
		requiresAttributes: [{name: "a"}], placementConstraints: [],
		volumes: (.volumes // []), registeredAt: 1.5, registeredBy: "x"} |
		del(.tags)),
		tags: (.tags // [])} |
		.taskDefinition.containerDefinitions[] |=
			{cpu: 0, portMappings: [], mountPoints: [],
			systemControls: [], environment: [], volumesFrom: []} + .' \
		"$1"
}

@test "after registering and describing nothing of ours is left" {
	local file
	for file in register firelens one-line; do
		embed $docs/$file.json
		describe "$tmp/embedded" >"$tmp/described"
		run --separate-stderr fg-inject --remove "$tmp/described"
		[[ $status -eq 1 ]]
		printf '%s\n' "$output" >"$tmp/back"
		if grep -iE 'fg[-_.]|SYS_PTRACE' "$tmp/back"; then false; fi
		describe $docs/$file.json >"$tmp/plain"
		diff <(fg-inject --remove "$tmp/plain" |
			jq -S 'del(.. | select(. == [] or . == {}))') \
			<(jq -S 'del(.. | select(. == [] or . == {}))' \
			"$tmp/back")
	done
}

@test "a described definition is protected again in place" {
	embed $docs/register.json
	describe "$tmp/embedded" >"$tmp/described"
	fg-inject --sidecar-image=$sidecar "$tmp/described" >"$tmp/again"
	fg-lint "$tmp/again"
	jq -e '[.containerDefinitions[].name] == ["app", "assets", "fg-sidecar"]
		and .containerDefinitions[0].entryPoint ==
			["/opt/fg/bin/fg-wrap", "--", "/docker-entrypoint.sh"]' \
		"$tmp/again"
	diff <(jq -S '.containerDefinitions[2] | del(.cpu, .portMappings,
			.mountPoints, .systemControls, .volumesFrom,
			.dockerLabels)' "$tmp/again") \
		<(jq -S '.containerDefinitions[2] | del(.dockerLabels)' \
		"$tmp/embedded")
}

@test "a lost record: what our names tell is taken out" {
	embed $docs/register.json
	jq 'del(.containerDefinitions[2].dockerLabels)' "$tmp/embedded" \
		>"$tmp/edited"
	run --separate-stderr fg-inject --remove "$tmp/edited"
	[[ $status -eq 1 ]]
	jq -e '[.containerDefinitions[].name] == ["app", "assets"] and
		.containerDefinitions[0].entryPoint ==
			["/docker-entrypoint.sh"] and
		([.. | strings | select(test("fg-sidecar|fg-wrap|SYS_PTRACE"))]
			== [])' <<<"$output"
}

@test "a damaged record, or one of a later version, is refused" {
	local change
	embed $docs/short-tags.yaml
	while read -r change; do
		sed "$change" "$tmp/embedded" >"$tmp/edited"
		for tool in "fg-inject --remove" fg-lint \
		    "fg-inject --sidecar-image=$sidecar" "fg-appid --stamp"; do
			run --separate-stderr $tool "$tmp/edited"
			echo "$tool $change"
			refused 100 "edited:" "Metadata.FgEmbed: "
		done
	done <<-'end'
		s/{"v":1/{"v":2/
		s/{"v":1/{"v":1/;s/"sha256":"[0-9a-f]*"/"sha256":"abc"/
		s/"cut":"[0-9a-f]*",//
		s/FgEmbed: '.*'/FgEmbed: [1]/
		s/FgEmbed: '.*'/FgEmbed: '{"v":1'/
	end
}

@test "hostile records crash nothing and invent nothing" {
	local record n=0
	while read -r record; do
		n=$((n + 1))
		jq --arg r "$record" '.containerDefinitions[0].dockerLabels =
			{"fg.undo": $r}' $docs/register.json >"$tmp/$n.json"
		run --separate-stderr fg-inject --remove "$tmp/$n.json"
		echo "$record: $status $stderr"
		[[ $status -eq 1 || $status -eq 100 ]]
		[[ $status -eq 1 || -z $output ]]
	done <<-end
		{}
		[]
		x
		{"v":1,"sha256":"$(printf '%064d' 0)","cut":"00000000","containers":[1]}
		{"v":1,"sha256":"$(printf '%064d' 0)","cut":"00000000","containers":{"app":1}}
		{"v":1,"sha256":"$(printf '%064d' 0)","cut":"00000000","containers":{"app":{"did":["fill","entryPoint","command","stamp"],"old":{"entryPoint":"}]","command":"[[[","environment":"x"}}}}
		{"v":1,"sha256":"$(printf '%064d' 0)","cut":"00000000","did":["tag","executionRoleArn","metadata"],"containers":{}}
		{"v":1,"sha256":"$(printf '%064d' 0)","cut":"\"}]x","containers":{}}
	end
}

@test "options of injecting do not go with --remove" {
	local option n=0
	while read -r option; do
		n=$((n + 1))
		run --separate-stderr fg-inject --remove "$option" \
			$docs/register.json
		refused 2 "${option%%=*}: not with --remove"
	done < <(fg-inject --help=json | jq -r '.options[] | 
		select(.name | IN("remove", "diff", "report", "partial",
		"dry-run", "param", "param-file", "region", "account",
		"partition", "help", "version", "verbose") | not) |
		"--\(.name)=" + ({"essential": "true", "pid1": "app",
		"on-no-policy": "open", "stop-grace": "1"}[.name] // "x")')
	[[ $n -eq 16 ]]
}

@test "--remove goes with what the environment says, and the other options" {
	fg-inject --sidecar-image=$sidecar --app-id=$app_id \
		$docs/register.json >"$tmp/in.json"
	export FG_SIDECAR_IMAGE=$sidecar FG_CONSOLE_URL=https://fg.example.com
	fg-inject --remove --partial --param=A=b "--report=$tmp/report" \
		"$tmp/in.json" | cmp - $docs/register.json
	run --separate-stderr fg-inject --remove -n "$tmp/in.json"
	[[ $status -eq 0 && -z $output && -z $stderr ]]
	fg-inject --remove --diff "$tmp/in.json" | grep -q '^-.*fg-wrap'
}
