#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The man pages: well formed, complete, linked, and in step with the tools.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	bin=${FG_BIN:-build/bin}
	pages=$(ls man/*.[1-8])
	tools=$(ls "$bin")
	[[ -n $pages && -n $tools ]]
}

nothing() {
	[[ -z $output ]] || { echo "$output"; output=; false; }
}

# rendered PAGE: as a reader sees it, on wide paper.
rendered() {
	mandoc -T ascii -O width=500 "$1" | sed 's/.\x08//g'
}

# options_of PAGE: its option list, one a line, as a reader sees it.
options_of() {
	{
		printf '.Dd x\n.Dt X 1\n.Os\n.Sh OPTIONS\n.Bl -tag -width Ds\n'
		grep '^\.It Fl ' "$1"
		echo .El
	} >"$BATS_TEST_TMPDIR/options.1"
	rendered "$BATS_TEST_TMPDIR/options.1" |
		sed -n 's/ | /|/g; s/ *$//; s/^ *-/-/p'
}

@test "every tool and every pipeline that is a command has its page" {
	run bash -c '
		for name in $(ls "$1") $(cd pipelines && ls fg-*); do
			[[ -e man/$name.1 || -e man/$name.8 ]] ||
				echo "man/$name.1 is missing"
		done' - "$bin"
	nothing
}

@test "every page is of a tool, a pipeline, a format or a concept" {
	run bash -c '
		for page in man/*.[18]; do
			name=$(basename "$page" | sed "s/\..*//")
			[[ -e $1/$name || -e pipelines/$name ]] ||
				echo "$page: there is no $name"
		done' - "$bin"
	nothing
}

@test "mandoc finds nothing to warn of" {
	run mandoc -T lint -W warning $pages
	nothing
}

@test "every page has the sections that a reader looks for" {
	run bash -c '
		for page; do
			for section in NAME DESCRIPTION EXAMPLES "SEE ALSO"; do
				grep -qx ".Sh $section" "$page" ||
					echo "$page: no $section"
			done
			grep -qx ".Sh EXIT STATUS" "$page" ||
				echo "$page: no EXIT STATUS"
		done' - $pages
	nothing
}

@test "NAME says what the tool's table says" {
	local tool
	for tool in $tools; do
		diff <("$bin/$tool" --help=json | jq -r .summary) \
			<(sed -n 's/^\.Nd //p' "man/$tool".[18])
	done
}

@test "SYNOPSIS is that of the tool's table" {
	local tool
	for tool in $tools; do
		diff <("$bin/$tool" --help=json |
			jq -r '.name as $n | .synopsis[] | $n + " " + .' |
			tr -s ' ' | sed 's/ $//') \
			<(rendered "$(echo "man/$tool".[18])" |
			sed -n '/^SYNOPSIS/,/^[A-RT-Z]/p' | grep '^ ' |
			sed 's/^ *//; s/ *$//' | tr -s ' ')
	done
}

# The options that every tool has are told once, in fg-intro(7).
@test "the option list is that of the tool's table" {
	local tool
	for tool in $tools; do
		diff <("$bin/$tool" --help=json | jq -r '.options[]
			| select(.name | IN("help", "version", "verbose") | not)
			| (if .letter then "-\(.letter), " else "" end)
				+ "--" + .name
				+ (if .value == "flag" then ""
				elif .value == "optional" then "[=\(.arg)]"
				else "=\(.arg // .choices)" end)' | sort) \
			<(options_of "$(echo "man/$tool".[18])" |
			grep -vE -- '--(help|version|verbose)' | sort)
	done
}

@test "environment variables of the table stand under ENVIRONMENT" {
	local tool
	for tool in $tools; do
		diff <("$bin/$tool" --help=json |
			jq -r '.options[].env // empty' | sort -u) \
			<(sed -n '/^\.Sh ENVIRONMENT/,/^\.Sh EX/p' \
			"man/$tool".[18] | sed -n 's/^\.It Ev \(FG_.*\)/\1/p' |
			sort -u)
	done
}

@test "references lead somewhere, and everywhere from fg-intro(7) in two" {
	run awk '
		FNR == 1 {
			page = FILENAME
			sub(/.*\//, "", page)
			there[page] = 1
		}
		/^\.Xr fg-/ {
			to = $2 "." $3
			if (!((page, to) in link))
				links[page] = links[page] " " to
			link[page, to] = 1
			used[to] = page
		}
		END {
			for (to in used)
				if (!(to in there))
					print used[to] ": no page " to
			reached["fg-intro.7"] = 1
			for (hop = 1; hop <= 2; hop++) {
				split("", now)
				for (page in reached)
					now[page] = 1
				for (page in now) {
					n = split(links[page], next_page, " ")
					for (i = 1; i <= n; i++)
						reached[next_page[i]] = 1
				}
			}
			for (page in there)
				if (!(page in reached))
					print page ": more than two steps from fg-intro"
		}' $pages
	nothing
}

@test "every page leads back to fg-intro(7)" {
	run grep -L '^\.Xr fg-intro 7' $(grep -v 'fg-intro\.7' <<<"$pages")
	nothing
}

@test "EXAMPLES print what the pages say" {
	run bash -c '
		for page; do
			tests/doc/run-examples "$page" >"$0" 2>&1 || {
				echo "== $page"
				cat "$0"
			}
		done' "$BATS_TEST_TMPDIR/out" $pages
	nothing
}

@test "the examples' runner sees what is wrong" {
	run tests/doc/run-examples tests/doc/examples.7
	[[ $status -eq 1 ]]
	diff - <(grep -v '^[-+][-+]' <<<"$output") <<-'end'
	$ echo told
	@@ -1 +1 @@
	-untold
	+told
	$ echo axb
	@@ -1 +1 @@
	-a?b
	+axb
	end
}

@test "records in the pages of section 5 and 7 are as their schema says" {
	run bash -c '
		for page in man/*.[57]; do
			records=$(awk -f tests/doc/examples.awk "$page" |
				grep "^{.*\"type\":\".*}\$")
			[[ -z $records ]] ||
				tests/doc/validate.py <<<"$records" |
				sed "s|^|$page: |"
		done'
	nothing
}

@test "schemas are well formed, and named by the type that they describe" {
	run python3 - share/schema/*.json <<-'end'
	import json, pathlib, sys
	import jsonschema
	for name in sys.argv[1:]:
	    schema = json.loads(pathlib.Path(name).read_text())
	    jsonschema.Draft202012Validator.check_schema(schema)
	    types = schema["properties"]["type"]
	    if types.get("const") != pathlib.Path(name).stem:
	        print(f"{name}: describes {types}")
	end
	nothing
}

@test "README.md is fg-intro(7) as it stands" {
	diff README.md <(mandoc -T markdown man/fg-intro.7 |
		awk -f man/readme.awk)
}
