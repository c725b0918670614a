#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-run-local: real tasks, of images from a registry, embedded by fg-embed,
# with the image of make image as their sidecar.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load containers
load registry

setup_file() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	root=$PWD
	containers_setup "$BATS_FILE_TMPDIR/c"
	[[ -z $no_containers ]] || return 0
	export root
	R=$BATS_FILE_TMPDIR/registry host=
	registry_start "$R"
	host=$(registry_host "$R")
	image=$BATS_FILE_TMPDIR/image
	bin=${FG_BIN:-${FG_BUILD:-build}/bin}
	share/image/root "$bin" "$image.root"
	SOURCE_DATE_EPOCH=1750000000 REVISION='' share/image/layout \
		"$(cat VERSION)" "$image.root" "$image" >/dev/null
	skopeo copy --quiet --dest-tls-verify=false "oci:$image" \
		"docker://$host/fg/sidecar:1"
	mkdir -p "$C/app/etc" "$C/app/room"
	cp -a "$C/busybox/." "$C/app"
	local name
	for name in wget env date pwd stat head wc tr awk nc; do
		ln -s busybox "$C/app/bin/$name"
	done
	echo 'root:x:0:0::/:/bin/sh' >"$C/app/etc/passwd"
	image app --change 'ENTRYPOINT ["/bin/sh","-c"]' \
		--change 'CMD ["echo default"]' --change 'WORKDIR /room'
	podman push --quiet --tls-verify=false fg-test/app \
		"docker://$host/shop/app:1"
	podman rmi --all --force >/dev/null
	export R host image
	# It must do without: whoever runs it has none.
	export -n CONTAINERS_CONF
}

teardown_file() {
	[[ -z ${R:-} ]] || registry_stop "$R"
	containers_teardown
}

setup() {
	containers_needed
	wrap_setup
	PATH=$root/pipelines:$PATH
	cd "$tmp" || return
	mkdir -p run
	unset CONTAINERS_CONF
	export TMPDIR=$tmp/run FG_SIDECAR_IMAGE=$host/fg/sidecar:1
	where=("--mirror=$host=http://$host")
	task=shop:24edfabf-c761-40ae-9748-5844b0d7579c
}

# Whatever happened, nothing is left behind.
teardown() {
	[[ -z $no_containers ]] || return 0
	wrap_teardown
	[[ -z $(ls "$TMPDIR") ]]
	[[ -z $(podman ps -aq) && -z $(podman volume ls -q) ]]
	run grep -lsa "$TMPDIR" /proc/[0-9]*/cmdline
	[[ -z $output ]]
}

# definition [PROGRAM]: one container, changed by a jq program
definition() {
	jq -n --arg image "$host/shop/app:1" '{family: "shop", cpu: "256",
		memory: "512", networkMode: "awsvpc",
		requiresCompatibilities: ["FARGATE"],
		executionRoleArn: "arn:aws:iam::123456789012:role/shop",
		containerDefinitions: [{name: "app", image: $image}]} |
		.containerDefinitions[0] as $app | '"${1:-.}" >plain.json
}

# embedded PROGRAM [OPTION...]: protected, and quicker to be healthy
embedded() {
	definition "$1"
	shift
	jq -nc --argjson rule "${rule:-$default_rule}" '{type: "policy", v: 1,
		kind: "runtime", version: 1, policy: {rules: [$rule]}}' >policy
	fg-embed --no-db --plain-http="$host" --app-id="$task" \
		--initial-policy=policy "$@" plain.json >protected.json
	jq '(.containerDefinitions[] | select(.name == "fg-sidecar") |
		.healthCheck.interval) = 1' protected.json >task.json
}

default_rule='{"name": "shop", "processes": {"effect": "prevent",
	"blacklist": ["touch"]}}'

# go OPTION...: run task.json; its output in out, its messages in said
go() {
	status=0
	timeout -k 5 100 fg-run-local -v "${where[@]}" "$@" task.json >out \
		2>said || status=$?
	echo "status $status"
	cat out said
}

# begin OPTION...: the same, in the background
begin() {
	fg-run-local -v "${where[@]}" "$@" task.json >out 2>said 3>&- &
	background+=($!)
}

# of CONTAINER: its log
of() {
	sed -n "s/^$1 | //p" out
}

