/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "http1.h"
#include "http1_byte.h"
#include "http1_head.h"
#include "http1_name.h"
#include "http1_rules.h"
#include "http1_target.h"

enum { TLS_HANDSHAKE = 0x16 }; /* RFC 8446 section 5.1 */

bool
http1_same(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		char x = a.p[i], y = b.p[i];

		if (x >= 'A' && x <= 'Z')
			x = (char)(x | 0x20);
		if (y >= 'A' && y <= 'Z')
			y = (char)(y | 0x20);
		if (x != y)
			return false;
	}
	return true;
}

const struct http1_field *
http1_find(const struct http1_head *h, struct str name, uint32_t *from)
{
	while (*from < h->n) {
		const struct http1_field *f = &h->fields[(*from)++];

		if (http1_same(f->name, name))
			return f;
	}
	return NULL;
}

static enum http1_method
method_id(struct str s)
{
	static const struct {
		struct str name;
		enum http1_method id;
	} rows[] = {
	    {STR("GET"), HTTP1_METHOD_GET},
	    {STR("POST"), HTTP1_METHOD_POST},
	    {STR("HEAD"), HTTP1_METHOD_HEAD},
	    {STR("PUT"), HTTP1_METHOD_PUT},
	    {STR("DELETE"), HTTP1_METHOD_DELETE},
	    {STR("OPTIONS"), HTTP1_METHOD_OPTIONS},
	    {STR("PATCH"), HTTP1_METHOD_PATCH},
	    {STR("CONNECT"), HTTP1_METHOD_CONNECT},
	    {STR("TRACE"), HTTP1_METHOD_TRACE},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (str_eq(s, rows[i].name))
			return rows[i].id;
	}
	return HTTP1_METHOD_OTHER;
}

/* RFC 9112 section 2.3, the version at `at`; *end gets its end. */
static enum http1_bad
read_version(struct str in, size_t at, uint8_t *minor, size_t *end)
{
	struct str v;

	*end = http1_byte_skip(in, at, HTTP1_BYTE_TARGET);
	v = str_make(in.p + at, *end - at);
	if (v.n == 0)
		return HTTP1_BAD_VERSION_MISSING;
	if (v.n != 8 || memcmp(v.p, "HTTP/", 5) != 0 || v.p[6] != '.' ||
	    !http1_byte_in(v.p[5], HTTP1_BYTE_DIGIT) ||
	    !http1_byte_in(v.p[7], HTTP1_BYTE_DIGIT) || *end == in.n ||
	    (in.p[*end] != '\r' && in.p[*end] != '\n'))
		return HTTP1_BAD_VERSION;
	if (v.p[5] != '1' || v.p[7] > '1')
		return HTTP1_BAD_VERSION_UNKNOWN;
	*minor = (uint8_t)(v.p[7] - '0');
	return HTTP1_BAD_NONE;
}

/* What is wrong with a target that ends at `at`, where no space is. */
static enum http1_bad
bad_target(struct str in, size_t at)
{
	char c = at < in.n ? in.p[at] : '\0';

	if (c == '#')
		return HTTP1_BAD_TARGET_FRAGMENT;
	return c == '\r' || c == '\n' ? HTTP1_BAD_VERSION_MISSING
				      : HTTP1_BAD_TARGET_BYTE;
}

/* RFC 9112 section 3: method SP target SP version CRLF. */
static enum http1_bad
read_line(void *of, struct str in, const struct http1_limits *l, size_t *end)
{
	struct http1_request *r = of;
	size_t at = r->h.at, to = http1_byte_skip(in, at, HTTP1_BYTE_TOKEN);
	enum http1_bad bad;

	*end = to;
	if (to == at || to == in.n || in.p[to] != ' ')
		return HTTP1_BAD_METHOD;
	if (to - at > HTTP1_METHOD_MAX)
		return HTTP1_BAD_METHOD_TOO_LONG;
	r->method = str_make(in.p + at, to - at);
	r->id = method_id(r->method);
	at = to + 1;
	to = http1_byte_skip(in, at, HTTP1_BYTE_TARGET);
	*end = to;
	if (to == in.n || in.p[to] != ' ')
		return bad_target(in, to);
	if (to == at)
		return HTTP1_BAD_TARGET_EMPTY;
	*end = at;
	r->target.text = str_make(in.p + at, to - at);
	bad = http1_target_read(
	    r->target.text, r->id, l->strict_target, &r->target);
	if (bad != HTTP1_BAD_NONE)
		return bad;
	*end = to + 1;
	bad = read_version(in, to + 1, &r->h.minor, end);
	return bad == HTTP1_BAD_NONE ? http1_head_eol(in, *end, l, end) : bad;
}

