#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The house style (STYLE.md) as far as a program can see it. Every test prints
# what it complains about and wants that to be nothing.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
}

c_files() {
	find lib tools tests -name '*.[ch]' | sort
}

scripts() {
	find .ci pipelines share tests Makefile -type f \
		-exec grep -lE '^#!.*(sh|bash|bats|awk)$' {} + | sort
}

nothing() {
	[[ -z $output ]] || { echo "$output"; output=; false; }
}

@test "there is something to look at" {
	[[ $(c_files | wc -l) -gt 10 && $(scripts | wc -l) -gt 5 ]]
}

@test "C files are as clang-format makes them" {
	run bash -c "$(declare -f c_files)"'
		c_files | xargs clang-format --dry-run 2>&1 |
			grep -E "^[^ ]+:[0-9]+" | sort -u -t: -k1,1'
	nothing
}

@test "the licence is named at the head of every file" {
	run awk '
		function end() { if (name != "" && !found) print name }
		FNR == 1 { end(); name = FILENAME; found = 0 }
		FNR <= 2 && /SPDX-License-Identifier: Apache-2\.0/ { found = 1 }
		END { end() }' \
		$(c_files) $(scripts) Makefile $(find man tests share -name '*.awk' \
		-o -name '*.py' -o -name '*.jq' -o -path 'man/*.[1-8]')
	nothing
}

@test "lines of C have 80 columns at most, .c files 800 lines, main.c 50" {
	run bash -c "$(declare -f c_files)"'
		# mawk would count bytes.
		c_files | xargs expand -t 8 -- | LC_ALL=C.UTF-8 grep -E "^.{81}"
		for f in $(c_files); do
			n=$(wc -l <"$f") max=800
			[[ $f != tools/*/main.c ]] || max=50
			((n <= max)) || echo "$f: $n lines, more than $max"
		done'
	nothing
}

@test "no file is called utils, common, misc or helpers" {
	run bash -c 'find lib tools tests share pipelines man |
		grep -iE "(^|/|[_-])(utils?|common|misc|helpers?)([._-]|/|$)"'
	nothing
}

@test "banned functions are not called" {
	local banned='strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf'
	banned+='|gets|system|popen|atoi|atol|atoll|atof|strtok|strtok_r|alloca'
	banned+='|tmpnam|tempnam|mktemp|sscanf|fscanf|scanf|setjmp|longjmp'
	banned+='|signal|rand|srand|asctime|ctime|gmtime|localtime|strerror_r'
	run bash -c 'grep -nE "\b('"$banned"')[[:blank:]]*\(" \
		$(find lib tools -name "*.[ch]") |
		grep -vE "^[^:]*:[0-9]*:[[:blank:]]*(/?\*|//)"'
	nothing
}

# base is where printing for the tools is done; everything else returns.
@test "libraries neither print nor exit" {
	run bash -c 'grep -nE "\b(printf|fprintf|puts|fputs|putchar|perror|err|errx|warn|warnx|exit|_exit|abort)[[:blank:]]*\(" \
		$(find lib -name "*.[ch]" -not -path "lib/base/*") |
		grep -vE "^[^:]*:[0-9]*:[[:blank:]]*(/?\*|//)"'
	nothing
}

@test "structs have no typedef" {
	run grep -nE 'typedef[[:blank:]]+(struct|union|enum)' $(c_files)
	nothing
}

@test "shell scripts pass shellcheck" {
	run bash -c "$(declare -f scripts)"'
		scripts | xargs grep -LE "^#!.*(bats|awk)$" |
			xargs shellcheck -x -f gcc'
	nothing
}

@test "a pipeline can be run, and begins with what it is for" {
	local pipeline
	for pipeline in pipelines/*; do
		echo "$pipeline"
		[[ -x $pipeline ]]
		[[ $(sed -n '1p' "$pipeline") == '#!'* ]]
		[[ $(sed -n '3p' "$pipeline") =~ ^#\ [A-Za-z].{10,} ]]
	done
}
