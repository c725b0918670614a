#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A registry does one thing wrong (tests/fixtures/hostile-registry says
# what): the tool must not give credentials away, hang, or believe it.

bats_require_minimum_version 1.5.0

load hostile.bash

@test "the good image of the fixture is found" {
	hostile good
	look
	found
	[[ $(requests .) -eq 2 ]]
}

# ---- credentials and realms --------------------------------------------------

@test "credentials reach the registry that they are for" {
	hostile -b good
	login
	look
	found
	[[ $(requests 'Basic dTpw') -eq 2 && $(requests .) -eq 3 ]]
}

@test "a realm on the registry's own host gets them" {
	hostile realm /token
	login
	look
	found
	[[ $(requests '/token?service=s&scope=repository%3Aapp%3Apull Basic dTpw') \
		-eq 1 ]]
	[[ $(requests 'Basic') -eq 1 && $(requests 'Bearer t0ken') -eq 2 ]]
}

@test "a realm on another port, or under another name, gets nothing" {
	hostile realm 'http://127.0.0.1:{other}/token'
	login
	look
	refused 100 "--trust-realm 127.0.0.1:$other"
	[[ $(requests token) -eq 0 && $(requests Basic) -eq 0 ]]
	hostile realm 'http://localhost:{port}/token'
	login
	look
	refused 100 "--trust-realm localhost:$port"
	[[ $(requests token) -eq 0 && $(requests Basic) -eq 0 ]]
}

@test "a realm on another host is not even asked without credentials" {
	hostile realm 'http://127.0.0.1:{other}/token'
	look --plain-http "127.0.0.1:${other}"
	refused 100 --trust-realm
	[[ $(requests token) -eq 0 ]]
}

@test "--trust-realm names one that may get them" {
	hostile realm 'http://127.0.0.1:{other}/token'
	login
	look --trust-realm "127.0.0.1:$other" \
		--plain-http "127.0.0.1:$other"
	found
	[[ $(requests "^$other GET /token.* Basic dTpw") -eq 1 ]]
}

@test "a realm without TLS is refused where the registry has it" {
	hostile -t realm 'http://127.0.0.1:{other}/token'
	login
	look --trust-realm "127.0.0.1:$other" --plain-http "127.0.0.1:$other"
	refused 100 'without TLS'
	[[ $(requests token) -eq 0 && $(requests Basic) -eq 0 ]]
}

@test "IP addresses as realms are refused, however they are written" {
	local realm
	for realm in http://169.254.169.254/latest https://169.254.169.254/ \
	    http://0xa9fea9fe/ http://2852039166/ 'http://[fd00:ec2::254]/' \
	    http://0177.0.0.1:1/ 'http://[::ffff:127.0.0.1]:{port}/'; do
		hostile realm "$realm"
		login
		look
		refused 100 '--trust-realm'
		[[ $(requests .) -eq 1 && $(requests Basic) -eq 0 ]]
	done
}

@test "realms that are no URLs are refused" {
	local realm
	for realm in ftp://127.0.0.1/ 'http://u@127.0.0.1:{port}/' \
	    'http://127.0.0.1:{port}@evil/' '//evil/' \
	    'http://127.0.0.1:{port}\\@evil/' 'http://127.0.0.1:{port}#@evil/'; do
		hostile realm "$realm"
		login
		look
		[[ $status -eq 100 && -z $output ]]
		[[ $(requests .) -eq 1 && $(requests Basic) -eq 0 ]]
	done
}

@test "a token request is never redirected" {
	local to
	for to in 'http://127.0.0.1:{other}/stolen' \
	    'http://127.0.0.1:{port}/stolen'; do
		hostile token-redirect "$to"
		server_realm
		login
		look --plain-http "127.0.0.1:$other"
		refused 100 '(307)'
		[[ $(requests stolen) -eq 0 && $(requests Basic) -le 1 ]]
	done
}

# token-redirect answers /token only; the challenge is the realm mode's: a
# second registry sends clients to the first.
server_realm() {
	local first=$pid first_port=$port first_other=$other
	rm -f ports2
	"$fixtures/hostile-registry" -l log realm \
		"http://127.0.0.1:$first_port/token" >ports2 3>&- &
	pid=$!
	wait_for ports2
	read -r port other <ports2
	host=127.0.0.1:$port
	options+=(--plain-http "$host" --trust-realm "127.0.0.1:$first_port")
	extra_pid=$first other=$first_other
}

