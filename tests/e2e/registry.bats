#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-entrypoint against docker-registry: plain, TLS with passwords, with a
# token server, as a mirror. Images are umoci's and skopeo's work, and skopeo
# is asked the same questions; the registry's log counts our requests.

bats_require_minimum_version 1.5.0

load registry.bash

setup_file() {
	unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY no_proxy NO_PROXY
	export R=$BATS_FILE_TMPDIR
	cd "$R" || exit 1
	registry_start "$R/plain"
	H=$(registry_host "$R/plain")
	export H
	make_images
}

# One of each kind in the layout l, and as team/app:KIND.
make_images() {
	local l=$R/l kind
	image_make "$l" exec amd64 --config.entrypoint /bin/app \
		--config.entrypoint -x --config.cmd serve --config.cmd 'a b' \
		--config.user 1000:1000 --config.workingdir /srv \
		--config.env 'A=1' --config.env 'SECRET=s3cret' \
		--config.label k=v --config.exposedports 80/tcp \
		--config.volume /data --config.stopsignal SIGINT
	image_make "$l" shell amd64 --config.cmd /bin/sh --config.cmd -c \
		--config.cmd 'exec "$0" é $HOME'
	image_make "$l" scratch amd64
	image_make "$l" entry amd64 --config.entrypoint /only
	image_make "$l" arm arm64 --config.entrypoint /arm
	for kind in exec shell scratch entry arm; do
		image_push "$l" "$kind" "$H/team/app:$kind"
	done
	image_push "$l" exec "$H/team/app:v2s2" --format v2s2
	index_push "$H" team/app multi \
		"$(image_digest "$l" exec)=linux/amd64" \
		"$(image_digest "$l" arm)=linux/arm64/v8"
	index_push "$H" team/app nested \
		"$(curl -sfI "http://$H/v2/team/app/manifests/multi" -H \
		'Accept: application/vnd.oci.image.index.v1+json' |
		tr -d '\r' | awk 'tolower($1) == "docker-content-digest:" {
			print $2 }')="
}

teardown_file() {
	local dir
	for dir in "$R"/*/; do
		registry_stop "${dir%/}"
	done
}

setup() {
	bin=${FG_BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	cd "$BATS_TEST_TMPDIR" || exit 1
	server_pid=
}

teardown() {
	[[ -z $server_pid ]] || kill "$server_pid"
}

# ask ARG ...: the tool with the plain registry, whose log starts anew
ask() {
	registry_forget "$R/plain"
	run --separate-stderr "$bin/fg-entrypoint" --plain-http "$H" "$@"
	echo "status $status; stdout: $output; stderr: $stderr"
}

# requests DIR METHOD-AND-PATH: how many
requests() {
	registry_requests "$1" | grep -c "$2" || true
}

# What our record and skopeo's answer have in common.
ours() {
	jq -cS '[.entrypoint, .cmd, .user, .working_dir, .env_names]'
}

theirs() {
	skopeo inspect --config --tls-verify=false "$@" | jq -cS '.config |
		[.Entrypoint, .Cmd, .User // "", .WorkingDir // "",
		(.Env | if . then map(split("=")[0]) else null end)]'
}

@test "the answers are skopeo's, for every kind of image" {
	local kind
	for kind in exec shell scratch entry v2s2 multi; do
		ask "$H/team/app:$kind"
		[[ $status -eq 0 ]]
		[[ $(ours <<<"$output") == "$(theirs --override-arch amd64 \
			"docker://$H/team/app:$kind")" ]]
		[[ $output != *s3cret* ]]
	done
	for kind in arm multi; do
		ask --platform linux/arm64 "$H/team/app:$kind"
		[[ $(ours <<<"$output") == "$(theirs --override-arch arm64 \
			"docker://$H/team/app:$kind")" ]]
	done
}

@test "digests are the registry's" {
	ask "$H/team/app:exec" "$H/team/app:multi"
	[[ $(jq -r .digest <<<"$output" | uniq) == \
		$(image_digest "$R/l" exec) ]]
	[[ $(jq -r '.index_digest // empty' <<<"$output") == \
		$(skopeo inspect --raw --tls-verify=false \
		"docker://$H/team/app:multi" | sha256sum |
		sed 's/\([0-9a-f]*\).*/sha256:\1/') ]]
}

@test "an image for another platform is told, with what there is" {
	ask "$H/team/app:arm"
	[[ $status -eq 1 && -z $output ]]
	[[ $stderr == *'no image for linux/amd64; on offer: linux/arm64' ]]
	ask --platform linux/ppc64le "$H/team/app:multi"
	[[ $status -eq 1 && $stderr == *'linux/amd64, linux/arm64/v8' ]]
}

