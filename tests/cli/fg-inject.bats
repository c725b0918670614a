#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-inject: what is written into task definitions, and what is left alone.

bats_require_minimum_version 1.5.0
load documents

setup() {
	documents_setup
}

# ---- the containers ----

@test "the entry point is wrapped and the command stays" {
	injected .
	done_well
	holds 'c("app").entryPoint ==
		["/opt/fg/bin/fg-wrap", "--", "/docker-entrypoint.sh"]'
	holds 'c("assets").entryPoint ==
		["/opt/fg/bin/fg-wrap", "--", "/bin/sh", "-c"]'
	kept '.containerDefinitions[:2][].command'
}

@test "dependsOn, volumesFrom, environment are added to, never replaced" {
	injected .
	done_well
	holds 'c("app").dependsOn == [
		{containerName: "assets", condition: "SUCCESS"},
		{containerName: "fg-sidecar", condition: "HEALTHY"}]'
	holds 'c("app").volumesFrom == [
		{sourceContainer: "assets", readOnly: true},
		{sourceContainer: "fg-sidecar", readOnly: true}]'
	holds 'c("app").environment == [
		{name: "LANG", value: "C.UTF-8"},
		{name: "FG_APP_ID", value: "'$app_id'"},
		{name: "FG_CONTAINER", value: "app"},
		{name: "FG_IMAGE", value: "example.com/shop/app:1.4"}]'
	holds 'c("assets").volumesFrom == [
		{sourceContainer: "fg-sidecar", readOnly: true}]'
}

@test "linuxParameters: init, dropped capabilities and tmpfs stay" {
	injected .
	done_well
	holds 'c("app").linuxParameters == {
		initProcessEnabled: true,
		capabilities: {drop: ["NET_RAW", "MKNOD"],
			add: ["SYS_PTRACE"]},
		tmpfs: [{containerPath: "/tmp", size: 64}]}'
	holds 'c("assets").linuxParameters ==
		{capabilities: {add: ["SYS_PTRACE"]}}'
}

@test "other added capabilities stay in front of SYS_PTRACE" {
	injected '.containerDefinitions[0].linuxParameters.capabilities =
		{add: ["NET_ADMIN"], drop: ["ALL"]}'
	done_well
	holds 'c("app").linuxParameters.capabilities ==
		{add: ["NET_ADMIN", "SYS_PTRACE"], drop: ["ALL"]}'
}

@test "all else is the same: nothing is lost, nothing is made up" {
	local file
	for file in register firelens; do
		vary . $file.json
		inject "$tmp/in.json"
		done_well
		kept 'del(.containerDefinitions)'
		kept '[.containerDefinitions[] | select(.name != "fg-sidecar") |
			del(.entryPoint, .environment, .volumesFrom,
				.dependsOn, .linuxParameters)]'
	done
	holds '[.. | nulls] == []'
}

@test "unknown keys and the text of numbers pass through" {
	local text
	inject $docs/tabs.json
	done_well
	for text in '"memory": 12345678901234567890,' '"cpu": 1.0,' \
	    '"futureNumber": 1e1000,' \
	    '"futureMap": {"deep": [null, -0, 1E-7]},' \
	    '"enableFaultInjection": true'; do
		echo "$text"
		grep -Fq "$text" "$tmp/out.json"
	done
}

@test "SYS_PTRACE that was there is not added again; fg-wrap leaves it" {
	inject $docs/array.json
	done_well
	jq -e '.[1].linuxParameters.capabilities.add == ["SYS_PTRACE"] and
		.[1].entryPoint == ["/opt/fg/bin/fg-wrap", "--keep-ptrace",
			"--", "/two", "--fast"]' "$tmp/out.json"
	jq -e '.[0].entryPoint[1] == "--"' "$tmp/out.json"
}

@test "SYS_PTRACE that is dropped is refused" {
	injected '.containerDefinitions[0].linuxParameters.capabilities.drop =
		["SYS_PTRACE"]'
	refused 1 "in.json:11:5: containerDefinitions[0]: " capabilities.drop
}

