#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What runs under fg-wrap runs as without it: exit status, output, signals. The
# policy prevents in all sections and has every switch of the default one;
# nothing is prevented and nothing told, but what is named beside the program.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load evade

setup() {
	wrap_setup
	# python3 and others of the system, whatever else there is.
	PATH=${FG_BIN:-$PWD/build/bin}:/usr/sbin:/usr/bin:/sbin:/bin
	usual_policy
	local tier
	for tier in exec none; do
		jq --arg tier $tier '.rules[0].tier = $tier' "$tmp/all.json" \
			>"$tmp/$tier.json"
	done
	outer=() told=()
}

teardown() {
	wrap_teardown
}

needs_root() {
	[[ $(id -u) -eq 0 ]] || skip "machine: not root"
}

# same COMMAND...: standard output, errors and status are those without
# fg-wrap; of all rules those of $told alone are told of.
same() {
	local native got
	native=$("${outer[@]}" "$@" 2>&1 </dev/null; echo "status $?")
	got=$(wrapped "${policy:-all}" "$@" 2>&1 </dev/null; echo "status $?")
	diff <(echo "$native") <(echo "$got")
	quiet "$tmp/audit" "${told[@]}"
	# The other ABI is closed, whatever the policy says.
	jq -es 'all(.[]; .action != "block" and
		(.action != "prevent" or .name == "kernel.abi"))' \
		"$tmp/audit" >/dev/null
}

# ---- shells -----------------------------------------------------------------

@test "shell scripts: pipes, traps, substitutions, signals, subshells" {
	local shell
	for shell in sh bash; do
		same $shell -c 'for i in 1 2 3; do echo $i; done | tac; exit 4'
		same $shell -c 'trap "echo caught" USR1; kill -USR1 $$; echo on'
		same $shell -c 'kill -9 $$'
		same $shell -c 'kill -SEGV $$'
		same $shell -c 'x=$(echo a; exit 5); echo "$x $?"; nonesuch; echo $?'
		same $shell -c '(exit 3) & wait $!; echo $?; echo "$(seq 5000 | sha256sum)"'
		same $shell -c 'sleep 5 & kill -TERM $!; wait $!; echo $?'
		same $shell -c 'cat <<-end | tr a-z A-Z
			here
			end'
		same $shell -c 'ulimit -n 50; ls /proc/self/fd | wc -l; umask'
	done
	same bash -c 'coproc cat; echo x >&"${COPROC[1]}"; read -r y <&"${COPROC[0]}"; echo $y'
	same bash -c 'set -m; sleep 0.2 & fg >/dev/null; echo $?; diff <(seq 3) <(seq 4)'
	same bash -c 'exec 3<>/dev/udp/127.0.0.1/9; echo $?'
	same sh -c 'mkfifo "$1"; echo through >"$1" & cat "$1"; rm "$1"' sh "$tmp/fifo"
}

@test "job control on a terminal, in bash and dash" {
	local shell
	for shell in bash dash; do
		tests/fixtures/jobs.py $shell >"$tmp/native"
		tests/fixtures/jobs.py $shell fg-wrap --policy "$tmp/all.json" \
			--audit "$tmp/audit" -- >"$tmp/wrapped"
		quiet "$tmp/audit"
		diff "$tmp/native" "$tmp/wrapped"
	done
	grep -q '^interrupted: code 130' "$tmp/native"
}

@test "who tells of its ancestors, groups and terminal says the same" {
	same sh -c 'ps -o stat= -p $$ | cut -c1; test -t 0; echo $?; id; pwd'
	same sh -c 'env | grep -v ^_= | sort; cat /proc/self/limits'
	same sh -c 'grep -E "^(Sig[^Q]|Shd)" /proc/self/status'
	same sh -c 'ls -l /proc/self/fd | sed "s/.* //; s/[0-9][0-9]*/N/g"'
}

@test "a name that is relative to nothing is the kernel's to refuse" {
	cat >"$tmp/t.py" <<-'end'
	import os
	bad = 999
	for call in (lambda: os.open("a", os.O_WRONLY | os.O_CREAT, dir_fd=bad),
	    lambda: os.mkdir("a", dir_fd=bad), lambda: os.unlink("a", dir_fd=bad),
	    lambda: os.rename("a", "b", src_dir_fd=bad),
	    lambda: os.rename("a", "b", dst_dir_fd=bad),
	    lambda: os.symlink("a", "b", dir_fd=bad),
	    lambda: os.chmod("a", 0o600, dir_fd=bad)):
	    try:
	        call()
	    except OSError as e:
	        print(e)
	end
	same python3 "$tmp/t.py"
}

