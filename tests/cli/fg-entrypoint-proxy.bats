#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The proxy of the environment: https goes through it, in a tunnel in which it
# sees nothing; plain http never does.

bats_require_minimum_version 1.5.0

load hostile.bash

# proxy [STATUS]: start it; $proxy is its URL, its log is "plog".
proxy() {
	rm -f pport
	: >plog
	"$BATS_TEST_DIRNAME/../fixtures/connect-proxy.py" plog "$@" \
		>pport 3>&- &
	extra_pid="$extra_pid $!"
	wait_for pport
	proxy=127.0.0.1:$(<pport)
}

# nothing_told: no credential, ours or the registry's, reached the proxy
nothing_told() {
	cat plog
	! grep -E '^LEAK|dTpw|t0ken|^Authorization|^Accept|/v2/' plog
}

@test "https goes through https_proxy, which sees CONNECT and no more" {
	hostile -t -b good
	login
	proxy
	local name
	for name in https_proxy HTTPS_PROXY all_proxy ALL_PROXY; do
		: >plog
		export "$name=http://$proxy"
		look
		unset "$name"
		found
		[[ $(grep -c "^CONNECT $host HTTP/1.1" plog) -ge 1 ]]
		nothing_told
	done
	[[ $(requests 'Basic dTpw') -eq 8 ]]
}

@test "nor does it see a token, or where redirects lead" {
	hostile -t realm /token
	login
	proxy
	https_proxy=http://$proxy look
	found
	nothing_told
	hostile -t redirect-blob 'https://127.0.0.1:{port}/moved'
	proxy
	https_proxy=http://$proxy look
	found
	nothing_told
}

@test "plain http never goes through a proxy" {
	hostile -b good
	login
	proxy
	http_proxy=http://$proxy HTTP_PROXY=http://$proxy \
		all_proxy=http://$proxy look
	found
	[[ ! -s plog && $(requests 'Basic dTpw') -eq 2 ]]
}

@test "no_proxy names hosts that are asked directly" {
	hostile -t good
	proxy
	https_proxy=http://$proxy no_proxy=example.com,127.0.0.1 look
	found
	[[ ! -s plog ]]
	https_proxy=http://$proxy NO_PROXY='*' look
	found
	[[ ! -s plog ]]
	https_proxy=http://$proxy no_proxy=example.com look
	found
	[[ -s plog ]]
}

@test "a certificate is verified through a proxy, too" {
	hostile -t good
	proxy
	options=()
	https_proxy=http://$proxy look
	[[ $status -eq 100 && $stderr == *certificate* && $(requests .) -eq 0 ]]
}

@test "the proxy's own login goes to the proxy, and into no message" {
	hostile -t good
	proxy
	https_proxy=http://me:s3cret@$proxy look
	found
	grep -q "^Proxy-Authorization: Basic $(printf me:s3cret | base64)" plog
	proxy 407
	https_proxy=http://me:s3cret@$proxy look -v -v
	refused 100 'the proxy wants a login (407)'
	[[ $stderr != *s3cret* && $(grep -c ^CONNECT plog) -eq 1 ]]
	local bad
	for bad in bogus://me:s3cret@h 'http://me:s3cret@h h' \
	    'http://me:s3cret@h:x' http://me:s3cret@; do
		https_proxy=$bad look
		[[ $status -ge 100 && -z $output && ${#stderr_lines[@]} -eq 1 ]]
		[[ $stderr != *s3cret* ]]
	done
}

@test "a proxy that refuses: 100; that is troubled, or not there: 111" {
	hostile -t good
	proxy 403
	https_proxy=http://$proxy look
	refused 100 'the proxy refused to connect (403)'
	[[ $(grep -c ^CONNECT plog) -eq 1 ]]
	stop
	hostile -t good
	proxy 502
	https_proxy=http://$proxy look
	refused 111 'the proxy refused to connect (502)'
	[[ $(grep -c ^CONNECT plog) -eq 4 && $(requests .) -eq 0 ]]
	https_proxy=http://127.0.0.1:1 look
	refused 111 '127.0.0.1 port 1'
}
