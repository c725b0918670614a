/* SPDX-License-Identifier: Apache-2.0 */
#include "http1_target.h"

#include <string.h>

#include "base/num.h"
#include "http1_byte.h"
#include "ip/ip.h"

static bool
is_v6(struct str s)
{
	struct ip ip;

	/* An IPv4 address in brackets is none (RFC 3986 section 3.2.2). */
	return str_chr(s, ':') < s.n && ip_parse(s, &ip);
}

bool
http1_target_host(struct str s, bool *has_port)
{
	struct str host, port;
	int64_t number;
	size_t end;

	if (str_starts(s, "[")) {
		end = str_chr(s, ']');
		host = str_sub(s, 1, end);
		if (end == s.n || !is_v6(host))
			return false;
		end++;
	} else {
		end = http1_byte_skip(s, 0, HTTP1_BYTE_HOST);
		host = str_sub(s, 0, end);
	}
	if (host.n == 0 || host.n > HTTP1_HOST_MAX)
		return false;
	if (has_port != NULL)
		*has_port = end < s.n;
	if (end == s.n)
		return true;
	port = str_sub(s, end + 1, s.n);
	return s.p[end] == ':' && num_parse(port, 1, 65535, &number);
}

/* RFC 3986: pchar, "/", "?", and '%' before two hexadecimal digits only. */
static bool
is_uri(struct str s)
{
	if (http1_byte_skip(s, 0, HTTP1_BYTE_URI) < s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '%')
			continue;
		if (s.n - i < 3 || !http1_byte_in(s.p[i + 1], HTTP1_BYTE_HEX) ||
		    !http1_byte_in(s.p[i + 2], HTTP1_BYTE_HEX))
			return false;
	}
	return true;
}

static enum http1_bad
split_rest(struct str rest, bool strict, struct http1_target *t)
{
	size_t at = 0;

	t->rest = rest;
	t->path = rest;
	t->query = STR_NONE;
	if (rest.n > 0)
		at = str_chr(rest, '?');
	if (at < rest.n) {
		t->path = str_make(rest.p, at);
		t->query = str_make(rest.p + at + 1, rest.n - at - 1);
	}
	return strict && !is_uri(rest) ? HTTP1_BAD_TARGET_BYTE : HTTP1_BAD_NONE;
}

static enum http1_bad
read_absolute(struct str text, bool strict, struct http1_target *t)
{
	size_t colon = str_chr(text, ':'), at = colon + 3, end;

	t->form = HTTP1_FORM_ABSOLUTE;
	t->scheme = str_sub(text, 0, colon);
	if (!http1_same(t->scheme, STR("http")) &&
	    !http1_same(t->scheme, STR("https")))
		return HTTP1_BAD_TARGET_SCHEME;
	if (text.n < at || memcmp(text.p + colon, "://", 3) != 0)
		return HTTP1_BAD_TARGET_AUTHORITY;
	for (end = at; end < text.n; end++) {
		if (text.p[end] == '/' || text.p[end] == '?')
			break;
	}
	t->authority = str_sub(text, at, end);
	if (!http1_target_host(t->authority, NULL))
		return HTTP1_BAD_TARGET_AUTHORITY;
	return split_rest(str_sub(text, end, text.n), strict, t);
}

enum http1_bad
http1_target_read(struct str text, enum http1_method method, bool strict,
    struct http1_target *t)
{
	bool has_port = false;
	size_t colon, slash;

	*t = (struct http1_target){.text = text};
	if (method == HTTP1_METHOD_CONNECT) {
		t->form = HTTP1_FORM_AUTHORITY;
		t->authority = text;
		/* Of another method: "/a", "https://a/", "*". */
		slash = str_chr(text, '/');
		if (slash < text.n || str_eqz(text, "*"))
			return HTTP1_BAD_TARGET_FORM;
		return http1_target_host(text, &has_port) && has_port
			   ? HTTP1_BAD_NONE
			   : HTTP1_BAD_TARGET_AUTHORITY;
	}
	if (text.p[0] == '/')
		return split_rest(text, strict, t);
	if (str_eqz(text, "*")) {
		t->form = HTTP1_FORM_ASTERISK;
		t->rest = text;
		return method == HTTP1_METHOD_OPTIONS ? HTTP1_BAD_NONE
						      : HTTP1_BAD_TARGET_FORM;
	}
	/* "host:80" has a colon too, but nothing of a URI behind it. */
	colon = str_chr(text, ':');
	if (text.n - colon < 2 || text.p[colon + 1] != '/')
		return HTTP1_BAD_TARGET_FORM;
	return read_absolute(text, strict, t);
}
