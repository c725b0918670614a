#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# share/deps/ensure, with a dpkg-query, apt-get, sudo and id that only say what
# they were asked.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	work=$BATS_TEST_TMPDIR
	mkdir "$work/bin" "$work/deps"
	cp share/deps/ensure "$work/deps"
	printf '# a comment\n\nalpha # why\nbeta\n' >"$work/deps/build.txt"
	printf 'beta\ngamma\n' >"$work/deps/check.txt"
	fake dpkg-query 'cat "$WORK/installed"'
	fake apt-get 'echo "apt-get $*" >>"$WORK/log"; eval "${APT:-true}"'
	fake id 'echo "${UID_IS:-0}"'
	fake sudo '[ -z "$NO_SUDO" ] || exit 1
		[ "$1" != -n ] || exit 0
		echo sudo >>"$WORK/log"; exec "$@"'
	export WORK=$work PATH=$work/bin:$PATH
	: >"$work/log"
	mkdir "$work/lists"
	: >"$work/lists/mirror_dists_stable_main_Packages"
	export APT_LISTS=$work/lists
}

fake() {
	printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

installed() {
	printf 'installed %s\n' "$@" >"$work/installed"
	echo "config-files gamma" >>"$work/installed"
}

@test "nothing missing: nothing is said or done" {
	installed alpha beta gamma
	run "$work/deps/ensure" build check
	[[ $status -eq 0 && -z $output && ! -s $work/log ]]
}

@test "root installs what is missing, each once" {
	installed alpha
	run --separate-stderr "$work/deps/ensure" build check
	[[ $status -eq 0 && -z $output ]]
	diff "$work/log" - <<<"apt-get -q -y install --no-install-recommends beta gamma"
}

@test "without package lists they are fetched first" {
	installed alpha beta
	rm "$work/lists"/*
	run "$work/deps/ensure" build check
	[[ $status -eq 0 ]]
	diff "$work/log" - <<-'end'
	apt-get -q -y update
	apt-get -q -y install --no-install-recommends gamma
	end
}

@test "stale package lists are fetched anew" {
	installed alpha beta
	export APT='[ "$3" = update ] || [ "$(grep -c "" "$WORK/log")" -gt 2 ]'
	run "$work/deps/ensure" build check
	[[ $status -eq 0 ]]
	diff "$work/log" - <<-'end'
	apt-get -q -y install --no-install-recommends gamma
	apt-get -q -y update
	apt-get -q -y install --no-install-recommends gamma
	end
}

@test "an installation that fails is a failure" {
	installed alpha
	APT=false run "$work/deps/ensure" build
	[[ $status -ne 0 ]]
}

@test "a user with sudo uses it" {
	installed alpha beta
	UID_IS=1000 run "$work/deps/ensure" check
	[[ $status -eq 0 ]]
	diff "$work/log" - <<-'end'
	sudo
	apt-get -q -y install --no-install-recommends gamma
	end
}

@test "a user without is told the command" {
	installed alpha
	UID_IS=1000 NO_SUDO=1 run --separate-stderr "$work/deps/ensure" build check
	[[ $status -eq 1 && -z $output && ! -s $work/log ]]
	[[ $stderr == *$'with\nsudo apt-get install --no-install-recommends beta gamma' ]]
	rm "$work/lists"/*
	UID_IS=1000 NO_SUDO=1 run --separate-stderr "$work/deps/ensure" check
	[[ $status -eq 1 && -z $output && ! -s $work/log ]]
	diff - <(echo "$stderr") <<-'end'
	these Debian packages are missing; install them with
	sudo apt-get update
	sudo apt-get install --no-install-recommends beta gamma
	end
}

@test "where there is no sudo, root is named" {
	local command
	installed alpha
	rm "$work/bin/sudo"
	for command in sh cat dirname sed awk find; do
		ln -s "$(command -v $command)" "$work/bin/"
	done
	run --separate-stderr env UID_IS=1000 "PATH=$work/bin" \
		"$work/deps/ensure" build
	[[ $status -eq 1 ]]
	diff - <(echo "$stderr") <<-'end'
	these Debian packages are missing; install them as root with
	apt-get install --no-install-recommends beta
	end
}

@test "an unknown list is an error" {
	installed alpha
	run "$work/deps/ensure" biuld
	[[ $status -eq 2 && $output == *biuld* ]]
}

@test "our lists name packages once, and each by a plain name" {
	run awk '
		{ sub(/#.*/, "") }
		NF > 1 { print FILENAME ": " $0 }
		NF && $1 !~ /^[a-z0-9][a-z0-9+.-]+$/ { print FILENAME ": " $1 }
		NF && seen[FILENAME, $1]++ { print FILENAME ": twice: " $1 }' \
		share/deps/*.txt
	[[ $status -eq 0 && -z $output ]]
}