# audits PROGRAM: what the sidecar wrote
audits() {
	of fg-sidecar | jq -es "$1"
}

# in_order LINE...: what was said holds these, one after the other
in_order() {
	local line at=0 found
	for line; do
		found=$(grep -nxF "fg-run-local: $line" said | cut -d : -f 1 |
			awk -v at="$at" '$1 > at { print; exit }')
		[[ -n $found ]] || { echo "not after line $at: $line"; return 1; }
		at=$found
	done
}

@test "an embedded task: as on Fargate, its command under the policy, audits told" {
	# shellcheck disable=SC2016 # is for the container
	embedded '.containerDefinitions[0] |= (. + {user: "1000:1000",
		readonlyRootFilesystem: true, command: ["echo hello $(id -u) $$
		/bin/touch /tmp/x || echo refused; (: >/tmp/x) || echo read-only;
		grep -E \"^(Cap|Seccomp:)\" /proc/self/status; exit 7"]})'
	fg-run-local "${where[@]}" protected.json >out 2>said || status=$?
	cat out said
	[[ $status -eq 7 ]]
	[[ $(<said) == "fg-run-local: app, which is essential, exited with code 7" ]]
	of app >app
	grep -qx 'hello 1000 [0-9]*' app
	grep -qx refused app && grep -qx read-only app
	# A user's effective set is empty; SYS_PTRACE is in the bounding one.
	grep -qxF $'CapEff:\t0000000000000000' app
	grep -qxF $'CapBnd:\t00000000a80c25fb' app
	grep -qxF $'Seccomp:\t2' app
	audits 'any(.name == "process.exec" and .action == "prevent" and
		.container.name == "app") and any(.name == "exit" and
		.agent == "fg-wrap" and .number == 7) and
		(.[-1] | .name == "exit" and .agent == "fg-sidecar")'
	# The image that was looked at is the one that runs.
	audits 'all(.container.digest // "x" | . == "x" or
		test("^sha256:[0-9a-f]{64}$"))'
}

