#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The laws over every document of FG_CORPUS/ecs, or of tests/fixtures/docs when
# that is not set: twice is once, removing gives the bytes back, what comes
# out is as valid as what went in. Entry points are not filled in here: what
# can be embedded without is.

bats_require_minimum_version 1.5.0
load ../cli/documents

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	PATH=${FG_BIN:-$PWD/build/bin}:$PATH
	local from=tests/fixtures/docs file n=0
	[[ -z ${FG_CORPUS:-} ]] || from=$FG_CORPUS/ecs
	cd "$BATS_FILE_TMPDIR" || return 1
	mkdir in once twice back
	while IFS= read -r -d '' file; do
		n=$((n + 1))
		name=$(printf '%03d-%s' $n "$(basename "$file")")
		# Removing from what has nothing gives its register form.
		fg-inject --remove "$file" >"in/$name" 2>err || continue
		embed "in/$name" >"once/$name" 2>err || true
		if [[ ! -s once/$name ]]; then
			echo "$file: $(tail -n 1 err)" >>refused
			rm -f "once/$name"
			continue
		fi
		embed "once/$name" >"twice/$name" 2>err || true
		fg-inject --remove "once/$name" >"back/$name" 2>>err || true
	done < <(cd "$OLDPWD" && find "$(realpath "$from")" -type f -print0 |
		LC_ALL=C sort -z)
}

embed() {
	fg-inject --partial --sidecar-image=registry.example.com/fg/sidecar:1 \
		--app-id=web:24edfabf-c761-40ae-9748-5844b0d7579c \
		--console=https://console.example.com "$1"
}

setup() {
	documents_setup
	cd "$BATS_FILE_TMPDIR" || exit 1
}

# each PROGRAM: run it for every embedded file; all must do well.
each() {
	local file bad=0 n=0
	for file in once/*; do
		n=$((n + 1))
		"$@" "${file#once/}" || bad=$((bad + 1))
	done
	echo "$n files, $bad bad"
	[[ $n -ge 16 && $bad -eq 0 ]]
}

@test "most documents can be embedded" {
	cat refused 2>/dev/null || true
	[[ $(ls once | wc -l) -gt $(($(ls in | wc -l) * 9 / 10)) ]]
}

@test "twice is once" {
	same() { cmp "once/$1" "twice/$1"; }
	each same
}

@test "removing gives the bytes back" {
	same() { cmp "in/$1" "back/$1"; }
	each same
}

@test "something was put in, and only entry points lose their lines" {
	more() {
		[[ $(wc -c <"once/$1") -gt $(wc -c <"in/$1") ]] &&
			grep -q fg-sidecar "once/$1"
	}
	each more
}

@test "what comes out is as valid as what went in" {
	local repo=$BATS_TEST_DIRNAME/../..
	valid() {
		(cd "$repo" && registers "$BATS_FILE_TMPDIR/once/$1" \
			"$BATS_FILE_TMPDIR/in/$1") || {
			echo "$1"
			return 1
		}
	}
	each valid
}

@test "what is put into any place, and taken out, leaves the bytes" {
	"$fixtures/doc-law" in/*
}
