#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pipelines/fg-run-local, as far as no container is started: its command line,
# and what it refuses. tests/e2e/run-local.bats runs tasks.

bats_require_minimum_version 1.5.0

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	PATH="${FG_BIN:-$root/build/bin}:$root/pipelines:$PATH"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

# Nothing may be left behind, whatever happened.
teardown() {
	[[ -z $(ls "$BATS_TEST_TMPDIR/tmp") ]]
}

# definition [PROGRAM]: one container, changed by a jq program
definition() {
	jq -n '{family: "shop", cpu: "256", memory: "512",
		networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"],
		containerDefinitions: [{name: "app", image: "shop/app:1"}]} |
		.containerDefinitions[0] as $app | '"${1:-.}" >task.json
}

@test "what is not done is refused by its name" {
	local program expected
	while IFS=$'\t' read -r program expected; do
		definition "$program"
		run --separate-stderr fg-run-local --dry-run task.json
		echo "$program: $status $stderr"
		[[ $status -eq 125 && -z $output && ${#stderr_lines[@]} -eq 1 ]]
		[[ $stderr == "fg-run-local: task.json: $expected"* ]]
	done <<-'end'
	.taskRoleArn = "arn:aws:iam::123456789012:role/x"	taskRoleArn: there are no
	.pidMode = "task"	pidMode: 
	.new = 1	new: unknown
	.networkMode = "bridge"	networkMode: 
	.requiresCompatibilities = ["EC2"]	requiresCompatibilities: 
	.runtimePlatform.operatingSystemFamily = "WINDOWS_SERVER_2022_CORE"	runtimePlatform: 
	.ephemeralStorage.sizeInGiB = 30	ephemeralStorage: 
	.volumes = [{name: "v", efsVolumeConfiguration: {fileSystemId: "fs"}}]	volumes[0].efsVolumeConfiguration: 
	.volumes = [{name: "v", host: {sourcePath: "/"}}]	volumes[0].host.sourcePath: 
	.containerDefinitions = []	containerDefinitions: there are none
	.containerDefinitions += [$app]	containerDefinitions: two containers are called "app"
	.containerDefinitions[0].essential = false	containerDefinitions: none is essential
	.containerDefinitions[0].new = 1	containerDefinitions[0].new: unknown
	.containerDefinitions[0].name = "app\n"	containerDefinitions[0].name: 
	.containerDefinitions[0].secrets = [{name: "a=b", valueFrom: "x"}]	containerDefinitions[0].environment: "a=b" is no name
	.containerDefinitions[0].environment = [{name: "a\nb", value: "x"}]	containerDefinitions[0].environment: 
	.containerDefinitions[0].name = "a b"	containerDefinitions[0].name: 
	.containerDefinitions[0].links = ["x"]	containerDefinitions[0].links: 
	.containerDefinitions[0].privileged = true	containerDefinitions[0].privileged: 
	.containerDefinitions[0].repositoryCredentials.credentialsParameter = "x"	containerDefinitions[0].repositoryCredentials: 
	.containerDefinitions[0].systemControls = [{namespace: "net.x", value: "1"}]	containerDefinitions[0].systemControls: 
	.containerDefinitions[0].linuxParameters.sharedMemorySize = 9	containerDefinitions[0].linuxParameters.sharedMemorySize: 
	.containerDefinitions[0].linuxParameters.capabilities.add = ["NET_ADMIN"]	containerDefinitions[0].linuxParameters.capabilities.add: NET_ADMIN: 
	.containerDefinitions[0].ulimits = [{name: "nproc", softLimit: 1, hardLimit: 1}]	containerDefinitions[0].ulimits[0]: nproc: 
	.containerDefinitions[0].portMappings = [{containerPort: 80, hostPort: 81}]	containerDefinitions[0].portMappings[0].hostPort: 
	.containerDefinitions[0].logConfiguration.logDriver = "syslog"	containerDefinitions[0].logConfiguration.logDriver: syslog: 
	.containerDefinitions[0].logConfiguration.logDriver = "awsfirelens"	containerDefinitions[0].logConfiguration.logDriver: awsfirelens, and no
	.containerDefinitions[0].firelensConfiguration = {type: "fluentd", options: {"config-file-type": "file"}}	containerDefinitions[0].firelensConfiguration.options: config-file-type: 
	.containerDefinitions[0].healthCheck.command = ["true"]	containerDefinitions[0].healthCheck.command: 
	.containerDefinitions[0].mountPoints = [{sourceVolume: "no", containerPath: "/x"}]	containerDefinitions[0].mountPoints[0]: no volume "no"
	.containerDefinitions[0].volumesFrom = [{sourceContainer: "no"}]	containerDefinitions[0].volumesFrom[0]: no other container "no"
	.containerDefinitions[0].dependsOn = [{containerName: "app", condition: "START"}]	containerDefinitions[0].dependsOn[0]: no other container "app"
	.containerDefinitions += [$app | .name = "b" | .dependsOn = [{containerName: "app", condition: "HEALTHY"}]]	containerDefinitions[1].dependsOn[0]: app has no healthCheck
	.containerDefinitions += [$app | .name = "b" | .dependsOn = [{containerName: "app", condition: "SUCCESS"}]]	containerDefinitions[1].dependsOn[0]: app is essential
	.containerDefinitions += [$app | .name = "b" | .dependsOn = [{containerName: "app", condition: "START"}]] | .containerDefinitions[0].volumesFrom = [{sourceContainer: "b"}]	containerDefinitions: these wait for each other: app, b
	.containerDefinitions[0].portMappings = [{containerPort: 80}] | .containerDefinitions += [$app | .name = "b" | .portMappings = [{containerPort: 80}]]	containerDefinitions: two containers listen on 80/tcp
	end
}

@test "what is not wrong is not refused" {
	local program
	while read -r program; do
		definition "$program"
		run fg-run-local --dry-run task.json
		echo "$program: $status $output"
		[[ $status -eq 0 && -z $output ]]
	done <<-'end'
	.cpu = "1 vCPU" | .memory = "2 GB"
	.placementConstraints = [] | .volumes = [] | .tags = [{key: "a", value: "b"}]
	.enableFaultInjection = false | .requiresCompatibilities = ["EC2", "FARGATE"]
	.runtimePlatform.operatingSystemFamily = "LINUX"
	.volumes = [{name: "v", host: {}}]
	.containerDefinitions[0].dockerLabels = {"a": "b"}
	.containerDefinitions[0].logConfiguration = {logDriver: "splunk", options: {}}
	.containerDefinitions[0].linuxParameters.capabilities = {add: ["SYS_PTRACE"], drop: ["ALL"]}
	.containerDefinitions[0].portMappings = [{containerPort: 1, hostPort: 1, name: "x", appProtocol: "http"}]
	.containerDefinitions[0].versionConsistency = "enabled"
	end
}

@test "every field of ECS is known: done, or refused with a reason" {
	python3 - "$root/tests/fixtures/taskdef-fields.json" >fields <<-'end'
	import json, sys
	import botocore.session
	model = botocore.session.get_session().get_service_model("ecs")
	task = model.operation_model("RegisterTaskDefinition").input_shape
	container = task.members["containerDefinitions"].member
	newer = json.load(open(sys.argv[1]))
	for name in [*task.members, *newer["taskDefinition"]]:
	    print("task_members", name)
	for name in [*container.members, *newer["containerDefinition"]]:
	    print("container_members", name)
	for name in container.members["linuxParameters"].members:
	    print("linux_members", name)
	end
	[[ $(wc -l <fields) -gt 60 ]]
	while read -r table field; do
		jq -ne --arg field "$field" '{} as $run | '"$(sed \
			'/^# ---- what is wrong/,$d' "$root/share/run-local/plan.jq")
			$table | has(\$field)" >/dev/null || {
			echo "$table: $field"
			false
		}
	done <fields
}

@test "--without runs without that field, and no other" {
	definition '.pidMode = "task" | .taskRoleArn = "x"'
	run fg-run-local -n --without=pidMode task.json
	[[ $status -eq 125 && ${#lines[@]} -eq 1 && $output == *taskRoleArn:* ]]
	fg-run-local -n --without=pidMode --without taskRoleArn <task.json
}

@test "a wrong command line is told, and exit 125" {
	local words
	definition
	while read -r words; do
		# shellcheck disable=SC2086 # words they are
		run --separate-stderr fg-run-local $words
		echo "$words: $status $stderr"
		[[ $status -eq 125 && -z $output ]]
		[[ $stderr == 'fg-run-local: '*usage:* ]]
	done <<-'end'
	--verbos task.json
	-x task.json
	--image task.json
	--image= task.json
	--image=x task.json
	--image=app=a --image=app=b task.json
	--secrets=a --secrets=b task.json
	--timeout=0 task.json
	--timeout=1h task.json
	--timeout
	--verbose=yes task.json
	--dry-run= task.json
	task.json task.json
	-- task.json task.json
	end
}

@test "--help begins with the synopsis, the page and the shells know its options" {
	local complete=$root/share/complete/fg-run-local
	run --separate-stderr fg-run-local --help
	[[ $status -eq 0 && -z $stderr && ${lines[0]} == 'usage: fg-run-local '* ]]
	[[ $(awk 'length > 79' <<<"$output") == "" ]]
	grep -oE -- '^ .{5}--[a-z-]+' <<<"$output" | sed 's/.*--/--/' | sort >names
	[[ $(wc -l <names) -gt 10 ]]
	[[ $(fg-run-local -h) == "$output" ]]
	[[ $(fg-run-local --version) == "fg-run-local $(cat "$root/VERSION")" ]]
	run bash -c 'fg-run-local --help >/dev/full'
	[[ $status -eq 125 && $output == 'fg-run-local: standard output: '* ]]
	diff <(grep -vE -- '--(help|version)' names) \
		<(mandoc -T ascii -O width=500 "$root/man/fg-run-local.1" |
		sed 's/.\x08//g' | sed -n '/^OPTIONS/,/^ENVIRONMENT/p' |
		grep -oE -- '^ +(-., )?--[a-z-]+' | sed 's/.*--/--/' | sort -u)
	bash -c 'source "$1"
		COMP_WORDS=(fg-run-local --) COMP_CWORD=1
		_fg_run_local
		printf "%s\n" "${COMPREPLY[@]}"' - "$complete.bash" | sort | diff - names
	HOME=$PWD fish --no-config -c 'source $argv[1]
		complete -C "fg-run-local --"' "$complete.fish" |
		cut -f1 | sort | diff - names
	zsh -n "$complete.zsh"
}
