/* SPDX-License-Identifier: Apache-2.0 */
#include "http1_rules.h"

#include "http1_byte.h"
#include "http1_name.h"
#include "http1_target.h"

/*
 * The next element of a list, without blanks (RFC 9110 section 5.6.1); empty
 * ones are passed over. False: there is none.
 */
static bool
next(struct str *left, struct str *one)
{
	while (left->n > 0) {
		(void)str_cut(*left, ',', one, left);
		*one = str_trim(*one);
		if (one->n > 0)
			return true;
	}
	return false;
}

static bool
is_token(struct str s)
{
	return s.n > 0 && http1_byte_skip(s, 0, HTTP1_BYTE_TOKEN) == s.n;
}

/* RFC 9110 section 8.6, but no list of one length that is repeated. */
static enum http1_bad
read_length(
    struct http1_head *h, struct str value, const struct http1_limits *l)
{
	size_t digits = http1_byte_skip(value, 0, HTTP1_BYTE_DIGIT);
	uint64_t length = 0;

	if (h->has_length)
		return HTTP1_BAD_LENGTH_TWICE;
	if (value.n == 0 || digits < value.n)
		return HTTP1_BAD_LENGTH;
	if (value.n > 19) /* digits of INT64_MAX */
		return HTTP1_BAD_LENGTH_HUGE;
	for (size_t i = 0; i < value.n; i++)
		length = length * 10 + (uint64_t)(value.p[i] - '0');
	if (length > INT64_MAX)
		return HTTP1_BAD_LENGTH_HUGE;
	if (length > l->body)
		return HTTP1_BAD_BODY_TOO_LARGE;
	h->has_length = true;
	h->length = length;
	return HTTP1_BAD_NONE;
}

/* RFC 9112 section 6.1: "chunked" and nothing else. */
static enum http1_bad
read_coding(struct http1_head *h, struct str value)
{
	struct str left = value, one = STR_NONE;
	unsigned chunked = 0;

	if (h->chunked)
		return HTTP1_BAD_CODING_TWICE;
	if (http1_same(value, STR("chunked"))) {
		h->chunked = true;
		return HTTP1_BAD_NONE;
	}
	while (next(&left, &one))
		chunked += http1_same(one, STR("chunked"));
	if (!http1_same(one, STR("chunked")))
		return HTTP1_BAD_CODING_LAST;
	return chunked > 1 ? HTTP1_BAD_CODING_TWICE : HTTP1_BAD_CODING_UNKNOWN;
}

/* RFC 9110 section 7.6.1. */
static enum http1_bad
read_options(struct http1_head *h, struct str value)
{
	struct str left = value, one;

	while (next(&left, &one)) {
		if (!is_token(one))
			return HTTP1_BAD_CONNECTION;
		/* Each is held against all fields. */
		if (++h->listed > HTTP1_OPTIONS_MAX)
			return HTTP1_BAD_CONNECTION_MANY;
		if (http1_same(one, STR("close")))
			h->close = true;
		else if (http1_same(one, STR("keep-alive")))
			h->keep = true;
		else if (http1_same(one, STR("upgrade")))
			h->upgrade_option = true;
		else if (http1_name_stays(one))
			return HTTP1_BAD_CONNECTION_NAME;
		else
			h->named = true;
	}
	return HTTP1_BAD_NONE;
}

/* RFC 9110 section 10.1.4: of what TE lists only "trailers" is of use. */
static void
read_te(struct http1_head *h, struct str value)
{
	struct str left = value, one;

	while (next(&left, &one)) {
		if (http1_same(one, STR("trailers")))
			h->te_trailers = true;
	}
}

/* RFC 9110 section 7.8: protocols with their versions. */
static enum http1_bad
read_upgrade(struct http1_head *h, struct str value)
{
	struct str left = value, one, name, version;

	if (h->upgrade.n > 0 || value.n == 0)
		return HTTP1_BAD_UPGRADE;
	while (next(&left, &one)) {
		bool cut = str_cut(one, '/', &name, &version);

		if (!is_token(name) || (cut && !is_token(version)))
			return HTTP1_BAD_UPGRADE;
	}
	h->upgrade = value;
	return HTTP1_BAD_NONE;
}