@test "it starts in the order of dependsOn and ends in the reverse one" {
	embedded '.containerDefinitions = [
		($app | .name = "web" | .essential = false |
		.dependsOn = [{containerName: "app", condition: "START"}] |
		.command = ["trap \"echo web ends; exit 0\" TERM
			while :; do sleep 0.1; done"]),
		($app | .command = ["trap \"echo app ends; exit 0\" TERM
			while :; do sleep 0.1; done"])]'
	begin
	eventually grep -q 'web: started' said
	sleep 1
	kill -TERM "${background[-1]}"
	status=0
	wait "${background[-1]}" || status=$?
	cat out said
	[[ $status -eq 143 ]]
	in_order 'fg-sidecar: started' 'fg-sidecar: HEALTHY' 'app: started' \
		'web: started' 'stopped by a signal' 'web: is told to stop' \
		'web: exited with code 0' 'app: is told to stop' \
		'app: exited with code 0' 'fg-sidecar: is told to stop' \
		'fg-sidecar: exited with code 0'
	grep -qxF 'app | app ends' out && grep -qxF 'web | web ends' out
	audits '[.[] | select(.name == "exit") | .container.name // "-"] ==
		["web", "app", "-"]'
}

@test "a sidecar that dies is restarted within its policy, the app runs on" {
	embedded '.containerDefinitions[0].command = ["i=0
		while [ $i -lt 120 ]; do i=$((i + 1)); sleep 0.1
		[ $i -ne 90 ] || /bin/touch /x || echo refused; done; exit 4"]'
	jq '.containerDefinitions[1].restartPolicy.restartAttemptPeriod = 1' \
		task.json >soon.json
	mv soon.json task.json
	begin
	eventually grep -q 'app: started' said
	sleep 2
	podman kill -s KILL "$(podman ps -qf \
		label=com.amazonaws.ecs.container-name=fg-sidecar)" >/dev/null
	status=0
	wait "${background[-1]}" || status=$?
	cat out said
	[[ $status -eq 4 ]]
	in_order 'app: started' 'fg-sidecar: exited with code 137' \
		'fg-sidecar: restarted' 'fg-sidecar: started' \
		'app: exited with code 4' 'fg-sidecar: exited with code 0'
	grep -qx 'app | refused' out
	audits 'any(.name == "process.exec" and .action == "prevent")'
	# Not when it did not run as long as that.
	definition '.containerDefinitions[0] |= (. + {command: ["exit 3"],
		restartPolicy: {enabled: true, restartAttemptPeriod: 60}})'
	cp plain.json task.json
	go
	[[ $status -eq 3 && $(grep -c started said) -eq 1 ]]
}

@test "an override of the command is protected as well" {
	embedded '.'
	go "--command=app=[\"/bin/touch /tmp/y || echo refused\"]"
	[[ $status -eq 0 ]] && grep -qx 'app | refused' out
	audits 'any(.action == "prevent")'
	go --command=web='[]'
	[[ $status -eq 125 && $(<said) == *'--command: no container "web"'* ]]
	go --command=app='{"a": 1}'
	[[ $status -eq 125 && $(<said) == *'not a JSON list of strings'* ]]
}

@test "conditions: what is waited for, and what can no longer come" {
	definition '.containerDefinitions = [
		($app | .dependsOn = [{containerName: "one", condition: "COMPLETE"},
			{containerName: "two", condition: "SUCCESS"},
			{containerName: "three", condition: "HEALTHY"},
			{containerName: "three", condition: "START"}]),
		($app | .name = "one" | .essential = false | .command = ["exit 9"]),
		($app | .name = "two" | .essential = false | .command = ["exit 0"]),
		($app | .name = "three" | .command = ["sleep 1; : >/tmp/up; sleep 60"] |
			.stopTimeout = 1 | .healthCheck = {interval: 1, retries: 9,
			command: ["CMD-SHELL",
			"[ -z \"$FG_RUN_LOCAL_PID\" ] && cat /tmp/up"]} |
			.user = "1000")]'
	cp plain.json task.json
	go
	[[ $status -eq 0 && $(of app) == default ]]
	in_order 'three: started' 'three: HEALTHY' 'app: started' \
		'app: exited with code 0' 'three: is told to stop' \
		'three: exited with code 137'
	jq '.containerDefinitions[2].command = ["exit 1"]' plain.json >task.json
	go
	[[ $status -eq 125 && $(of app) == '' ]]
	grep -qx '.*app waits for two to be SUCCESS, which has ended' said
	jq '.containerDefinitions[3] |= (.command = ["sleep 60"] |
		.startTimeout = 2)' plain.json >task.json
	go
	[[ $status -eq 125 && $(of app) == '' ]]
	grep -q 'app waits for three to be HEALTHY, which took more than 2 s' said
}

@test "a health check counts as ECS does: retries, and the start period" {
	definition '.containerDefinitions[0] |= (. + {command: ["sleep 7"],
		healthCheck: {command: ["CMD-SHELL", "exit 1"], interval: 1,
		retries: 2}})'
	cp plain.json task.json
	go
	[[ $status -eq 0 ]]
	in_order 'app: started' 'app: UNHEALTHY' 'app: exited with code 0'
	jq '.containerDefinitions[0].healthCheck |= (.startPeriod = 60)' \
		plain.json >task.json
	go --timeout=6
	[[ $status -eq 124 && $(<said) != *UNHEALTHY* ]]
	# One that hangs has failed, and is ended.
	jq '.containerDefinitions[0] |= (.command = ["sleep 12"] |
		.healthCheck |= {command: ["CMD", "/bin/sleep", "6173"], interval: 1,
		timeout: 2, retries: 3})' plain.json >task.json
	begin
	for ((i = 0; i < 3; i++)); do
		eventually grep -q 'app: UNHEALTHY' said || [[ $i -lt 2 ]]
	done
	[[ $(pgrep -cfx '/bin/sleep 6173') -le 1 ]]
	wait "${background[-1]}"
	in_order 'app: started' 'app: UNHEALTHY' 'app: exited with code 0'
}

@test "the end of what is not essential is none, no policy restarts ignored codes" {
	definition '.containerDefinitions = [($app | .command = ["sleep 3; exit 2"]),
		($app | .name = "job" | .essential = false | .command = ["exit 5"]),
		($app | .name = "again" | .essential = false |
		.command = ["sleep 1.2; exit 6"] | .restartPolicy = {enabled: true,
		restartAttemptPeriod: 1}),
		($app | .name = "never" | .essential = false |
		.command = ["sleep 1.2; exit 6"] | .restartPolicy = {enabled: true,
		restartAttemptPeriod: 1, ignoredExitCodes: [6]})]'
	cp plain.json task.json
	go
	[[ $status -eq 2 ]]
	[[ $(grep -c 'again: started' said) -ge 2 ]]
	[[ $(grep -c 'never: started' said) -eq 1 ]]
	in_order 'job: exited with code 5' 'app: exited with code 2'
}

