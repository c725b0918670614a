/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "http1.h"
#include "http1_byte.h"
#include "http1_head.h"
#include "http1_rules.h"

enum { CODE_AT = 9, CODE_END = 12 }; /* of "HTTP/1.1 200 OK" */

static bool
is_version(const char *p)
{
	return memcmp(p, "HTTP/1.", 7) == 0 && (p[7] == '0' || p[7] == '1') &&
	       p[8] == ' ';
}

/* RFC 9110 section 15: classes 1 to 5. */
static bool
is_code(const char *p)
{
	return p[0] >= '1' && p[0] <= '5' &&
	       http1_byte_in(p[1], HTTP1_BYTE_DIGIT) &&
	       http1_byte_in(p[2], HTTP1_BYTE_DIGIT);
}

/* RFC 9112 section 4: version SP status SP [reason] CRLF. */
static enum http1_bad
read_line(void *of, struct str in, const struct http1_limits *l, size_t *end)
{
	struct http1_response *r = of;
	const char *p = in.p + r->h.at;
	size_t at = r->h.at + CODE_END + 1;

	*end = r->h.at;
	if (in.n < r->h.at + CODE_AT || !is_version(p))
		return HTTP1_BAD_VERSION;
	*end = r->h.at + CODE_AT;
	if (in.n < at || !is_code(p + CODE_AT) || p[CODE_END] != ' ')
		return HTTP1_BAD_STATUS;
	r->h.minor = (uint8_t)(p[7] - '0');
	r->status = (unsigned)(p[CODE_AT] - '0') * 100 +
		    (unsigned)(p[CODE_AT + 1] - '0') * 10 +
		    (unsigned)(p[CODE_AT + 2] - '0');
	*end = http1_byte_skip_value(in, at);
	r->reason = str_make(in.p + at, *end - at);
	if (*end == in.n || (in.p[*end] != '\r' && in.p[*end] != '\n'))
		return HTTP1_BAD_STATUS_REASON;
	return http1_head_eol(in, *end, l, end);
}

static enum http1_bad
read_field(void *of, const struct http1_limits *l, struct http1_field *f)
{
	struct http1_response *r = of;

	return http1_rules_field(&r->h, f, l, false);
}

static bool
is_connected(const struct http1_response *r, const struct http1_asked *asked)
{
	return asked->method == HTTP1_METHOD_CONNECT && r->status >= 200 &&
	       r->status < 300;
}

/* RFC 9112 section 6.3, rules 1 to 8. */
static enum http1_body
body_of(const struct http1_response *r, const struct http1_asked *asked)
{
	if (is_connected(r, asked) || r->status == 101)
		return HTTP1_BODY_TUNNEL;
	if (r->status < 200 || r->status == 204 || r->status == 304 ||
	    asked->method == HTTP1_METHOD_HEAD)
		return HTTP1_BODY_NONE;
	if (r->h.chunked)
		return HTTP1_BODY_CHUNKED;
	return r->h.has_length ? HTTP1_BODY_LENGTH : HTTP1_BODY_CLOSE;
}

/*
 * Where a field must not be sent (RFC 9112 section 6.1, RFC 9110 section 8.6)
 * it is refused, but for a length of 0, which many send with a 204.
 */
static enum http1_bad
end_body(struct http1_response *r, const struct http1_asked *asked)
{
	struct http1_head *h = &r->h;
	bool never =
	    r->status < 200 || r->status == 204 || is_connected(r, asked);

	if (never && (h->chunked || h->length > 0))
		return HTTP1_BAD_BODY_UNEXPECTED;
	if (r->status == 101 && (!asked->upgrade || h->upgrade.n == 0))
		return HTTP1_BAD_STATUS_UNASKED;
	h->body = body_of(r, asked);
	if (never)
		h->has_length = false;
	if (h->body == HTTP1_BODY_CLOSE || h->body == HTTP1_BODY_TUNNEL)
		h->keep_alive = false;
	return HTTP1_BAD_NONE;
}

void
http1_response_begin(
    struct http1_response *r, struct http1_field *fields, uint32_t max)
{
	*r = (struct http1_response){0};
	http1_head_begin(&r->h, fields, max);
}

int
http1_response_read(struct http1_response *r, struct str in,
    const struct http1_asked *asked, const struct http1_limits *l,
    struct err *e)
{
	const struct http1_head_kind kind = {read_line, read_field, l->head};
	const struct http1_field *f = NULL;
	enum http1_bad bad;
	int ret;

	if (in.n == 0 && r->h.bad == HTTP1_BAD_NONE)
		return -EAGAIN;
	/* What is not HTTP may never end its line. */
	if (!r->h.line && r->h.bad == HTTP1_BAD_NONE && in.p[0] != 'H')
		return http1_head_refuse(&r->h, HTTP1_BAD_VERSION, 0, e);
	ret = http1_head_read(&r->h, in, l, &kind, r, e);
	if (ret != 0)
		return ret;
	bad = http1_rules_end(&r->h, &f);
	if (bad == HTTP1_BAD_NONE)
		bad = end_body(r, asked);
	if (bad == HTTP1_BAD_NONE)
		return 0;
	return http1_head_refuse(&r->h, bad, f != NULL ? f->at : 0, e);
}
