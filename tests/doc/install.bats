#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# make install and make uninstall, below DESTDIR.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	root=$BATS_TEST_TMPDIR/root
	mkdir "$root"
	unset MAKEFLAGS MAKELEVEL
}

@test "everything is installed in its place, and uninstalled" {
	local tool page
	make --no-print-directory install DESTDIR="$root" PREFIX=/usr \
		B="${FG_BUILD:-build}"
	for tool in $(ls tools); do
		cmp "${FG_BUILD:-build}/bin/$tool" "$root/usr/bin/$tool"
		bash -n "$root/usr/share/bash-completion/completions/$tool"
		zsh -n "$root/usr/share/zsh/vendor-completions/_$tool"
		fish -n "$root/usr/share/fish/vendor_completions.d/$tool.fish"
	done
	for page in man/*.[1-8]; do
		cmp "$page" "$root/usr/share/man/man${page##*.}/${page#man/}"
	done
	[[ -x $root/usr/bin/fg-embed ]]
	cmp share/complete/fg-embed.bash \
		"$root/usr/share/bash-completion/completions/fg-embed"
	cmp share/complete/fg-embed.zsh \
		"$root/usr/share/zsh/vendor-completions/_fg-embed"
	cmp share/complete/fg-embed.fish \
		"$root/usr/share/fish/vendor_completions.d/fg-embed.fish"
	[[ ! -e $root/usr/share/fg/complete && ! -e $root/usr/share/fg/image ]]
	jq .taskRoleArn=1 tests/demo/api.json >"$BATS_TEST_TMPDIR/task"
	run "$root/usr/bin/fg-run-local" --dry-run "$BATS_TEST_TMPDIR/task"
	[[ $status -eq 125 && $output == *"taskRoleArn: "* ]]
	run "$root/usr/share/fg/pipelines/fg-run-local" -n "$BATS_TEST_TMPDIR/task"
	[[ $status -eq 125 && $output == *"taskRoleArn: "* ]]
	cmp share/schema/tool.json "$root/usr/share/fg/schema/tool.json"
	[[ -x $root/usr/share/fg/pipelines/fg-embed ]]
	[[ -z $(find "$root" -type f -perm /022) ]]
	make --no-print-directory uninstall DESTDIR="$root" PREFIX=/usr \
		B="${FG_BUILD:-build}"
	run find "$root" -type f
	echo "$output"
	[[ -z $output ]]
}

@test "PREFIX, MANDIR and their like are obeyed" {
	make --no-print-directory install DESTDIR="$root" MANDIR=/man \
		B="${FG_BUILD:-build}"
	[[ -e $root/man/man7/fg-intro.7 && -d $root/usr/local/bin ]]
	[[ -d $root/usr/local/share/zsh/site-functions ]]
	[[ ! -e $root/usr/local/share/man ]]
}

@test "make help tells the targets and the pipelines" {
	local target pipeline
	run make --no-print-directory help
	echo "$output"
	for target in all check check-e2e check-corpus demo bench fuzz install \
	    uninstall dist format clean help; do
		[[ $output == *"  ${target/e2e/%} "* ]]
	done
	for pipeline in pipelines/*; do
		[[ $output == *" ${pipeline#pipelines/} "* ]]
	done
}
