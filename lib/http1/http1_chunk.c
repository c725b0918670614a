/* SPDX-License-Identifier: Apache-2.0 */
#include "http1_chunk.h"

#include <errno.h>

#include "http1_byte.h"
#include "http1_head.h"
#include "http1_name.h"

enum { DIGITS_MAX = 16 };

/* What is expected next. */
enum state {
	STATE_SIZE,      /* a digit, or what ends the size */
	STATE_EXTENSION, /* more of it, or CR */
	STATE_SIZE_LF,
	STATE_DATA,
	STATE_DATA_CR,
	STATE_DATA_LF,
	STATE_TRAILER,
};

void
http1_chunk_begin(
    struct http1_chunks *c, struct http1_field *fields, uint32_t max)
{
	*c = (struct http1_chunks){.state = STATE_SIZE};
	http1_head_begin(&c->tail, fields, max);
}

static unsigned
hex(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c | 0x20) - 'a' + 10;
}

static enum http1_bad
size_byte(struct http1_chunks *c, char byte, const struct http1_limits *l)
{
	if (http1_byte_in(byte, HTTP1_BYTE_HEX)) {
		if (++c->digits > DIGITS_MAX)
			return HTTP1_BAD_CHUNK_HUGE;
		c->left = c->left << 4 | hex(byte);
		return HTTP1_BAD_NONE;
	}
	if (c->digits == 0)
		return HTTP1_BAD_CHUNK_SIZE;
	if (byte == '\r') {
		c->state = STATE_SIZE_LF;
		return HTTP1_BAD_NONE;
	}
	if (byte == '\n')
		return HTTP1_BAD_CHUNK_LINE;
	if (byte != ';')
		return HTTP1_BAD_CHUNK_SIZE;
	c->state = STATE_EXTENSION;
	return ++c->extension > l->extension ? HTTP1_BAD_CHUNK_EXTENSION
					     : HTTP1_BAD_NONE;
}

/* ASCII alone: what a quoted string might hide is not needed. */
static enum http1_bad
extension_byte(struct http1_chunks *c, char byte, const struct http1_limits *l)
{
	if (byte == '\r') {
		c->state = STATE_SIZE_LF;
		return HTTP1_BAD_NONE;
	}
	if (byte == '\n')
		return HTTP1_BAD_CHUNK_LINE;
	if (byte != '\t' && (byte < ' ' || byte > '~'))
		return HTTP1_BAD_CHUNK_EXTENSION;
	return ++c->extension > l->extension ? HTTP1_BAD_CHUNK_EXTENSION
					     : HTTP1_BAD_NONE;
}

/* The line of a size is over. */
static enum http1_bad
begin_chunk(struct http1_chunks *c, char byte, const struct http1_limits *l)
{
	if (byte != '\n')
		return HTTP1_BAD_CHUNK_LINE;
	c->digits = 0;
	c->state = c->left == 0 ? STATE_TRAILER : STATE_DATA;
	if (c->left > INT64_MAX)
		return HTTP1_BAD_CHUNK_HUGE;
	if (c->left > l->body || c->total > l->body - c->left)
		return HTTP1_BAD_BODY_TOO_LARGE;
	c->total += c->left;
	return HTTP1_BAD_NONE;
}

static enum http1_bad
take_byte(struct http1_chunks *c, char byte, const struct http1_limits *l)
{
	switch ((enum state)c->state) {
	case STATE_SIZE:
		return size_byte(c, byte, l);
	case STATE_EXTENSION:
		return extension_byte(c, byte, l);
	case STATE_SIZE_LF:
		return begin_chunk(c, byte, l);
	case STATE_DATA_CR:
		c->state = STATE_DATA_LF;
		return byte == '\r' ? HTTP1_BAD_NONE : HTTP1_BAD_CHUNK_DATA;
	case STATE_DATA_LF:
		c->state = STATE_SIZE;
		return byte == '\n' ? HTTP1_BAD_NONE : HTTP1_BAD_CHUNK_DATA;
	case STATE_DATA:
	case STATE_TRAILER:
		break;
	}
	return HTTP1_BAD_NONE;
}

static void
skip(struct http1_chunks *c, struct str *in, size_t n)
{
	*in = str_make(in->p + n, in->n - n);
	c->at += n;
}

static enum http1_bad
trailer_field(void *of, const struct http1_limits *l, struct http1_field *f)
{
	(void)of;
	(void)l;
	return f->id != HTTP1_NAME_OTHER || http1_name_head_only(f->name)
		   ? HTTP1_BAD_TRAILER_NAME
		   : HTTP1_BAD_NONE;
}

static int
read_trailer(struct http1_chunks *c, struct str *in,
    const struct http1_limits *l, struct err *e)
{
	const struct http1_head_kind kind = {NULL, trailer_field, l->trailer};
	int ret;

	ret = http1_head_read(&c->tail, *in, l, &kind, c, e);
	if (ret == -EBADMSG)
		c->tail.bad_at += (uint32_t)c->at;
	if (ret != 0)
		return ret;
	c->done = true;
	skip(c, in, c->tail.size);
	return 0;
}

int
http1_chunk_read(struct http1_chunks *c, struct str *in, struct str *data,
    const struct http1_limits *l, struct err *e)
{
	*data = STR_NONE;
	if (c->tail.bad != HTTP1_BAD_NONE)
		return http1_head_refused(&c->tail, e);
	while (in->n > 0 && !c->done) {
		enum http1_bad bad;

		if (c->state == STATE_TRAILER)
			return read_trailer(c, in, l, e);
		if (c->state == STATE_DATA) {
			*data = str_sub(*in, 0, c->left);
			c->left -= data->n;
			if (c->left == 0)
				c->state = STATE_DATA_CR;
			skip(c, in, data->n);
			return 0;
		}
		bad = take_byte(c, in->p[0], l);
		if (bad != HTTP1_BAD_NONE)
			return http1_head_refuse(&c->tail, bad, c->at, e);
		skip(c, in, 1);
	}
	return c->done ? 0 : -EAGAIN;
}
