#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-entrypoint without --fill: names in, image.config records out. The scan
# DB is made by the fixture scandb-make; hostile-registry, being good, counts
# requests. Real registries: tests/e2e/registry.bats.

bats_require_minimum_version 1.5.0

setup() {
	root=$BATS_TEST_DIRNAME/../..
	bin=${FG_BIN:-$root/build/bin}
	fixtures=${FG_FIXTURES:-$root/build/fixtures}
	unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY
	export HOME=$BATS_TEST_TMPDIR
	cd "$BATS_TEST_TMPDIR" || exit 1
	pid=
	"$fixtures/scandb-make" db <<-'EOF'
	web {"Entrypoint":["/e","-x"],"Cmd":["serve"],"User":"7:8","WorkingDir":"/w","Env":["A=secret","B"],"StopSignal":"SIGINT","Volumes":{"/v":{}},"ExposedPorts":{"80/tcp":{}},"Labels":{"l":"m"}}
	quay.io/team/cmd:1 {"Cmd":["/bin/sh","-c","run"]}
	none {}
	EOF
}

teardown() {
	stop
}

stop() {
	[[ -z $pid ]] || kill "$pid" 2>/dev/null || true
	pid=
}

# find ARG ...: the tool with the scan DB and no network
find() {
	run --separate-stderr "$bin/fg-entrypoint" --db db --offline "$@"
	echo "status $status; stdout: $output; stderr: $stderr"
}

# registry [MODE [ARG]]: $host serves app:v1; requests go to the file log.
registry() {
	stop
	rm -f ports
	: >log
	"$fixtures/hostile-registry" -l log "${@:-good}" >ports 3>&- &
	pid=$!
	until [[ -s ports ]]; do sleep 0.02; done
	read -r port _ <ports
	host=127.0.0.1:$port
}

# ask ARG ...: the tool with that registry
ask() {
	run --separate-stderr "$bin/fg-entrypoint" --plain-http "$host" "$@"
	echo "status $status; stdout: $output; stderr: $stderr" && cat log
}

requests() {
	grep -c "$1" log || true
}

# ---- records ------------------------------------------------------------------

