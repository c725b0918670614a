# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the tests of fg-console have in common.

# shellcheck source=tests/cli/wrap.bash
. "${BASH_SOURCE[0]%/*}/wrap.bash"

# shellcheck disable=SC2034 # for those who load this
runtime=/api/v1/policies/runtime/app-embedded
# shellcheck disable=SC2034
waas=/api/v1/policies/firewall/app/app-embedded
uuid=24edfabf-c761-40ae-9748-5844b0d7579c

# console [OPTION ...]: it runs; $url, $token (of the first start), $console.
console() {
	local n
	n=$(grep -c 'listening on' "$tmp/errors" 2>/dev/null) || n=0
	fg-console --data="$tmp/data" --listen=127.0.0.1:0 "$@" \
		>"$tmp/out" 2>>"$tmp/errors" &
	console=$!
	background+=("$console")
	eventually listening $((n + 1))
	url=$(sed -n 's/.*listening on //p' "$tmp/errors" | tail -n 1)
	[[ ! -s $tmp/out ]] || token=$(<"$tmp/out")
	ca=${ca:-$tmp/data/ca.pem}
	eventually call GET /healthz -o "$tmp/health"
}

# For teardown: nothing died that was not killed (then may_die is set).
console_teardown() {
	[[ -n ${may_die:-} ]] ||
		grep -E ' ended |Sanitizer' "$tmp/errors" >"$tmp/died" 2>/dev/null ||
		true
	wrap_teardown
	cat "$tmp/died" 2>/dev/null || true
	[[ ! -s $tmp/died ]]
}

listening() {
	[[ $(grep -c 'listening on' "$tmp/errors") -eq $1 ]]
}

# stopped: SIGTERM, and it ends well.
stopped() {
	local status=0
	kill -TERM "$console"
	wait "$console" || status=$?
	[[ $status -eq 0 ]]
}

# call METHOD PATH [CURL-OPTION ...]: as nobody; the body on standard output.
call() {
	curl -sS --max-time 70 --cacert "$ca" -X "$1" "${@:3}" "$url$2"
}

# api METHOD PATH [CURL-OPTION ...]: as the admin.
api() {
	call "$@" -H "Authorization: Bearer $token"
}

# code COMMAND ...: the status, the body in $tmp/body.
code() {
	"$@" -o "$tmp/body" -w '%{http_code}'
}

# is FILTER: jq's FILTER is true of $tmp/body.
is() {
	jq -e "$1" "$tmp/body" >/dev/null || {
		cat "$tmp/body"
		return 1
	}
}

# put KIND-PATH JSON: as the admin, which must be taken.
put() {
	[[ $(code api PUT "$1" --data-binary "$2") == 200 ]] || {
		cat "$tmp/body"
		return 1
	}
}

# secret APP [JSON]: a new enrolment secret.
secret() {
	api POST /api/v1/enrol-secrets -d "$(jq -n --arg app "$1" \
		"{app: \$app, days: 1} + ${2:-{\}}")" | jq -r .secret
}

# boot N: a boot id.
boot() {
	printf '%032x' "$1"
}

# request NAME: a key $tmp/NAME.key, and what enrol takes as its csr.
request() {
	[[ -e $tmp/$1.key ]] || openssl ecparam -name prime256v1 -genkey \
		-noout -out "$tmp/$1.key"
	openssl req -new -key "$tmp/$1.key" -subj /CN=x
}

# enrol NAME APP SECRET [N]: the status; with 200 $tmp/NAME.pem.
enrol() {
	local status
	status=$(code call POST /api/v1/sidecar/enrol \
		-H "Authorization: Bearer $3" -d "$(jq -n --arg app "$2" \
		--arg csr "$(request "$1")" --arg boot "$(boot "${4:-1}")" \
		'{type: "enrol", v: 1, app_id: $app, boot: $boot,
		version: "1", csr: $csr}')")
	[[ $status != 200 ]] || jq -r .certificate "$tmp/body" >"$tmp/$1.pem"
	echo "$status"
}

# sidecar NAME METHOD PATH [CURL-OPTION ...]: with its certificate.
sidecar() {
	call "$2" "/api/v1/sidecar/$3" --cert "$tmp/$1.pem" \
		--key "$tmp/$1.key" "${@:4}"
}

# event SEQ [JSON]: an event's line.
event() {
	jq -nc --arg boot "$(boot 77)" --argjson seq "$1" '{type: "event",
		v: 1, id: "\($boot)-\($seq)", ts: "2026-11-24T12:00:00.5Z",
		kind: "runtime", name: "process.exec", severity: "high",
		action: "alert", app: {id: "fake:'"$uuid"'"},
		container: {name: "web", image: "nginx:1"},
		rule: {id: "denied-process", name: "r1"}, msg: "no curl",
		count: 1, seq: $seq, boot: $boot,
		process: {pid: 7, exe: "/bin/sh"}} + '"${2:-{\}}"
}

# audits NAME < LINES: sent gzipped; the status.
audits() {
	gzip -c >"$tmp/batch.gz"
	code sidecar "$1" POST audits --data-binary "@$tmp/batch.gz" \
		-H 'Content-Type: application/x-ndjson' \
		-H 'Content-Encoding: gzip'
}
