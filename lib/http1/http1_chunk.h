/* SPDX-License-Identifier: Apache-2.0 */
/* http1_chunk: bodies in chunks, and their trailers (RFC 9112 section 7.1). */
#ifndef FG_HTTP1_HTTP1_CHUNK_H
#define FG_HTTP1_HTTP1_CHUNK_H

#include "http1.h"

struct http1_chunks {
	bool done;      /* the body and its trailers are read */
	uint64_t total; /* bytes of data handed out or begun */
	struct http1_head
	    tail; /* the trailer fields, once done; .bad, .bad_at */

	/* The decoder's own. */
	int state;
	uint64_t left;      /* of the chunk */
	unsigned digits;    /* of its size */
	uint64_t extension; /* bytes of them so far */
	uint64_t at;        /* bytes of the body read */
};

/* Begin a body; its trailers go into fields[max], which may be none. */
void http1_chunk_begin(
    struct http1_chunks *c, struct http1_field *fields, uint32_t max);

/*
 * Read on in *in, which moves on behind what was read; what is left of it
 * has to stand in front of the next bytes at the next call (that is only so
 * for a trailer section that is not complete).
 *
 * 0: *data is some bytes of the body, inside of *in as it was; or, with
 * c->done and *data empty, this was all: c->tail has the trailers, whose spans
 * point into *in as it was, and *in is what follows the message.
 * -EAGAIN: more bytes are needed, *e is untouched.
 * -EBADMSG: refused, for good; c->tail.bad says why, and c->tail.bad_at where,
 * counted from the first byte of the body (if that is below 4 GiB). ERR_PERM.
 *
 * Sizes are hexadecimal digits alone, 16 at most, and their sum is held to
 * l->body; extensions to l->extension. A trailer is read as fields of heads
 * are; names that steer the message or the connection are refused.
 */
int http1_chunk_read(struct http1_chunks *c, struct str *in, struct str *data,
    const struct http1_limits *l, struct err *e);

#endif