@test "a registry that refuses for ever is asked three times" {
	hostile refuse
	login
	look
	refused 1 '(401)'
	[[ $(requests /v2/) -eq 3 && $(requests '/v2/.*Bearer') -eq 2 ]]
}

@test "a token cannot add a header" {
	hostile token-crlf
	server_realm
	look
	refused 100 'characters that no header takes'
	[[ $(requests EVIL) -eq 0 ]]
}

@test "a token answer has a bound" {
	hostile token-huge
	server_realm
	look
	refused 100 'above the limit'
}

@test "CR and LF in names go nowhere" {
	hostile good
	run --separate-stderr "$bin/fg-entrypoint" "${options[@]}" \
		"$host/app"$'\r\nX-Evil: 1' "$host/app:v1"$'\r\nX-Evil: 1' \
		"127.0.0.1:$port"$'\r\nX-Evil: 1/app'
	[[ $status -eq 1 && -z $output && $(requests .) -eq 0 ]]
	[[ $stderr == *'\x0d\x0aX-Evil'* ]]
}

@test "secrets stand in no message" {
	hostile refuse
	login
	look -v -v
	[[ $stderr$output != *dTpw* && $stderr$output != *t0ken* ]]
}

@test "signatures in the queries of redirects stand in no message" {
	local to
	for to in 'http://127.0.0.1:1/x?Signature=s3cret&p=' \
	    'http://127.0.0.1:1/x?Signature=s3cret#' \
	    'ftp://127.0.0.1:1/x?Signature=s3cret' \
	    'http://u:s3cret@127.0.0.1:1/x' \
	    'https://127.0.0.1:1/x?Signature=s3cret&p='; do
		hostile redirect-blob "$to"
		look -v -v --plain-http 127.0.0.1:1
		[[ $status -ge 100 && -z $output && -n $stderr ]]
		[[ $stderr != *s3cret* ]]
	done
}

@test "credential helpers are not run, whatever their names" {
	mkdir bin
	printf '#!/bin/sh\n>"%s/ran"\n' "$PWD" >bin/docker-credential-evil
	chmod +x bin/docker-credential-evil
	hostile -b good
	echo "{\"credsStore\":\"evil\",\"credHelpers\":{\"$host\":\"evil\",
		\"h\":\"../bin/docker-credential-evil\"},
		\"auths\":{\"$host\":{}}}" >docker/config.json
	PATH=$PWD/bin:$PATH look
	refused 1 'credential helpers are not supported yet'
	[[ ! -e ran && $(requests .) -eq 1 ]]
}

# ---- redirects ----------------------------------------------------------------

# redirected ARG: Basic on $port, then elsewhere; nobody there may see it.
redirected() {
	hostile -b redirect-blob "$1"
	login
	look --plain-http "127.0.0.1:$other" --plain-http "localhost:$port" \
		--plain-http "localhost:$other"
}

@test "credentials do not follow a redirect to another port" {
	redirected 'http://127.0.0.1:{other}'
	found
	[[ $(requests "^$other .* -\$") -eq 1 ]]
	[[ $(requests "^$other .* Basic") -eq 0 ]]
}

@test "credentials do not follow a redirect to another host" {
	redirected 'http://localhost:{port}/moved'
	# Its own server asks for a password there, too: without, it is a 401.
	[[ $status -eq 1 && $(requests 'moved.* Basic') -eq 0 ]]
	[[ $(requests 'moved.* -$') -ge 1 ]]
}

@test "credentials stay with a redirect on the same origin" {
	redirected 'http://127.0.0.1:{port}/moved'
	found
	[[ $(requests 'moved.* Basic dTpw') -eq 1 ]]
}

@test "nor to a subdomain, nor from http to https" {
	hostile -b redirect-blob 'http://sub.localhost:{port}/moved'
	login
	sed -i "s/127.0.0.1/localhost/" docker/config.json
	host=localhost:$port
	look --plain-http "$host" --plain-http "sub.$host"
	[[ $status -eq 1 && $(requests 'moved.* Basic') -eq 0 ]]
	[[ $(requests 'moved.* -$') -ge 1 ]]
	hostile -t -o redirect-up 'https://127.0.0.1:{port}/moved'
	host=127.0.0.1:$other
	login
	look --plain-http "$host"
	found
	[[ $(requests "^$other .*/blobs/.* Basic") -eq 1 ]]
	[[ $(requests "^$port .*moved.* -\$") -eq 1 ]]
}

