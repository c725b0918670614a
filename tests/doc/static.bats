#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fg-wrap as it is shipped: of a build without sanitizers.

bats_require_minimum_version 1.5.0
load ../cli/wrap

setup() {
	wrap_setup
	objects=${FG_BUILD:-$PWD/build}/musl
}

teardown() {
	wrap_teardown
}

@test "it is static: no interpreter, no library, at most 400 KB" {
	local file
	file=$(command -v fg-wrap)
	run readelf -ldh "$file"
	[[ $output == *"EXEC (Executable file)"* ]]
	[[ $output != *INTERP* && $output != *NEEDED* ]]
	[[ $output == *GNU_RELRO* && $(grep GNU_STACK <<<"$output") != *RWE* ]]
	strip -o "$tmp/stripped" "$file"
	[[ $(stat -c %s "$tmp/stripped") -le 409600 ]]
}

# users NAME...: which object files of it ask for these
users() {
	(cd "$objects" && nm -A -u lib/*/*.o tools/fg-wrap/*.o) |
		sed -En "s/\.o: +U ($(IFS='|'; echo "$*"))\$//p" | sort -u | xargs
}

@test "the supervisor takes no memory once it runs, only the reporter does" {
	local file taking
	taking=" $(users malloc calloc realloc reallocarray strdup fopen opendir \
		'arena_(new|alloc)' 'buf_(add.?|reserve)') "
	echo "$taking"
	[[ $taking == *" tools/fg-wrap/merge "* ]] # it finds what there is
	for file in "$objects"/lib/{trace,ring,runtime}/*.o \
		"$objects"/tools/fg-wrap/{judge,forward,sig,supervise,start}.o; do
		file=${file#"$objects/"}
		[[ $taking != *" ${file%.o} "* ]]
	done
	[[ $(users mmap) == \
		"lib/trace/task lib/trace/trace tools/fg-wrap/shared" ]]
}

@test "it talks to nobody but the sidecar" {
	[[ $(users socket connect bind sendto getaddrinfo) == tools/fg-wrap/sidecar ]]
	grep -q 'socket(AF_UNIX,' tools/fg-wrap/sidecar.c
}

@test "it runs where there is nothing but itself" {
	[[ $(id -u) -eq 0 ]] || skip "machine: chroot needs root"
	mkdir "$tmp/root"
	cp "$(command -v fg-wrap)" "$tmp/root/fg-wrap"
	run chroot "$tmp/root" /fg-wrap /fg-wrap --version
	[[ $status -eq 0 && $output == "fg-wrap $(cat VERSION)" ]]
}

@test "the command's resource limits do not hold fg-wrap up" {
	local limit show='ulimit -Sa; ulimit -Ha; /bin/true; exit 3'
	echo '{"rules":[{"name":"n","processes":{"effect":"prevent",
		"blacklist":["true"]}}]}' >"$tmp/policy"
	for limit in "-S -f 1" "-S -v 20000" "-S -d 1000" "-S -s 64" "-s 64" \
		"-S -n 8" "-S -t 1"; do
		echo "ulimit $limit"
		rm -f "$tmp/audit"
		# shellcheck disable=SC2086
		(ulimit $limit; sh -c "$show") >"$tmp/native" || true
		run --separate-stderr bash -c 'ulimit $1
			fg-wrap --policy="$2/policy" --audit="$2/audit" --tier=full \
				sh -c "$3" >"$2/wrapped"' - "$limit" "$tmp" "$show"
		echo "$status $stderr"
		[[ $status -eq 3 && $stderr != *fg-wrap* ]]
		diff "$tmp/native" "$tmp/wrapped"
		[[ $(jq -r .name "$tmp/audit" | sort -u | xargs) == \
			"exit policy.applied process.exec start" ]]
	done
	# A hard one cannot be lifted, but is said, and ends nothing.
	rm "$tmp/audit"
	local drop=()
	[[ $(id -u) -ne 0 ]] || drop=(setpriv --bounding-set=-sys_resource)
	run "${drop[@]}" bash -c '{ ulimit -f 0
		fg-wrap --policy="$1/policy" --audit="$1/audit" sh -c "exit 4"
		echo "status $?"; } 2>&1 | cat' - "$tmp"
	[[ $output == *"status 4" && $output != *died* ]]
	[[ $output == *"/audit: File too large; events are"* ]]
}

@test "without /proc it says so, and lets nothing by that it may have to refuse" {
	needs_namespaces
	local policy=$tmp/policy
	cat >"$policy" <<-end
	{"rules":[{"name":"files","filesystem":{"effect":"prevent",
	"blacklist":["$tmp/denied"]}}]}
	end
	cp "$(command -v fg-wrap)" "$tmp"
	run unshare --mount bash -c 'mount -t tmpfs none /proc && cd "$1" &&
		./fg-wrap --policy="$2" --audit=audit sh -c "
			for name in $1/denied $1/other relative; do
				mkdir \$name 2>/dev/null; echo \$?
			done; exit 4"' - "$tmp" "$policy"
	[[ $status -eq 4 && $output == $'1\n1\n1' && ! -e $tmp/denied ]]
	event "$tmp/audit" '.name == "unseen" and
		(.detail | startswith("there is no /proc: "))'
}