@test "volumes, users, places, limits and labels are the definition's" {
	definition '.volumes = [{name: "data"}] | .containerDefinitions = [
		($app | .user = "1000" | .workingDirectory = "/data" |
		.entryPoint = ["/bin/sh", "-c"] |
		.command = ["pwd; ls; id -u; ulimit -n; echo \"$A\"; echo x >/ro/x
			stat -c %s /sys/fs/cgroup >/dev/null; cat /ro/greeting
			cat /proc/1/comm; echo \"[$NONE]\"
			cat /sys/fs/cgroup/memory/memory.limit_in_bytes \\
				/sys/fs/cgroup/memory.max 2>/dev/null; exit 0"] |
		.environment = [{name: "A", value: "two\nlines, \"quoted\" $x"},
			{name: "NONE", value: ""}] | .memory = 64 |
		.ulimits = [{name: "nofile", softLimit: 512, hardLimit: 1024}] |
		.linuxParameters = {initProcessEnabled: true, tmpfs: [
			{containerPath: "/t", size: 8}]} |
		.mountPoints = [{sourceVolume: "data", containerPath: "/data"},
			{sourceVolume: "data", containerPath: "/ro", readOnly: true}] |
		.dependsOn = [{containerName: "first", condition: "SUCCESS"}]),
		($app | .name = "first" | .essential = false | .mountPoints =
			[{sourceVolume: "data", containerPath: "/v"}] |
		.command = ["pwd; echo hello >/v/greeting; ls -l /v | wc -l"])]'
	cp plain.json task.json
	go
	[[ $status -eq 0 && $(of first) == $'/room\n2' ]]
	diff <(of app | grep -v x:) - <<-'end'
	/data
	greeting
	1000
	512
	two
	lines, "quoted" $x
	hello
	podman-init
	[]
	67108864
	end
	grep -q 'can.t create /ro/x: Read-only' out
}

@test "secrets and files of variables come from a directory" {
	mkdir secrets
	printf 'hid-one\nhid-two\n' >secrets/plain-AbCdEf
	echo '{"user": "me", "password": "hid-pass"}' >secrets/login
	echo hid-parameter >secrets/deep
	printf '# comment\nFROM_FILE=file\nBOTH=file\nNOT A LINE\n' >secrets/x.env
	definition '.containerDefinitions[0] |= (. + {
		command: ["echo \"$A|$B|$C|$FROM_FILE|$BOTH\""],
		environment: [{name: "BOTH", value: "environment"}],
		environmentFiles: [{type: "s3", value: "arn:aws:s3:::bucket/y/x.env"}],
		secrets: [{name: "A", valueFrom:
			"arn:aws:secretsmanager:eu-west-1:123456789012:secret:plain-AbCdEf"},
			{name: "B", valueFrom:
			"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a/login:password::"},
			{name: "C", valueFrom:
			"arn:aws:ssm:eu-west-1:123456789012:parameter/very/deep"}]})'
	cp plain.json task.json
	go --secrets=secrets
	[[ $status -eq 0 && $(of app) == $'hid-one\nhid-two|hid-pass|hid-parameter|file|environment' ]]
	# No command line has them.
	begin --secrets=secrets --command=app='["sleep 3"]'
	eventually grep -q 'app: started' said
	run grep -lsa 'hi[d]-' /proc/[0-9]*/cmdline
	[[ -z $output ]]
	wait "${background[-1]}"
	rm secrets/login
	go --secrets=secrets
	[[ $status -eq 125 && $(<said) == *"secrets/login: cannot be read"* ]]
	go
	[[ $status -eq 125 && $(<said) == *"no --secrets"* ]]
}