# ---- other users ------------------------------------------------------------

nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

# accounts: from here on it is in a mount namespace where nobody may do all by
# sudo, and where the user other has no password.
accounts() {
	needs_root
	unshare -m true || skip "machine: no mount namespaces"
	open_up
	chmod 1777 "$tmp"
	echo 'nobody ALL=(ALL) NOPASSWD: ALL' >"$tmp/sudoers"
	(cat /etc/passwd && echo 'other:x:4242:4242::/:/bin/sh') >"$tmp/passwd"
	(cat /etc/shadow && echo 'other::19000::::::') >"$tmp/shadow"
	chmod 440 "$tmp/sudoers"
	chmod 600 "$tmp/shadow"
	outer=(unshare -m sh -c 'for i in sudoers passwd shadow; do
			mount --bind "$0/$i" /etc/$i || exit
		done
		exec "$@"' "$tmp")
	command -v sudo >/dev/null # of a package: not a matter of the machine
	! findmnt -n -o OPTIONS -T "$(command -v sudo)" | grep -qw nosuid ||
		skip "machine: nosuid"
	[[ $("${outer[@]}" "${nobody[@]}" sudo -n id -u) -eq 0 ]]
}

@test "root becomes others, by su, sudo and setpriv, in each tier" {
	needs_root
	for policy in all exec none; do
		# What the tier does not see of the policy.
		[[ $policy == all ]] || told=(unseen)
		same su nobody -s /bin/sh -c 'id; echo $?'
		same sudo -u nobody id
		same "${nobody[@]}" id
		same su nobody -s /bin/sh -c 'kill -TERM $$'
		same sudo -u nobody sh -c 'exit 9'
	done
}

@test "nobody becomes root, by sudo and su, in the tiers exec and none" {
	accounts
	for policy in exec none; do
		# That somebody becomes root is worth a word.
		told=(unseen)
		[[ $policy == none ]] || told+=(setuid-process)
		same "${nobody[@]}" sudo -n id
		same "${nobody[@]}" su other -c 'id; exit 3'
		same "${nobody[@]}" sudo -n -u other sh -c 'kill -TERM $$'
	done
}

# gains_nothing POLICY COMMAND...: sudo and su say so, and change nothing.
gains_nothing() {
	local policy=$1
	shift
	run wrapped "$policy" "$@" sudo -n id -u </dev/null
	echo "$output"
	[[ $status -eq 1 && $output == sudo:* ]]
	run wrapped "$policy" "$@" su other -c 'id -u' </dev/null
	echo "$output"
	[[ $status -eq 1 && $output == *su:* ]]
}

@test "nobody stays nobody in tier full" {
	accounts
	gains_nothing all "${nobody[@]}"
	quiet "$tmp/audit" setuid-process
}

@test "fg-wrap as nobody: sudo and su in tier none, not in the others" {
	accounts
	outer+=("${nobody[@]}")
	policy=none told=(unseen)
	same sudo -n id
	same su other -c 'id; exit 3'
	# The kernel gives no rights to what is traced by who has them not.
	gains_nothing all
	gains_nothing exec
}

@test "set-user-ID programs: root's rights in tier exec, none in tier full" {
	needs_root
	cp "$(command -v id)" "$tmp/id"
	open_up
	chmod 4755 "$tmp/id"
	[[ $("${nobody[@]}" "$tmp/id" -u) -eq 0 ]] || skip "machine: nosuid"
	policy=exec told=(unseen setuid-process)
	same "${nobody[@]}" "$tmp/id" -u
	[[ $(wrapped exec "${nobody[@]}" "$tmp/id" -u) -eq 0 ]]
	[[ $(wrapped all "${nobody[@]}" "$tmp/id" -u) -eq 65534 ]]
}

# ---- servers ----------------------------------------------------------------

# serve COMMAND...: in the background, under fg-wrap if $how is wrapped; its
# end is checked by `ends STATUS`.
serve() {
	if [[ $how == wrapped ]]; then
		set -- fg-wrap --policy "$tmp/all.json" --audit "$tmp/audit" \
			-- "$@"
	fi
	"$@" >"$tmp/$how.out" 2>&1 3>&- &
	background+=($!)
}

ends() {
	local code=0
	wait "${background[-1]}" || code=$?
	unset 'background[-1]'
	echo "$how: status $code"
}

nginx_session() {
	mkdir -p "$tmp/$how"
	echo page >"$tmp/$how/page.html"
	chmod 755 "$tmp/$how"
	cat >"$tmp/$how/conf" <<-end
	daemon off; worker_processes 2; pid $tmp/$how/pid;
	error_log $tmp/$how/log;
	events { worker_connections 64; }
	http {
		access_log $tmp/$how/access;
		client_body_temp_path $tmp/$how/body;
		proxy_temp_path $tmp/$how/proxy;
		fastcgi_temp_path $tmp/$how/fastcgi;
		uwsgi_temp_path $tmp/$how/uwsgi;
		scgi_temp_path $tmp/$how/scgi;
		server { listen 127.0.0.1:18471; root $tmp/$how; }
	}
	end
	serve nginx -p "$tmp/$how" -c "$tmp/$how/conf"
	eventually curl -sf -o /dev/null http://127.0.0.1:18471/page.html
	curl -s http://127.0.0.1:18471/page.html
	kill -HUP "$(<"$tmp/$how/pid")"
	sleep 0.5
	curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:18471/none
	wc -l <"$tmp/$how/access"
	kill -QUIT "$(<"$tmp/$how/pid")"
	ends
}

# both SESSION: it prints the same twice.
both() {
	how=native
	"$1" | sed 's/native/HOW/' >"$tmp/native.session"
	how=wrapped
	"$1" | sed 's/wrapped/HOW/' >"$tmp/wrapped.session"
	cat "$tmp/wrapped.out"
	diff "$tmp/native.session" "$tmp/wrapped.session"
	[[ $(wc -l <"$tmp/native.session") -ge ${2:-3} ]]
	quiet "$tmp/audit"
}

@test "nginx: workers as another user, reload, end" {
	open_up
	both nginx_session
}

redis_session() {
	local ask=(redis-cli -p 18472)
	mkdir -p "$tmp/$how"
	serve redis-server --port 18472 --bind 127.0.0.1 --dir "$tmp/$how" \
		--appendonly yes --save ''
	eventually "${ask[@]}" ping
	"${ask[@]}" set a 1
	"${ask[@]}" incr a
	"${ask[@]}" bgrewriteaof
	sleep 0.5
	"${ask[@]}" eval 'return redis.call("get", "a")' 0
	redis-benchmark -p 18472 -n 2000 -q -t get,set >/dev/null && echo done
	"${ask[@]}" shutdown || true
	ends
}

@test "redis: threads, a fork that writes, end" {
	both redis_session
}

postgres_session() {
	local version bin data=$tmp/$how.data
	version=$(ls /usr/lib/postgresql | sort -V | tail -n 1)
	bin=/usr/lib/postgresql/$version/bin
	local as=()
	[[ $(id -u) -ne 0 ]] || as=(setpriv --reuid=postgres
		--regid=postgres --clear-groups)
	mkdir -p "$data"
	[[ $(id -u) -ne 0 ]] || chown postgres "$data"
	"${as[@]}" "$bin/initdb" -D "$data" -A trust >/dev/null
	serve "${as[@]}" "$bin/postgres" -D "$data" -p 18473 -k "$data" \
		-c listen_addresses=127.0.0.1
	local ask=("${as[@]}" psql -h 127.0.0.1 -p 18473 -d postgres -At)
	eventually "${ask[@]}" -c 'select 1'
	"${ask[@]}" -c 'create table t as select i from generate_series(1, 5000) i'
	"${ask[@]}" -c 'select sum(i), pg_backend_pid() > 0 from t'
	"${ask[@]}" -c 'select pg_terminate_backend(pg_backend_pid())' || true
	"${as[@]}" "$bin/pgbench" -h 127.0.0.1 -p 18473 -i postgres >/dev/null 2>&1
	"${as[@]}" "$bin/pgbench" -h 127.0.0.1 -p 18473 -c 4 -t 50 postgres |
		grep 'actually processed'
	kill -INT "$(head -n 1 "$data/postmaster.pid")"
	ends
}

@test "PostgreSQL: initialised, asked, benchmarked, ended" {
	open_up
	both postgres_session 5
}

# ---- run times --------------------------------------------------------------

@test "node: a server, a child, a worker thread, files" {
	cat >"$tmp/t.js" <<-'end'
	const http = require('http'), fs = require('fs');
	const {execFile} = require('child_process');
	const {Worker} = require('worker_threads');
	const server = http.createServer((q, s) => s.end('answer'));
	server.listen(0, '127.0.0.1', () => {
		http.get({port: server.address().port, host: '127.0.0.1'}, r =>
			r.on('data', d => console.log(String(d))).on('end', () => {
				server.close();
				execFile('sh', ['-c', 'exit 3'], e => {
					console.log(e.code);
					fs.writeFileSync(process.argv[2], 'x'.repeat(1e5));
					console.log(fs.statSync(process.argv[2]).size);
					new Worker('console.log(6 * 7); process.exit(0)',
						{eval: true}).on('exit', () => process.exit(4));
				});
			}));
	});
	end
	same node "$tmp/t.js" "$tmp/written"
}

@test "python: processes, threads, pools, databases, sockets" {
	cat >"$tmp/t.py" <<-'end'
	import multiprocessing, os, signal, socket, sqlite3, subprocess, sys
	import tempfile, threading
	def square(x):
	    return x * x
	if __name__ == "__main__":
	    for method in "fork", "spawn", "forkserver":
	        with multiprocessing.get_context(method).Pool(3) as pool:
	            print(method, pool.map(square, range(5)))
	    t = [threading.Thread(target=square, args=(i,)) for i in range(50)]
	    [x.start() for x in t]; [x.join() for x in t]
	    print(subprocess.run(["sh", "-c", "echo out; kill -9 $$"],
	        capture_output=True))
	    a, b = socket.socketpair(); a.send(b"x"); print(b.recv(1))
	    with tempfile.TemporaryDirectory() as d:
	        c = sqlite3.connect(d + "/x"); c.execute("create table t(i)")
	        c.executemany("insert into t values(?)", [(i,) for i in range(99)])
	        c.commit(); print(c.execute("select sum(i) from t").fetchall())
	    signal.signal(signal.SIGALRM, lambda *a: print("alarm"))
	    signal.setitimer(signal.ITIMER_REAL, 0.05); signal.pause()
	    sys.stdout.flush()
	    os.kill(os.getpid(), signal.SIGABRT)
	end
	same python3 -W ignore "$tmp/t.py"
}

@test "a JVM: keytool makes a key and lists it" {
	# Its 30 threads or so, signals, files and memory mapped from them.
	local make=(keytool -genkeypair -alias a -keyalg RSA -dname CN=x
		-storepass secret -keypass secret -keystore)
	"${make[@]}" "$tmp/store" 2>/dev/null
	same keytool -list -alias a -storepass secret -keystore "$tmp/store"
	wrapped all "${make[@]}" "$tmp/other" 2>/dev/null
	quiet "$tmp/audit"
	same keytool -list -v -keystore "$tmp/none" -storepass secret
	same java -XX:+UseParallelGC -Xmx64m -version
}

debug() {
	setarch -R gdb -q -batch -ex "break main" -ex run -ex "info threads" \
		-ex kill --args "$fixtures/eintr" 2>&1 |
		sed 's/0x[0-9a-f]*//g; s/process [0-9]*//; s/LWP [0-9]*//'
}

@test "gdb and strace: they work where nothing is traced" {
	export -f debug
	export fixtures
	policy=none told=(unseen)
	same bash -c debug
	same strace -f -e trace=none -o /dev/null sh -c 'true | cat; exit 4'
	[[ $(wrapped none bash -c debug) == *"Breakpoint 1, "* ]]
}

@test "gdb and strace: they are told why not where all is traced" {
	export -f debug
	export fixtures
	# Of the attempt, where system calls are seen.
	told=(ptrace)
	for policy in all exec; do
		run wrapped $policy bash -c debug
		echo "$output"
		[[ $output == *"Operation not permitted"* &&
			$output != *"Breakpoint 1, "* ]]
		quiet "$tmp/audit" "${told[@]}"
		run wrapped $policy strace -o /dev/null true
		echo "$output"
		[[ $status -eq 1 && $output == *"Operation not permitted"* ]]
		quiet "$tmp/audit" "${told[@]}"
		run wrapped $policy strace -o /dev/null -p 1
		[[ $status -eq 1 && $output == *"Operation not permitted"* ]]
		told=(unseen)
	done
}

@test "stress-ng: processes, signals, files, sockets end as without" {
	local stress=(stress-ng --temp-path "$tmp" -t 3 -q
		--fork 1 --vfork 1 --clone 1 --exec 1 --sigq 1 --sigrt 1
		--kill 1 --zombie 1 --pthread 1 --futex 1 --pipe 1 --poll 1
		--sock 1 --udp 1 --dir 1 --open 1 --rename 1 --link 1
		--symlink 1 --chmod 1 --dup 1 --memfd 1 --fifo 1 --wait 1
		--seccomp 1 --sigsegv 1 --timer 1 --itimer 1)
	# chmod tries all modes, clone all flags, seccomp the other ABI.
	told=(setuid-file namespace foreign-abi)
	same "${stress[@]}"
}
