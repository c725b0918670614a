#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Ten minutes (or MINUTES) of work of many kinds at once under a policy that
# prevents in all sections and has every switch of the default one: nothing is
# prevented, told or lost, and all of it succeeds.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load ../e2e/evade

setup() {
	wrap_setup
	PATH=${FG_BIN:-$PWD/build/bin}:/usr/sbin:/usr/bin:/sbin:/bin
	minutes=${MINUTES:-10}
	usual_policy
	open_up
}

teardown() {
	wrap_teardown
}

# Each of these is a loop until the time is over; it ends with 1 at the first
# failure.
work() {
	cat <<-'end'
	set -e
	end=$(($(date +%s) + seconds))
	go() { [ "$(date +%s)" -lt "$end" ]; }
	compile() {
		mkdir -p "$dir/src"
		i=0
		while [ $i -lt 24 ]; do
			echo "int f$i(int x) { return x * $i; }" >"$dir/src/f$i.c"
			i=$((i + 1))
		done
		echo 'libf.a: $(patsubst %.c,%.o,$(wildcard *.c)); ar cr $@ $^' \
			>"$dir/src/Makefile"
		while go; do make -s -B -j2 -C "$dir/src"; done
	}
	web() {
		mkdir -p "$dir/web"
		echo page >"$dir/web/page"
		cat >"$dir/web/conf" <<-conf
		daemon off; worker_processes 2; pid $dir/web/pid;
		error_log $dir/web/log; events {}
		http { access_log off; client_body_temp_path $dir/web/b;
			proxy_temp_path $dir/web/p; fastcgi_temp_path $dir/web/f;
			uwsgi_temp_path $dir/web/u; scgi_temp_path $dir/web/s;
			server { listen 127.0.0.1:18501; root $dir/web;
				location /p { proxy_pass http://127.0.0.1:18501/page; } } }
		conf
		nginx -p "$dir/web" -c "$dir/web/conf" &
		sleep 2
		while go; do
			wrk -t1 -c4 -d5s http://127.0.0.1:18501/page >/dev/null
			wrk -t1 -c4 -d5s http://127.0.0.1:18501/p >/dev/null
			kill -HUP "$(cat "$dir/web/pid")"
		done
		kill -QUIT "$(cat "$dir/web/pid")"
		wait $!
	}
	database() {
		bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
		mkdir -p "$dir/data"
		chown postgres "$dir/data"
		as="setpriv --reuid=postgres --regid=postgres --clear-groups"
		$as "$bin/initdb" -D "$dir/data" -A trust >/dev/null
		$as "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/log" -w start -o \
			"-p 18502 -k $dir/data -c listen_addresses=127.0.0.1" \
			>/dev/null
		on="-h 127.0.0.1 -p 18502"
		$as "$bin/pgbench" $on -i postgres >/dev/null 2>&1
		while go; do
			$as "$bin/pgbench" $on -c 4 -T 5 postgres >/dev/null 2>&1
			$as psql $on -d postgres -Atc vacuum >/dev/null
		done
		$as "$bin/pg_ctl" -D "$dir/data" -w stop >/dev/null
	}
	packages() {
		mkdir -p "$dir/apt"
		chmod 777 "$dir/apt"
		cd "$dir/apt"
		while go; do
			apt-get -qq download hostname >/dev/null
			dpkg-deb -x hostname_*.deb x
			rm -rf hostname_*.deb x
			sleep 5
		done
	}
	shell() {
		while go; do
			for i in 1 2 3 4 5 6 7 8 9; do echo $i; done | sort -rn |
				sha256sum >/dev/null
			tar -C /usr/share -cf - locale 2>/dev/null | gzip -1 |
				tar -tzf - >/dev/null
			find /usr/lib -name '*.so' | wc -l >/dev/null
		done
	}
	pids=
	for job in compile web database packages shell; do
		( $job ) & pids="$pids $!"
	done
	for pid in $pids; do wait "$pid"; done
	echo all well
	end
}

@test "ten minutes of make, nginx, PostgreSQL, apt-get and shells" {
	[[ $(id -u) -eq 0 ]] || skip "machine: not root"
	apt-get -qq --print-uris download hostname >/dev/null ||
		skip "machine: no package lists"
	work >"$tmp/work.sh"
	local code=0 minute
	dir=$tmp seconds=$((minutes * 60)) fg-wrap --policy "$tmp/all.json" \
		--audit "$tmp/audit" -- sh "$tmp/work.sh" >"$tmp/out" 2>&1 3>&- &
	background+=($!)
	for ((minute = 1; minute <= minutes; minute++)); do
		sleep 60
		echo "# progress: $minute of $minutes minutes," \
			"$(wc -l <"$tmp/audit") events" >&3
		kill -0 "${background[0]}" || break
	done
	wait "${background[0]}" || code=$?
	background=()
	cat "$tmp/out"
	quiet "$tmp/audit"
	[[ $code -eq 0 && $(<"$tmp/out") == *"all well"* ]]
}