@test "a variable or secret of a name that we write is refused" {
	local name
	for name in FG_CONTAINER FG_IMAGE FG_IMAGE_DIGEST FG_ON_NO_POLICY \
	    FG_PID1 FG_STOP_GRACE_S; do
		injected '.containerDefinitions[1].environment =
			[{name: "'$name'", value: "x"}]'
		refused 1 "containerDefinitions[1]: " reserved
		injected '.containerDefinitions[0].secrets[0].name = "'$name'"'
		refused 1 "containerDefinitions[0]: " reserved
	done
	injected '.containerDefinitions[0].environment += [
		{name: "FG_OTHER", value: "x"}]'
	done_well
}

@test "FG_APP_ID is the user's where the user wrote it" {
	local id=mine:11111111-2222-4333-8444-555555555555
	vary '.containerDefinitions[0].environment +=
		[{name: "FG_APP_ID", value: "'$id'"}]'
	run --separate-stderr fg-inject --sidecar-image=$sidecar "$tmp/in.json"
	done_well
	holds 'all(.containerDefinitions[];
		[value("FG_APP_ID")] == ["'$id'"])'
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
	inject "$tmp/in.json"
	refused 1 "environment[1]: " "take it out first"
}

@test "an FG_APP_ID that is none is refused" {
	local value want
	for value in '"x"' '""' '"web:24edfabf"' null; do
		want=1
		[[ $value != null ]] || want=2
		vary '.containerDefinitions[0].environment =
			[{name: "FG_APP_ID", value: '"$value"'}]'
		run --separate-stderr fg-inject --sidecar-image=$sidecar \
			"$tmp/in.json"
		refused $want in.json:
	done
}

@test "null and empty lists give way to ours" {
	injected '.containerDefinitions[0] |= (.environment = null |
		.dependsOn = [] | .volumesFrom = null |
		.linuxParameters.capabilities.add = [])'
	done_well
	holds '[c("app").environment[].name] ==
		["FG_APP_ID", "FG_CONTAINER", "FG_IMAGE"]'
	holds 'c("app").dependsOn | length == 1'
	holds 'c("app").volumesFrom | length == 1'
	holds 'c("app").linuxParameters.capabilities.add == ["SYS_PTRACE"]'
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
}

@test "a log configuration is never made null, and null stays" {
	injected 'del(.containerDefinitions[].logConfiguration)'
	done_well
	holds 'all(.containerDefinitions[]; has("logConfiguration") | not)'
	injected '.containerDefinitions[0].logConfiguration = null'
	done_well
	holds 'c("fg-sidecar") | has("logConfiguration") | not'
	kept '.containerDefinitions[0].logConfiguration'
}

@test "a container whose entry point is not known is not protected" {
	local gone
	for gone in 'del(.containerDefinitions[0].entryPoint)' \
	    '.containerDefinitions[0].entryPoint = []' \
	    '.containerDefinitions[0].entryPoint = null'; do
		injected "$gone"
		refused 1 in.json:11:5: "run fg-entrypoint --fill"
	done
}

@test "--partial prints what could be done, and still says no" {
	injected 'del(.containerDefinitions[1].entryPoint)' --partial
	[[ $status -eq 1 && $stderr == *'containerDefinitions[1]: '* ]]
	printf '%s\n' "$output" >"$tmp/out.json"
	holds 'c("app").entryPoint[0] == "/opt/fg/bin/fg-wrap"'
	kept '.containerDefinitions[1] | del(.environment)'
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
}

@test "what is of a wrong type is refused, with its place" {
	local what
	while read -r what; do
		injected ".containerDefinitions[0].$what"
		refused 1 "in.json:" "containerDefinitions[0]" "must be a"
	done <<-'end'
		entryPoint = "/app"
		environment = "A=1"
		environment = {}
		dependsOn = {}
		volumesFrom = 1
		linuxParameters = []
		linuxParameters.capabilities = "x"
		linuxParameters.capabilities.add = {}
	end
}

@test "two containers of one name are refused" {
	injected '.containerDefinitions[1].name = "app"'
	refused 1 'containerDefinitions[1].name: ' '"app"'
}

@test "containers without a name, or that are none, are refused" {
	injected 'del(.containerDefinitions[1].name)'
	refused 1 'containerDefinitions[1]: ' name
	injected '.containerDefinitions[1] = "app"'
	refused 1 'containerDefinitions[1]: '
	injected '.containerDefinitions = []'
	refused 1 'containerDefinitions: '
	injected 'del(.containerDefinitions)'
	refused 100 'in.json:1:1: '
}