@test "a record says what the image runs, and never an environment's values" {
	find web
	[[ $status -eq 0 && -z $stderr && ${#lines[@]} -eq 1 ]]
	"$root/tests/doc/validate.py" <<<"$output"
	[[ $output != *secret* ]]
	jq -e '.type == "image.config" and .v == 1 and .reference == "web" and
		.name == "docker.io/library/web:latest" and
		.platform == "linux/amd64" and .entrypoint == ["/e", "-x"] and
		.cmd == ["serve"] and .user == "7:8" and
		.working_dir == "/w" and .env_names == ["A", "B"] and
		.stop_signal == "SIGINT" and .volumes == ["/v"] and
		.exposed_ports == ["80/tcp"] and .labels == {l: "m"} and
		.source == "scan-db" and has("stale") == false and
		(.digest, .index_digest, .config_digest |
		test("^sha256:[0-9a-f]{64}$"))' <<<"$output"
}

@test "absent is null, which is not []" {
	find quay.io/team/cmd:1 none
	[[ $status -eq 0 ]]
	"$root/tests/doc/validate.py" <<<"$output"
	[[ $(jq -c '[.entrypoint, .cmd]' <<<"$output") == \
		$'[null,["/bin/sh","-c","run"]]\n[null,null]' ]]
}

@test "the platform is amd64 unless said, whatever the host is" {
	find web
	[[ $(jq -r .platform <<<"$output") == linux/amd64 ]]
	local digest
	digest=$(jq -r .digest <<<"$output")
	find --platform linux/arm64 web
	[[ $status -eq 0 && $(jq -r .platform <<<"$output") == linux/arm64 ]]
	[[ $(jq -r .digest <<<"$output") != "$digest" ]]
	find --platform linux/s390x web
	[[ $status -eq 1 && -z $output ]]
	[[ $stderr == *'no image for linux/s390x; on offer: linux/amd64, linux/arm64' ]]
	find --platform linux web
	[[ $status -eq 2 ]]
}

@test "--jq gets every record" {
	find --jq '.entrypoint // .cmd | first' web quay.io/team/cmd:1
	[[ $status -eq 0 && $output == $'"/e"\n"/bin/sh"' ]]
	find --jq '.[' web
	[[ $status -eq 2 && -z $output ]]
}

# ---- names ---------------------------------------------------------------------

@test "answers come in the order of the questions, doubles too" {
	find none web docker.io/library/none quay.io/team/cmd:1 web
	[[ $status -eq 0 && $(jq -r .reference <<<"$output") == \
		$'none\nweb\ndocker.io/library/none\nquay.io/team/cmd:1\nweb' ]]
}

@test "standard input: names, objects, blank lines, CR LF, no last line end" {
	run --separate-stderr "$bin/fg-entrypoint" --db db --offline < <(
		printf 'web\r\n\n  none  \n{"image":"web","platform":%s}\n' \
			'"linux/arm64"'
		printf '{"type":"container","image":"web"}')
	[[ $status -eq 0 && -z $stderr ]]
	[[ $(jq -r '.reference + " " + .platform' <<<"$output") == \
		$'web linux/amd64\nnone linux/amd64\nweb linux/arm64\nweb linux/amd64' ]]
}

@test "records of ours can be asked again" {
	find web
	run --separate-stderr bash -c '"$0" --db db --offline --jq \
		"{image: (.reference + \"@\" + .digest)}" \
		web | "$0" --db db --offline' "$bin/fg-entrypoint"
	[[ $status -eq 0 ]]
	[[ $(jq -r .reference <<<"$output") == web@sha256:* ]]
}

@test "broken lines are told with their number" {
	local line
	for line in '{' '{"image":7}' '{}' '{"image":"web","platform":7}' \
	    '{"image":"web","platform":"linux"}' $'a\xff'; do
		run --separate-stderr "$bin/fg-entrypoint" --db db --offline \
			< <(printf 'web\n%s\n' "$line")
		echo "$line: $status $stderr"
		[[ $status -eq 100 && -z $output ]]
		[[ $stderr == 'fg-entrypoint: standard input:2:'* ]]
	done
	run --separate-stderr "$bin/fg-entrypoint" --db db --offline \
		< <(printf 'web\n  {"image":"web",x}\n')
	[[ $stderr == 'fg-entrypoint: standard input:2:18: '* ]]
}

@test "what is no reference is said so; the others are answered" {
	find 'A b' web 'nginx@sha256:abc'
	[[ $status -eq 1 && ${#lines[@]} -eq 1 && ${#stderr_lines[@]} -eq 2 ]]
	[[ ${stderr_lines[0]} == \
		'fg-entrypoint: not an image reference: "A b": '* ]]
	find https://quay.io/a:v1
	[[ $status -eq 1 && $stderr == *'a URL; leave its scheme out' ]]
}

# watch ARG ...: the tool on a terminal of 40 columns; $output shows controls
watch() {
	local command
	printf -v command '%q ' "$bin/fg-entrypoint" "$@"
	run bash -c 'script -qec "stty cols 40; $0 >/dev/null" /dev/null \
		</dev/null | cat -v' "$command"
	echo "$output"
}

@test "a terminal gets a line of progress, which is wiped" {
	local long
	long=$(printf 'a%.0s' {1..80})
	registry busy '503 3'
	export TERM=xterm
	watch --plain-http "$host" "$host/app:v1" "$host/$long:v1" \
		"$host/other:v1" $'b\e]0;title\a'
	# From the first on; cut to the width; nothing steers the terminal.
	[[ $output == *"1 of 4 images: $host/app:v1"* ]]
	[[ $output == *'3 of 4 images: '* && $output == *'^M^[[K'* ]]
	[[ $output != *'^[]0;'* && $output != *aaaaaaaaaaaaaaaaaaaaaaaaa'^M'* ]]
	[[ $(tr -d '\n' <<<"$output" | sed 's/\^M\(\^\[\[K\)\?/\n/g' |
		grep 'of 4 images' | awk 'length > 39' | wc -l) -eq 0 ]]
	# The errors come on lines of their own, after it was wiped.
	[[ $output != *images:*fg-entrypoint:*images:* ]]
	TERM=dumb watch --db db --offline web none quay.io/team/cmd:1
	[[ -z $output ]]
	TERM=xterm watch --db db --offline web none quay.io/team/cmd:1
	[[ $output == *'^M^[[K' ]]
}

@test "10,000 names, no more" {
	run --separate-stderr bash -c 'yes web | head -n 10000 |
		"$0" --db db --offline | sort | uniq -c | wc -l' "$bin/fg-entrypoint"
	[[ $status -eq 0 && $output -eq 1 ]]
	run --separate-stderr bash -c 'yes web | "$0" --db db --offline' \
		"$bin/fg-entrypoint"
	[[ $status -eq 100 && -z $output ]]
	[[ $stderr == *'standard input:10001: more than 10000 images'* ]]
}

@test "no names at all is no error" {
	run --separate-stderr "$bin/fg-entrypoint" --db db --offline </dev/null
	[[ $status -eq 0 && -z $output$stderr ]]
}

@test "closed standard input, a directory, a full disk, a closed pipe" {
	run --separate-stderr bash -c '"$0" --db db --offline <&-' \
		"$bin/fg-entrypoint"
	[[ $status -eq 100 && -z $output && ${#stderr_lines[@]} -eq 1 ]]
	run --separate-stderr "$bin/fg-entrypoint" --db db --offline <.
	[[ $status -eq 100 && -n $stderr ]]
	run --separate-stderr bash -c \
		'"$0" --db db --offline web >/dev/full' "$bin/fg-entrypoint"
	[[ $status -eq 100 && $stderr == *'No space left'* ]]
	run --separate-stderr bash -c 'set -o pipefail
		trap "" PIPE
		"$0" --db db --offline web | true; exit "${PIPESTATUS[0]}"' \
		"$bin/fg-entrypoint"
	[[ $status -eq 0 || $status -eq 100 ]] # won the race, or told
}

# ---- usage -----------------------------------------------------------------------

@test "options that mean nothing are usage errors" {
	local args
	for args in '--remember web' '--remember --db x --no-db web' \
	    '--remember --offline --db db web' \
	    '--remember --no-registry --db db web' '--container x web' \
	    '--param A=B web' '--partial web' '--fill a b' \
	    '--fill --jq . a' '--fill --platform=linux/arm64 a' \
	    '--parallel 0 web' '--max-age -1 web' \
	    '--nonsense web'; do
		# shellcheck disable=SC2086
		run --separate-stderr "$bin/fg-entrypoint" $args
		echo "$args: $status $stderr"
		[[ $status -eq 2 && -z $output ]]
	done
}

@test "malformed registry options are usage errors, before any request" {
	registry
	local args
	for args in '--mirror x' '--mirror =https://h' '--mirror h=' \
	    '--mirror h=ftp://h' '--mirror h=https://u:s3cret@h' \
	    '--mirror https://h=https://m' '--mirror h/x=https://m' \
	    '--mirror h=https://h?x' '--plain-http h/x' '--plain-http h:x' \
	    '--trust-realm https://h'; do
		# shellcheck disable=SC2086
		run --separate-stderr "$bin/fg-entrypoint" $args "$host/app:v1"
		echo "$args: $status $stderr"
		[[ $status -eq 2 && -z $output && $stderr != *s3cret* ]]
	done
	ask --ca nowhere "$host/app:v1"
	[[ $status -eq 100 && $stderr == *nowhere* ]]
	ask --docker-config nowhere "$host/app:v1"
	[[ $status -eq 100 && $stderr == *nowhere/config.json* ]]
	[[ $(requests .) -eq 0 ]]
}

@test "a broken config.json is told without its secrets" {
	registry
	mkdir .docker
	echo '{"auths":{"h":{"auth":"c2VjcmV0"}}}' >.docker/config.json
	ask "$host/app:v1"
	[[ $status -eq 100 && -z $output && $(requests .) -eq 0 ]]
	[[ $stderr == *'.docker/config.json'* && $stderr != *c2Vj* ]]
}

# ---- the order of sources ----------------------------------------------------------

@test "--offline: the DB at any age, and nothing else" {
	find --max-age 0 web
	[[ $status -eq 0 && $(jq .stale <<<"$output") == true ]]
	find unknown
	[[ $status -eq 1 && $stderr == *'not in the scan DB'*--offline* ]]
	run --separate-stderr "$bin/fg-entrypoint" --offline web
	[[ $status -eq 1 ]]
}

@test "no source at all" {
	run --separate-stderr "$bin/fg-entrypoint" --no-registry web
	[[ $status -eq 1 && $stderr == *'no source'* ]]
	run --separate-stderr "$bin/fg-entrypoint" --db db --no-db \
		--no-registry web
	[[ $status -eq 1 && $stderr == *'no source'* ]]
}

@test "--no-registry: a fresh tag is answered, an old one with --stale-ok" {
	run --separate-stderr "$bin/fg-entrypoint" --db db --no-registry web
	[[ $status -eq 0 && $(jq .stale <<<"$output") == null ]]
	run --separate-stderr "$bin/fg-entrypoint" --db db --no-registry \
		--max-age 0 web
	[[ $status -eq 1 && $stderr == *--stale-ok* ]]
	run --separate-stderr "$bin/fg-entrypoint" --db db --no-registry \
		--max-age 0 --stale-ok web
	[[ $status -eq 0 && $(jq .stale <<<"$output") == true ]]
}

@test "2 requests, then none, then 1 HEAD, then none by digest" {
	registry
	ask --db new --remember "$host/app:v1"
	[[ $status -eq 0 && $(jq -r .source <<<"$output") == registry ]]
	[[ $(requests GET) -eq 2 && $(requests .) -eq 2 ]]
	ask --db new "$host/app:v1"
	[[ $status -eq 0 && $(jq -r .source <<<"$output") == scan-db ]]
	[[ $(requests .) -eq 2 ]]
	ask --db new --max-age 0 "$host/app:v1"
	[[ $status -eq 0 && $(jq -r .source <<<"$output") == scan-db ]]
	[[ $(requests HEAD) -eq 1 && $(requests .) -eq 3 ]]
	ask --db new --max-age 0 "$host/app@$(jq -r .digest <<<"$output")"
	[[ $status -eq 0 && $(requests .) -eq 3 ]]
}

@test "--remember renews the time that a HEAD confirms, and only it" {
	registry
	ask --db new --remember "$host/app:v1"
	sqlite3 new 'UPDATE tag SET checked_at = 1'
	ask --db new "$host/app:v1"
	[[ $(requests HEAD) -eq 1 ]]
	[[ $(sqlite3 new 'SELECT checked_at FROM tag') -eq 1 ]]
	ask --db new --remember "$host/app:v1"
	[[ $(requests HEAD) -eq 2 ]]
	[[ $(sqlite3 new 'SELECT checked_at FROM tag') -gt 1000 ]]
	ask --db new "$host/app:v1"
	[[ $(requests HEAD) -eq 2 ]]
}

@test "a tag checked in the future is asked about" {
	registry
	ask --db new --remember "$host/app:v1"
	sqlite3 new 'UPDATE tag SET checked_at = checked_at + 1000000'
	ask --db new "$host/app:v1"
	[[ $status -eq 0 && $(requests HEAD) -eq 1 ]]
}

@test "a tag that moved: fetched, and moved_from says from where" {
	registry
	local old
	old=sha256:$(printf 'a%.0s' {1..64})
	ask --db new --remember "$host/app:v1"
	sqlite3 new "UPDATE tag SET checked_at = 1, digest = '$old';
		UPDATE manifest SET digest = '$old';
		UPDATE tag_history SET digest = '$old';
		UPDATE repo_digest SET digest = '$old'"
	: >log
	ask --db new --remember "$host/app:v1"
	[[ $status -eq 0 && $(jq -r .moved_from <<<"$output") == "$old" ]]
	"$root/tests/doc/validate.py" <<<"$output"
	[[ $(jq -r .source <<<"$output") == registry ]]
	# By the digest that the HEAD told: the tag may move again meanwhile.
	[[ $(requests HEAD) -eq 1 && $(requests 'manifests/sha256:') -eq 1 ]]
	[[ $(requests .) -eq 3 ]]
	[[ $(sqlite3 new 'SELECT count(*) FROM tag_history') -eq 2 ]]
}

@test "the network is down: --stale-ok takes the DB's word, and says so" {
	registry
	ask --db new --remember "$host/app:v1"
	stop
	ask --db new --max-age 0 "$host/app:v1"
	[[ $status -eq 111 && -z $output ]]
	ask --db new --max-age 0 --stale-ok "$host/app:v1"
	[[ $status -eq 0 && $(jq .stale <<<"$output") == true ]]
	"$root/tests/doc/validate.py" <<<"$output"
	ask --db new --max-age 0 --stale-ok "$host/app:v1" "$host/app:v2"
	[[ $status -eq 111 && ${#lines[@]} -eq 1 ]]
}

@test "the highest exit code wins; what is found is printed all the same" {
	registry
	ask --db db "$host/app:none" web "$host/app:v1" 127.0.0.1:1/x:y
	[[ $status -eq 111 && ${#lines[@]} -eq 2 && ${#stderr_lines[@]} -eq 2 ]]
	ask --db db "$host/app:none" web
	[[ $status -eq 1 && ${#lines[@]} -eq 1 ]]
}

@test "the same image is asked for once" {
	registry
	ask "$host/app:v1" "$host/app:v1" "$host/app:v1"
	[[ $status -eq 0 && ${#lines[@]} -eq 3 && $(requests .) -eq 2 ]]
}

@test "a digest beside a tag: the digest is asked for" {
	registry
	ask "$host/app:v1"
	local digest
	digest=$(jq -r .digest <<<"$output")
	: >log
	ask --db new --remember "$host/app:other@$digest"
	[[ $status -eq 0 && $(requests other) -eq 0 ]]
	[[ $(sqlite3 new 'SELECT count(*) FROM tag') -eq 0 ]]
	ask --db new "$host/app:v9@$digest"
	[[ $status -eq 0 && $(requests .) -eq 2 ]]
}

@test "another repository's digest is not answered from the DB" {
	registry
	ask --db new --remember "$host/app:v1"
	local digest
	digest=$(jq -r .digest <<<"$output")
	ask --db new --offline "$host/else@$digest"
	[[ $status -eq 1 && -z $output ]]
}

@test "a mirror first, with its path in front of the repository" {
	registry
	ask --mirror "docker.io=http://$host/cache" nginx
	[[ $(requests '/v2/cache/library/nginx/manifests/latest') -eq 1 ]]
	ask --mirror "*=http://$host" quay.io/app:v1
	[[ $(requests '/v2/app/manifests/v1') -eq 1 && $status -eq 0 ]]
	[[ $(jq -r .name <<<"$output") == quay.io/app:v1 ]]
}

# ---- the scan DB as a file ---------------------------------------------------------

@test "no, foreign, damaged and newer DBs are told, once" {
	local text
	run --separate-stderr "$bin/fg-entrypoint" --db nowhere a b c
	[[ $status -eq 100 && ${#stderr_lines[@]} -eq 1 ]]
	echo 'this is a text' >text
	sqlite3 foreign 'CREATE TABLE t(x)'
	sqlite3 db 'PRAGMA user_version = 77'
	head -c 5000 /dev/urandom >noise
	: >empty
	for text in text foreign db noise empty .; do
		run --separate-stderr "$bin/fg-entrypoint" --db "$text" \
			--offline web
		echo "$text: $status $stderr"
		[[ $status -eq 100 && -z $output ]]
		[[ ${#stderr_lines[@]} -eq 1 && $stderr == *"$text: "* ]]
	done
	[[ $(<text) == 'this is a text' ]]
}

@test "a read-only DB on a read-only directory is read" {
	mkdir ro
	cp db ro/db
	chmod 444 ro/db
	chmod 555 ro
	# Root writes everywhere, but for what it gives up.
	drop=(setpriv --inh-caps=-all --bounding-set=-all)
	[[ $(id -u) -eq 0 ]] && "${drop[@]}" true || drop=()
	run --separate-stderr "${drop[@]}" \
		"$bin/fg-entrypoint" --db ro/db --offline web
	chmod 755 ro
	echo "$status $stderr"
	[[ $status -eq 0 && -n $output ]]
	[[ $(ls ro) == db ]]
}

@test "--remember with nothing to ask makes an empty DB" {
	run --separate-stderr "$bin/fg-entrypoint" --db new --remember </dev/null
	[[ $status -eq 0 && $(sqlite3 new 'PRAGMA user_version') -eq 1 ]]
	[[ $(sqlite3 new 'SELECT count(*) FROM image') -eq 0 ]]
}

@test "many at once write one DB" {
	registry
	local i pids=()
	for i in {1..8}; do
		"$bin/fg-entrypoint" --plain-http "$host" --db new --remember \
			"$host/app:v1" >"out$i" 2>"err$i" 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	[[ $(sqlite3 new 'PRAGMA integrity_check') == ok ]]
	[[ $(sqlite3 new 'SELECT count(*) FROM tag') -eq 1 ]]
	[[ -z $(cat err*) && $(cat out* | wc -l) -eq 8 ]]
}

# ---- what it costs -----------------------------------------------------------------

@test "libcurl and libcrypto are loaded for the network only" {
	run bash -c 'LD_DEBUG=libs "$0" --db db --offline web 2>&1' \
		"$bin/fg-entrypoint"
	[[ $output == *libsqlite3* && $output != *libcurl* &&
		$output != *libcrypto* ]]
}
