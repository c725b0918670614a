#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-lint: one finding for each way in which a container is not protected.

bats_require_minimum_version 1.5.0
load documents

setup() {
	documents_setup
	fg-inject --sidecar-image=$sidecar --app-id=$app_id \
		$docs/register.json >"$tmp/good.json"
}

# lint PROGRAM [OPTION ...]: the protected definition, changed by jq.
lint() {
	jq "$1" "$tmp/good.json" >"$tmp/in.json"
	shift
	run --separate-stderr fg-lint "$@" "$tmp/in.json"
	echo "$status $output $stderr"
}

# finds ID POINTER...: exit 1, and just these findings.
finds() {
	local id=$1
	shift
	[[ $status -eq 1 && -z $stderr ]]
	tests/doc/validate.py <<<"$output"
	[[ $(jq -r '.id' <<<"$output" | sort -u) == "$id" ]]
	diff <(printf '%s\n' "$@") <(jq -r .pointer <<<"$output")
}

@test "what was injected has no finding" {
	local file
	run --separate-stderr fg-lint "$tmp/good.json"
	[[ $status -eq 0 && -z $output && -z $stderr ]]
	for file in "$docs"/*; do
		fg-inject --sidecar-image=$sidecar --app-id=$app_id "$file" |
			fg-lint
	done
}

@test "what was not injected has one for each container" {
	run --separate-stderr fg-lint $docs/register.json
	finds protected.sidecar /containerDefinitions/0 /containerDefinitions/1
	run --separate-stderr fg-lint --only=protected $docs/multi.yaml
	finds protected.sidecar \
		/Resources/First/Properties/ContainerDefinitions/0 \
		/Resources/Second/Properties/ContainerDefinitions/0
}

@test "findings have a place, a message and a remedy" {
	run --separate-stderr fg-lint $docs/register.json
	jq -es '.[0] | .type == "finding" and .v == 1 and
		.severity == "error" and .line == 9 and .column == 5 and
		(.msg | length > 9) and (.remedy | length > 9)' <<<"$output"
}

@test "protected.sidecar: it was taken out" {
	lint 'del(.containerDefinitions[2])'
	finds protected.sidecar /containerDefinitions/0 /containerDefinitions/1
}

@test "protected.entry-point: it is not wrapped any more" {
	lint '.containerDefinitions[0].entryPoint |= .[2:]'
	finds protected.entry-point /containerDefinitions/0
	lint 'del(.containerDefinitions[1].entryPoint)'
	finds protected.entry-point /containerDefinitions/1
	lint '.containerDefinitions[0].entryPoint[1] = "x"'
	finds protected.entry-point /containerDefinitions/0
}

@test "protected.command: there is nothing behind the wrapper" {
	lint '.containerDefinitions[0] |=
		(.entryPoint |= .[:2] | .command = [])'
	finds protected.command /containerDefinitions/0
	lint '.containerDefinitions[0] |=
		(.entryPoint |= .[:2] | del(.command))'
	finds protected.command /containerDefinitions/0
	lint '.containerDefinitions[0].entryPoint |= .[:2]'
	[[ $status -eq 0 ]]
}

@test "protected.volume: the wrapper's volume is missing" {
	lint '.containerDefinitions[0].volumesFrom |= .[:1]'
	finds protected.volume /containerDefinitions/0
}

@test "protected.volume: something is mounted over it" {
	lint '.containerDefinitions[1].mountPoints = [
		{sourceVolume: "v", containerPath: "/opt/fg"}]'
	finds protected.volume /containerDefinitions/1
}

@test "protected.volume-writable" {
	lint '.containerDefinitions[0].volumesFrom[1].readOnly = false'
	finds protected.volume-writable /containerDefinitions/0
	lint 'del(.containerDefinitions[1].volumesFrom[0].readOnly)'
	finds protected.volume-writable /containerDefinitions/1
}

@test "protected.ptrace: SYS_PTRACE is missing or dropped" {
	lint 'del(.containerDefinitions[0].linuxParameters)'
	finds protected.ptrace /containerDefinitions/0
	lint '.containerDefinitions[1].linuxParameters.capabilities.drop =
		["SYS_PTRACE"]'
	finds protected.ptrace /containerDefinitions/1
}

@test "protected.depends-on: it does not wait, or for less" {
	lint 'del(.containerDefinitions[1].dependsOn)'
	finds protected.depends-on /containerDefinitions/1
	lint '.containerDefinitions[0].dependsOn[1].condition = "START"'
	finds protected.depends-on /containerDefinitions/0
}

@test "protected.app-id: another one than the sidecar's, or none" {
	lint '(.containerDefinitions[0].environment[] |
		select(.name == "FG_APP_ID")).value = "x"'
	finds protected.app-id /containerDefinitions/0
	lint 'del(.containerDefinitions[2].environment)'
	finds protected.app-id /containerDefinitions/0 /containerDefinitions/1
}

@test "protected.app-id-twice: nobody knows which one counts" {
	lint '.containerDefinitions[0].environment +=
		[{name: "FG_APP_ID", value: "'$app_id'"}]'
	finds protected.app-id-twice /containerDefinitions/0
}

@test "protected.image: it changed since its entry point was filled in" {
	local image=example.com/filled:1
	"$fixtures/scandb-make" "$tmp/scan.db" <<<$image
	jq '.containerDefinitions = [{name: "f", image: "'$image'"}]' \
		$docs/register.json >"$tmp/in.json"
	fg-entrypoint --fill --offline "--db=$tmp/scan.db" "$tmp/in.json" |
		fg-inject --sidecar-image=$sidecar --app-id=$app_id \
			>"$tmp/good.json"
	lint .
	[[ $status -eq 0 ]]
	lint '.containerDefinitions[0].image = "example.com/filled:2"'
	finds protected.image /containerDefinitions/0
}

@test "protected.image-told: FG_IMAGE is another one" {
	lint '.containerDefinitions[0].image = "example.com/other"'
	finds protected.image-told /containerDefinitions/0
}

@test "protected.name-told: it was renamed" {
	lint '.containerDefinitions[0].name = "other"'
	finds protected.name-told /containerDefinitions/0
}

@test "protected.sidecar-changed: it is not our program, or never healthy" {
	lint '.containerDefinitions[2].entryPoint = ["/bin/true"]'
	finds protected.sidecar-changed \
		/containerDefinitions/0 /containerDefinitions/1
	lint 'del(.containerDefinitions[2].healthCheck)'
	finds protected.sidecar-changed \
		/containerDefinitions/0 /containerDefinitions/1
}

@test "start.cycle" {
	lint '.containerDefinitions[1].dependsOn +=
		[{containerName: "app", condition: "START"}]'
	finds start.cycle /containerDefinitions
	jq -e --arg c "$cycle" '.msg | contains($c)' <<<"$output"
	lint '.containerDefinitions[2].dependsOn =
		[{containerName: "app", condition: "START"}]' --only=start
	finds start.cycle /containerDefinitions
	lint '.containerDefinitions[2].dependsOn =
		[{containerName: "app", condition: "START"}]' --only=protected
	[[ $status -eq 0 ]]
}

@test "FireLens that deadlocks is found in what was never injected" {
	vary '.containerDefinitions[0].dependsOn =
		[{containerName: "app", condition: "START"}]' firelens.json
	run --separate-stderr fg-lint --only=start "$tmp/in.json"
	finds start.cycle /containerDefinitions
}

@test "each finding has its remedy: injecting again" {
	local change
	while read -r change; do
		lint ".containerDefinitions$change"
		[[ $status -eq 1 ]]
		fg-inject --sidecar-image=$sidecar --app-id=$app_id \
			"$tmp/in.json" >"$tmp/again.json"
		fg-lint "$tmp/again.json"
	done <<-'end'
		[0].entryPoint |= .[2:]
		[0].volumesFrom |= .[:1]
		[0] |= del(.linuxParameters)
		[1] |= del(.dependsOn)
		[0].dependsOn[1].condition = "START"
		[0].image = "example.com/other"
		[0].name = "other"
		[1].volumesFrom[0].readOnly = false
		[2].entryPoint = ["/bin/true"]
		[2] |= del(.healthCheck)
		[2] |= del(.environment)
	end
}

@test "excluded containers are passed over, in the record or by option" {
	fg-inject --sidecar-image=$sidecar --app-id=$app_id --exclude=assets \
		$docs/register.json | fg-lint
	lint '.containerDefinitions[1].entryPoint = ["/x"]' --exclude=assets
	[[ $status -eq 0 ]]
	lint '.containerDefinitions[1].entryPoint = ["/x"]' --container=app
	[[ $status -eq 0 ]]
	lint . --exclude=nobody
	[[ $status -eq 2 && -z $output ]]
}

@test "--jq" {
	run --separate-stderr fg-lint --jq=.id $docs/register.json
	[[ $status -eq 1 && $output == $'"protected.sidecar"\n"protected.sidecar"' ]]
	run --separate-stderr fg-lint '--jq=.id |' $docs/register.json
	[[ $status -eq 2 && -z $output ]]
}

@test "templates: parameters tell the image" {
	fg-inject --sidecar-image=$sidecar --app-id=$app_id \
		$docs/short-tags.yaml >"$tmp/out"
	fg-lint --param=Image=example.com/other --region=x --account=1 "$tmp/out"
	run --separate-stderr fg-lint --param=Nope=1 "$tmp/out"
	[[ $status -ne 0 && -z $output && $stderr == *Nope* ]]
}

@test "what cannot be read is no clean bill" {
	run --separate-stderr fg-lint /nonexistent
	refused 100 /nonexistent
	echo '{"family":' >"$tmp/x"
	run --separate-stderr fg-lint "$tmp/x"
	refused 100 x:
	run bash -c "fg-lint $docs/register.json >/dev/full"
	[[ $status -eq 100 ]]
}
