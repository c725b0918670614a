# SPDX-License-Identifier: Apache-2.0
# The peer of fg-inject: the same edits to a stamped task definition, but for
# the undo record, as an operator would write them in jq. $image: the sidecar's.

def sidecar($app_id; $log): {
	name: "fg-sidecar",
	image: $image,
	essential: true,
	entryPoint: ["/usr/bin/fg-sidecar"],
	environment: [$app_id],
	healthCheck: {
		command: ["CMD", "/usr/bin/fg-sidecar", "--health"],
		interval: 5,
		timeout: 2,
		retries: 3,
		startPeriod: 30
	},
	restartPolicy: {enabled: true, restartAttemptPeriod: 60},
	logConfiguration: ($log |
		.options["awslogs-stream-prefix"] = "fg-sidecar")
};

.containerDefinitions |= (
	first(.[].environment[] | select(.name == "FG_APP_ID")) as $app_id |
	first(.[].logConfiguration | select(.logDriver == "awslogs")) as $log |
	map(
		.entryPoint |= ["/opt/fg/bin/fg-wrap", "--"] + . |
		.environment += [
			{name: "FG_CONTAINER", value: .name},
			{name: "FG_IMAGE", value: .image}
		] |
		.volumesFrom += [
			{sourceContainer: "fg-sidecar", readOnly: true}
		] |
		.dependsOn += [
			{containerName: "fg-sidecar", condition: "HEALTHY"}
		] |
		.linuxParameters.capabilities.add += ["SYS_PTRACE"]
	) + [sidecar($app_id; $log)])
