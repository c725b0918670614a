# SPDX-License-Identifier: Apache-2.0
# fg-run-local: a task definition becomes what podman(1) is called with.
# $run: id, architecture, nofile (a limit), without[], commands{}, images{}
#
# {errors: ["where: why", ...]} or {containers: [{name, image, create[],
# after[], ...}], volumes[], ports[], family, cpu, memory}. What is not done
# here is an error that names the field, unless $run.without has that name.

def capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL",
	"SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE", "NET_RAW",
	"SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "SETFCAP"];

# Members that are done as they are, or why not.
def task_members: (["family", "executionRoleArn", "networkMode",
	"containerDefinitions", "volumes", "requiresCompatibilities", "cpu",
	"memory", "tags", "runtimePlatform"] | map({(.): true}) | add) + {
	taskRoleArn: "there are no credentials of a role here",
	placementConstraints: "Fargate has none",
	pidMode: "each container has process IDs of its own here",
	ipcMode: "Fargate has none",
	proxyConfiguration: "nothing leads the traffic to the proxy here",
	inferenceAccelerators: "Fargate has none",
	ephemeralStorage: "the size of the disk is that of this machine",
	enableFaultInjection: "nobody injects faults here"};

def container_members: (["name", "image", "cpu", "memory",
	"memoryReservation", "portMappings", "essential", "restartPolicy",
	"entryPoint", "command", "environment", "environmentFiles",
	"mountPoints", "volumesFrom", "linuxParameters", "secrets",
	"dependsOn", "startTimeout", "stopTimeout", "versionConsistency",
	"user", "workingDirectory", "readonlyRootFilesystem", "interactive",
	"pseudoTerminal", "dockerLabels", "ulimits", "logConfiguration",
	"healthCheck", "firelensConfiguration"] | map({(.): true}) | add) + {
	repositoryCredentials: "log in to the registry by podman-login(1)",
	links: "not with the network of Fargate",
	hostname: "not with the network of Fargate",
	dnsServers: "not with the network of Fargate",
	dnsSearchDomains: "not with the network of Fargate",
	extraHosts: "not with the network of Fargate",
	disableNetworking: "not with the network of Fargate",
	privileged: "Fargate has none",
	dockerSecurityOptions: "Fargate has none",
	systemControls: "the network is that of this machine",
	resourceRequirements: "Fargate has none",
	credentialSpecs: "they are for Windows"};

def linux_members: {capabilities: true, initProcessEnabled: true, tmpfs: true,
	devices: "Fargate has none", sharedMemorySize: "Fargate has none",
	maxSwap: "Fargate has none", swappiness: "Fargate has none"};

# What says nothing, as describe-task-definition fills it in.
def is_nothing: . == null or . == false or . == [] or . == {} or . == "";

def wrong($at; $why): {at: $at, why: $why};
def wrong($at; $why; $field): wrong($at; $why) + {field: $field};

# members TABLE: those that it does not have, or that are not done.
def members($table; $at; $prefix):
	if type != "object" then wrong($at; "not an object") else
	to_entries[] | select(.value | is_nothing | not) |
	($prefix + .key) as $field | ($at + .key) as $at | $table[.key] |
	if . == null then wrong($at; "unknown"; $field)
	elif . != true then wrong($at; .; $field)
	else empty end end;

def list($name): .[$name] // [];
def each($name): list($name) | to_entries[];

# "1 vCPU", "512", 512: units; "1 GB", "1024": mebibytes.
def number($unit): if type == "string" then
	(capture("^ *(?<n>[0-9.]+) *(?<unit>[A-Za-z]*) *$") |
	(.n | tonumber) * (if .unit == "" then 1 else $unit end))
	else . end;

# ---- what is wrong ---------------------------------------------------------