@test "credentials that were dropped do not come back with the way" {
	hostile -b redirect-back
	login
	look --plain-http "127.0.0.1:$other"
	# Back at the registry, without them: 401.
	[[ $status -eq 1 && $(requests 'back.* Basic') -eq 0 ]]
	[[ $(requests 'back.* -$') -ge 1 ]]
}

@test "a token does not follow a redirect, either" {
	hostile redirect-blob 'http://127.0.0.1:{other}'
	login
	look --plain-http "127.0.0.1:$other"
	found
	[[ $(requests "^$other .* -\$") -eq 1 ]]
}

@test "from https to http no redirect leads, for blobs and manifests" {
	hostile -t -b redirect 'http://127.0.0.1:{other}'
	login
	look --plain-http "127.0.0.1:$other"
	refused 100 'from https to http'
	[[ $(requests "^$other ") -eq 0 ]]
}

@test "plain http is spoken with named hosts only, redirect or not" {
	hostile redirect-blob 'http://127.0.0.1:{other}'
	look
	refused 100 "--plain-http 127.0.0.1:$other"
	[[ $(requests "^$other ") -eq 0 ]]
}

@test "plain http needs --plain-http" {
	hostile good
	options=()
	look
	refused 100 "--plain-http $host"
	[[ $(requests GET) -eq 0 ]]
}

@test "redirects in a circle end" {
	hostile redirect-raw '/v2/app/manifests/v1'
	look
	refused 100 'too many in a row'
	[[ $(requests .) -eq 6 ]]
}

@test "redirects to other schemes, and nowhere, are refused" {
	local to
	for to in file:///etc/passwd gopher://127.0.0.1/ \
	    'http://u:p@127.0.0.1:{port}/x' 'http:///x' ''; do
		hostile redirect-raw "$to"
		look
		[[ $status -eq 100 && -z $output && $(requests .) -le 6 ]]
	done
}

@test "a certificate that nobody vouches for is refused" {
	hostile -t good
	options=()
	look
	[[ $status -eq 100 && $stderr == *certificate* && $(requests .) -eq 0 ]]
}

@test "a certificate of another name is refused" {
	hostile -t good
	run --separate-stderr "$bin/fg-entrypoint" --timeout 2 "${options[@]}" \
		"127.0.0.2:$port/app:v1" # it listens on 127.0.0.1 only
	[[ $status -eq 111 ]]
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 2 -subj /CN=other -addext subjectAltName=DNS:other \
		-keyout k.pem -out c.pem 2>/dev/null
	"$fixtures/hostile-registry" -l log -c c.pem -k k.pem good \
		>ports2 3>&- &
	extra_pid=$!
	wait_for ports2
	read -r port other <ports2
	run --separate-stderr "$bin/fg-entrypoint" --timeout 2 --ca c.pem \
		"127.0.0.1:$port/app:v1"
	[[ $status -eq 100 && -z $output && $(requests .) -eq 0 ]]
}

# ---- sizes and time ------------------------------------------------------------

@test "10 GB, endless chunks, endless headers: bounded" {
	local mode
	for mode in huge huge-blob chunked headers refusal-huge; do
		hostile "$mode"
		look
		refused 100 'above the limit'
		[[ $(requests .) -le 2 ]]
	done
}

@test "memory stays small while 10 GB are offered" {
	hostile huge
	run python3 - "$bin/fg-entrypoint" --timeout 2 "${options[@]}" \
		"$host/app:v1" <<-'EOF'
	import resource, subprocess, sys
	status = subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL).returncode
	kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
	sys.exit(0 if status == 100 and kib < 200_000 else f"{status}, {kib} KiB")
	EOF
	[[ $status -eq 0 ]]
}

@test "a Content-Length that lies is found out" {
	hostile long-length
	look
	[[ $status -eq 111 && -z $output ]]
	hostile short-length
	look
	[[ $status -eq 100 && -z $output ]]
}

@test "slow drip and silence end with --timeout, after one more try" {
	local mode from
	for mode in drip stall; do
		hostile "$mode"
		from=$SECONDS
		look
		refused 111 'timed out'
		[[ $((SECONDS - from)) -le 7 && $(requests .) -eq 2 ]]
	done
}

@test "closed connections are tried again, four times in all" {
	hostile close
	look
	[[ $status -eq 111 && $(requests .) -eq 4 ]]
}

@test "what is no HTTP is refused" {
	hostile raw
	look
	[[ $status -ne 0 && -z $output ]]
}

