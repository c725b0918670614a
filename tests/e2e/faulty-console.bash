# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the tests of fg-sidecar with a Console have in common; after wrap.bash.

APP=shop:24edfabf-c761-40ae-9748-5844b0d7579c

console_setup() {
	wrap_setup
	socket=$tmp/run/s.sock
	data=$tmp/data
	console=$tmp/console
	ask="tests/fixtures/wrapper.py $socket"
	mkdir -p "$console"
	unset "${!FG_@}" https_proxy HTTPS_PROXY
	export FG_ENROL_SECRET=s3cret FG_APP_ID=$APP
}

# console [LIFE]: it listens; url is where.
console() {
	rm -f "$console/up"
	tests/fixtures/console.py "$console" "$@" 2>"$console/errors" &
	console_pid=$!
	background+=("$console_pid")
	eventually test -s "$console/port"
	url=https://127.0.0.1:$(<"$console/port")
	eventually bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"' - \
		"$(<"$console/port")" 2>/dev/null
	FG_CONSOLE_CA=$(<"$console/ca.pem")
	export FG_CONSOLE_CA
}

console_gone() {
	kill -9 "$console_pid"
	wait "$console_pid" || true
}

# sidecar [OPTION ...]: it runs; errors in $tmp/errors.
sidecar() {
	fg-sidecar --socket="$socket" --data="$data" --console="$url" "$@" \
		2>>"$tmp/errors" &
	sidecar_pid=$!
	background+=("$sidecar_pid")
	eventually test -S "$socket"
}

sidecar_stop() {
	kill "$sidecar_pid"
	wait "$sidecar_pid"
}

healthy() {
	fg-sidecar --health --socket="$socket" 2>/dev/null
}

# at_console FILTER: an event there is as the jq FILTER says.
at_console() {
	event "$console/events" "$1"
}

# asked ROUTE [STATUS]: how often.
asked() {
	grep -c "^$1 ${2:-}" "$console/requests" 2>/dev/null || true
}

# deny PROGRAM [CONTAINER]
deny() {
	printf '{name: "no %s", collections: [{name: "c", containers: ["%s"]}],
		processes: {effect: "prevent", blacklist: ["%s"]}}' \
		"$1" "${2:-*}" "$1"
}

# policy VERSION RULE ...: the Console has them.
policy() {
	local version=$1 IFS=,
	shift
	jq -nc "{type: \"policy\", v: 1, kind: \"runtime\",
		version: $version, policy: {rules: [$*]}}" >"$console/new"
	mv "$console/new" "$console/policy.ndjson"
}

# wrapped CONTAINER COMMAND ...
wrapped() {
	local name=$1
	shift
	fg-wrap --socket="$socket" --container="$name" -- "$@"
}