@test "the metadata endpoint tells names, images and digests" {
	definition '.containerDefinitions = [($app | .command = [
		"u=$ECS_CONTAINER_METADATA_URI_V4; wget -qO- $u/task; echo
		wget -qO- $u; echo; wget -qO- $u/stats; wget -qO- $u/../x/task
		echo end"]),
		($app | .name = "other" | .command = ["sleep 60"] | .stopTimeout = 1)] |
		.containerDefinitions[0].dependsOn = [
			{containerName: "other", condition: "START"}]'
	cp plain.json task.json
	go
	of app | sed -n 1p | jq -e --arg image "$host/shop/app:1" --arg digest \
		"$(skopeo inspect --tls-verify=false "docker://$host/shop/app:1" |
		jq -r .Digest)" '.LaunchType == "FARGATE" and .Family == "shop" and
		(.Containers | map(.Name) == ["app", "other"]) and
		all(.Containers[]; .Image == $image and .ImageID == $digest) and
		(.Containers[1] | .KnownStatus == "RUNNING" and .StartedAt)'
	of app | sed -n 2p | jq -e '.Name == "app" and .DockerName and
		.Labels["com.amazonaws.ecs.container-name"] == "app"'
	[[ $(of app | grep -c '404 Not Found') -eq 2 ]]
	grep -qx 'app | end' out
	go --no-metadata --command=app='["echo $ECS_CONTAINER_METADATA_URI_V4."]'
	[[ $(of app) == . ]]
}

@test "FireLens: the router starts first, the rest after it, all of it protected" {
	embedded '.containerDefinitions = [
		($app | .logConfiguration = {logDriver: "awsfirelens", options:
			{Name: "firehose", region: "us-west-2"}}),
		($app | .name = "log_router" | .command = ["sleep 60"] |
			.stopTimeout = 2 | .firelensConfiguration =
			{type: "fluentbit"})]'
	go
	[[ $status -eq 0 && $(of app) == default ]]
	in_order 'fg-sidecar: HEALTHY' 'log_router: started' 'app: started' \
		'app: exited with code 0' 'fg-sidecar: exited with code 0'
	[[ $(jq -c '[.containerDefinitions[].entryPoint[0]]' task.json) == \
		'["/opt/fg/bin/fg-wrap","/opt/fg/bin/fg-wrap","/usr/bin/fg-sidecar"]' ]]
}

@test "proxyConfiguration: refused, or started without, with FG_EGRESS_UID" {
	embedded '.proxyConfiguration = {type: "APPMESH", containerName: "envoy",
		properties: [{name: "IgnoredUID", value: "1337"},
			{name: "ProxyEgressPort", value: "15001"}]} |
		.containerDefinitions += [($app | .name = "envoy" | .user = "1337" |
			.command = ["sleep 60"] | .stopTimeout = 1)]' \
		--console=https://127.0.0.1:9 \
		--enrol-secret=arn:aws:secretsmanager:eu-west-1:123456789012:secret:fg
	mkdir secrets
	echo fge_000000000000_0 >secrets/fg
	go
	[[ $status -eq 125 && ! -s out ]]
	grep -qF 'proxyConfiguration: nothing leads the traffic' said
	grep -qF -- --without=proxyConfiguration said
	jq -e '.containerDefinitions[] | select(.name == "fg-sidecar").environment |
		any(.name == "FG_EGRESS_UID" and .value == "1337")' task.json
	# It would wait for the Console.
	jq '(.containerDefinitions[] | select(.name == "fg-sidecar") |
		.stopTimeout) = 1' task.json >short.json
	mv short.json task.json
	begin --without=proxyConfiguration --secrets=secrets \
		--command=app='["sleep 3; /bin/touch /x || exit 6"]'
	eventually grep -q 'app: started' said
	# Who talks to the Console is not seen by the proxy.
	pgrep -u 1337 -P "$(podman inspect --format '{{.State.Pid}}' \
		"$(podman ps -qf label=com.amazonaws.ecs.container-name=fg-sidecar)")" \
		fg-sidecar
	status=0
	wait "${background[-1]}" || status=$?
	cat out said
	[[ $status -eq 6 ]]
	in_order 'fg-sidecar: HEALTHY' 'app: exited with code 6'
}