@test "a foreign fg-sidecar is refused, and never taken for ours" {
	local nth ref
	for nth in 0 1; do
		injected ".containerDefinitions[$nth].name = \"fg-sidecar\" |
			.containerDefinitions[0] |= del(.dependsOn, .volumesFrom)"
		refused 1 "containerDefinitions[$nth]: " "that is not ours"
		fg-inject --remove "$tmp/in.json" | cmp - "$tmp/in.json"
	done
	for ref in dependsOn:containerName volumesFrom:sourceContainer; do
		injected ".containerDefinitions[1].${ref%:*} =
			[{${ref#*:}: \"fg-sidecar\"}]"
		refused 1 "containerDefinitions[1].${ref%:*}[0]: " fg-sidecar
		fg-inject --remove "$tmp/in.json" | cmp - "$tmp/in.json"
	done
}

@test "ten containers are the most, the sidecar among them" {
	injected '.containerDefinitions += [range(7) |
		{name: "c\(.)", image: "i", entryPoint: ["/c"]}]'
	done_well
	holds '.containerDefinitions | length == 10'
	injected '.containerDefinitions += [range(8) |
		{name: "c\(.)", image: "i", entryPoint: ["/c"]}]'
	refused 1 'containerDefinitions: ' 10
}

@test "Windows is refused" {
	injected '.runtimePlatform.operatingSystemFamily =
		"WINDOWS_SERVER_2022_CORE"'
	refused 1 'runtimePlatform.operatingSystemFamily: ' Windows
	injected '.runtimePlatform = {operatingSystemFamily: "LINUX",
		cpuArchitecture: "ARM64"}'
	done_well
}

@test "containers that wait for each other are refused" {
	injected '.containerDefinitions[1].dependsOn =
		[{containerName: "app", condition: "START"}]'
	refused 1 "$cycle"
	injected '.containerDefinitions[0] |= del(.dependsOn, .volumesFrom) |
		.containerDefinitions[1].links = ["app:web"] |
		.containerDefinitions[0].volumesFrom =
			[{sourceContainer: "assets"}]'
	refused 1 "$cycle"
}

# ---- the sidecar ----

@test "the sidecar is as agreed" {
	injected .
	done_well
	holds '.containerDefinitions[2] | del(.dockerLabels) == {
		name: "fg-sidecar", image: "'$sidecar'", essential: true,
		entryPoint: ["/usr/bin/fg-sidecar"],
		environment: [{name: "FG_APP_ID", value: "'$app_id'"}],
		healthCheck: {
			command: ["CMD", "/usr/bin/fg-sidecar", "--health"],
			interval: 5, timeout: 2, retries: 3, startPeriod: 30},
		restartPolicy: {enabled: true, restartAttemptPeriod: 60},
		logConfiguration: {logDriver: "awslogs", options: {
			"awslogs-group": "/ecs/web",
			"awslogs-region": "eu-central-1",
			"awslogs-stream-prefix": "fg-sidecar"}}}'
	holds '.containerDefinitions[2].dockerLabels | keys == ["fg.undo"]'
}

@test "--sidecar-image is required, an image, and may come from FG_SIDECAR_IMAGE" {
	local image
	run --separate-stderr fg-inject --app-id=$app_id $docs/register.json
	refused 2 --sidecar-image
	for image in "" "a b" "x/UPPER" "x:y:z"; do
		run --separate-stderr fg-inject "--sidecar-image=$image" \
			--app-id=$app_id $docs/register.json
		refused 2 --sidecar-image
	done
	FG_SIDECAR_IMAGE=env.example.com/s:2 \
		run --separate-stderr fg-inject --app-id=$app_id \
		$docs/register.json
	done_well
	holds 'c("fg-sidecar").image == "env.example.com/s:2"'
}

