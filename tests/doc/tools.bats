#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What every tool has in common (fg-intro(7)), tried with each of them.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	bin=${FG_BIN:-build/bin}
	tools=$(ls "$bin")
	[[ -n $tools ]] # no tools is no answer
}

# each FUNCTION: call it with every tool's name; show whose turn it was.
each() {
	local tool
	for tool in $tools; do
		echo "# $tool"
		"$1" "$tool"
	done
}

# fails TOOL CODE: what it exits with; a chain loader has one code for all.
fails() {
	case $1 in
	fg-wrap) echo 125 ;;
	*) echo "$2" ;;
	esac
}

# section TOOL: of its manual page
section() {
	local page
	page=$(echo "man/$1".[18])
	echo "${page##*.}"
}

@test "every folder of tools/ gives a tool" {
	diff <(ls tools) <(echo "$tools")
}

@test "--help starts with the synopsis, exit 0, and -h is the same" {
	check() {
		run --separate-stderr "$bin/$1" --help
		[[ $status -eq 0 && -z $stderr ]]
		[[ ${lines[0]} == "usage: $1"* ]]
		[[ $output == *"see $1($(section "$1"))"* ]]
		[[ $output == "$("$bin/$1" -h)" ]]
		[[ $(awk 'length > 79' <<<"$output") == "" ]]
	}
	each check
}

@test "--version names tool and version" {
	check() {
		run --separate-stderr "$bin/$1" --version
		[[ $status -eq 0 && $output == "$1 $(cat VERSION)" ]]
	}
	each check
}

@test "help that cannot be written is no success" {
	check() {
		local how
		for how in --help --help=json --help=bash --help=zsh \
		    --help=fish --version; do
			run bash -c '"$1" $2 >/dev/full' - "$bin/$1" "$how"
			[[ $status -eq $(fails "$1" 100) && $output == "$1: "* ]]
			run bash -c '"$1" $2 >&-' - "$bin/$1" "$how"
			[[ $status -eq $(fails "$1" 100) ]]
		done
	}
	each check
}

@test "an unknown option is a usage error that names the nearest" {
	check() {
		run --separate-stderr "$bin/$1" --verison </dev/null
		[[ $status -eq $(fails "$1" 2) && -z $output ]]
		[[ ${stderr_lines[0]} == "$1: "*"--verison"*"--version"* ]]
		[[ ${stderr_lines[1]} == "usage: $1"* ]]
		run --separate-stderr "$bin/$1" -Z </dev/null
		[[ $status -eq $(fails "$1" 2) && -z $output ]]
	}
	each check
}

@test "an option given twice is a usage error, unless it makes a list" {
	check() {
		local word
		while read -r word; do
			run --separate-stderr "$bin/$1" "$word" "$word" </dev/null
			echo "$word"
			[[ $status -eq $(fails "$1" 2) ]]
			[[ $stderr == *"$word: given twice"* ]]
		done < <("$bin/$1" --help=json | jq -r '.options[]
			| select(.name | IN("help", "version", "verbose") | not)
			| {flag: "", optional: "=x", text: "=x", file: "=x",
				choice: "=\(.choices // "" | split("|")[0])",
				number: "=\(.min)"}[.value] as $value
			| select($value) | "--" + .name + $value')
	}
	each check
}

@test "--help=json is one record that the schema allows" {
	check() {
		"$bin/$1" --help=json >"$BATS_TEST_TMPDIR/json"
		[[ $(wc -l <"$BATS_TEST_TMPDIR/json") -eq 1 ]]
		tests/doc/validate.py <"$BATS_TEST_TMPDIR/json"
		[[ $(jq -r .name "$BATS_TEST_TMPDIR/json") == "$1" ]]
		# Names, letters and variables are each one option's own.
		jq -e '.options | [map(.name), map(.letter // empty),
			map(.env // empty)] | all(length == (unique | length))' \
			"$BATS_TEST_TMPDIR/json"
	}
	each check
}

@test "the completions are programs of their shells" {
	local shell
	check() {
		for shell in bash zsh fish; do
			"$bin/$1" --help=$shell >"$BATS_TEST_TMPDIR/$shell"
			$shell -n "$BATS_TEST_TMPDIR/$shell"
			grep -q -- verbose "$BATS_TEST_TMPDIR/$shell"
		done
	}
	each check
}

@test "bash completes options, and words after --help=" {
	check() {
		# As readline cuts a line into words: "=" is one.
		bash -c '
			set -e
			source <("$1" --help=bash)
			tool=$2
			reply() {
				COMP_WORDS=("$tool" "$@") COMP_CWORD=$#
				"_${tool//-/_}"
				local IFS=,
				echo "${COMPREPLY[*]}"
			}
			[[ $(complete -p "$tool") == *"-F _${tool//-/_} $tool" ]]
			[[ $(reply --vers) == --version ]]
			[[ $(reply --help =) == json,bash,zsh,fish ]]
			[[ $(reply --help = b) == bash ]]
			mkdir "$3/$tool"
			cd "$3/$tool"
			touch "a b" "a*" c
			[[ $(reply a | tr , "\n" | sort) == "$(ls -1 | grep a | sort)" ]]
			[[ $(reply --help c) == c ]]' \
			- "$(realpath "$bin/$1")" "$1" "$BATS_TEST_TMPDIR"
	}
	each check
}

# What the shell hands to _arguments, one spec a line: each option's, as its
# table says, and one for the operands.
@test "zsh completes every option" {
	local i specs heads
	check() {
		"$bin/$1" --help=zsh >"$BATS_TEST_TMPDIR/zsh"
		zsh -f -c '_arguments() { print -rl -- "$@" }; source $1' - \
			"$BATS_TEST_TMPDIR/zsh" >"$BATS_TEST_TMPDIR/specs"
		mapfile -t specs <"$BATS_TEST_TMPDIR/specs"
		mapfile -t heads < <("$bin/$1" --help=json | jq -r '.options[]
			| (if .value == "list" then "*" else "" end) + "--" + .name
			+ ({flag: "", optional: "=-"}[.value] // "=")
			+ "[" + (.help | gsub("(?<c>[:\\[\\]])"; "\\" + .c)) + "]"')
		for ((i = 0; i < ${#heads[@]}; i++)); do
			echo "${specs[i]}"
			[[ ${specs[i]} == "${heads[i]}"* ]]
		done
		((i > 3 && ${#specs[@]} == i + 1))
		[[ $(tail -n 1 "$BATS_TEST_TMPDIR/specs") == '*:'*':_files' ]]
	}
	each check
}

@test "fish completes every option, and their values" {
	check() {
		"$bin/$1" --help=fish >"$BATS_TEST_TMPDIR/fish"
		run fish --no-config -c 'source $argv[1]; complete -C "$argv[2] --"' \
			"$BATS_TEST_TMPDIR/fish" "$1"
		echo "$output"
		diff <(grep -v '^--help=' <<<"$output" | sort) \
			<("$bin/$1" --help=json |
			jq -r '.options[] | "--\(.name)\t\(.help)"' | sort)
		run fish --no-config -c 'source $argv[1]
			complete -C "$argv[2] --help=" | cut -f1' \
			"$BATS_TEST_TMPDIR/fish" "$1"
		[[ $(sort <<<"$output" | tr -d '\n') == \
			--help=bash--help=fish--help=json--help=zsh ]]
	}
	each check
}

@test "option values are never secrets" {
	check() {
		run jq -r '.options[] | select(.value == "text" and
			(.name | test("password|token|secret-value|private"))).name' \
			<("$bin/$1" --help=json)
		[[ -z $output ]]
	}
	each check
}
