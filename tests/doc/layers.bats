#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Who may know whom: layers.txt says it, these tests hold the code to it.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	bin=${FG_BIN:-build/bin}
	export FG_BUILD=${FG_BUILD:-build}
	layers=tests/doc/layers.txt
}

nothing() {
	[[ -z $output ]] || { echo "$output"; output=; false; }
}

core_sources() {
	awk '$3 == "core" { print "lib/" $2, $5 }' "$layers" |
	while read -r dir but; do
		[[ ! -d $dir ]] || find "$dir" -name '*.c' -not -name "$but"
	done
}

@test "every module stands in layers.txt" {
	run bash -c 'comm -23 <(ls lib | sort) \
		<(awk "!/^#/ { print \$2 }" '"$layers"' | sort)'
	nothing
}

@test "includes point down" {
	run awk '
		FNR == NR {
			if ($1 !~ /^#/) { row[$2] = $1; core[$2] = $3 == "core" }
			next
		}
		/^#[[:blank:]]*include[[:blank:]]*"/ {
			split($0, quoted, "\"")
			split(FILENAME, from, "/")
			mine = from[2]
			at = index(quoted[2], "/")
			if (!at)
				next # beside the file
			other = substr(quoted[2], 1, at - 1)
			if (!(other in row))
				why = "which is no module of lib/"
			else if (row[other] > row[mine])
				why = "a higher row"
			else if (core[mine] && !core[other])
				why = "outside the core"
			else
				next
			print FILENAME ":" FNR ": " quoted[2] ", " why
		}' "$layers" $(find lib -name '*.[ch]')
	nothing
}

@test "tools include libraries and themselves, never each other" {
	run grep -nE '^#[[:blank:]]*include[[:blank:]]*"(\.\.|tools)' \
		$(find tools lib tests -name '*.[ch]')
	nothing
}

# lib/doc/val.c exports val_*, since lib/doc/val.h is its contract.
@test "a module exports names with its own or one of its headers' prefix" {
	run bash -c '
		for source in lib/*/*.c; do
			dir=${source%/*}
			prefixes="${dir#lib/} $(cd "$dir" && ls ./*.h)"
			nm --defined-only --extern-only "$FG_BUILD/${source%.c}.o" |
			while read -r _ type symbol; do
				for prefix in $prefixes; do
					prefix=${prefix#./} prefix=${prefix%.h}
					[[ $symbol != "$prefix" && $symbol != "$prefix"_* ]] ||
						continue 2
				done
				echo "$source exports $symbol ($type)"
			done
		done'
	nothing
}

@test "the core links statically with musl and nothing else" {
	local source objects=()
	mkdir -p "$BATS_TEST_TMPDIR/core"
	cd "$BATS_TEST_TMPDIR/core"
	echo 'int main(void) { return 0; }' >main.c
	for source in main.c $(cd "$OLDPWD" && core_sources); do
		[[ $source == main.c ]] || source=$OLDPWD/$source
		musl-gcc -std=gnu17 -D_GNU_SOURCE -DFG_VERSION='"0"' \
			-idirafter /usr/include -idirafter "/usr/include/$(gcc \
			-print-multiarch)" -I"$OLDPWD/lib" -c "$source" -o "$(echo \
			"${source#"$OLDPWD"/}" | tr / -).o"
	done
	ar rcs libcore.a ./*.o
	musl-gcc -static -o core main.c.o -Wl,--whole-archive lib*.c.o \
		-Wl,--no-whole-archive
	run bash -c 'readelf -dl core | grep -E "NEEDED|INTERP"'
	nothing
	./core
}

# What a tool loads at its start is what it costs; a word more is a decision.
@test "the tools load the libraries that needed.txt allows" {
	local tool
	[[ -n $(ls "$bin") ]]
	for tool in "$bin"/*; do
		run bash -c 'readelf -d "$1" | sed -n "s/.*(NEEDED).*\[\(.*\)\]/\1/p" |
			while read -r lib; do
				grep -qE "^($2|\*) .*\b${lib%%.so*}\b" \
					tests/doc/needed.txt || echo "$2 needs $lib"
			done' - "$tool" "$(basename "$tool")"
		nothing
	done
}

@test "fg-wrap is static, and hardened as far as that goes" {
	run readelf -Whld "$bin/fg-wrap"
	[[ $output == *"EXEC (Executable file)"* && $output == *GNU_RELRO* ]]
	[[ $output != *INTERP* && $output != *NEEDED* ]]
	[[ $(grep GNU_STACK <<<"$output") != *RWE* ]]
	[[ $(grep LOAD <<<"$output") != *RWE* ]]
	nm "$bin/fg-wrap" | grep -q '__stack_chk_fail'
}

@test "the tools are hardened" {
	local tool
	[[ -n $(ls "$bin") ]]
	for tool in "$bin"/*; do
		run readelf -Whld "$tool"
		echo "$tool"
		[[ $(basename "$tool") != fg-wrap ]] || continue # is static
		[[ $output == *"DYN (Position-Independent Executable file)"* ]]
		[[ $output == *GNU_RELRO* && $output == *BIND_NOW* ]]
		[[ $(grep GNU_STACK <<<"$output") != *RWE* ]]
		[[ $output != *RPATH* && $output != *RUNPATH* ]]
		nm -D "$tool" | grep -q '__stack_chk_fail'
	done
}
