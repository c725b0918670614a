# SPDX-License-Identifier: Apache-2.0
# fg-run-local: what the task metadata endpoint says (Amazon ECS Developer
# Guide, "Amazon ECS task metadata endpoint version 4 for tasks on Fargate").
# A line per container on standard input, between tabs: name, status, id,
# digest, exit code, time of start, health. $plan is that of plan.jq.
$plan[0] as $plan |
"arn:aws:ecs:local:000000000000:task/local/\($id)" as $arn |
{Cluster: "local", TaskARN: $arn, Family: $plan.family, Revision: "0",
LaunchType: "FARGATE", AvailabilityZone: "local", DesiredStatus: $desired,
KnownStatus: $known, Containers: [split("\n")[] | select(. != "") |
	split("\t") as [$name, $status, $id, $digest, $code, $start, $health] |
	($plan.containers[] | select(.name == $name)) as $own |
	{DockerId: $id, Name: $name, DockerName: "\($run)-\($name)",
	Image: $own.given, ImageID: $digest, Labels: {
		"com.amazonaws.ecs.cluster": "local",
		"com.amazonaws.ecs.container-name": $name,
		"com.amazonaws.ecs.task-arn": $arn,
		"com.amazonaws.ecs.task-definition-family": $plan.family},
	DesiredStatus: $desired, KnownStatus: $status, Type: "NORMAL",
	Networks: [{NetworkMode: "awsvpc", IPv4Addresses: ["127.0.0.1"]}]} +
	($code | if . == "" then {} else {ExitCode: tonumber} end) +
	($start | if . == "" then {} else {StartedAt:
		(tonumber / 1000000000 | floor | todate)} end) +
	($health | if . == "" then {} else {Health: {status: .}} end)]} +
([$plan.cpu, $plan.memory] | if all(. != null) then
	{Limits: {CPU: $plan.cpu, Memory: $plan.memory}} else {} end)