@test "compressed answers were not asked for" {
	hostile gzip
	look
	[[ $status -eq 100 && -z $output ]]
}

# ---- documents -----------------------------------------------------------------

@test "malformed digests never get into a request" {
	local bad hex=0123456789abcdef
	for bad in 'sha256:../../x' "sha256:$hex" 'sha256:' 'md5:d41d8cd98f00b204' \
	    "sha256:${hex^^}$hex$hex$hex" "sha256:$hex$hex$hex$hex\\r\\nX-Evil: 1" \
	    "sha256:$hex$hex$hex$hex/../.." "sha256:$hex$hex$hex${hex%f}%"; do
		hostile config-digest "$bad"
		look
		refused 100 'malformed digest'
		[[ $(requests .) -eq 1 ]]
	done
}

@test "the digest that the registry says must be one, and be true" {
	hostile said-digest 'sha256:../../x'
	look
	refused 100 'malformed Docker-Content-Digest'
	hostile said-digest "sha256:$(printf 'a%.0s' {1..64})"
	look
	refused 100 'not the document it says'
}

@test "a malformed digest in an index, or of a HEAD, goes nowhere" {
	local bad
	for bad in 'sha256:../../x' 'sha256:0123' "SHA256:$(
		printf 'a%.0s' {1..64})"; do
		hostile document '{"schemaVersion":2,"manifests":[{"digest":"'"$bad"'"}]}'
		look
		refused 100 'malformed digest'
		[[ $(requests .) -eq 1 ]]
		rm -f db
		hostile head-digest "$bad"
		look --db db --remember
		found
		look --db db --max-age 0
		refused 100 'malformed Docker-Content-Digest'
		[[ $(requests .) -eq 3 ]]
	done
}

@test "another blob than asked for is refused" {
	hostile other-blob
	look
	[[ $status -eq 100 && -z $output ]]
	[[ $stderr == *'another document than asked for'* ]]
}

@test "foreign urls of a config are not followed" {
	hostile urls 'http://127.0.0.1:{other}/steal'
	look --plain-http "127.0.0.1:$other"
	found
	[[ $(requests steal) -eq 0 ]]
}

@test "a document that could be two is refused" {
	hostile document '{"schemaVersion":2,"manifests":[],"config":{}}'
	look
	refused 100 'both an index and a manifest'
	hostile document '{"schemaVersion":2,"manifests":[],"layers":[]}'
	look
	refused 100 'both an index and a manifest'
	hostile document '{"schemaVersion":2,"config":{},"layers":[],"config":{}}'
	look
	refused 100 '"config" stands there twice'
	hostile type application/vnd.oci.image.index.v1+json
	look
	refused 100 'mediaType'
	hostile type 'text/html'
	look
	refused 100 'mediaType'
}

@test "sizes out of the world are refused" {
	hostile document '{"schemaVersion":2,"manifests":[{"digest":"sha256:'"$(
		printf 'a%.0s' {1..64})"'","size":4611686018427387904}]}'
	look
	refused 100 '"size" is out of range'
	[[ $(requests .) -eq 1 ]]
	hostile document '{"schemaVersion":2,"config":{"digest":"sha256:'"$(
		printf 'a%.0s' {1..64})"'","size":99999999,"mediaType":
		"application/vnd.oci.image.config.v1+json"}}'
	look
	refused 100 'a config of 99999999 bytes, above the limit'
	[[ $(requests .) -eq 1 ]]
}

@test "an index has 1000 entries at most" {
	hostile index-huge
	look
	refused 100 '1001 entries'
}

@test "an index cannot hold itself" {
	hostile index-cycle
	look
	refused 100 'another document than asked for'
	[[ $(requests .) -eq 2 ]]
}

@test "indexes nest three deep, not four" {
	hostile index-deep 3
	look
	found
	[[ $(requests .) -eq 5 ]]
	hostile index-deep 4
	look
	refused 100 'more than 3 deep'
}

@test "deep JSON is refused" {
	hostile deep-json
	look
	[[ $status -eq 100 && -z $output ]]
}

# ---- patience --------------------------------------------------------------------

@test "429 and 503 are tried again, after Retry-After" {
	local timeout=5
	hostile busy '429 2 1'
	local from=$SECONDS
	look
	found
	[[ $((SECONDS - from)) -ge 2 && $(requests .) -eq 4 ]]
	hostile busy '503 1'
	look
	found
	hostile busy "429 1 $(LC_ALL=C date -u -d '2 seconds' \
		'+%a, %d %b %Y %H:%M:%S GMT')"
	from=$SECONDS
	look
	found
	[[ $((SECONDS - from)) -ge 1 ]]
}