@test "--console, --console-ca, --proxy become the sidecar's environment" {
	printf -- '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' \
		>"$tmp/ca.pem"
	injected . --console=https://console.example.com:8443 \
		"--console-ca=$tmp/ca.pem" --proxy=http://proxy.example.com:3128
	done_well
	holds 'c("fg-sidecar") |
		value("FG_CONSOLE_URL") == "https://console.example.com:8443" and
		value("HTTPS_PROXY") == "http://proxy.example.com:3128"'
	jq -j '.containerDefinitions[2].environment[] |
		select(.name == "FG_CONSOLE_CA") | .value' "$tmp/out.json" |
		cmp - "$tmp/ca.pem"
	holds 'c("app") | [.environment[].name] | index("FG_CONSOLE_URL") |
		not'
	FG_CONSOLE_URL=https://env.example.com inject $docs/register.json
	done_well
	holds 'c("fg-sidecar") | value("FG_CONSOLE_URL") ==
		"https://env.example.com"'
}

@test "URLs of a wrong kind, or with a password, are usage errors" {
	local option
	while read -r option; do
		inject "$option" $docs/register.json
		echo "$option"
		refused 2 "fg-inject: ${option%%=*}: "
		[[ $stderr != *s3cret* ]]
	done <<-end
		--console=http://console.example.com
		--console=console.example.com
		--console=https://
		--console=https:///x
		--console=https://user:s3cret@console.example.com
		--proxy=https://proxy.example.com
		--proxy=https://user:s3cret@proxy.example.com
		--proxy=http://user:s3cret@proxy.example.com:3128
		--proxy=http://s3cret@proxy.example.com/
		--proxy=http://
		--enrol-secret=s3cret-name
		--execution-role=role
		--stop-grace=121
		--stop-grace=-1
		--pid1=both
		--on-no-policy=maybe
		--essential=no
	end
	inject --console-ca=/dev/null $docs/register.json
	refused 2 --console-ca
	inject --console=https://c.example.com --console-ca=/dev/null \
		$docs/register.json
	refused 100 "no PEM certificate"
}

@test "--enrol-secret needs an execution role, and tells the permission" {
	local arn=arn:aws:secretsmanager:eu-central-1:1:secret:enrol
	local role=arn:aws:iam::1:role/exec
	injected . --enrol-secret=$arn "--report=$tmp/report"
	done_well
	holds 'c("fg-sidecar").secrets ==
		[{name: "FG_ENROL_SECRET", valueFrom: "'$arn'"}]'
	kept .executionRoleArn
	jq -e 'select(.type == "iam.statement") | .role == "execution" and
		.task_definition == "web" and
		.statement == {Effect: "Allow",
			Action: ["secretsmanager:GetSecretValue"],
			Resource: ["'$arn'"]}' "$tmp/report"
	injected 'del(.executionRoleArn)' --enrol-secret=$arn
	refused 1 in.json:1:1: "no executionRoleArn" --execution-role
	injected 'del(.executionRoleArn)' --enrol-secret=$arn \
		--execution-role=$role
	done_well
	holds '.executionRoleArn == "'$role'"'
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
	injected . --enrol-secret=$arn --execution-role=$role
	done_well
	kept .executionRoleArn
}

@test "--initial-policy comes back by base64 -d | gunzip" {
	cat >"$tmp/policy" <<-'end'
		{"type":"policy","v":1,"kind":"runtime","version":1,"policy":{}}
		{"type":"policy","v":1,"kind":"waas","version":2,"policy":{"é":[]}}
	end
	injected . "--initial-policy=$tmp/policy"
	done_well
	jq -r '.containerDefinitions[2].environment[] |
		select(.name == "FG_INITIAL_POLICY") | .value' \
		"$tmp/out.json" | base64 -d | gunzip | cmp - "$tmp/policy"
	cp "$tmp/out.json" "$tmp/once.json"
	inject "--initial-policy=$tmp/policy" "$tmp/in.json"
	cmp "$tmp/once.json" <<<"$output"
}

@test "--initial-policy: what is no policy, or too large, is refused" {
	local line
	for line in '' 'x' '{}' '[1]' '{"type":"event","v":1}' \
	    '{"type":"policy","v":2}' '{"type":"policy","v":1} x'; do
		printf '%s\n' "$line" >"$tmp/policy"
		injected . "--initial-policy=$tmp/policy"
		echo "$line"
		refused 100 "$tmp/policy"
	done
	{
		printf '{"type":"policy","v":1,"x":"'
		head -c 12288 /dev/urandom | base64 -w0
		printf '"}\n'
	} >"$tmp/policy"
	injected . "--initial-policy=$tmp/policy"
	refused 100 16384 Console
	inject --initial-policy=/nonexistent $docs/register.json
	refused 100 /nonexistent
}

