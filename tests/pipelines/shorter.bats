#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The shorter pipelines. No network; `aws` is a stand-in.

bats_require_minimum_version 1.5.0

setup_file() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	export root PATH="${FG_BIN:-$root/build/bin}:$root/pipelines:$PATH"
	export FG_SCAN_DB=$BATS_FILE_TMPDIR/scan.db
	"${FG_FIXTURES:-$root/build/fixtures}/scandb-make" \
		"$FG_SCAN_DB" <<<'api:1 {"Entrypoint":["/api"]}'
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir tmp bin
	export TMPDIR=$PWD/tmp FG_SIDECAR_IMAGE=sidecar:1
	jq -n '{family: "shop", containerDefinitions: [
		{name: "api", image: "api:1"},
		{name: "log", image: "log:2", entryPoint: ["/log"]}]}' >task.json
	fg-embed --offline task.json >protected.json
	cat >template.yaml <<-'end'
	Parameters:
	  Image: {Type: String}
	Resources:
	  Shop:
	    Type: AWS::ECS::TaskDefinition
	    Properties:
	      RuntimePlatform: {CpuArchitecture: ARM64}
	      ContainerDefinitions:
	        - Name: api
	          Image: !Ref Image
	        - Name: log
	          Image: log:2
	end
}

teardown() {
	[[ -z $(ls "$BATS_TEST_TMPDIR/tmp") ]]
}

@test "list-unprotected names file and container, exit 1" {
	run --separate-stderr list-unprotected protected.json task.json template.yaml
	[[ $status -eq 1 && -z $stderr ]]
	"$root/tests/doc/validate.py" <<<"$output"
	[[ $(jq -r '.file + .pointer' <<<"$output") == \
"task.json/containerDefinitions/0
task.json/containerDefinitions/1
template.yaml/Resources/Shop/Properties/ContainerDefinitions/0
template.yaml/Resources/Shop/Properties/ContainerDefinitions/1" ]]
}

@test "list-unprotected says nothing where all are protected" {
	run list-unprotected protected.json protected.json
	[[ $status -eq 0 && -z $output ]]
}

@test "list-unprotected goes on behind a file that is none, exit 100" {
	echo x >broken.json
	run --separate-stderr list-unprotected nowhere broken.json task.json
	[[ $status -eq 100 && ${#lines[@]} -eq 2 && ${#stderr_lines[@]} -eq 2 ]]
}

@test "list-images names what must be asked for, each once" {
	run --separate-stderr list-images task.json
	[[ $status -eq 0 && -z $stderr ]]
	[[ $output == '{"image":"api:1","platform":"linux/amd64"}' ]]
	run --separate-stderr list-images --param=Image=log:2 template.yaml
	[[ $status -eq 0 && -z $stderr ]]
	[[ $output == '{"image":"log:2","platform":"linux/arm64"}' ]]
	fg-entrypoint --offline < <(list-images task.json) |
		jq -e '.entrypoint == ["/api"]'
}

@test "list-images says which image is not known here, exit 1" {
	run --separate-stderr list-images template.yaml
	[[ $status -eq 1 && ${#stderr_lines[@]} -eq 1 ]]
	[[ $output == '{"image":"log:2","platform":"linux/arm64"}' ]]
	[[ $stderr == "list-images: Shop: api: "*Image* ]]
}

@test "list-images passes errors on" {
	run --separate-stderr list-images nowhere.json
	[[ $status -eq 100 && -z $output && $stderr == fg-entrypoint:*nowhere.json* ]]
	run --separate-stderr list-images --nonsense
	[[ $status -eq 2 && -z $output ]]
}

@test "an output that cannot be written, or an input that is none, is exit 100" {
	local command
	for command in "list-images task.json >/dev/full" \
	    "list-unprotected task.json >/dev/full" \
	    "echo x | iam-policy" "list-images </dev/null"; do
		run bash -c "$command"
		echo "$command: $status $output"
		[[ $status -eq 100 && ${#lines[@]} -eq 1 ]]
	done
	fg-embed --offline --enrol-secret=arn:aws:secretsmanager:x:1:secret:fg \
		--execution-role=arn:aws:iam::123456789012:role/x \
		--report=report task.json >/dev/null
	run bash -c "iam-policy <report >/dev/full"
	[[ $status -eq 100 ]]
	run --separate-stderr list-unprotected
	[[ $status -eq 2 && -z $output && $stderr == "usage: "* ]]
}

# aws SCRIPT: what stands in for it.
aws() {
	printf '#!/bin/sh\n%s\n' "$1" >bin/aws
	chmod +x bin/aws
	PATH=$PWD/bin:$PATH
}

@test "keep-app-id takes the App ID of the revision that runs" {
	aws '[ "$*" = "ecs describe-task-definition --task-definition shop" ] &&
		cat running.json'
	jq '{taskDefinition: (. + {revision: 7, status: "ACTIVE"})}' \
		protected.json >running.json
	keep-app-id shop --offline task.json >next.json
	cmp next.json protected.json
}

@test "keep-app-id makes one for a first revision" {
	aws 'echo "An error occurred (ClientException) when calling the" \
		"DescribeTaskDefinition operation: Unable to describe task" \
		"definition." >&2; exit 254'
	keep-app-id shop --offline task.json >next.json
	fg-lint --only=protected next.json
}

@test "keep-app-id makes none where AWS cannot be asked" {
	aws 'echo "Unable to locate credentials" >&2; exit 253'
	run --separate-stderr keep-app-id shop --offline task.json
	[[ $status -eq 111 && -z $output ]]
	[[ $stderr == "Unable to locate credentials" ]]
	run --separate-stderr keep-app-id
	[[ $status -eq 2 && -z $output && $stderr == "usage: "* ]]
}

@test "iam-policy makes one policy of all that is needed" {
	local arn=arn:aws:secretsmanager:eu-west-1:123456789012:secret:fg
	fg-embed --offline --enrol-secret=$arn --report=report \
		--execution-role=arn:aws:iam::123456789012:role/x task.json >/dev/null
	cat report report | iam-policy >policy.json
	jq -e --arg arn $arn '. == {Version: "2012-10-17", Statement: [{
		Effect: "Allow", Action: ["secretsmanager:GetSecretValue"],
		Resource: [$arn]}]}' policy.json
	fg-embed --offline --report=report task.json >/dev/null
	[[ -z $(iam-policy <report) ]]
}
