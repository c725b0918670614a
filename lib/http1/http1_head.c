/* SPDX-License-Identifier: Apache-2.0 */
#include "http1_head.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "http1_byte.h"
#include "http1_name.h"

enum { SHOWN_MAX = 60 };

void
http1_head_begin(struct http1_head *h, struct http1_field *fields, uint32_t max)
{
	*h = (struct http1_head){.fields = fields, .max = max};
}

int
http1_head_refuse(
    struct http1_head *h, enum http1_bad bad, size_t at, struct err *e)
{
	h->bad = bad;
	h->bad_at = (uint32_t)at;
	for (uint32_t i = h->n; e != NULL && i-- > 0;) {
		const struct http1_field *f = &h->fields[i];

		/* Values may be secrets. */
		if (f->at == at)
			return err_set(e, ERR_PERM, EBADMSG,
			    "%s (byte %zu, field \"%.*s\")",
			    http1_bad_text(bad), at,
			    STR_ARG(str_sub(f->name, 0, SHOWN_MAX)));
	}
	return http1_head_refused(h, e);
}

int
http1_head_refused(const struct http1_head *h, struct err *e)
{
	return err_set(e, ERR_PERM, EBADMSG, "%s (byte %" PRIu32 ")",
	    http1_bad_text(h->bad), h->bad_at);
}

enum http1_bad
http1_head_eol(
    struct str in, size_t at, const struct http1_limits *l, size_t *end)
{
	*end = at;
	if (at < in.n && in.p[at] == '\n') {
		*end = at + 1;
		return l->bare_lf ? HTTP1_BAD_NONE : HTTP1_BAD_BARE_LF;
	}
	if (in.n - at < 2 || in.p[at + 1] != '\n')
		return HTTP1_BAD_BARE_CR;
	*end = at + 2;
	return HTTP1_BAD_NONE;
}

/* What is wrong with a name that ends at `to`, where no colon is. */
static enum http1_bad
bad_name(struct str in, size_t from, size_t to)
{
	char c = to < in.n ? in.p[to] : '\0';

	if (c == ' ' || c == '\t')
		return from == to ? HTTP1_BAD_FOLD : HTTP1_BAD_NAME_SPACE;
	return c == '\r' || c == '\n' ? HTTP1_BAD_COLON : HTTP1_BAD_NAME_BYTE;
}

