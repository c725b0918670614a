# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # of run, which sources this
# The end of the demo: a Console, and a protected task in real containers.

# live_ready: real containers can be run here, and there is an image of ours.
live_ready() {
	# shellcheck source=tests/e2e/containers.bash
	source tests/e2e/containers.bash
	containers_setup "$work/c" >>"$work/log" 2>&1
	missing=$no_containers
	[[ -z $missing ]] || return 0
	mkdir "$C/cart"
	cp -R "$C/busybox/." "$C/cart"
	ln -s busybox "$C/cart/bin/nc"
	{
		share/image/root "$bin" "$work/files" &&
			SOURCE_DATE_EPOCH=0 REVISION='' share/image/layout \
			"$(cat VERSION)" "$work/files" "$work/image" &&
			image cart && podman push --quiet --tls-verify=false \
			fg-test/cart "docker://$host/shop/cart:1" &&
			podman rmi --all --force
	} >>"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}

live_finish() {
	local pid
	for pid in "${task_pid:-}" "${console_pid:-}"; do
		[[ -z $pid ]] || ! kill "$pid" 2>/dev/null || wait "$pid" || :
	done
	[[ -n $missing ]] || containers_teardown
}

# until_seen COMMAND: within a minute it finds something.
until_seen() {
	local i
	for ((i = 0; i < 300; i++)); do
		! eval "$1" 2>/dev/null | grep -q . || return 0
		sleep 0.2
	done
	echo "demo: nothing came of: $1" >&2
	cat cart.log console.log >&2
	exit 1
}

# console PATH [CURL-OPTION...]: a call of its API, as the administrator
console() {
	curl -sS --fail --cacert console/ca.pem -H @token.header \
		"$FG_CONSOLE_URL/api/v1/$1" "${@:2}"
}

policy() {
	jq -nc --arg effect "$1" '{rules: [{name: "cart",
		processes: {effect: $effect, blacklist: ["nc"]}}]}'
}

live_console() {
	heading "A Console" \
		"It makes its keys and prints its one token. console, below, is curl with" \
		"both. The secret goes where Secrets Manager would have it."
	show 0 "fg-console --data=console --listen=127.0.0.1:0 \\
    >token 2>console.log &"
	console_pid=$!
	until_seen 'grep listening console.log'
	FG_CONSOLE_URL=$(sed -n 's/.*listening on //p' console.log)
	export FG_CONSOLE_URL
	echo "Authorization: Bearer $(<token)" >token.header
	mkdir secrets
	show 0 "console enrol-secrets -d '{\"app\": \"shop-cart\", \"days\": 1}' |
    jq -r .secret >secrets/fg-Zt3kQa"
	policy alert >alert.json
	policy prevent >prevent.json
	show 0 "cat alert.json"
	show 0 "console policies/runtime/app-embedded -X PUT \\
    -d @alert.json >put.json"
	echo
}

live_task() {
	heading "A task is embedded and runs, in real containers" \
		"The sidecar is that of make image. What runs in the cart tries nc every" \
		"second, which no cart has a use for."
	show 0 "skopeo copy -q --dest-tls-verify=false \\
    oci:image docker://$host/fg/sidecar:0.1"
	show 0 "fg-embed --console-ca=console/ca.pem \\
    --enrol-secret=$secret \\
    $mirror cart.json >cart.protected.json"
	show 0 "fg-run-local --verbose --secrets=secrets \\
    $mirror cart.protected.json >cart.log 2>&1 &"
	task_pid=$!
	audit="fg-audit --console-ca=console/ca.pem --token-file=token"
	until_seen "$audit --action=alert --limit=1"
	show 0 "grep -v ' |' cart.log"
	show 0 "grep -m 1 '^cart |' cart.log"
	echo
}

live_policy() {
	heading "The policy is changed: alert becomes prevent" \
		"Nothing is restarted; the task learns of it at once."
	show 0 "console policies/runtime/app-embedded -X PUT \\
    -d @prevent.json >put.json"
	until_seen 'grep refused cart.log'
	show 0 "sed -n 's/^cart | //p' cart.log | uniq -c | tail -n 2"
	show 0 "kill $task_pid"
	wait "$task_pid" || :
	task_pid=
	show 0 "grep -v ' |' cart.log | tail -n 4"
	echo
}

live_audits() {
	heading "The audits, read back from the Console"
	show 0 "$audit --container=cart >audits.ndjson"
	jq -r '[.ts[11:19], .name, .action, .rule.policy_version // "",
		.msg // .detail | .[:56]] | @tsv' audits.ndjson |
		awk -F '\t' '!seen[$2, $3, $4]++' |
		table TIME EVENT ACTION POLICY MESSAGE
	for action in alert prevent; do
		jq -es --arg action $action 'any(.action == $action and
			.name == "process.exec")' audits.ndjson >/dev/null ||
			{ echo "demo: no $action" >&2; exit 1; }
	done
}

live() {
	if [[ -n $missing ]]; then
		heading "It runs" "It is left out: $missing."
		return
	fi
	live_console
	live_task
	live_policy
	live_audits
}