@test "what says nothing is no reason to refuse, nor what may be left out" {
	# What describe-task-definition fills in says nothing.
	definition '.placementConstraints = [] | .containerDefinitions[0] |= (. +
		{cpu: 0, links: [], environment: [], mountPoints: [], volumesFrom: [],
		entryPoint: [], command: [], privileged: false, secrets: null})'
	cp plain.json task.json
	go
	[[ $status -eq 0 && $(of app) == default ]]
	# Whoever says so runs without.
	definition '.taskRoleArn = "x" | .containerDefinitions[0].links = ["x"]'
	cp plain.json task.json
	go --without=taskRoleArn --without=links
	[[ $status -eq 0 && $(of app) == default ]]
}

@test "what is no document, no image, no port that is free" {
	local file
	printf '{"family": ' >broken.json
	: >empty.json
	echo '[1]' >list.json
	for file in broken empty list nowhere; do
		run --separate-stderr fg-run-local "$file.json"
		echo "$stderr"
		[[ $status -eq 125 && -z $output && $stderr == *"$file.json: "* ]]
	done
	echo '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}' \
		>template.json
	run ! fg-run-local --dry-run template.json
	[[ $output == *"template.json: a CloudFormation template; "* ]]
	[[ $output != *--without* ]]
	definition .
	jq '.containerDefinitions[0].portMappings = {containerPort: 1}' \
		plain.json >map.json
	run ! fg-run-local --dry-run map.json
	[[ $output == *"[0].portMappings: not a list of objects" ]]
	jq '{taskDefinition: .}' plain.json >described.json
	run ! fg-run-local --dry-run described.json
	[[ $output == *"what describe-task-definition prints; "* ]]
	definition ".containerDefinitions[0].image = \"$host/shop/none:1\""
	cp plain.json task.json
	go
	[[ $status -eq 125 && $(<said) == *"app: $host/shop/none:1: "* ]]
	definition ".containerDefinitions[0].portMappings = [
		{containerPort: ${host#*:}}]"
	cp plain.json task.json
	go
	[[ $status -eq 125 && $(<said) == *"somebody listens on ${host#*:}/tcp"* ]]
	definition '.containerDefinitions[0].entryPoint = ["/nonesuch"]'
	cp plain.json task.json
	go
	[[ $status -eq 125 && $(<out) == *nonesuch* ]]
}

@test "logs to files, the input from a pipe, an image of a directory" {
	embedded '.'
	mkdir logs
	fg-run-local "--image=fg-sidecar=oci:$image" "${where[@]}" \
		--log-dir=logs <task.json >out 2>said
	cat out said logs/*
	[[ ! -s out && ! -s said && $(<logs/app.log) == default ]]
	jq -es 'any(.name == "start")' logs/fg-sidecar.log
	run fg-run-local --log-dir=nowhere task.json
	[[ $status -eq 125 && $output == *nowhere* ]]
}

@test "a signal to all of its group is one to it" {
	definition '.containerDefinitions[0] |= (. + {
		command: ["trap \"echo bye; exit 0\" TERM
			while :; do sleep 0.1; done"],
		healthCheck: {command: ["CMD", "/bin/true"], interval: 1}})'
	status=0
	timeout 4 fg-run-local -v "${where[0]}" plain.json >out 2>said ||
		status=$?
	cat out said
	[[ $status -eq 124 && $(of app) == bye ]]
	in_order 'app: started' 'app: HEALTHY' 'app: is told to stop' \
		'app: exited with code 0'
}

@test "a second signal ends at once, and a reader that goes ends nothing" {
	definition '.containerDefinitions[0] |= (. + {stopTimeout: 60,
		command: ["trap : TERM; while :; do sleep 0.1; done"]})'
	cp plain.json task.json
	begin
	eventually grep -q 'app: started' said
	kill -TERM "${background[-1]}"
	eventually grep -q 'app: is told to stop' said
	kill -INT "${background[-1]}"
	kill -TERM "${background[-1]}"
	status=0
	wait "${background[-1]}" || status=$?
	cat said
	[[ $status -eq 143 ]]
	in_order 'app: is told to stop' 'app: exited with code 137'
	definition '.containerDefinitions[0].command = ["i=0
		while [ $i -lt 30 ]; do echo $i; i=$((i + 1)); sleep 0.1; done; exit 3"]'
	run bash -c 'fg-run-local "$1" plain.json | head -n 1; exit ${PIPESTATUS[0]}' \
		- "${where[0]}"
	[[ $status -eq 3 && ${lines[0]} == 'app | 0' || $output == *'app | 0'* ]]
}