@test "--log-group: its region is told, or taken from the app's logs" {
	injected . --log-group=/fg --log-region=us-east-1
	done_well
	holds 'c("fg-sidecar").logConfiguration == {logDriver: "awslogs",
		options: {"awslogs-group": "/fg", "awslogs-region": "us-east-1",
			"awslogs-stream-prefix": "fg-sidecar"}}'
	injected . --log-group=/fg
	done_well
	holds 'c("fg-sidecar").logConfiguration.options["awslogs-region"] ==
		"eu-central-1"'
	injected 'del(.containerDefinitions[].logConfiguration)' --log-group=/fg
	refused 2 --log-region
	inject --log-group=/fg $docs/sam.yaml
	[[ $status -eq 0 ]]
	grep -Fq "awslogs-region: !Ref 'AWS::Region'" <<<"$output"
}

@test "--essential=false" {
	injected . --essential=false
	done_well
	holds 'c("fg-sidecar").essential == false'
	injected . --essential=true
	done_well
	holds 'c("fg-sidecar").essential == true'
}

@test "--on-no-policy, --pid1, --stop-grace become variables" {
	injected . --on-no-policy=closed --pid1=app --stop-grace=7
	done_well
	holds 'all(c("app", "assets"); value("FG_ON_NO_POLICY") == "closed" and
		value("FG_PID1") == "app" and value("FG_STOP_GRACE_S") == "7")'
	holds 'c("fg-sidecar") | value("FG_ON_NO_POLICY") == "closed"'
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
	injected . --stop-grace=0
	done_well
	holds 'c("app") | value("FG_STOP_GRACE_S") == "0"'
}

@test "without memory for the task the sidecar reserves its own" {
	injected 'del(.memory)'
	done_well
	holds 'c("fg-sidecar").memoryReservation == 64'
	injected .
	done_well
	holds 'c("fg-sidecar") | has("memoryReservation") | not'
}

# ---- choosing containers ----

@test "--exclude leaves a container as it is, and the record remembers" {
	injected . --exclude=assets "--report=$tmp/report"
	done_well
	kept '.containerDefinitions[1]'
	jq -es '[.[] | select(.type == "container") | [.name, .state]] ==
		[["app", "protected"], ["assets", "excluded"]]' "$tmp/report"
	run --separate-stderr fg-inject --sidecar-image=$sidecar "$tmp/out.json"
	cmp "$tmp/out.json" <<<"$output"
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
}

@test "--container takes only those, and again an excluded one" {
	injected . --container=assets
	done_well
	kept '.containerDefinitions[0]'
	holds 'c("assets").entryPoint[0] == "/opt/fg/bin/fg-wrap"'
	run --separate-stderr fg-inject --sidecar-image=$sidecar \
		--container=app --container=assets "$tmp/out.json"
	done_well
	holds 'all(c("app", "assets"); .entryPoint[0] == "/opt/fg/bin/fg-wrap"
		and value("FG_APP_ID") == "'$app_id'")'
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
}

@test "an excluded container may be what could not be protected" {
	injected 'del(.containerDefinitions[1].entryPoint)' --exclude=assets
	done_well
	kept '.containerDefinitions[1]'
}

@test "a name that is no container's is a usage error" {
	inject --exclude=nobody $docs/register.json
	refused 2 '"nobody"'
	inject --container=nobody $docs/register.json
	refused 2 '"nobody"'
}

# ---- FireLens, App Mesh ----

