#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# lib/httpd beside nginx, each one process: processor time for a request of 2
# KB from memory, over 64 connections that are kept, plain and by TLS 1.3.
# Then what requests that wait for their answer cost.
# ROUNDS=5, SECONDS_EACH=2, COUNT=10000.
# shellcheck source=tests/bench/record.bash
source "$(dirname "$0")/record.bash"
rounds=${ROUNDS:-5} each=${SECONDS_EACH:-2} count=${COUNT:-10000}
pids=()

stop_all() {
	exec 9>&- || :
	[[ ${#pids[@]} -eq 0 ]] || kill "${pids[@]}" 2>/dev/null || :
	[[ ${#pids[@]} -eq 0 ]] || wait "${pids[@]}" 2>/dev/null || :
}
trap 'stop_all; rm -rf "$work"' EXIT

ticks() {
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

# cost PID URL: microseconds of its processor time for a request.
cost() {
	local before after requests
	before=$(ticks "$1")
	requests=$(wrk -t 1 -c 64 -d "$each" "$2" |
		awk '/requests in/ { print $1 }')
	after=$(ticks "$1")
	awk -v t=$((after - before)) -v n="$requests" -v hz="$(getconf CLK_TCK)" \
		'BEGIN { printf "%.3f\n", t / hz * 1e6 / n }'
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# ours NAME [CERT KEY]: its $pid and $port.
ours() {
	mkfifo "$work/in-$1"
	"$build/bench/httpd" "${@:2}" <"$work/in-$1" >"$work/port-$1" &
	pid=$!
	pids+=("$pid")
	exec 9>"$work/in-$1"
	until [[ -s $work/port-$1 ]]; do sleep 0.01; done
	port=$(<"$work/port-$1")
}

# theirs PORT TLS_PORT: its $nginx_pid.
theirs() {
	mkdir "$work/nginx"
	cat >"$work/nginx/conf" <<-end
	daemon off;
	master_process off;
	pid $work/nginx/pid;
	error_log $work/nginx/log;
	events { worker_connections 512; }
	http {
		access_log off;
		keepalive_requests 1000000000;
		client_body_temp_path $work/nginx/body;
		proxy_temp_path $work/nginx/proxy;
		fastcgi_temp_path $work/nginx/fastcgi;
		uwsgi_temp_path $work/nginx/uwsgi;
		scgi_temp_path $work/nginx/scgi;
		ssl_certificate $work/cert;
		ssl_certificate_key $work/key;
		ssl_protocols TLSv1.3;
		server {
			listen 127.0.0.1:$1;
			location / { return 200 '$(printf 'x%.0s' {1..2048})'; }
		}
		server {
			listen 127.0.0.1:$2 ssl;
			location / { return 200 '$(printf 'x%.0s' {1..2048})'; }
		}
	}
	end
	nginx -c "$work/nginx/conf" -p "$work/nginx" 2>/dev/null &
	nginx_pid=$!
	pids+=("$nginx_pid")
	until curl -sko /dev/null "https://127.0.0.1:$2/"; do sleep 0.05; done
}

rss() {
	awk '/^VmRSS/ { print $2 }' "/proc/$1/status"
}

# waiters HOW KIB: what $count requests that wait cost, and how soon they know.
waiters() {
	local before after waiting ca=()
	[[ $1 == http ]] || ca=("$work/cert")
	before=$(rss "$pid")
	mkfifo "$work/waiters-$1"
	"$build/bench/httpd" "$port" "$count" "${ca[@]}" <"$work/waiters-$1" \
		>"$work/waited-$1" &
	waiting=$!
	exec 8>"$work/waiters-$1"
	until grep -q open "$work/waited-$1"; do
		kill -0 $waiting
		sleep 0.1
	done
	sleep 1
	after=$(rss "$pid")
	exec 8>&-
	wait $waiting
	jq -nc --argjson kb $((after - before)) --argjson n "$count" \
		--argjson ms "$(tail -n 1 "$work/waited-$1")" \
		'{runs: 1, ours: {kb: ($kb / $n), ms: $ms}, peer: {kb: 0, ms: 0}}' \
		>"$work/waiters-$1.json"
	record "httpd/$1 memory of each of $count waiting requests" kb KiB none \
		"{limit: $2}" <"$work/waiters-$1.json"
	record "httpd/$1 $count waiting requests answered" ms ms none \
		"{limit: 1000}" <"$work/waiters-$1.json"
}

# free_port NAME: one that was free just now.
free_port() {
	ours "$1"
	exec 9>&-
	wait "$pid" || :
	echo "$port" >"$work/free-$1"
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$work/key" -out "$work/cert" 2>/dev/null
free_port a
free_port b
theirs "$(<"$work/free-a")" "$(<"$work/free-b")"
for how in http https; do
	if [[ $how == http ]]; then
		ours http
		peer=$(<"$work/free-a") limit=2
	else
		ours https "$work/cert" "$work/key"
		peer=$(<"$work/free-b") limit=16
	fi
	for ((i = 0; i < rounds; i++)); do
		cost "$pid" "$how://127.0.0.1:$port/" >>"$work/$how.ours"
		cost "$nginx_pid" "$how://127.0.0.1:$peer/" >>"$work/$how.peer"
	done
	jq -nc --argjson ours "$(median <"$work/$how.ours")" \
		--argjson peer "$(median <"$work/$how.peer")" \
		--argjson runs "$rounds" \
		'{$runs, ours: {cpu_us: $ours}, peer: {cpu_us: $peer}}' |
		record "httpd/$how GET of 2 KB, kept connections" cpu_us us nginx \
			'{bar: 1}'
	waiters "$how" "$limit"
	exec 9>&-
	wait "$pid" || :
done