static enum http1_bad
bad_value(struct str in, size_t at)
{
	return at < in.n && in.p[at] == '\0' ? HTTP1_BAD_VALUE_NUL
					     : HTTP1_BAD_VALUE_BYTE;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* RFC 9112 section 5: the field line at `at`. */
static enum http1_bad
read_field(struct str in, size_t at, const struct http1_limits *l,
    struct http1_field *f, size_t *end)
{
	unsigned seen = 0;
	size_t p = at, value;

	while (p < in.n && http1_byte_in(in.p[p], HTTP1_BYTE_TOKEN))
		seen |= http1_byte_sets[(unsigned char)in.p[p++]];
	*end = p;
	if (p == in.n || in.p[p] != ':')
		return bad_name(in, at, p);
	if (p == at)
		return HTTP1_BAD_NAME_EMPTY;
	f->name = str_make(in.p + at, p - at);
	for (p++; p < in.n && is_blank(in.p[p]);)
		p++;
	value = p;
	p = http1_byte_skip_value(in, p);
	*end = p;
	if (p == in.n || (in.p[p] != '\r' && in.p[p] != '\n'))
		return bad_value(in, p);
	f->at = (uint32_t)at;
	f->value_at = (uint32_t)value;
	f->value = str_make(in.p + value, p - value);
	while (f->value.n > 0 && is_blank(f->value.p[f->value.n - 1]))
		f->value.n--;
	f->id = (uint8_t)http1_name_id(f->name);
	f->drop = false;
	if ((seen & HTTP1_BYTE_UNDERSCORE) != 0 &&
	    (!l->underscore || http1_name_cgi(f->name) != HTTP1_NAME_OTHER))
		return HTTP1_BAD_NAME_UNDERSCORE;
	return http1_head_eol(in, p, l, end);
}

/*
 * Read the line at h->at. *end gets where the next one starts, which is not
 * after in.n, or the place of what is wrong.
 */
static enum http1_bad
read_line(struct http1_head *h, struct str in, const struct http1_limits *l,
    const struct http1_head_kind *kind, void *of, size_t *end)
{
	*end = h->at;
	if (!h->line && kind->line != NULL)
		return kind->line(of, in, l, end);
	if (h->at < in.n && (in.p[h->at] == '\r' || in.p[h->at] == '\n'))
		return http1_head_eol(in, h->at, l, end);
	if (h->n == h->max)
		return HTTP1_BAD_FIELDS;
	return read_field(in, h->at, l, &h->fields[h->n], end);
}

/* The bytes that the line may have, and what it means when it has more. */
static uint32_t
room(const struct http1_head *h, const struct http1_limits *l,
    const struct http1_head_kind *kind, enum http1_bad *bad)
{
	bool first = !h->line && kind->line != NULL;
	uint32_t line = first ? l->line : l->field;
	uint32_t left = kind->max > h->at ? kind->max - h->at : 0;

	*bad = left < line ? HTTP1_BAD_HEAD_TOO_LARGE
	       : first     ? HTTP1_BAD_LINE_TOO_LONG
			   : HTTP1_BAD_FIELD_TOO_LONG;
	return left < line ? left : line;
}

/* Spans point to where the bytes now are. */
static void
move(struct http1_head *h, struct str in, const struct http1_limits *l,
    const struct http1_head_kind *kind, void *of)
{
	uint32_t at = h->at;
	size_t end;

	h->base = (uintptr_t)in.p;
	if (h->line && kind->line != NULL) {
		h->at = h->start;
		(void)kind->line(of, in, l, &end);
		h->at = at;
	}
	for (uint32_t i = 0; i < h->n; i++) {
		struct http1_field *f = &h->fields[i];

		f->name.p = in.p + f->at;
		f->value.p = in.p + f->value_at;
		if (h->upgrade.n > 0 && f->id == HTTP1_NAME_UPGRADE)
			h->upgrade.p = f->value.p;
	}
}

/*
 * The line could not be read: it is not complete, or too long, or bad; only
 * what is complete is bad, so that all ways to cut the bytes are alike.
 */
static int
stop(struct http1_head *h, struct str in, uint32_t max,
    const enum http1_bad bad[2], size_t at, struct err *e)
{
	size_t n = in.n - h->at < max ? in.n - h->at : max;

	if (n > 0 && memchr(in.p + h->at, '\n', n) != NULL)
		return http1_head_refuse(h, bad[0], at, e);
	if (n == max)
		return http1_head_refuse(h, bad[1], h->at, e);
	h->scanned = (uint32_t)in.n;
	return -EAGAIN;
}

/* Is the rest of a line, begun in an earlier call, still not there? */
static bool
is_cut(struct http1_head *h, struct str in, uint32_t max)
{
	if (h->scanned <= h->at)
		return false;
	if (in.n - h->at >= max ||
	    (in.n > h->scanned &&
		memchr(in.p + h->scanned, '\n', in.n - h->scanned) != NULL))
		return false;
	h->scanned = (uint32_t)in.n;
	return true;
}

int
http1_head_read(struct http1_head *h, struct str in,
    const struct http1_limits *l, const struct http1_head_kind *kind, void *of,
    struct err *e)
{
	enum http1_bad bad[2];

	if (h->bad != HTTP1_BAD_NONE)
		return http1_head_refused(h, e);
	if (h->base != (uintptr_t)in.p)
		move(h, in, l, kind, of);
	for (;;) {
		uint32_t max = room(h, l, kind, &bad[1]);
		size_t end = h->at;

		if (is_cut(h, in, max))
			return -EAGAIN;
		bad[0] = read_line(h, in, l, kind, of, &end);
		if (bad[0] != HTTP1_BAD_NONE || end - h->at > max)
			return stop(h, in, max, bad, end, e);
		if (!h->line && kind->line != NULL) {
			h->line = true;
		} else if (end - h->at <= 2) {
			h->size = (uint32_t)end;
			return 0;
		} else {
			h->n++;
			bad[0] = kind->field(of, l, &h->fields[h->n - 1]);
			if (bad[0] != HTTP1_BAD_NONE)
				return http1_head_refuse(h, bad[0], h->at, e);
		}
		h->at = (uint32_t)end;
	}
}