static enum http1_bad
read_host(struct http1_head *h, struct str value)
{
	if (h->host != 0)
		return HTTP1_BAD_HOST_TWICE;
	if (!http1_target_host(value, NULL))
		return HTTP1_BAD_HOST;
	h->host = h->n;
	return HTTP1_BAD_NONE;
}

/* RFC 9110 section 10.1.1: HTTP/1.0 knows of no expectation. */
static enum http1_bad
read_expect(struct http1_head *h, struct http1_field *f)
{
	if (!http1_same(f->value, STR("100-continue")))
		return HTTP1_BAD_EXPECT;
	f->drop = h->minor == 0 || h->expect;
	h->expect = h->minor > 0;
	return HTTP1_BAD_NONE;
}

enum http1_bad
http1_rules_field(struct http1_head *h, struct http1_field *f,
    const struct http1_limits *l, bool request)
{
	if (f->id == HTTP1_NAME_OTHER)
		return HTTP1_BAD_NONE;
	if (!request &&
	    (f->id == HTTP1_NAME_HOST || f->id == HTTP1_NAME_EXPECT))
		return HTTP1_BAD_NONE;
	f->drop = f->id != HTTP1_NAME_EXPECT;
	switch ((enum http1_name)f->id) {
	case HTTP1_NAME_CONNECTION:
		return read_options(h, f->value);
	case HTTP1_NAME_CONTENT_LENGTH:
		return read_length(h, f->value, l);
	case HTTP1_NAME_EXPECT:
		return read_expect(h, f);
	case HTTP1_NAME_HOST:
		return read_host(h, f->value);
	case HTTP1_NAME_TE:
		if (request)
			read_te(h, f->value);
		break;
	case HTTP1_NAME_TRANSFER_ENCODING:
		return read_coding(h, f->value);
	case HTTP1_NAME_UPGRADE:
		return read_upgrade(h, f->value);
	case HTTP1_NAME_HTTP2_SETTINGS:
	case HTTP1_NAME_KEEP_ALIVE:
	case HTTP1_NAME_OTHER:
	case HTTP1_NAME_PROXY_CONNECTION:
	case HTTP1_NAME_TRAILER:
		break;
	}
	return HTTP1_BAD_NONE;
}

static void
drop_named(struct http1_head *h, struct str value)
{
	struct str left = value, one;

	while (next(&left, &one)) {
		for (uint32_t i = 0; i < h->n; i++) {
			struct http1_field *f = &h->fields[i];

			f->drop = f->drop || http1_same(f->name, one);
		}
	}
}

static const struct http1_field *
find(const struct http1_head *h, enum http1_name id)
{
	for (uint32_t i = 0; i < h->n; i++) {
		if (h->fields[i].id == id)
			return &h->fields[i];
	}
	return NULL;
}

enum http1_bad
http1_rules_end(struct http1_head *h, const struct http1_field **f)
{
	for (uint32_t i = 0; h->named && i < h->n; i++) {
		if (h->fields[i].id == HTTP1_NAME_CONNECTION)
			drop_named(h, h->fields[i].value);
	}
	*f = NULL;
	if (h->chunked && (h->has_length || h->minor == 0)) {
		*f = find(h, HTTP1_NAME_TRANSFER_ENCODING);
		return h->has_length ? HTTP1_BAD_LENGTH_CODING
				     : HTTP1_BAD_CODING_VERSION;
	}
	/* An upgrade is ignored in HTTP/1.0, or without the option. */
	if (h->minor == 0 || !h->upgrade_option)
		h->upgrade = STR_NONE;
	h->keep_alive = !h->close && (h->minor > 0 || h->keep);
	return HTTP1_BAD_NONE;
}