@test "a wait of an hour is not waited" {
	hostile busy '429 99 3600'
	look
	refused 111 'asks to wait 3600 s'
	[[ $(requests .) -eq 1 ]]
}

@test "for ever busy: four tries, exit 111" {
	hostile busy '503 99'
	look
	refused 111 '(503)'
	[[ $(requests .) -eq 4 ]]
}

@test "many images of a dead host: it is tried once, not for each" {
	hostile close
	local from=$SECONDS
	stop
	run --separate-stderr timeout 20 "$bin/fg-entrypoint" "${options[@]}" \
		"$host"/app:{1..50}
	[[ $status -eq 111 && ${#stderr_lines[@]} -eq 50 ]]
	[[ $((SECONDS - from)) -le 5 ]]
}

# ---- the order of sources ----------------------------------------------------------

@test "a registry without HEAD is asked by GET" {
	hostile no-head
	look --db db --remember
	found
	look --db db --max-age 0
	found
	[[ $(requests HEAD) -eq 1 && $(requests GET) -eq 4 ]]
}

@test "when mirror and origin fail, both are named" {
	hostile busy '404 99'
	local mirror=$host
	: >log2
	rm -f ports2
	"$fixtures/hostile-registry" busy '403 99' >ports2 3>&- &
	extra_pid=$!
	wait_for ports2
	read -r port other <ports2
	look --mirror "*=http://127.0.0.1:$port"
	refused 1 "$mirror: not found (404); its mirror: 127.0.0.1:$port: access denied (403)"
}

@test "a mirror that fails, lies or refuses: the origin answers" {
	local mode arg=
	for mode in huge other-blob 'busy' refuse said-digest gzip; do
		case $mode in
		busy) arg='503 99' ;;
		said-digest) arg=sha256:x ;;
		esac
		hostile good
		rm -f ports2
		"$fixtures/hostile-registry" "$mode" "$arg" >ports2 3>&- &
		extra_pid=$!
		wait_for ports2
		read -r mirror _ <ports2
		look --mirror "127.0.0.1:${port}=http://127.0.0.1:$mirror"
		found
	done
}

# ---- what it says itself --------------------------------------------------------

digest_of_good() {
	"$bin/fg-entrypoint" "${options[@]}" --jq .digest "$host/app:v1" \
		2>/dev/null | tr -d '"'
}

@test "a registry's warning is shown, once per host, and steers no terminal" {
	hostile warning $'299 - "v1 is \e[2Jgone\xc2\x9b \\"soon\\""|110 - "stale"|299 - "b"'
	run --separate-stderr "$bin/fg-entrypoint" "${options[@]}" \
		"$host/app:v1" "$host/app:v1@$(digest_of_good)"
	echo "$status $output $stderr"
	[[ $status -eq 0 && ${#lines[@]} -eq 2 && $(requests .) -ge 2 ]]
	diff - <(printf '%s\n' "$stderr") <<-end
		fg-entrypoint: warning: $host: the registry says: v1 is \x1b[2Jgone\xc2\x9b "soon"
		fg-entrypoint: warning: $host: the registry says: b
	end
}

@test "warnings are few and short, and malformed ones are none" {
	local many
	many=$(printf '299 - "%01000d"|' {1..50})
	hostile warning "${many%|}"
	look
	[[ $status -eq 0 && ${#stderr_lines[@]} -eq 4 && ${#stderr} -lt 1500 ]]
	for many in '' 299 '299 -' '299 - x' '299 - "' '299 - "\' '199 - "x"'; do
		hostile warning "$many"
		look
		found
	done
}

# ---- many at a time ------------------------------------------------------------------

@test "--parallel is how many requests there are at a time" {
	local n i digest names
	hostile good
	look
	digest=$(jq -r .digest <<<"$output")
	for n in 1 3 8; do
		hostile crowd
		names=()
		for i in {1..8}; do
			names+=("$host/app$i@$digest")
		done
		run --separate-stderr "$bin/fg-entrypoint" "${options[@]}" \
			--parallel "$n" "${names[@]}"
		echo "$n: $status $stderr" && cat log
		[[ $status -eq 0 && ${#lines[@]} -eq 8 ]]
		[[ $(sed -n 's/^crowd //p' log | sort -n | tail -n 1) -eq $n ]]
	done
}
