#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-console: certificates that change while it runs, and what it says to those
# who show it wrong ones.

bats_require_minimum_version 1.5.0
load console

setup() {
	wrap_setup
}

teardown() {
	console_teardown
}

# serial: of the certificate that is shown.
serial() {
	openssl s_client -connect "${url#https://}" </dev/null 2>/dev/null |
		openssl x509 -noout -serial
}

other_than() {
	[[ $(serial) != "$1" ]]
}

# waits N: so many polls are held.
waits() {
	call GET /metrics | grep -qx "fg_console_long_polls $1"
}

@test "SIGHUP: a new certificate for new connections, the others go on" {
	console
	local before polling
	[[ $(enrol a "shop:$uuid" "$(secret shop)") == 200 ]]
	before=$(serial)
	sidecar a GET policy -D "$tmp/head"
	sidecar a GET 'policy?wait=55' -H "If-None-Match: $(tr -d '\r' \
		<"$tmp/head" | sed -n 's/^ETag: //p')" >"$tmp/polled" &
	polling=$!
	background+=("$polling")
	eventually waits 1
	kill -HUP "$console"
	eventually other_than "$before"
	waits 1
	put "$runtime" '{"rules":[{"name":"kept"}]}'
	wait "$polling"
	grep -q kept "$tmp/polled"
	# Nobody had to be started again.
	call GET /metrics | grep -qx "fg_console_worker_starts_total $(nproc)"
}

@test "SIGHUP: files that do not go together are told, and change nothing" {
	fg-console --data="$tmp/a" --init-only >/dev/null 2>&1
	fg-console --data="$tmp/b" --init-only >/dev/null 2>&1
	cp "$tmp/a/server.pem" "$tmp/x.pem"
	cp "$tmp/a/keys/server.key" "$tmp/x.key"
	ca=$tmp/a/ca.pem
	console --tls-cert="$tmp/x.pem" --tls-key="$tmp/x.key" --workers=1
	local before
	before=$(serial)
	cp "$tmp/b/server.pem" "$tmp/x.pem"
	kill -HUP "$console"
	eventually grep -q 'our private key is not that of our certificate; what there was stays' \
		"$tmp/errors"
	[[ $(serial) == "$before" ]]
	cp "$tmp/b/keys/server.key" "$tmp/x.key"
	kill -HUP "$console"
	ca=$tmp/b/ca.pem
	eventually call GET /healthz -o /dev/null
	# The same of its own CA.
	cp "$tmp/a/keys/ca.key" "$tmp/data/keys/ca.key"
	kill -HUP "$console"
	eventually grep -q 'the key of a CA is not that of its certificate' \
		"$tmp/errors"
	[[ $(enrol a "shop:$uuid" "$(secret shop)") == 200 ]]
}

# failed N: so many handshakes did.
failed() {
	call GET /metrics | grep -qx "fg_console_tls_handshakes_failed_total $1"
}

# shown NAME [OPTION ...]: what curl says when it shows NAME's certificate.
shown() {
	curl -sS --max-time 10 --cacert "$ca" --cert "$tmp/$1.pem" \
		--key "$tmp/$1.key" "${@:2}" \
		"$url/api/v1/sidecar/policy" 2>&1 || true
}

# client NAME DAYS EXTENSION: a certificate of the Console's CA.
client() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$tmp/$1.key" -subj /CN=x 2>/dev/null |
		openssl x509 -req -CA "$tmp/data/ca.pem" -days "$2" \
			-CAkey "$tmp/data/keys/ca.key" -set_serial 7 \
			-extfile <(printf '%s\n' "${@:3}") \
			-out "$tmp/$1.pem" 2>/dev/null
}

@test "a client's certificate is right in all, or there is no connection" {
	console
	local app=subjectAltName=URI:fg:app/shop%3A$uuid
	local all=("$app" extendedKeyUsage=clientAuth keyUsage=digitalSignature
		basicConstraints=critical,CA:FALSE
		authorityKeyIdentifier=keyid:always subjectKeyIdentifier=hash)
	client good 1 "${all[@]}"
	[[ $(shown good -o /dev/null -w '%{http_code}') == 204 ]]
	client late -1 "${all[@]}"
	[[ $(shown late) == *"certificate expired"* ]]
	client server 1 "${all[@]/clientAuth/serverAuth}"
	[[ $(shown server) == *"unsupported certificate"* ]]
	cp "$tmp/data/server.pem" "$tmp/own.pem"
	cp "$tmp/data/keys/server.key" "$tmp/own.key"
	[[ $(shown own) == *"unsupported certificate"* ]]
	# Of a CA of the same name.
	cp "$tmp/data/ca.pem" "$tmp/real.pem"
	cp "$tmp/data/keys/ca.key" "$tmp/real.key"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$tmp/data/keys/ca.key" -out "$tmp/data/ca.pem" -days 2 \
		-subj "/$(openssl x509 -in "$tmp/real.pem" -noout -subject |
			sed 's/subject=//; s/ = /=/')" 2>/dev/null
	client false 1 "${all[@]}"
	ca=$tmp/real.pem
	[[ $(shown false) == *"unknown ca"* ]]
	eventually failed 4
	# None of them was anybody.
	[[ $(code call GET /api/v1/sidecar/policy) == 401 ]]
}