def task_wrong:
	members(task_members; ""; ""),
	(select((.networkMode // "awsvpc") | IN("awsvpc") | not) |
		wrong("networkMode"; "Fargate has awsvpc alone")),
	(select((.requiresCompatibilities // ["FARGATE"]) |
		index("FARGATE") | not) |
		wrong("requiresCompatibilities"; "not FARGATE";
		"requiresCompatibilities")),
	(.runtimePlatform // {} | (.operatingSystemFamily // "LINUX",
		.cpuArchitecture // "X86_64") | select(IN("LINUX",
		$run.architecture) | not) |
		wrong("runtimePlatform"; "\(.): this machine is LINUX, " +
		$run.architecture)),
	(list("volumes") | to_entries[] | "volumes[\(.key)]" as $at | .value |
		members({name: true, host: true, configuredAtLaunch:
		"there is no launch that could configure it",
		dockerVolumeConfiguration: "Fargate has none",
		efsVolumeConfiguration: "there is no EFS here",
		fsxWindowsFileServerVolumeConfiguration: "Fargate has none"};
		$at + "."; "volumes."),
		(select(.host.sourcePath) | wrong($at + ".host.sourcePath";
		"Fargate has none"))),
	(if list("containerDefinitions") == [] then
		wrong("containerDefinitions"; "there are none")
	else empty end),
	(list("containerDefinitions") | map(.name) | group_by(.)[] |
		select(length > 1) | wrong("containerDefinitions";
		"two containers are called \(.[0] | tojson)")),
	(if list("containerDefinitions") | length > 0 and
		all(.[]; .essential == false) then
		wrong("containerDefinitions"; "none is essential")
	else empty end);

def depends_wrong($task; $at): . as $own |
	each("dependsOn") | "\($at)dependsOn[\(.key)]" as $at | .value |
	.condition as $condition | .containerName as $name |
	first(($task.containerDefinitions[] | select(.name == $name)), null) |
	if . == null or .name == $own.name then
		wrong($at; "no other container \($name | tojson)")
	elif $condition | IN("START", "COMPLETE", "SUCCESS", "HEALTHY") | not
	then wrong($at; "condition \($condition | tojson)")
	elif $condition == "HEALTHY" and (.healthCheck | is_nothing) then
		wrong($at; "\($name) has no healthCheck")
	elif ($condition | IN("COMPLETE", "SUCCESS")) and .essential != false
	then wrong($at; "\($name) is essential: its end is that of the task")
	else empty end;

def container_wrong($task; $at): . as $own |
	members(container_members; $at; ""),
	(.linuxParameters // {} | members(linux_members;
		$at + "linuxParameters."; "linuxParameters.")),
	(select(.name | type == "string" and
		test("\\A[A-Za-z0-9][A-Za-z0-9_-]*\\z") | not) |
		wrong($at + "name"; "\(.name | tojson) is no name")),
	(select(.image | type == "string" and length > 0 | not) |
		wrong($at + "image"; "there is none")),
	depends_wrong($task; $at),
	(each("volumesFrom") | .key as $i | .value.sourceContainer |
		select(. as $n | all($task.containerDefinitions[];
		.name != $n or .name == $own.name)) |
		wrong("\($at)volumesFrom[\($i)]";
		"no other container \(tojson)")),
	(each("mountPoints") | .key as $i | .value.sourceVolume |
		select(. as $n | all($task.volumes // [] | .[]; .name != $n)) |
		wrong("\($at)mountPoints[\($i)]"; "no volume \(tojson)")),
	(.linuxParameters.capabilities.add // [] | .[] |
		select(. != "SYS_PTRACE") |
		wrong($at + "linuxParameters.capabilities.add";
		"\(.): Fargate adds SYS_PTRACE alone")),
	(each("portMappings") | .key as $i | .value |
		select((.hostPort // 0) | . != 0 and . != $own.portMappings[$i]
		.containerPort) | wrong("\($at)portMappings[\($i)].hostPort";
		"not the containerPort")),
	(each("ulimits") | select(.value.name != "nofile") |
		wrong("\($at)ulimits[\(.key)]"; "\(.value.name): Fargate " +
		"sets nofile alone"; "ulimits")),
	(each("ulimits") | select(.value.name == "nofile" and
		.value.hardLimit > $run.nofile) |
		wrong("\($at)ulimits[\(.key)]"; "\(.value.hardLimit) open " +
		"files: this machine allows \($run.nofile)"; "ulimits")),
	(.logConfiguration.logDriver // "awslogs" |
		select(IN("awslogs", "awsfirelens", "splunk") | not) |
		wrong($at + "logConfiguration.logDriver"; "\(.): Fargate has " +
		"awslogs, awsfirelens and splunk")),
	(select(.logConfiguration.logDriver == "awsfirelens" and
		all($task.containerDefinitions[]; .firelensConfiguration |
		is_nothing)) | wrong($at + "logConfiguration.logDriver";
		"awsfirelens, and no container has a firelensConfiguration")),
	(.firelensConfiguration.options // {} | keys[] |
		wrong($at + "firelensConfiguration.options"; "\(.): no " +
		"configuration is made here";
		"firelensConfiguration.options")),
	(.healthCheck // {} | select(is_nothing | not) |
		select(.command[0]? | IN("CMD", "CMD-SHELL") | not) |
		wrong($at + "healthCheck.command";
		"begins neither with CMD nor with CMD-SHELL")),
	(each("environmentFiles") | .key as $i | .value |
		select(.value | test("[.]env$") | not) |
		wrong("\($at)environmentFiles[\($i)].value";
		"its name does not end in .env")),
	(each("secrets", "environment") | select(.value.name | type ==
		"string" and test("\\A[^=[:cntrl:]]+\\z") | not) |
		wrong($at + "environment"; "\(.value.name | tojson) is no name"));

# ---- who waits for whom ----------------------------------------------------

# [{on, condition}]: what is said, and what ECS adds.
def waits_for($task): . as $own |
	[(list("dependsOn")[] | {on: .containerName, condition}),
	(list("volumesFrom")[] | {on: .sourceContainer, condition: "START"}),
	(select(.logConfiguration.logDriver == "awsfirelens") |
		$task.containerDefinitions[] | select(.name != $own.name and
		(.firelensConfiguration | is_nothing | not)) |
		{on: .name, condition: "START"})] | unique;

# Those that can never start, since they wait for each other.
def never($left): [$left[] | select(any(.after[]; .on as $on |
	any($left[]; .name == $on)))] |
	if length == 0 or length == ($left | length) then . else never(.) end;

# ---- as podman takes it ----------------------------------------------------

def create($task): . as $own | ["--name=\($run.id)-\(.name)",
	"--network=host", "--log-driver=none", "--no-healthcheck",
	"--http-proxy=false", "--cap-drop=all",
	(capabilities + (.linuxParameters.capabilities.add // []) -
		(.linuxParameters.capabilities.drop // []) |
		if $own.linuxParameters.capabilities.drop // [] | index("ALL")
		then $own.linuxParameters.capabilities.add // [] else . end |
		"--cap-add=\(.[])"),
	(list("ulimits")[] | select(.name == "nofile") |
		"--ulimit=nofile=\(.softLimit):\(.hardLimit)"),
	(select(list("ulimits") | all(.name != "nofile")) |
		[65535, $run.nofile] | min | "--ulimit=nofile=\(.):\(.)"),
	(select(.entryPoint | is_nothing | not) |
		"--entrypoint=\(.entryPoint | tojson)"),
	"--env=AWS_EXECUTION_ENV=AWS_ECS_FARGATE",
	(list("environment")[] | "--env=\(.name)=\(.value)"),
	(list("secrets")[] | "--env=" + .name),
	(.user | select(is_nothing | not) | "--user=" + .),
	(.workingDirectory | select(is_nothing | not) | "--workdir=" + .),
	(select(.readonlyRootFilesystem) | "--read-only",
		"--read-only-tmpfs=false"),
	(select(.linuxParameters.initProcessEnabled) | "--init"),
	(.linuxParameters.tmpfs // [] | .[] | "--tmpfs=\(.containerPath):" +
		(["size=\(.size)m"] + (.mountOptions // []) | join(","))),
	(list("mountPoints")[] | "--volume=\($run.id)-\(.sourceVolume):" +
		.containerPath + if .readOnly then ":ro" else "" end),
	(list("volumesFrom")[] | "--volumes-from=\($run.id)-" +
		.sourceContainer + if .readOnly then ":ro" else "" end),
	(select(.interactive) | "--interactive"),
	(select(.pseudoTerminal) | "--tty"),
	((.dockerLabels // {}) + {
		"com.amazonaws.ecs.cluster": "local",
		"com.amazonaws.ecs.container-name": .name,
		"com.amazonaws.ecs.task-definition-family": $task.family} |
		to_entries[] | "--label=\(.key)=\(.value)"),
	(select(.cpu // 0 | . > 0) | "--cpu-shares=\([.cpu, 2] | max)"),
	(select(.memoryReservation // 0 | . > 0) |
		"--memory-reservation=\(.memoryReservation)m"),
	($task.cpu | select(is_nothing | not) |
		"--cpus=\(number(1024) / 1024)"),
	([.memory, ($task.memory | select(is_nothing | not) | number(1024))] |
		map(select(is_nothing | not)) | select(length > 0) |
		"--memory=\(min)m")];

# valueFrom: the last part of a name, or of an ARN, is the file; what follows
# the name of a secret in Secrets Manager is a key of the JSON in it.
def secret: {name} + (.valueFrom |
	if test("^arn:[^:]*:secretsmanager:") then (split(":") |
		{file: (.[6] | split("/")[-1]), key: (.[7] // "")})
	else {file: split(":")[-1] | split("/")[-1], key: ""} end);

def health: select(.healthCheck | is_nothing | not) | .healthCheck | {
	command: (if .command[0] == "CMD" then .command[1:]
		else ["/bin/sh", "-c", .command[1]] end),
	interval: (.interval // 30), timeout: (.timeout // 5),
	retries: (.retries // 3), start_period: (.startPeriod // 0)};

def container($task): {name, given: .image,
	image: ($run.images[.name] // .image),
	create: create($task),
	command: ($run.commands[.name] // .command // []),
	after: waits_for($task), essential: (.essential != false),
	health: ([health][0]), start_timeout: (.startTimeout // 180),
	stop_timeout: (.stopTimeout // 30),
	restart: (.restartPolicy | if .enabled? then {ignored:
		(.ignoredExitCodes // []), period:
		(.restartAttemptPeriod // 300)} else null end),
	secrets: [list("secrets")[] | secret],
	environment_files: [list("environmentFiles")[] | .value |
		split("/")[-1]],
	ports: [list("portMappings")[] | select(.containerPort) |
		"\(.containerPort)/\(.protocol // "tcp")"]};

def named($member; $given): . as $task | $given | keys[] |
	select(. as $n | all($task.containerDefinitions[]; .name != $n)) |
	wrong("--" + $member; "no container \(tojson)");

# Of another form than the one that is registered.
def other_form:
	if type != "object" then "not a task definition"
	elif .Resources then "a CloudFormation template; this runs what " +
		"register-task-definition takes"
	elif .taskDefinition then "what describe-task-definition prints; " +
		"fg-embed makes of it what register-task-definition takes"
	elif .containerDefinitions | type != "array" then
		"containerDefinitions: not a list"
	else .containerDefinitions | to_entries[] |
		"containerDefinitions[\(.key)]" as $at | .value |
		if type != "object" then $at + ": not an object"
		else to_entries[] | select(.key |
			IN("dependsOn", "volumesFrom", "mountPoints",
			"portMappings", "ulimits", "environment", "secrets",
			"environmentFiles")) |
			select(.value != null and (.value | type != "array" or
			any(.[]; type != "object"))) |
			"\($at).\(.key): not a list of objects"
		end
	end;

if [other_form] != [] then {errors: [other_form]} else
. as $task | ([task_wrong, named("command"; $run.commands),
	named("image"; $run.images),
	(each("containerDefinitions") | .key as $i | .value |
	container_wrong($task; "containerDefinitions[\($i)]."))] |
	map(select(.field == null or
		(.field as $f | $run.without | index($f) | not)))) as $wrong |
if $wrong != [] then {errors: $wrong | map("\(.at): \(.why)" +
	if .field then "; --without=\(.field) runs it without" else "" end)}
else {family: .family, cpu, memory, volumes: [list("volumes")[].name],
	containers: [.containerDefinitions[] | container($task)]} |
	never(.containers) as $never |
	(.containers | map(.ports) | add | group_by(.) |
		map(select(length > 1)[0])) as $twice |
	if $never != [] then {errors: ["containerDefinitions: these wait for " +
		"each other: " + ($never | map(.name) | join(", "))]}
	elif $twice != [] then {errors: ["containerDefinitions: two " +
		"containers listen on " + ($twice | join(", "))]}
	else . end
end
end
