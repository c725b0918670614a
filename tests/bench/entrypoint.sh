#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fg-entrypoint: 100 images of three platforms each from a registry on
# loopback, beside skopeo; then one of them from the scan DB, the registry
# gone, beside a program that does nothing.
# shellcheck source=tests/bench/record.bash
source "$(dirname "$0")/record.bash"
needs fg-entrypoint
export HOME=$work # no credentials of the person's
# shellcheck source=tests/e2e/registry.bash
source tests/e2e/registry.bash
trap 'registry_stop "$work/registry" || :; rm -rf "$work"' EXIT
count=100
layout=$work/layout
db=$work/scan.db

# ---- the images -------------------------------------------------------------

# blob TEXT: into the layout; its digest in $digest, its size in $size.
blob() {
	digest=$(printf %s "$1" | sha256sum)
	digest=sha256:${digest%% *} size=${#1}
	printf %s "$1" >"$layout/blobs/sha256/${digest#sha256:}"
}

# umoci makes one image per platform, the others differ in one word of it.
make_bases() {
	local arch
	for arch in amd64 arm64 s390x; do
		image_make "$layout" "$arch" "$arch" \
			--config.entrypoint /usr/bin/tini \
			--config.entrypoint -- \
			--config.entrypoint /srv/app-000/bin/app \
			--config.cmd serve --config.cmd --port=8080 \
			--config.workingdir /srv --config.user 1000:1000 \
			--config.env PATH=/usr/local/bin:/usr/bin:/bin \
			--config.env LANG=C.UTF-8 --config.exposedports 8080/tcp \
			--config.label org.opencontainers.image.title=app
	done
}

# text DIGEST: a blob of the layout in $text, the newline at its end too.
text() {
	IFS= read -r -d '' text <"$layout/blobs/sha256/${1#*:}" || :
}

# read_bases: their texts in $base_manifest and $base_config, by platform.
declare -A base_manifest base_config base_config_digest
read_bases() {
	local arch text
	for arch in amd64 arm64 s390x; do
		text "$(image_digest "$layout" "$arch")"
		base_manifest[$arch]=$text
		base_config_digest[$arch]=$(jq -r .config.digest <<<"$text")
		text "${base_config_digest[$arch]}"
		base_config[$arch]=$text
	done
}

# make_index NUMBER: the image's descriptor, named by its number.
make_index() {
	local arch entries='' type=application/vnd.oci.image
	for arch in amd64 arm64 s390x; do
		blob "${base_config[$arch]//app-000/app-$1}"
		blob "${base_manifest[$arch]//${base_config_digest[$arch]}/$digest}"
		[[ $arch != amd64 ]] || echo "$digest" >>"$work/digests"
		entries+=${entries:+,}"{\"mediaType\":\"$type.manifest.v1+json\","
		entries+="\"digest\":\"$digest\",\"size\":$size,\"platform\":"
		entries+="{\"os\":\"linux\",\"architecture\":\"$arch\"}}"
	done
	blob "{\"schemaVersion\":2,\"mediaType\":\"$type.index.v1+json\",\
\"manifests\":[$entries]}"
	echo "{\"mediaType\":\"$type.index.v1+json\",\"digest\":\"$digest\",\
\"size\":$size,\"annotations\":{\"org.opencontainers.image.ref.name\":\"$1\"}}"
}

make_images() {
	local i host
	host=$(registry_host "$work/registry")
	make_bases
	read_bases
	for ((i = 1; i <= count; i++)); do
		make_index "$(printf %03d $i)"
	done >"$work/descriptors"
	jq -s '{schemaVersion: 2, manifests: .}' "$work/descriptors" \
		>"$layout/index.json"
	for ((i = 1; i <= count; i++)); do
		name=$host/bench/app-$(printf %03d $i)
		image_push "$layout" "$(printf %03d $i)" "$name:1" --all
		echo "$name:1"
	done >"$work/names"
	paste -d @ <(sed 's/:1$//' "$work/names") "$work/digests" \
		>"$work/by-digest"
}

# ---- the figures ------------------------------------------------------------

# requests INPUT COMMAND...: how many it takes for the names in INPUT.
requests() {
	local input=$1
	shift
	registry_forget "$work/registry"
	"$@" <"$work/$input" >/dev/null
	registry_requests "$work/registry" | wc -l
}

by_skopeo() {
	local name
	while read -r name; do
		skopeo inspect --config --tls-verify=false "docker://$name" \
			</dev/null
	done
}

# counted NAME LIMIT OURS PEER
counted() {
	jq -n --argjson ours "$3" --argjson peer "$4" '
		{runs: 1, ours: {n: $ours}, peer: {n: $peer}}' |
	record "entrypoint/$1: requests" n requests "$skopeo" "{limit: $2}"
}

skopeo="$count x $(skopeo --version | cut -d ' ' -f 1,3) inspect --config"
registry_start "$work/registry"
make_images
host=$(registry_host "$work/registry")
get=("$bin/fg-entrypoint" "--plain-http=$host")
peer_requests=$(requests names by_skopeo)

counted "$count indexes" $((3 * count)) \
	"$(requests names "${get[@]}")" "$peer_requests"
counted "$count single manifests" $((2 * count)) \
	"$(requests by-digest "${get[@]}")" "$(requests by-digest by_skopeo)"
"${get[@]}" --remember "--db=$db" <"$work/names" >/dev/null
sleep 1.1 # --max-age counts whole seconds
counted "$count known tags" "$count" \
	"$(requests names "${get[@]}" "--db=$db" --max-age=0)" "$peer_requests"
"${get[@]}" --remember "--db=$db" <"$work/by-digest" >/dev/null
counted "$count known digests" 0 \
	"$(requests by-digest "${get[@]}" "--db=$db")" "$peer_requests"

got=$("$measure" -n 5 -k 1 -i "$work/names" -- "${get[@]}" \
	-- bash -c "set -e; $(declare -f by_skopeo); by_skopeo")
record "entrypoint/$count images: processor" cpu_ms ms "$skopeo" \
	'{bar: (1 / 35)}' <<<"$got"
record "entrypoint/$count images: memory" rss bytes "$skopeo" \
	'{limit: 16000000}' <<<"$got"
record "entrypoint/$count images: wall" wall_ms ms "$skopeo" <<<"$got"

# The same requests by curl, which is told all of them beforehand.
registry_forget "$work/registry"
"${get[@]}" <"$work/names" >/dev/null
registry_requests "$work/registry" | awk -v host="$host" '
	{ print "url = http://" host $2 "\noutput = /dev/null" }' >"$work/urls"
got=$("$measure" -n 5 -k 3 -i "$work/names" -- "${get[@]}" \
	-- curl --no-progress-meter --parallel --parallel-max 8 \
	--header 'Accept: application/vnd.oci.image.index.v1+json' \
	--header 'Accept: application/vnd.oci.image.manifest.v1+json' \
	--config "$work/urls")
curl="curl --parallel, the same requests"
record "entrypoint/$count images: processor" cpu_ms ms "$curl" <<<"$got"
record "entrypoint/$count images: wall" wall_ms ms "$curl" \
	'{bar: 1.3}' <<<"$got"

# ---- the scan DB ------------------------------------------------------------

registry_stop "$work/registry" || : # its wait tells of the signal
name=$(head -n 1 "$work/names")
got=$("$measure" -n 9 -k 20 -- "$bin/fg-entrypoint" "--db=$db" \
	--max-age=86400 "$name" -- "$empty")
record "entrypoint/scan DB hit: wall" wall_ms ms "empty program" \
	'{limit: (.peer.wall_ms + 3)}' <<<"$got"
record "entrypoint/scan DB hit: memory" rss bytes "empty program" <<<"$got"
if readelf -d "$bin/fg-entrypoint" | grep -q 'NEEDED.*libcurl'; then
	echo "bench: fg-entrypoint loads libcurl at its start" >&2
	exit 1
fi