@test "no such tag, no such repository: 1; nobody there: 111" {
	ask "$H/team/app:nonesuch"
	[[ $status -eq 1 && $stderr == *'(404)'* ]]
	ask "$H/nonesuch"
	[[ $status -eq 1 && $stderr == *'(404)'* ]]
	ask --plain-http 127.0.0.1:1 127.0.0.1:1/app
	[[ $status -eq 111 ]]
}

@test "requests: 3 for an index, 2 for one image, 4 for a nested index" {
	local kind
	for kind in exec:2 v2s2:2 multi:3 nested:4; do
		ask "$H/team/app:${kind%:*}"
		[[ $status -eq 0 ]]
		[[ $(requests "$R/plain" .) -eq ${kind#*:} ]]
	done
}

@test "requests: 1 HEAD for a known tag, none for a known digest" {
	ask --db db --remember "$H/team/app:multi"
	local digest
	digest=$(jq -r .index_digest <<<"$output")
	ask --db db --max-age 0 "$H/team/app:multi"
	[[ $(requests "$R/plain" .) -eq 1 ]]
	[[ $(requests "$R/plain" 'HEAD /v2/team/app/manifests/multi') -eq 1 ]]
	ask --db db --max-age 0 "$H/team/app@$digest"
	[[ $status -eq 0 && $(requests "$R/plain" .) -eq 0 ]]
	ask --db db "$H/team/app:multi"
	[[ $status -eq 0 && $(requests "$R/plain" .) -eq 0 ]]
}

@test "requests: both platforms of an index cost 5, the index but once" {
	registry_forget "$R/plain"
	run --separate-stderr "$bin/fg-entrypoint" --plain-http "$H" < <(
		printf '{"image":"%s","platform":"linux/%s"}\n' \
			"$H/team/app:multi" amd64 "$H/team/app:multi" arm64)
	[[ $status -eq 0 && ${#lines[@]} -eq 2 ]]
	[[ $(requests "$R/plain" .) -eq 5 ]]
}

@test "never a ping of /v2/, never a list of tags" {
	ask "$H"/team/app:{exec,shell,entry,multi,scratch,nonesuch}
	[[ $(requests "$R/plain" '/v2/ ') -eq 0 ]]
	[[ $(requests "$R/plain" 'tags/list') -eq 0 ]]
}

@test "a tag that moves is noticed by HEAD, fetched, remembered" {
	image_push "$R/l" entry "$H/team/moving:v"
	ask --db db --remember "$H/team/moving:v"
	local old
	old=$(jq -r .digest <<<"$output")
	image_push "$R/l" shell "$H/team/moving:v"
	ask --db db "$H/team/moving:v"
	[[ $(jq -r .digest <<<"$output") == "$old" ]] # within --max-age
	ask --db db --max-age 0 --remember "$H/team/moving:v"
	[[ $(jq -r .moved_from <<<"$output") == "$old" ]]
	[[ $(jq -c .cmd <<<"$output") == '["/bin/sh","-c",'* ]]
	[[ $(requests "$R/plain" HEAD) -eq 1 && $(requests "$R/plain" GET) -eq 2 ]]
	ask --db db --max-age 0 "$H/team/moving:v"
	[[ $(jq .moved_from <<<"$output") == null ]]
}

@test "40 images at once: all there, in order, none asked for twice" {
	local i names=()
	for i in {1..40}; do
		image_push "$R/l" exec "$H/many/app$i:v"
		names+=("$H/many/app$i:v")
	done
	ask "${names[@]}" "${names[@]}"
	[[ $status -eq 0 && ${#lines[@]} -eq 80 ]]
	[[ $(jq -r .reference <<<"$output") == \
		"$(printf '%s\n' "${names[@]}" "${names[@]}")" ]]
	[[ $(requests "$R/plain" .) -eq 80 ]]
	[[ $(registry_requests "$R/plain" | sort | uniq -d) == '' ]]
	# Connections are used again: no more of them than requests at a time.
	local ports
	ports=$(grep -o '"http.request.remoteaddr":"[0-9.:]*"' "$R/plain/log" |
		sort -u | wc -l)
	echo "$ports connections"
	[[ $ports -ge 1 && $ports -le 8 ]]
	ask --parallel 1 "${names[@]}"
	[[ $(requests "$R/plain" .) -eq 80 ]]
	[[ $(grep -o '"http.request.remoteaddr":"[0-9.:]*"' "$R/plain/log" |
		sort -u | wc -l) -eq 1 ]]
}

@test "--fill: each task's platform, its images asked for once, remembered" {
	local image=$H/team/app:multi
	jq -cn --arg i "$image" '{family: "f", containerDefinitions: [
		{name: "a", image: $i}, {name: "b", image: $i, command: ["c"]}],
		runtimePlatform: {cpuArchitecture: "ARM64"}}' >arm.json
	ask --fill --db db --remember arm.json
	[[ $status -eq 0 && $(requests "$R/plain" .) -eq 3 ]]
	[[ $(jq -c '.containerDefinitions[] | [.entryPoint, .command]' \
		<<<"$output") == $'[["/arm"],null]\n[["/arm"],["c"]]' ]]
	jq -c 'del(.runtimePlatform)' arm.json >amd.json
	ask --fill --db db amd.json
	[[ $(jq -c '.containerDefinitions[0] | [.entryPoint, .command]' \
		<<<"$output") == '[["/bin/app","-x"],["serve","a b"]]' ]]
	ask --fill --db db --offline arm.json
	[[ $status -eq 0 && $(requests "$R/plain" .) -eq 0 ]]
}

@test "--fill: not found is 1, nobody there is 111, the highest wins" {
	jq -cn --arg h "$H" '{family: "f", containerDefinitions: [
		{name: "a", image: ($h + "/nonesuch")}]}' >no.json
	ask --fill no.json
	[[ $status -eq 1 && -z $output && $stderr == *'(404)'* ]]
	jq -c '.containerDefinitions += [{name: "b", image: "127.0.0.1:1/x"}]' \
		no.json >down.json
	ask --fill --plain-http 127.0.0.1:1 down.json
	[[ $status -eq 111 && -z $output && ${#stderr_lines[@]} -eq 2 ]]
	ask --fill --partial down.json
	[[ $(jq -c . <<<"$output") == "$(<down.json)" ]]
}

# ---- TLS and passwords -----------------------------------------------------------

certificate() {
	openssl req -x509 -newkey "$1" "${@:4}" -nodes -days 2 \
		-subj /CN=fg-test -addext \
		'subjectAltName=IP:127.0.0.1,DNS:localhost' \
		-keyout "$3" -out "$2" 2>/dev/null
}

# The registry with TLS and the user u, password p; $T is its host.
tls_registry() {
	if [[ ! -e $R/tls/pid ]]; then
		mkdir -p "$R/tls"
		certificate ec "$R/tls/cert.pem" "$R/tls/key.pem" \
			-pkeyopt ec_paramgen_curve:P-256
		htpasswd -Bbc -C 4 "$R/tls/htpasswd" u p 2>/dev/null
		registry_start "$R/tls" "\
auth: {htpasswd: {realm: fg, path: \"$R/tls/htpasswd\"}}
http:
  addr: 127.0.0.1:0
  tls: {certificate: \"$R/tls/cert.pem\", key: \"$R/tls/key.pem\"}"
		image_push "$R/l" exec "$(registry_host "$R/tls")/team/app:exec" \
			--dest-creds u:p
		image_push "$R/l" entry \
			"$(registry_host "$R/tls")/team/app:entry" \
			--dest-creds u:p
	fi
	T=$(registry_host "$R/tls")
	registry_forget "$R/tls"
}

# login HOST USER PASSWORD: into ./docker/config.json, as docker login does
login() {
	mkdir -p docker
	jq -n --arg h "$1" --arg a "$(printf '%s:%s' "$2" "$3" | base64)" \
		'{auths: {($h): {auth: $a}}}' >docker/config.json
}

ask_tls() {
	run --separate-stderr "$bin/fg-entrypoint" --ca "$R/tls/cert.pem" \
		--docker-config docker "$@"
	echo "status $status; stdout: $output; stderr: $stderr"
}

@test "TLS and a password: one 401 for all images of a host" {
	tls_registry
	login "$T" u p
	ask_tls "$T/team/app:exec" "$T/team/app:entry"
	[[ $status -eq 0 && ${#lines[@]} -eq 2 ]]
	[[ $(requests "$R/tls" ' 401') -eq 1 && $(requests "$R/tls" .) -eq 5 ]]
	[[ $(head -n 1 <<<"$output" | ours) == "$(theirs --creds u:p \
		"docker://$T/team/app:exec")" ]]
}

@test "skopeo login's file is understood" {
	tls_registry
	mkdir docker
	skopeo login --authfile docker/config.json --tls-verify=false \
		-u u -p p "$T"
	ask_tls "$T/team/app:exec"
	[[ $status -eq 0 ]]
}

@test "a wrong password, none, and one for another port: 1" {
	tls_registry
	login "$T" u wrong
	ask_tls "$T/team/app:exec"
	[[ $status -eq 1 && -z $output && $stderr == *refused*'(401)'* ]]
	login 127.0.0.1:1 u p
	ask_tls "$T/team/app:exec"
	[[ $status -eq 1 && $stderr == *"no credentials for $T"* ]]
	rm docker/config.json
	run --separate-stderr env DOCKER_CONFIG=docker "$bin/fg-entrypoint" \
		--ca "$R/tls/cert.pem" "$T/team/app:exec"
	[[ $status -eq 1 && $stderr == *"no credentials for $T"* ]]
}

@test "a certificate that nobody vouches for, and plain http: 100" {
	tls_registry
	login "$T" u p
	run --separate-stderr "$bin/fg-entrypoint" --docker-config docker \
		"$T/team/app:exec"
	[[ $status -eq 100 && $stderr == *ertificate* ]]
	ask_tls --plain-http "$T" "$T/team/app:exec"
	[[ $status -eq 100 && -z $output ]]
	[[ $(requests "$R/tls" ' 200') -eq 0 ]]
}

# ---- a token server ----------------------------------------------------------------

token_registry() {
	mkdir -p "$R/token"
	[[ -e $R/token/cert.pem ]] || certificate rsa:2048 \
		"$R/token/cert.pem" "$R/token/key.pem"
	: >tokens
	"$BATS_TEST_DIRNAME/../fixtures/token-server.py" "$R/token/cert.pem" \
		"$R/token/key.pem" tokens >port 3>&- &
	server_pid=$!
	until [[ -s port ]]; do sleep 0.05; done
	registry_stop "$R/token"
	rm -f "$R/token/log"
	registry_start "$R/token" "\
auth:
  token:
    realm: http://127.0.0.1:$(<port)/token
    service: fg-registry
    issuer: fg-test
    rootcertbundle: $R/token/cert.pem"
	K=$(registry_host "$R/token")
	image_push "$R/l" exec "$K/private/app:v" --dest-creds u:p
	image_push "$R/l" entry "$K/public/app:v" --dest-creds u:p
	image_push "$R/l" entry "$K/public/app:w" --dest-creds u:p
	registry_forget "$R/token"
	: >tokens
}

ask_token() {
	run --separate-stderr "$bin/fg-entrypoint" --plain-http "$K" \
		--plain-http "127.0.0.1:$(<port)" \
		--trust-realm "127.0.0.1:$(<port)" "$@"
	echo "status $status; stdout: $output; stderr: $stderr"
	cat tokens
}

@test "token server: anonymous, Basic, identity token" {
	token_registry
	ask_token "$K/public/app:v"
	[[ $status -eq 0 && $(<tokens) == 'GET - repository:public/app:pull' ]]
	[[ $(requests "$R/token" .) -eq 3 ]]
	: >tokens
	ask_token "$K/private/app:v"
	[[ $status -eq 1 && -z $output && $stderr == *'(401)'* ]]

	login "$K" u p
	: >tokens
	ask_token --docker-config docker "$K/private/app:v"
	[[ $status -eq 0 && $(<tokens) == 'GET u repository:private/app:pull' ]]
	login "$K" u wrong
	ask_token --docker-config docker "$K/private/app:v"
	[[ $status -eq 1 && -z $output ]]

	echo "{\"auths\":{\"$K\":{\"identitytoken\":\"idt\"}}}" \
		>docker/config.json
	: >tokens
	ask_token --docker-config docker "$K/private/app:v"
	[[ $status -eq 0 ]]
	[[ $(<tokens) == 'POST idt repository:private/app:pull' ]]
}

@test "token server: one 401 for a host, one token for a repository" {
	token_registry
	login "$K" u p
	ask_token --docker-config docker "$K"/public/app:{v,w} "$K/private/app:v"
	[[ $status -eq 0 && ${#lines[@]} -eq 3 ]]
	[[ $(requests "$R/token" ' 401') -eq 1 ]]
	[[ $(sort tokens) == $'GET u repository:private/app:pull\nGET u repository:public/app:pull' ]]
}

@test "token server: not without --trust-realm" {
	token_registry
	login "$K" u p
	run --separate-stderr "$bin/fg-entrypoint" --plain-http "$K" \
		--plain-http "127.0.0.1:$(<port)" --docker-config docker \
		"$K/private/app:v"
	[[ $status -eq 100 && ! -s tokens ]]
	[[ $stderr == *"--trust-realm 127.0.0.1:$(<port)"* ]]
}

# ---- mirrors ------------------------------------------------------------------------

@test "a pull-through mirror answers for its origin, which falls back" {
	registry_start "$R/mirror" "proxy: {remoteurl: \"http://$H\"}"
	local mirror
	mirror=$(registry_host "$R/mirror")
	run --separate-stderr "$bin/fg-entrypoint" \
		--mirror "quay.io=http://$mirror" quay.io/team/app:exec
	echo "$stderr"
	[[ $status -eq 0 ]]
	[[ $(jq -r .name <<<"$output") == quay.io/team/app:exec ]]
	[[ $(requests "$R/mirror" 'GET /v2/team/app/') -eq 2 ]]
	registry_stop "$R/mirror"
	ask --mirror "*=http://$mirror" "$H"/team/app:{exec,entry}
	[[ $status -eq 0 && ${#lines[@]} -eq 2 ]]
}
