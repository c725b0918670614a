/* SPDX-License-Identifier: Apache-2.0 */
/* http1_write: heads and chunks, written from what was read. */
#ifndef FG_HTTP1_HTTP1_WRITE_H
#define FG_HTTP1_HTTP1_WRITE_H

#include "http1.h"

/*
 * The caller's memory. As with struct buf the first failure stays in `error`
 * and later calls do nothing; what was added before it stays.
 */
struct http1_out {
	char *p;
	size_t n;   /* bytes in use */
	size_t max; /* bytes there are */
	int error;  /* a positive errno: ENOBUFS, EINVAL */
};

enum { HTTP1_CHUNK_LINE_MAX = 18 }; /* bytes of "SIZE CRLF" */

struct http1_add {
	struct str name, value;
};

/* What the next hop gets besides what was read. */
struct http1_hop {
	struct str host; /* of a request that has none; may be empty */
	const struct http1_add *add; /* fields, behind the others */
	size_t n_add;
	bool close;     /* Connection: close */
	bool websocket; /* a request to change to that goes on as one */
	bool old;       /* the one that gets a response speaks HTTP/1.0 */
};

/*
 * Write the head of a request, as HTTP/1.1: the method, the target in the
 * origin form (that of "*" and CONNECT as it is), Host first, the fields that
 * are not dropped as they came, those of hop->add, one Connection field where
 * it is needed, and the framing from r->h.body and r->h.length, which a caller
 * may have changed. TE: trailers goes on, as does an upgrade to websocket with
 * hop->websocket; no other one does.
 *
 * Everything is checked again on the way, so that nobody who fills the struct
 * in some other way can inject a line: 0, or -EINVAL (a byte or name that has
 * no place there; no host), -ENOBUFS (out->max). ERR_PERM.
 */
int http1_write_request(const struct http1_request *r,
    const struct http1_hop *hop, struct http1_out *out, struct err *e);

/*
 * Write the head of a response, as HTTP/1.1. HTTP1_BODY_CLOSE, and chunks to
 * an old peer, which cannot read them, end with the connection: the caller
 * then closes it. Fails as http1_write_request() does, and for a 1xx to an old
 * peer (RFC 9110 section 15.2).
 */
int http1_write_response(const struct http1_response *r,
    const struct http1_hop *hop, struct http1_out *out, struct err *e);

/* "NAME: VALUE", for heads and trailers made by hand; EINVAL as above. */
void http1_write_field(
    struct http1_out *out, struct str name, struct str value);

/*
 * The line in front of n > 0 bytes of a chunk (their end is CRLF, which is
 * the caller's, or http1_write_chunk_end()).
 */
void http1_write_chunk(struct http1_out *out, uint64_t n);
void http1_write_chunk_end(struct http1_out *out);

/*
 * The end of a body in chunks: "0", the trailers of `tail` that are not
 * dropped (NULL: none), the empty line. EINVAL for a name that must not be
 * there.
 */
void http1_write_last(struct http1_out *out, const struct http1_head *tail);

#endif
