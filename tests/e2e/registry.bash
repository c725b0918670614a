# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Registries for tests: docker-registry on loopback, filled with images that
# umoci makes and skopeo copies. Source it; all files go below a directory of
# the caller's, one for each registry:
#
#	registry_start DIR [YAML]     start one; port in $DIR/port
#	registry_stop DIR             by its pid
#	registry_host DIR             prints 127.0.0.1:PORT
#	registry_requests DIR         prints "METHOD PATH STATUS" of each request
#	registry_forget DIR           empties that list
#	image_make LAYOUT TAG ARCH [umoci config option ...]
#	image_push LAYOUT TAG HOST/REPO:TAG [skopeo option ...]
#	index_push HOST REPO TAG DIGEST=[OS/ARCH[/VARIANT]] ...
#	image_digest LAYOUT TAG
#
# REGISTRY_CURL: more curl options (a CA, a user) for index_push.
export HOME=${BATS_FILE_TMPDIR:-$HOME} # no credentials of the person's

# YAML is put below the standard configuration: "auth:" or "http:" sections.
registry_start() {
	local dir=$1 yaml=${2:-} i
	mkdir -p "$dir/data"
	[[ $'\n'$yaml == *$'\nhttp:'* ]] ||
		yaml+=$'\nhttp: {addr: "127.0.0.1:0"}'
	cat >"$dir/config.yml" <<-EOF
	version: 0.1
	log: {level: info, formatter: json}
	storage:
	  filesystem: {rootdirectory: "$dir/data"}
	  delete: {enabled: true}
	$yaml
	EOF
	: >>"$dir/log"
	docker-registry serve "$dir/config.yml" \
		>>"$dir/log" 2>&1 3>&- &
	echo $! >"$dir/pid"
	for ((i = 0; i < 200; i++)); do
		if grep -q '"msg":"listening on ' "$dir/log"; then
			sed -n 's/.*"listening on 127.0.0.1:\([0-9]*\).*/\1/p' \
				"$dir/log" | head -n 1 >"$dir/port"
			return 0
		fi
		kill -0 "$(<"$dir/pid")" 2>/dev/null || break
		sleep 0.05
	done
	cat "$dir/log" >&2
	return 1
}

registry_stop() {
	[[ -e $1/pid ]] || return 0
	kill "$(<"$1/pid")" 2>/dev/null || true
	wait "$(<"$1/pid")" 2>/dev/null || true # not always a child of ours
	rm -f "$1/pid"
}

registry_host() {
	echo "127.0.0.1:$(<"$1/port")"
}

# The access log is in Apache's combined form, among the JSON lines. It is
# written after the answer: wait until it stays the same.
registry_requests() {
	local n=-1
	while [[ $n != $(wc -l <"$1/log") ]]; do
		n=$(wc -l <"$1/log")
		sleep 0.1
	done
	awk '/^[0-9.]+ - / { gsub(/"/, ""); print $6, $7, $9 }' "$1/log"
}

registry_forget() {
	registry_requests "$1" >/dev/null
	: >"$1/log"
}

image_make() {
	local layout=$1 tag=$2 arch=$3
	shift 3
	[[ -e $layout ]] || umoci init --layout "$layout"
	umoci new --image "$layout:$tag"
	umoci config --image "$layout:$tag" --architecture "$arch" \
		--created 2024-01-02T03:04:05Z "$@"
}

image_push() {
	local layout=$1 tag=$2 to=$3
	shift 3
	skopeo copy --quiet --dest-tls-verify=false "$@" \
		"oci:$layout:$tag" "docker://$to"
}

# The digest of HOST/REPO:TAG and its size, as a descriptor.
index_push() {
	local host=$1 repo=$2 tag=$3 entry digest type size all=
	local url=${REGISTRY_SCHEME:-http}://$host/v2/$repo/manifests
	local oci=application/vnd.oci.image
	shift 3
	for entry; do
		digest=${entry%%=*}
		read -r size type < <(curl -sf "${REGISTRY_CURL[@]}" \
			-w '%{size_download} %{content_type}' -o /dev/null \
			-H "Accept: $oci.manifest.v1+json, $oci.index.v1+json" \
			"$url/$digest" && echo)
		all+=${all:+,}$(jq -nc --arg digest "$digest" --arg type "$type" \
			--argjson size "$size" --arg platform "${entry#*=}" '
			($platform | split("/")) as [$os, $arch, $variant] |
			{mediaType: $type, digest: $digest, size: $size} +
			if $os then {platform: ({os: $os, architecture: $arch} +
			if $variant then {variant: $variant} else {} end)}
			else {} end')
	done
	printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s]}' \
		$oci.index.v1+json "$all" |
		curl -sf "${REGISTRY_CURL[@]}" -X PUT --data-binary @- \
		-H "Content-Type: $oci.index.v1+json" "$url/$tag"
}

image_digest() {
	jq -r --arg t "$2" '.manifests[] | select(.annotations[
		"org.opencontainers.image.ref.name"] == $t) | .digest' \
		"$1/index.json"
}
