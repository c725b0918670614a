#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-inject: the sidecar, FireLens and App Mesh.

bats_require_minimum_version 1.5.0
load documents

setup() {
	documents_setup
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

# told [OPTION ...]: what the execution role must be allowed, and about what.
told() {
	injected "$@" "--report=$tmp/report"
	done_well
	tests/doc/validate.py <"$tmp/report"
	jq -r 'select(.type == "iam.statement").statement |
		"\(.Action | join(",")) \(.Resource[0])"' "$tmp/report" >"$tmp/told"
}

@test "--enrol-secret: the permission is for the ARN, not for a key in it" {
	local arn=arn:aws:secretsmanager:eu-central-1:1:secret:enrol-a1B2c3
	told . --enrol-secret=$arn:key:AWSCURRENT:
	holds 'c("fg-sidecar").secrets[0].valueFrom == "'$arn':key:AWSCURRENT:"'
	echo "secretsmanager:GetSecretValue $arn" | diff - "$tmp/told"
	arn=arn:aws:ssm:eu-central-1:1:parameter/fg/enrol
	told . --enrol-secret=$arn
	echo "ssm:GetParameters $arn" | diff - "$tmp/told"
}

@test "--log-group and an image of ECR: what the role must be allowed" {
	local host=123456789012.dkr.ecr sidecar=s:1
	told . --log-group=/fg --log-region=eu-west-1
	echo "logs:CreateLogStream,logs:PutLogEvents arn:aws:logs:eu-west-1:*:\
log-group:/fg:*" | diff - "$tmp/told"
	sidecar=$host-fips.us-gov-west-1.amazonaws.com/a:1
	told .
	grep -Fq arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/a \
		"$tmp/told"
	sidecar=$host.cn-north-1.amazonaws.com.cn/a/b:1
	told .
	diff - <(tr ' ,' '\n' <"$tmp/told") <<-'end'
		ecr:GetAuthorizationToken
		*
		ecr:BatchCheckLayerAvailability
		ecr:BatchGetImage
		ecr:GetDownloadUrlForLayer
		arn:aws-cn:ecr:cn-north-1:123456789012:repository/a/b
	end
	sidecar=example.com/$host.eu-west-1.amazonaws.com/x
	told .
	diff - "$tmp/told" </dev/null
}

@test "on Fargate a log group or an image of ECR needs an execution role" {
	local option sidecar=123456789012.dkr.ecr.eu-west-1.amazonaws.com/s
	for option in -v --log-group=/fg; do
		injected 'del(.executionRoleArn)' $option
		refused 1 in.json:1:1: "no executionRoleArn" --execution-role
		injected 'del(.executionRoleArn)' $option \
			--execution-role=arn:aws:iam::1:role/x
		done_well
		holds '.executionRoleArn == "arn:aws:iam::1:role/x"'
		injected 'del(.executionRoleArn, .requiresCompatibilities)' \
			$option
		done_well
		holds 'has("executionRoleArn") | not'
	done
}

@test "--execution-role goes where there is none, null, or an empty one" {
	local change role=arn:aws:iam::1:role/x
	for change in 'del(.executionRoleArn)' '.executionRoleArn = null' \
	    '.executionRoleArn = ""'; do
		injected "$change" --execution-role=$role
		done_well
		holds '.executionRoleArn == "'$role'"'
		fg-inject --remove "$tmp/out.json" | cmp - "$tmp/in.json"
		fg-inject --sidecar-image=$sidecar "$tmp/out.json" \
			>"$tmp/without"
		jq -e '.executionRoleArn // "" == ""' "$tmp/without"
		fg-inject --remove "$tmp/without" | cmp - "$tmp/in.json"
	done
	sed 's/Family: mesh/&\n      ExecutionRoleArn: # none/' \
		$docs/appmesh.yaml >"$tmp/in.yaml"
	inject --execution-role=$role "$tmp/in.yaml"
	[[ $status -eq 0 && $output == *"ExecutionRoleArn: $role # none"* ]]
	fg-inject --remove <<<"$output" | cmp - "$tmp/in.yaml"
}

@test "an array names no role: a note says so" {
	inject --enrol-secret=arn:aws:ssm:r:1:parameter/x \
		"--report=$tmp/report" $docs/array.json
	done_well
	jq -es 'any(.id == "taskdef.role-unknown") and
		any(.type == "iam.statement")' "$tmp/report"
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
	printf '%s\n' '{"type":"policy","v":1}' '{"type":"policy","v":1,x}' \
		>"$tmp/policy"
	injected . "--initial-policy=$tmp/policy"
	refused 100 "$tmp/policy:2:24: "
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
	inject --log-group=/fg --execution-role=arn:aws:r $docs/sam.yaml
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

@test "--stop-grace that stopTimeout does not leave time for is warned of" {
	injected . --stop-grace=30 "--report=$tmp/report"
	done_well
	[[ $(jq -r 'select(.id == "container.stop-grace").pointer' \
		"$tmp/report") == /containerDefinitions/1 ]]
	injected . --stop-grace=90 "--report=$tmp/report"
	[[ $(jq -s 'map(select(.id == "container.stop-grace")) | length' \
		"$tmp/report") -eq 2 ]]
	injected . --stop-grace=29 "--report=$tmp/report"
	jq -es 'all(.type == "container")' "$tmp/report"
}

@test "without memory for the task the sidecar reserves its own" {
	injected 'del(.memory)'
	done_well
	holds 'c("fg-sidecar").memoryReservation == 64'
	injected .
	done_well
	holds 'c("fg-sidecar") | has("memoryReservation") | not'
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

@test "App Mesh: a proxy without IgnoredUID is warned of, if there is a Console" {
	local program='.proxyConfiguration = {type: "APPMESH",
		containerName: "assets", properties: [
			{name: "IgnoredUID", value: ""},
			{name: "IgnoredGID", value: "1337"}]}'
	injected "$program" "--report=$tmp/report"
	done_well
	holds 'c("fg-sidecar") | [.environment[].name] == ["FG_APP_ID"]'
	jq -es 'all(.id != "proxy.no-ignored-uid")' "$tmp/report"
	injected "$program" --console=https://c.example.com \
		"--report=$tmp/report"
	done_well
	tests/doc/validate.py <"$tmp/report"
	jq -es 'any(.id == "proxy.no-ignored-uid" and
		.pointer == "/proxyConfiguration")' "$tmp/report"
	inject --console=https://c.example.com "--report=$tmp/report" \
		$docs/appmesh.yaml
	jq -es 'all(.id != "proxy.no-ignored-uid")' "$tmp/report"
}
