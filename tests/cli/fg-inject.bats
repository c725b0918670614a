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

# Each of these has been lost, split or pruned by a tool that embeds, renders or
# deploys definitions.
@test "what other tools lose comes through every stage, empty or not" {
	vary '. + {pidMode: "task", ipcMode: "none", enableFaultInjection: true,
		ephemeralStorage: {sizeInGiB: 30}, inferenceAccelerators: [],
		runtimePlatform: {cpuArchitecture: "ARM64",
			operatingSystemFamily: "LINUX"},
		placementConstraints: [], taskRoleArn: "", volumes: [
			{name: "v", host: {}}]} |
		.containerDefinitions[0] += {
			command: ["sh -c", "a  b", "", "\"x\" '"'y'"'"],
			restartPolicy: {enabled: false}, credentialSpecs: [],
			environmentFiles: [{type: "s3",
				value: "arn:aws:s3:::b/x.env"}],
			interactive: true, systemControls: [], ulimits: null,
			dnsServers: [], dockerSecurityOptions: [],
			workingDirectory: "/srv", dockerLabels: {},
			mountPoints: [{sourceVolume: "v", readOnly: false,
				containerPath: "/srv"}]} |
		.containerDefinitions[0].environment[0].value = ""'
	"$fixtures/scandb-make" "$tmp/scan.db" <<<'example.com/x:1'
	fg-entrypoint --fill --offline "--db=$tmp/scan.db" "$tmp/in.json" |
		fg-appid --stamp >"$tmp/stamped"
	run --separate-stderr fg-inject --sidecar-image=$sidecar "$tmp/stamped"
	done_well
	kept 'del(.containerDefinitions)'
	kept '[.containerDefinitions[] | select(.name != "fg-sidecar") |
		del(.entryPoint, .environment, .volumesFrom, .dependsOn,
			.linuxParameters)]'
	holds 'c("app").environment[0] == {name: "LANG", value: ""}'
	registers "$tmp/out.json" "$tmp/in.json"
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
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

@test "a mount over the volume of the sidecar is refused" {
	local path
	for path in /opt/fg /opt/fg/ //opt/./fg /opt/fg/bin /opt/x/../fg/run \
	    /../opt/fg; do
		injected '.containerDefinitions[1].mountPoints = [
			{sourceVolume: "w", containerPath: "/srv"},
			{sourceVolume: "v", containerPath: "'$path'"}]'
		refused 1 "containerDefinitions[1]: " /opt/fg
		injected '.containerDefinitions[0].linuxParameters.tmpfs = [
			{containerPath: "'$path'", size: 1}]'
		refused 1 "containerDefinitions[0]: " /opt/fg
	done
	for path in /opt / /opt/fgx /opt/fg/../x /fg "" /srv/opt/fg; do
		injected '.containerDefinitions[1].mountPoints = [
			{sourceVolume: "v", containerPath: "'$path'"}]'
		done_well
		kept '.containerDefinitions[1].mountPoints'
	done
	sed "s/User: '1337'/&\n          MountPoints: [{SourceVolume: v, \
ContainerPath: !Ref P}]/; s/^Resources/Parameters: {P: {Type: String, \
Default: \/opt\/fg}}\n&/" $docs/appmesh.yaml >"$tmp/in.yaml"
	inject "$tmp/in.yaml"
	refused 1 "ContainerDefinitions[1]: " /opt/fg
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

@test "where all are excluded there is no sidecar, only the memory of it" {
	local first=one:11111111-2222-4333-8444-555555555555
	injected . --exclude=app --exclude=assets "--report=$tmp/report"
	done_well
	holds '[.containerDefinitions[].name] == ["app", "assets"] and
		([.. | strings | select(test("FG_|fg-|SYS_"))] == [])'
	jq -es 'map(.state) == ["excluded", "excluded"]' "$tmp/report"
	fg-lint "$tmp/out.json"
	fg-inject --sidecar-image=$sidecar "$tmp/out.json" |
		cmp - "$tmp/out.json"
	fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
	# Nothing is asked of it: no App ID, room for a sidecar, or a role.
	sed '0,/Name: app/s//Name: one/' $docs/multi.yaml >"$tmp/in.yaml"
	run --separate-stderr fg-inject --sidecar-image=$sidecar \
		--container=one "$tmp/in.yaml"
	refused 2 Resources.First "no App ID"
	run --separate-stderr fg-inject --sidecar-image=$sidecar \
		--container=one --app-id=First=$first "$tmp/in.yaml"
	[[ $status -eq 0 && -z $stderr ]]
	[[ $(grep -cE '^ *(- )?Name: fg-sidecar$' <<<"$output") -eq 1 ]]
	fg-lint <<<"$output"
	fg-inject --remove <<<"$output" | cmp - "$tmp/in.yaml"
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
