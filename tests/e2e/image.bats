#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# make image: the sidecar's container image, without Docker.

bats_require_minimum_version 1.5.0
load ../cli/wrap
load containers

setup_file() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	unset MAKEFLAGS MAKELEVEL
	containers_setup "$BATS_FILE_TMPDIR/c"
	[[ -z $no_containers ]] || return 0
	export image=$BATS_FILE_TMPDIR/image
	export bin=${FG_BIN:-${FG_BUILD:-build}/bin}
	build "$image" >"$BATS_FILE_TMPDIR/said"
	umoci unpack --image "$image:$(cat VERSION)" "$BATS_FILE_TMPDIR/bundle"
	export files=$BATS_FILE_TMPDIR/bundle/rootfs
	(cd "$BATS_FILE_TMPDIR" && podman pull --quiet oci:image >id)
}

setup() {
	containers_needed
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	id=$(<"$BATS_FILE_TMPDIR/id")
}

teardown_file() {
	containers_teardown
}

# build DIRECTORY: as the Makefile does
build() {
	share/image/root "$bin" "$1.root" &&
		SOURCE_DATE_EPOCH=1750000000 REVISION=0123456789abcdef \
		share/image/layout "$(cat VERSION)" "$1.root" "$1"
}

# The blob that a descriptor names.
blob() {
	cat "$image/blobs/sha256/$(jq -r "$2.digest" <<<"$1" | cut -d : -f 2)"
}

# run_image OPTION... -- ARGUMENT...
run_image() {
	local options=()
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	timeout -k 5 60 podman run --rm --network=host "${options[@]}" "$id" "$@"
}

@test "make image says so, and tells digest and size" {
	run make --no-print-directory -n image
	[[ $output == *share/image/root*share/image/layout* ]]
	run cat "$BATS_FILE_TMPDIR/said"
	[[ $output =~ ^"$image: fg-sidecar:"[0-9.]+" linux/"[a-z0-9]+" sha256:"[0-9a-f]{64}", "[0-9]+" bytes packed, "[0-9]+" unpacked"$ ]]
}

# By another umask, in another place, at another time of another zone, with
# files that are newer, in a locale that sorts otherwise.
@test "the same commit gives the same bytes" {
	local again=$BATS_TEST_TMPDIR/elsewhere/again
	mkdir "${again%/*}"
	(umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 build "$again" >/dev/null)
	diff -r "$image" "$again"
	[[ $(find "$files" -perm /022 ! -type l | sed "s,$files,,;" | sort |
		xargs) == "/opt/fg/run /tmp /var/lib/fg" ]]
	# Nor does it depend on where the programs were built.
	run ! grep -lrF "$PWD" "$files/usr/bin" "$files/opt"
}

@test "it is an OCI image that says what it is" {
	local manifest config
	[[ $(jq -r .imageLayoutVersion "$image/oci-layout") == 1.0.0 ]]
	manifest=$(blob "$(<"$image/index.json")" .manifests[0])
	config=$(blob "$manifest" .config)
	jq -e '.os == "linux" and (.config |
		.Entrypoint == ["/usr/bin/fg-sidecar"] and (.Labels |
		."org.opencontainers.image.version" and
		."org.opencontainers.image.revision" == "0123456789abcdef" and
		."org.opencontainers.image.created" == "2025-06-15T15:06:40Z"))' \
		<<<"$config"
	skopeo inspect "oci:$image" >/dev/null
	(cd "$image/blobs/sha256" && for blob in *; do
		echo "$blob  $blob"
	done | sha256sum -c --quiet)
}

# volumesFrom shows every volume to the application.
@test "the only volume is /opt/fg, and it holds fg-wrap alone" {
	local config
	config=$(blob "$(blob "$(<"$image/index.json")" .manifests[0])" .config)
	jq -e '.config.Volumes == {"/opt/fg": {}}' <<<"$config"
	[[ $(cd "$files/opt/fg" && find . -type f) == ./bin/fg-wrap ]]
	run readelf -l "$files/opt/fg/bin/fg-wrap"
	[[ $output != *INTERP* ]]
}

@test "as little as it can be, and known to scanners" {
	local size
	size=$(du -sb "$image" | cut -f 1)
	echo "$size bytes"
	((size < 8 * 1024 * 1024))
	[[ -z $(find "$files" -perm /6000) ]]
	[[ $(ls "$files/usr/bin") != *sh* ]]
	grep -q '^Package: libc6$' "$files/var/lib/dpkg/status.d/libc6"
	grep -q '^ID=debian$' "$files/etc/os-release"
	# What came from a package came with its copyright.
	local package
	for package in "$files"/var/lib/dpkg/status.d/*; do
		[[ -s $files/usr/share/doc/${package##*/}/copyright ]]
	done
	[[ $(grep -c 'BEGIN CERT' "$files/etc/ssl/certs/ca-certificates.crt") -gt 50 ]]
	cmp "$files/usr/lib/ssl/cert.pem" "$files/etc/ssl/certs/ca-certificates.crt"
}

@test "fg-sidecar starts: as root, as anybody, with nothing to write to but its volume" {
	local who
	[[ $(run_image -- --version) == "fg-sidecar $(cat VERSION)" ]]
	for who in root fg nobody 12345:54321; do
		echo "$who"
		podman run -d --name side --network=host --cap-drop=all \
			--user="$who" --read-only --read-only-tmpfs=false \
			"$id" --policy-wait=0 >/dev/null
		eventually podman exec side /usr/bin/fg-sidecar --health
		podman stop -t 5 side >/dev/null
		[[ $(podman inspect --format '{{.State.ExitCode}}' side) -eq 0 ]]
		podman logs side | jq -es 'map(.name) | contains(["start", "exit"])'
		podman rm -f side >/dev/null
	done
}

@test "the Dockerfile makes the same, of what there is" {
	local file=share/image/Dockerfile word config
	config=$(blob "$(blob "$(<"$image/index.json")" .manifests[0])" .config)
	# Every path of the tree that it names.
	for word in $(grep -oE '(share|build)/[a-z0-9/._-]+' "$file" | sort -u); do
		echo "$word"
		[[ $word == build/bin || -e $word ]]
	done
	for word in $(sed -n 's/.*deps\/ensure \([a-z ]*\).*/\1/p' "$file"); do
		[[ -e share/deps/$word.txt ]]
	done
	grep -qxF "VOLUME $(jq -r '.config.Volumes | keys[]' <<<"$config")" "$file"
	grep -qxF "ENTRYPOINT $(jq -c .config.Entrypoint <<<"$config")" "$file"
	grep -qxF "WORKDIR $(jq -r .config.WorkingDir <<<"$config")" "$file"
	grep -qxF "STOPSIGNAL $(jq -r .config.StopSignal <<<"$config")" "$file"
	grep -qxF "ENV $(jq -r '.config.Env[]' <<<"$config")" "$file"
	for word in title description licenses; do
		grep -qF "org.opencontainers.image.$word=$(jq ".config.Labels[
			\"org.opencontainers.image.$word\"]" <<<"$config")" "$file"
	done
}