static enum http1_bad
read_field(void *of, const struct http1_limits *l, struct http1_field *f)
{
	struct http1_request *r = of;

	return http1_rules_field(&r->h, f, l, true);
}

/* RFC 9112 section 3.2: Host, and that of the target, which must be equal. */
static enum http1_bad
end_host(struct http1_request *r, const struct http1_field **f)
{
	struct str authority = r->target.authority;

	*f = r->h.host > 0 ? &r->h.fields[r->h.host - 1] : NULL;
	if (*f == NULL && r->h.minor > 0)
		return HTTP1_BAD_HOST_MISSING;
	if (*f != NULL && authority.n > 0 &&
	    !http1_same((*f)->value, authority))
		return HTTP1_BAD_HOST_DIFFERS;
	r->host = authority.n == 0 && *f != NULL ? (*f)->value : authority;
	return HTTP1_BAD_NONE;
}

/* RFC 9112 section 6.3; RFC 9110 sections 9.3.6 and 9.3.8. */
static enum http1_bad
end_body(struct http1_request *r)
{
	struct http1_head *h = &r->h;

	h->body = h->chunked      ? HTTP1_BODY_CHUNKED
		  : h->has_length ? HTTP1_BODY_LENGTH
				  : HTTP1_BODY_NONE;
	if ((r->id == HTTP1_METHOD_CONNECT || r->id == HTTP1_METHOD_TRACE) &&
	    (h->chunked || h->length > 0))
		return HTTP1_BAD_BODY_UNEXPECTED;
	r->websocket = r->id == HTTP1_METHOD_GET && !h->chunked &&
		       h->length == 0 &&
		       http1_same(h->upgrade, STR("websocket"));
	return HTTP1_BAD_NONE;
}

static enum http1_bad
end(struct http1_request *r, const struct http1_limits *l,
    const struct http1_field **f)
{
	enum http1_bad bad = http1_rules_end(&r->h, f);

	if (bad == HTTP1_BAD_NONE)
		bad = end_host(r, f);
	if (bad == HTTP1_BAD_NONE) {
		*f = NULL;
		bad = end_body(r);
	}
	if (bad == HTTP1_BAD_NONE && r->id == HTTP1_METHOD_CONNECT &&
	    !l->connect)
		bad = HTTP1_BAD_METHOD_CONNECT;
	return bad;
}

/* What the first byte says must not wait for a line that may never end. */
static enum http1_bad
first_byte(struct http1_head *h, struct str in, const struct http1_limits *l)
{
	char c;

	if (h->start == 0 && in.n > 0 && in.p[0] == '\r') {
		if (in.n == 1 || in.p[1] != '\n')
			return in.n == 1 ? HTTP1_BAD_NONE : HTTP1_BAD_BARE_CR;
		h->start = h->at = 2;
	} else if (h->start == 0 && in.n > 0 && in.p[0] == '\n') {
		if (!l->bare_lf)
			return HTTP1_BAD_BARE_LF;
		h->start = h->at = 1;
	}
	if (in.n <= h->at)
		return HTTP1_BAD_NONE;
	c = in.p[h->at];
	if (c == TLS_HANDSHAKE)
		return HTTP1_BAD_TLS;
	return http1_byte_in(c, HTTP1_BYTE_TOKEN) ? HTTP1_BAD_NONE
						  : HTTP1_BAD_METHOD;
}

void
http1_request_begin(
    struct http1_request *r, struct http1_field *fields, uint32_t max)
{
	*r = (struct http1_request){0};
	http1_head_begin(&r->h, fields, max);
}

int
http1_request_read(struct http1_request *r, struct str in,
    const struct http1_limits *l, struct err *e)
{
	const struct http1_head_kind kind = {read_line, read_field, l->head};
	const struct http1_field *f = NULL;
	enum http1_bad bad;
	int ret;

	if (!r->h.line && r->h.bad == HTTP1_BAD_NONE) {
		bad = first_byte(&r->h, in, l);
		if (bad != HTTP1_BAD_NONE)
			return http1_head_refuse(&r->h, bad, r->h.at, e);
	}
	if (in.n == 0 && r->h.bad == HTTP1_BAD_NONE)
		return -EAGAIN;
	ret = http1_head_read(&r->h, in, l, &kind, r, e);
	if (ret != 0)
		return ret;
	bad = end(r, l, &f);
	if (bad == HTTP1_BAD_NONE)
		return 0;
	return http1_head_refuse(&r->h, bad, f != NULL ? f->at : r->h.start, e);
}
