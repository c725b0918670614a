#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-entrypoint --fill: what containers run is written out by the rules of
# ECS, from a scan DB made here; no network.

bats_require_minimum_version 1.5.0

setup_file() {
	export PATH="${FG_BIN:-$BATS_TEST_DIRNAME/../../build/bin}:$PATH"
	export FG_SCAN_DB=$BATS_FILE_TMPDIR/scan.db
	"${FG_FIXTURES:-$BATS_TEST_DIRNAME/../../build/fixtures}/scandb-make" \
		"$FG_SCAN_DB" <<-'EOF'
		both {"Entrypoint":["ie"],"Cmd":["ic"]}
		entry {"Entrypoint":["ie"]}
		cmd {"Cmd":["ic"]}
		none {}
		empty {"Entrypoint":[],"Cmd":[]}
		shell {"Entrypoint":["/bin/sh","-c","exec app $X"]}
		secret {"Cmd":["{{resolve:secretsmanager:prod/db}}"]}
		registry.example.com/shop/api:1.4 {"Entrypoint":["/api"],"Cmd":["--port=80"]}
		registry.example.com/shop/api:1.5 {"Entrypoint":["/api2"]}
	EOF
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# document ENTRYPOINT COMMAND IMAGE: a definition; "-" leaves a member out.
document() {
	jq -cn --arg e "$1" --arg c "$2" --arg i "$3" '
		{family: "f", containerDefinitions: [{name: "c", image: $i}
		+ (if $e == "-" then {} else {entryPoint: ($e | fromjson)} end)
		+ (if $c == "-" then {} else {command: ($c | fromjson)} end)]}'
}

fill() {
	fg-entrypoint --fill --offline "$@"
}

# runs: the words that the container of the document on standard input runs,
# as the agent puts them together: entryPoint, then command.
runs() {
	jq -rc '.containerDefinitions[0] | (.entryPoint // []) + (.command // []) | join(" ")'
}

# row ENTRYPOINT COMMAND IMAGE WORDS: filled in, and wrapped, it runs WORDS.
row() {
	local got wrapped
	got=$(document "$1" "$2" "$3" | fill | runs) || {
		echo "$*: exit $?"
		return 1
	}
	wrapped=$(document "$1" "$2" "$3" | fill | fg-appid --stamp |
		fg-inject --sidecar-image=s:1 | runs)
	[ "$got" = "$4" ] && [ "$wrapped" = "/opt/fg/bin/fg-wrap -- $4" ] || {
		echo "$*: got \"$got\", wrapped \"$wrapped\""
		return 1
	}
}

# The 2x2x2x2 table: task entryPoint, task command, image ENTRYPOINT, image
# CMD, each given or not. moby, daemon/commit.go, merge().
@test "the table of what is given by the task and by the image" {
	row - - both "ie ic"
	row - - entry "ie"
	row - - cmd "ic"
	row - '["tc"]' both "ie tc"
	row - '["tc"]' entry "ie tc"
	row - '["tc"]' cmd "tc"
	row - '["tc"]' none "tc"
	row '["te"]' - both "te"
	row '["te"]' - entry "te"
	row '["te"]' - cmd "te"
	row '["te"]' - none "te"
	row '["te"]' '["tc"]' both "te tc"
	row '["te"]' '["tc"]' entry "te tc"
	row '["te"]' '["tc"]' cmd "te tc"
	row '["te"]' '["tc"]' none "te tc"
}

@test "the row of the table that runs nothing is an error" {
	run -1 --separate-stderr fill < <(document - - none)
	[ -z "$output" ]
	[[ $stderr == *"containerDefinitions[0]: its image has neither ENTRYPOINT nor CMD"* ]]
}

@test "empty lists and null count as absent, on both sides" {
	row '[]' null both "ie ic"
	row null '[]' entry "ie"
	row '[]' '["tc"]' cmd "tc"
	row '["te"]' '[]' both "te"
	run -1 fill < <(document - - empty)
}

@test "the command stays apart, so that an override of RunTask still works" {
	document - - both | fill >filled
	[ "$(jq -c '.containerDefinitions[0] | [.entryPoint, .command]' filled)" = '[["ie"],["ic"]]' ]
	document - - cmd | fill | fg-appid --stamp | fg-inject --sidecar-image=s:1 >out
	[ "$(jq -c '.containerDefinitions[0] | [.entryPoint, .command]' out)" = \
		'[["/opt/fg/bin/fg-wrap","--"],["ic"]]' ]
}

@test "words are never split" {
	document - - shell | fill >filled
	[ "$(jq -c '.containerDefinitions[0].entryPoint' filled)" = '["/bin/sh","-c","exec app $X"]' ]
}

@test "what the task states is not asked about" {
	document '["te"]' - not-in-the-db >doc
	fill <doc | cmp - doc
}

@test "an image that nobody knows: exit 1, its place, no document" {
	run -1 --separate-stderr fill < <(document - - unknown:9)
	[ -z "$output" ]
	[[ $stderr == *'containerDefinitions[0]: '*unknown:9* ]]
	[ "$(grep -c . <<<"$stderr")" = 1 ]
}

@test "--partial prints the document all the same, still exit 1" {
	document - - unknown:9 >doc
	run -1 --separate-stderr fill --partial doc
	[ "$output" = "$(cat doc)" ]
}

@test "filling twice is filling once" {
	document - - both | fill >once
	fill <once | cmp - once
	fg-inject --remove once | cmp - <(document - - both)
}

@test "a new image is looked up again, the wrapper stays in front" {
	api=registry.example.com/shop/api
	document - - $api:1.4 | fill | fg-appid --stamp |
		fg-inject --sidecar-image=s:1 | sed "s|$api:1.4|$api:1.5|" >new
	run -1 fg-lint --only=protected --jq .id new
	[ "$output" = '"protected.image"' ] || [ "$output" = '"protected.image-told"' ]
	fill <new | fg-inject --sidecar-image=s:1 >filled
	[ "$(runs <filled)" = "/opt/fg/bin/fg-wrap -- /api2" ]
	fg-lint --only=protected filled
	fg-inject --remove filled | cmp - <(document - - $api:1.5)
}

@test "the platform is the task's, never the host's" {
	document - - both | jq -c '. + {runtimePlatform: {cpuArchitecture: "ARM64"}}' |
		fill --report=report >filled
	[ "$(jq -r .platform report)" = linux/arm64 ]
	document - - both | fill --report=report >filled
	[ "$(jq -r .platform report)" = linux/amd64 ]
}

@test "an architecture that is not known is told, not guessed" {
	cat >t.yaml <<-'EOF'
	Parameters:
	  Arch: {Type: String}
	  Part: {Type: String, Default: "64"}
	Mappings: {M: {a: {b: ARM64}}}
	Conditions: {C: !Equals [!Ref Arch, arm], D: !Equals [x, x]}
	Resources:
	  T:
	    Type: AWS::ECS::TaskDefinition
	    Properties:
	      RuntimePlatform: {CpuArchitecture: HERE}
	      ContainerDefinitions:
	        - Name: c
	          Image: both
	        - Name: stated
	          Image: unknown
	          EntryPoint: [te]
	EOF
	local arch
	for arch in '!Ref Arch' '!If [C, ARM64, X86_64]' \
	    '!If [C, ARM64, !Ref AWS::NoValue]'; do
		sed "s/HERE/$arch/" t.yaml >u.yaml
		run -1 --separate-stderr fill u.yaml
		[ -z "$output" ]
		[[ $stderr == *'ContainerDefinitions[0]: parameter Arch has no default; give --param Arch=VALUE' ]]
	done
	sed 's/HERE/MIPS/' t.yaml >u.yaml
	run -1 --separate-stderr fill u.yaml
	[[ $stderr == *'its cpuArchitecture is neither X86_64 nor ARM64' ]]
	for arch in '!FindInMap [M, a, b]' '!Sub "ARM${Part}"' \
	    '!If [D, ARM64, X86_64]'; do
		sed "s/HERE/$arch/" t.yaml | fill --report=report >out
		[ "$(jq -r .platform report)" = linux/arm64 ]
	done
	sed 's/HERE/!Ref Arch/' t.yaml | fill --param Arch=ARM64 --report=report >out
	[ "$(jq -r .platform report)" = linux/arm64 ]
	sed 's/HERE/!Ref AWS::NoValue/' t.yaml | fill --report=report >out
	[ "$(jq -r .platform report)" = linux/amd64 ]
	sed 's/{CpuArchitecture: HERE}/!If [C, {CpuArchitecture: ARM64}, !Ref AWS::NoValue]/' \
		t.yaml >u.yaml
	run -1 --separate-stderr fill u.yaml
	fill --param Arch=arm --report=report u.yaml >out
	[ "$(jq -r .platform report)" = linux/arm64 ]
}

@test "--no-document: stated entry points stay, their images are noted" {
	document '["te"]' - both >doc
	fill --no-document --report=report doc >filled
	[ "$(jq -r .type report)" = image.config ]
	[ "$(runs <filled)" = te ]
	fill --no-document filled | cmp - filled
	fill filled | cmp - filled
	fg-inject --remove filled | cmp - doc
	fg-appid --stamp filled | fg-inject --sidecar-image=s:1 >out
	digest=$(jq -r .digest report)
	jq -e --arg d "$digest" '.containerDefinitions[0].environment[] |
		select(.name == "FG_IMAGE_DIGEST").value == $d' out
	fg-inject --remove out | cmp - doc
	document '["te"]' - unknown:9 >doc
	run -1 fill --no-document doc
	run -2 fg-entrypoint --no-document web
}

@test "what was noted of an image goes when the image does" {
	document '["te"]' - both | fill --no-document | sed 's/"both"/"unknown:9"/' |
		fill | fg-appid --stamp | fg-inject --sidecar-image=s:1 >out
	run -1 grep -q -e FG_IMAGE_DIGEST -e sha256:f out
	fg-inject --remove out | cmp - <(document '["te"]' - unknown:9)
	# Excluded by then, so not asked about: the answer is taken back.
	document - - both | fill | sed 's/"both"/"unknown:9"/' |
		fill --exclude c >out
	[ "$(runs <out)" = "" ]
	fg-inject --remove out | cmp - <(document - - unknown:9)
}

@test "words of an image cannot reach for secrets of the account" {
	cat >t.yaml <<-'EOF'
	Resources:
	  T:
	    Type: AWS::ECS::TaskDefinition
	    Properties:
	      ContainerDefinitions:
	        - Name: c
	          Image: secret
	EOF
	run -1 --separate-stderr fill t.yaml
	[ -z "$output" ]
	[[ $stderr == *"{{resolve:"* ]]
	# Where nothing replaces it, it is a word like any other.
	row - - secret "{{resolve:secretsmanager:prod/db}}"
}

@test "images given by parameters, defaults and files" {
	cat >t.yaml <<-'EOF'
	Parameters:
	  Tag: {Type: String}
	  Host: {Type: String, Default: registry.example.com}
	Resources:
	  T:
	    Type: AWS::ECS::TaskDefinition
	    Properties:
	      ContainerDefinitions:
	        - Name: c
	          Image: !Sub ${Host}/shop/api:${Tag}   # the API
	EOF
	run -1 --separate-stderr fill t.yaml
	[[ $stderr == *"ContainerDefinitions[0]: parameter Tag has no default; give --param Tag=VALUE"* ]]
	fill --param Tag=1.4 t.yaml >by-param
	grep -q -- '- /api$' by-param
	grep -q 'Image: !Sub ${Host}/shop/api:${Tag}   # the API' by-param
	echo '[{"ParameterKey":"Tag","ParameterValue":"1.4"}]' >p1
	echo '["Tag=1.4"]' >p2
	fill --param-file p1 t.yaml | cmp - by-param
	fill --param-file p2 t.yaml | cmp - by-param
	run -2 fill --param Tga=1 t.yaml
	fg-inject --remove by-param | cmp - t.yaml
}

@test "images given by pseudo parameters, mappings and functions" {
	local image
	for image in '!Sub "registry.${AWS::Region}.com/shop/api:${V}"' \
	    '!Join ["/", [!Ref Host, shop, !Join [":", [api, !Ref V]]]]' \
	    '!FindInMap [Images, !Ref "AWS::Region", api]' \
	    '{"Fn::Sub": ["${H}/shop/api:${V}", {"H": !Ref Host}]}' \
	    '!If [C, !Select [1, [a, !Ref Full]], !Ref Unknown]'; do
		cat >t.yaml <<-EOF
		Parameters:
		  Host: {Type: String, Default: registry.example.com}
		  Full: {Type: String, Default: "registry.example.com/shop/api:1.4"}
		  V: {Type: String, Default: "1.4"}
		  Unknown: {Type: String}
		Mappings:
		  Images: {example: {api: "registry.example.com/shop/api:1.4"}}
		Conditions: {C: !Equals [!Ref "AWS::Partition", aws]}
		Resources:
		  Repository: {Type: AWS::ECR::Repository}
		  T:
		    Type: AWS::ECS::TaskDefinition
		    Properties:
		      ContainerDefinitions:
		        - Name: c
		          Image: $image
		EOF
		fill --region=example --partition=aws --report=report t.yaml >out
		[ "$(jq -r .reference report)" = registry.example.com/shop/api:1.4 ]
		grep -qF "Image: $image" out
	done
	run -1 --separate-stderr fill t.yaml
	[[ $stderr == *"AWS::Partition is not known; give "*--partition ]]
	for image in 'Ref Unknown' 'GetAtt Repository.RepositoryUri' 'ImportValue x'; do
		sed "s/Image: .*/Image: !$image/" t.yaml >u.yaml
		run -1 fill --report=report u.yaml
		[ "$(jq -r '.pointer + " " + .state' report)" = \
			"/Resources/T/Properties/ContainerDefinitions/0 unprotected" ]
	done
}

@test "a command that may come to nothing is refused, not guessed" {
	cat >t.yaml <<-'EOF'
	Conditions: {C: !Equals [a, b]}
	Resources:
	  T:
	    Type: AWS::ECS::TaskDefinition
	    Properties:
	      ContainerDefinitions:
	        - Name: c
	          Image: both
	          Command: !If [C, [x], !Ref AWS::NoValue]
	EOF
	run -1 --separate-stderr fill t.yaml
	[[ $stderr == *"AWS::NoValue is not supported yet"* ]]
	sed -i 's/!Ref AWS::NoValue/[y]/' t.yaml
	fill t.yaml | grep -q 'EntryPoint:'
}

@test "--exclude leaves a container alone, and is remembered" {
	jq -cn '{family: "f", containerDefinitions: [{name: "a", image: "both"},
		{name: "b", image: "unknown:9"}]}' >doc
	run -1 fill doc
	fill --exclude b doc >filled
	fill filled | cmp - filled
	fg-appid --stamp filled | fg-inject --sidecar-image=s:1 --report=report >out
	[ "$(jq -r 'select(.type == "container") | .name + " " + .state' report | paste -sd,)" = "a protected,b excluded" ]
	[ "$(jq -c '.containerDefinitions[1]' out)" = '{"name":"b","image":"unknown:9"}' ]
	fg-inject --remove out | cmp - doc
	# Where nothing else is to be filled it is remembered, too.
	jq -cn '{family: "f", containerDefinitions: [{name: "a", image: "x",
		entryPoint: ["e"]}, {name: "b", image: "unknown:9"}]}' >doc
	fill --exclude b doc >filled
	fill filled | cmp - filled
	fg-inject --remove filled | cmp - doc
	run -2 --separate-stderr fill --exclude nobody doc
	[[ $stderr == *'no container is named "nobody"'* ]]
}
