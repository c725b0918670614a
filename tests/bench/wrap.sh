#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fg-wrap: processor time of whole process trees beside the same without it,
# under strace with its filter, and under a tracer that stops at every call;
# then what it costs to have it: size, memory, wake-ups, start. ROUNDS=9; as
# root it runs in a PID namespace, as in a container, since starting looks at
# all processes.
if [[ $(id -u) -eq 0 && $$ -ne 1 ]]; then
	exec unshare --pid --fork --mount-proc --kill-child bash "$0"
fi
# shellcheck source=tests/bench/record.bash
source "$(dirname "$0")/record.bash"
needs fg-wrap
rounds=${ROUNDS:-9}
calls=$build/bench/calls each=$build/bench/pt-syscall
traced=execve,execveat,open,openat,creat,connect,bind,listen,unlink,unlinkat
traced+=,rename,renameat,renameat2,chmod,fchmod,fchmodat,mkdir,truncate
by_strace=(strace -f --seccomp-bpf -qq -e "trace=$traced" -o /dev/null)
strace_name="strace -f --seccomp-bpf" each_name="PTRACE_SYSCALL"
pids=()

# A tracer need not hand on its signals: nginx itself is told to end.
stop_all() {
	local file
	for file in "$work"/nginx-*/pid; do
		[[ ! -e $file ]] || kill "$(<"$file")" || :
	done
	[[ ${#pids[@]} -eq 0 ]] || wait "${pids[@]}" || :
	pids=()
}
trap 'stop_all; rm -rf "$work"' EXIT

# wrapped POLICY: the words before a command, in $wrapped.
wrapped() {
	wrapped=("$bin/fg-wrap" --policy "tests/bench/wrap-$1.json"
		--audit "$work/audit.$1" --)
}

# three NAME BAR KEY UNIT <MEASURED: a record beside each of the peers.
three() {
	local got bar=
	[[ $2 == none ]] || bar="{bar: $2}"
	got=$(cat)
	record "wrap/$1" "$3" "$4" native "$bar" <<<"$got"
	record "wrap/$1" "$3" "$4" "$strace_name" '{bar: 1}' peer2 <<<"$got"
	record "wrap/$1" "$3" "$4" "$each_name" '{bar: 1}' peer3 <<<"$got"
}

# job NAME RUNS BAR COMMAND...: under both policies.
job() {
	local name=$1 runs=$2 bar=$3 policy
	shift 3
	for policy in alert prevent; do
		wrapped $policy
		"$measure" -n "$rounds" -k "$runs" -d ++ -- "${wrapped[@]}" "$@" \
			++ "$@" ++ "${by_strace[@]}" "$@" ++ "$each" "$@" |
			three "$name, files: $policy" "$bar" cpu_ms ms
	done
}

# ---- what the jobs work on --------------------------------------------------

make_sources() {
	local i
	mkdir "$work/src"
	for ((i = 1; i <= 24; i++)); do
		printf '#include <stdio.h>\n#include <stdlib.h>\n'
		printf 'int f%d(int n);\n' $i
		printf 'int\nf%d(int n)\n{\n\tint s = 0;\n' $i
		printf '\tfor (int i = 0; i < n; i++)\n'
		printf '\t\ts += i * %d;\n' $i
		printf '\tif (s < 0)\n\t\tabort();\n'
		printf '\treturn printf("%%d\\n", s);\n}\n'
	done | awk -v dir="$work/src" '
		/^#include <stdio/ { file = dir "/f" ++n ".c" }
		{ print >file }'
	# shellcheck disable=SC2016 # for make
	printf '%s\n' 'libf.a: $(patsubst %.c,%.o,$(wildcard *.c)); ar cr $@ $^' \
		'%.o: %.c; $(CC) -O1 -c -o $@ $<' >"$work/src/Makefile"
}

make_tree() {
	local i
	mkdir "$work/tree"
	for ((i = 0; i < 83; i++)); do
		mkdir "$work/tree/d$i"
		(cd "$work/tree/d$i" && printf 'text %d\n' $i |
			tee f{0..9} >/dev/null)
	done
	tar -cf "$work/tree.tar" -C "$work" tree
	mkdir "$work/wide"
	for ((i = 0; i < 300; i++)); do
		mkdir "$work/wide/d$i"
		(cd "$work/wide/d$i" && : | tee f{0..39})
	done
	mkdir "$work/out"
}

make_inserts() {
	awk 'BEGIN {
		print "CREATE TABLE t(i INTEGER PRIMARY KEY, x TEXT);"
		for (i = 0; i < 400; i++)
			print "INSERT INTO t(x) VALUES (\047row " i "\047);"
	}' >"$work/inserts"
}

make_sources
make_tree
make_inserts
cc -O2 -static -o "$work/true" tests/bench/empty.c
echo text >"$work/text"

# ---- processor time ---------------------------------------------------------

job "60,000 opens for reading" 1 1.10 "$calls" read-open 60000 "$work/text"
job "10,000 opens for writing" 1 5.5 "$calls" write-open 10000 "$work/made"
job "200 vfork + exec, static program" 1 1.20 "$calls" exec 200 "$work/true"
job "200 vfork + exec, /bin/true" 1 1.20 "$calls" exec 200 /bin/true
job "3,000 connects on loopback" 1 1.45 "$calls" connect 3000
job "make of 24 C files" 1 1.05 make -s -B -C "$work/src"
job "find over 12,000 files, four times" 1 1.05 find "$work/wide" \
	"$work/wide" "$work/wide" "$work/wide" -size +1
# shellcheck disable=SC2016 # for the inner shell
job "untar of 830 files, three times" 1 1.25 sh -c 'for i in 1 2 3; do
	d=$(mktemp -d "$1/XXXXXX") && tar -xf "$2" -C "$d"; done' sh "$work/out" "$work/tree.tar"
# shellcheck disable=SC2016
job "400 commits of sqlite" 1 1.6 sh -c 'exec sqlite3 "$(mktemp -p "$1")" \
	".read $2"' sh "$work/out" "$work/inserts"
job "5,000 signals" 1 none "$calls" signal 5000
job "500 threads" 1 none "$calls" thread 500

# ---- nginx ------------------------------------------------------------------

# nginx_conf NAME PORT LOCATION
nginx_conf() {
	mkdir -p "$work/nginx-$1"
	cat >"$work/nginx-$1/conf" <<-end
	daemon off;
	worker_processes 1;
	pid $work/nginx-$1/pid;
	error_log $work/nginx-$1/log;
	events { worker_connections 512; }
	http {
		access_log off;
		client_body_temp_path $work/nginx-$1/body;
		proxy_temp_path $work/nginx-$1/proxy;
		fastcgi_temp_path $work/nginx-$1/fastcgi;
		uwsgi_temp_path $work/nginx-$1/uwsgi;
		scgi_temp_path $work/nginx-$1/scgi;
		server {
			listen 127.0.0.1:$2;
			location / { $3 }
		}
	}
	end
}

# nginx_start NAME PORT LOCATION [WORD...]
nginx_start() {
	local name=$1 port=$2
	nginx_conf "$1" "$2" "$3"
	shift 3
	"$@" /usr/sbin/nginx -p "$work/nginx-$name" \
		-c "$work/nginx-$name/conf" 2>"$work/nginx-$name/err" &
	pids+=($!)
	until curl -sf -o /dev/null "http://127.0.0.1:$port/"; do
		if ! kill -0 "${pids[-1]}"; then
			cat "$work/nginx-$name"/{log,err} >&2
			return 1
		fi
		sleep 0.05
	done
}

# one_round PORT: microseconds per request
one_round() {
	wrk -t 1 -c 8 -d 1s "http://127.0.0.1:$1/" |
		awk '$1 == "Requests/sec:" { print 1e6 / $2 }'
}

proxy() {
	local policy=$1 port=18460 i n=0
	local pass="proxy_pass http://127.0.0.1:18459;"
	nginx_start backend 18459 'return 200 "hello";'
	wrapped "$policy"
	nginx_start ours $port "$pass" "${wrapped[@]}"
	nginx_start peer $((port + 1)) "$pass"
	nginx_start peer2 $((port + 2)) "$pass" "${by_strace[@]}"
	nginx_start peer3 $((port + 3)) "$pass" "$each"
	for ((i = 0; i < rounds; i++)); do
		for ((n = 0; n < 4; n++)); do
			echo "$n $(one_round $((port + n)))"
		done
	done | sort -k 1,1n -k 2,2n | awk -v rounds="$rounds" '
		{ v[$1, seen[$1]++] = $2 }
		END {
			m = int(rounds / 2)
			printf "{\"runs\":%d,\"ours\":{\"us\":%f}", rounds, v[0, m]
			printf ",\"peer\":{\"us\":%f}", v[1, m]
			printf ",\"peer2\":{\"us\":%f}", v[2, m]
			printf ",\"peer3\":{\"us\":%f}}\n", v[3, m]
		}' |
		three "nginx, a connection per request, files: $policy" 1.25 us \
			us/request
	stop_all
}
proxy alert
proxy prevent

# ---- what it takes to have it -----------------------------------------------

# figure NAME KEY UNIT EXTRA OURS PEER
figure() {
	jq -n --arg key "$2" --argjson ours "$5" --argjson peer "$6" '
		{runs: 1, ours: {($key): $ours}, peer: {($key): $peer}}' |
	record "wrap/$1" "$2" "$3" strace "$4"
}

# of_status FIELD PID...: the sum of a field of /proc/PID/status, in $sum.
# Nothing is executed for it: fg-wrap looks around when something is.
of_status() {
	local field=$1 pid name value
	shift
	sum=0
	for pid; do
		while read -r name value _; do
			[[ $name != *"$field:" ]] || sum=$((sum + value))
		done <"/proc/$pid/status"
	done
}

# The supervisor and all of its children but the command.
processes() {
	local child
	echo "$1"
	# shellcheck disable=SC2013 # they are words
	for child in $(cat "/proc/$1/task/$1/children"); do
		[[ $(readlink "/proc/$child/exe") == */sleep ]] || echo "$child"
	done
}

# idle COMMAND...: "RSS WAKE-UPS" of what watches a sleep for 5 s
idle() {
	local sum before all
	"$@" sleep 60 &
	pids+=($!)
	sleep 1
	mapfile -t all < <(processes "${pids[-1]}")
	read -rt 1 -u "$nothing" || :
	of_status ctxt_switches "${all[@]}"
	before=$sum
	read -rt 5 -u "$nothing" || :
	of_status ctxt_switches "${all[@]}"
	before=$((sum - before))
	of_status VmRSS "${all[@]}"
	echo "$sum $before"
	kill "$(pgrep -P "${pids[-1]}" -x sleep)"
	wait "${pids[-1]}" 2>/dev/null || :
	pids=()
}

wrapped prevent
mkfifo "$work/nothing"
exec {nothing}<>"$work/nothing" # nobody writes there
idle "${wrapped[@]}" >"$work/idle.ours"
idle "${by_strace[@]}" >"$work/idle.peer"
read -r rss wakes <"$work/idle.ours"
read -r peer_rss peer_wakes <"$work/idle.peer"
strip -o "$work/stripped" "$bin/fg-wrap"
figure "size of the program, stripped" size bytes '{limit: 400000}' \
	"$(stat -c %s "$work/stripped")" \
	"$(stat -Lc %s "$(command -v strace)")"
figure "resident memory, supervisor and reporter" rss bytes \
	'{limit: 2000000}' $((rss * 1024)) $((peer_rss * 1024))
figure "wake-ups in 5 s, nothing happening" n wake-ups '{limit: 0}' \
	"$wakes" "$peer_wakes"
"$measure" -n "$rounds" -k 20 -d ++ -- "${wrapped[@]}" "$empty" ++ "$empty" \
	++ "${by_strace[@]}" "$empty" >"$work/start"
record "wrap/start to end of an empty program: wall" wall_ms ms native \
	'{limit: (.peer.wall_ms + 5)}' <"$work/start"
record "wrap/start to end of an empty program: wall" wall_ms ms \
	"$strace_name" '' peer2 <"$work/start"