@test "FireLens: the log router waits for the sidecar, which never logs to it" {
	vary . firelens.json
	inject "$tmp/in.json"
	done_well
	holds 'c("fg-sidecar") | has("dependsOn") or
		has("firelensConfiguration") | not'
	holds 'c("fg-sidecar").logConfiguration | .logDriver == "awslogs" and
		.options == {"awslogs-group": "firelens",
			"awslogs-region": "us-west-2",
			"awslogs-create-group": "true",
			"awslogs-stream-prefix": "fg-sidecar"}'
	holds 'c("log_router").dependsOn ==
		[{containerName: "fg-sidecar", condition: "HEALTHY"}]'
	vary 'del(.containerDefinitions[0].logConfiguration)' firelens.json
	inject "$tmp/in.json"
	done_well
	holds 'c("fg-sidecar") | has("logConfiguration") | not'
}

@test "FireLens: a router that waits for whom it logs for is a cycle" {
	vary '.containerDefinitions[0].dependsOn =
		[{containerName: "app", condition: "START"}]' firelens.json
	inject "$tmp/in.json"
	refused 1 "never start: " log_router
}

@test "App Mesh: the proxy's IgnoredUID goes to the sidecar" {
	inject $docs/appmesh.yaml
	[[ $status -eq 0 ]]
	grep -A1 -F 'Name: FG_EGRESS_UID' <<<"$output" |
		grep -q "Value: '1337'"
	injected '.proxyConfiguration = {type: "APPMESH",
		containerName: "assets", properties: [
			{name: "AppPorts", value: "8080"},
			{name: "IgnoredUID", value: "42"}]}'
	done_well
	holds 'c("fg-sidecar") | value("FG_EGRESS_UID") == "42"'
	kept .proxyConfiguration
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
	inject --app-id=x $docs/register.json
	[[ $status -eq 0 ]] # the first that fits counts
	run --separate-stderr fg-inject --sidecar-image=$sidecar --app-id=x \
		$docs/register.json
	[[ $status -ne 0 && -z $output ]]
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

# ---- again, and later ----

@test "twice is once, with whatever options" {
	local file
	for file in "$docs"/*; do
		fg-inject --sidecar-image=$sidecar --app-id=$app_id \
			--console=https://c.example.com --pid1=app \
			"$file" >"$tmp/once"
		fg-inject --sidecar-image=$sidecar \
			--console=https://c.example.com --pid1=app \
			"$tmp/once" | cmp - "$tmp/once"
		fg-inject --sidecar-image=$sidecar --app-id=$app_id \
			--console=https://c.example.com --pid1=app \
			"$tmp/once" | cmp - "$tmp/once"
	done
}

@test "other options take the place of earlier ones" {
	local file
	for file in "$docs"/*; do
		fg-inject --sidecar-image=old.example.com/s:1 --app-id=$app_id \
			--essential=false --stop-grace=3 --log-group=/old \
			--log-region=r --enrol-secret=arn:aws:old \
			--execution-role=arn:aws:role "$file" >"$tmp/old"
		fg-inject --sidecar-image=$sidecar --console=https://c.example.com \
			"$tmp/old" >"$tmp/new"
		fg-inject --sidecar-image=$sidecar --console=https://c.example.com \
			--app-id=$app_id "$file" | cmp - "$tmp/new"
	done
}

@test "what another version wrote is brought up to date in place" {
	local file
	for file in register.json short-tags.yaml; do
		fg-inject --sidecar-image=$sidecar --app-id=$app_id "$docs/$file" \
			>"$tmp/now"
		# A version that knew no restart policy and another health check.
		sed -E 's/(tool\\?":\\?")[^"\\]+/\10.0.9/
			s/("interval": *|Interval: )5/\17/' "$tmp/now" >"$tmp/old"
		if cmp -s "$tmp/now" "$tmp/old"; then false; fi
		fg-inject --sidecar-image=$sidecar "$tmp/old" | cmp - "$tmp/now"
	done
}

@test "a container that came later is protected by the next run" {
	inject $docs/register.json
	done_well
	jq '.containerDefinitions |= [.[0], {name: "new", image: "new",
		entryPoint: ["/new"]}, .[1:][]]' "$tmp/out.json" >"$tmp/in.json"
	run --separate-stderr fg-inject --sidecar-image=$sidecar "$tmp/in.json"
	done_well
	holds 'c("new") | .entryPoint[0] == "/opt/fg/bin/fg-wrap" and
		value("FG_APP_ID") == "'$app_id'"'
	holds '[.containerDefinitions[].name | select(. == "fg-sidecar")] |
		length == 1'
}
