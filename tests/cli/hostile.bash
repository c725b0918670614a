# SPDX-License-Identifier: Apache-2.0
# For the tests that start tests/fixtures/hostile-registry.

setup() {
	bin=${FG_BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	fixtures=${FG_FIXTURES:-$BATS_TEST_DIRNAME/../../build/fixtures}
	unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY \
		no_proxy NO_PROXY
	export HOME=$BATS_TEST_TMPDIR DOCKER_CONFIG=$BATS_TEST_TMPDIR/docker
	cd "$BATS_TEST_TMPDIR" || exit 1
	mkdir docker
	pid= extra_pid= options=()
}

teardown() {
	stop
}

stop() {
	local p
	for p in $pid $extra_pid; do
		kill "$p" 2>/dev/null || true
	done
	pid= extra_pid=
}

# A file that a server writes when it is ready.
wait_for() {
	local i
	for ((i = 0; i < 500; i++)); do
		[[ ! -s $1 ]] || return 0
		sleep 0.02
	done
	return 1
}

# hostile [-b] [-t] MODE [ARG]: start it; $port, $other, $host, `log`.
# -t: with TLS. The one before is stopped.
hostile() {
	local args=()
	stop
	while [[ $1 == -* ]]; do
		case $1 in
		-t)
			certificate
			args+=(-c "$BATS_FILE_TMPDIR/cert.pem"
				-k "$BATS_FILE_TMPDIR/key.pem")
			[[ " ${options[*]} " == *' --ca '* ]] ||
				options+=(--ca "$BATS_FILE_TMPDIR/cert.pem")
			;;
		*) args+=("$1") ;;
		esac
		shift
	done
	: >log
	rm -f ports
	"$fixtures/hostile-registry" "${args[@]}" -l log "$@" >ports 3>&- &
	pid=$!
	wait_for ports
	read -r port other <ports
	host=127.0.0.1:$port
	[[ " ${args[*]} " == *" -c "* ]] || options+=(--plain-http "$host")
}

certificate() {
	[[ -e $BATS_FILE_TMPDIR/cert.pem ]] ||
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-nodes -days 2 -subj /CN=127.0.0.1 -addext \
		'subjectAltName=IP:127.0.0.1,DNS:localhost' \
		-keyout "$BATS_FILE_TMPDIR/key.pem" \
		-out "$BATS_FILE_TMPDIR/cert.pem" 2>/dev/null
}

# The user u with the password p for the hostile host: dTpw.
login() {
	echo "{\"auths\":{\"$host\":{\"auth\":\"dTpw\"}}}" >docker/config.json
}

# look [EXTRA ...]: ask for app:v1, in 10 s at most.
look() {
	run --separate-stderr timeout 10 "$bin/fg-entrypoint" --timeout "${timeout:-2}" \
		"${options[@]}" "$@" "$host/app:v1"
	echo "status $status; stdout: $output; stderr: $stderr"
	echo "requests:" && cat log
}

found() {
	[[ $status -eq 0 && -z $stderr ]]
	[[ $(jq -c .entrypoint <<<"$output") == '["/good"]' ]]
}

# refused STATUS TEXT: the exit code, one line on stderr with TEXT, no record
refused() {
	[[ $status -eq $1 && -z $output ]]
	[[ $stderr == *"$2"* && $stderr != *$'\n'* ]]
}

requests() {
	grep -c "$1" log || true
}
