/* SPDX-License-Identifier: Apache-2.0 */
/* http1_head: what the readers of requests, responses, trailers share. */
#ifndef FG_HTTP1_HTTP1_HEAD_H
#define FG_HTTP1_HTTP1_HEAD_H

#include "http1.h"

/* What differs between them. `of` is the message that is read. */
struct http1_head_kind {
	/*
	 * Read the first line, at h->at; *end gets where the next one starts,
	 * or on a refusal the place of that. NULL: there is none. Called again
	 * when the bytes have moved.
	 */
	enum http1_bad (*line)(
	    void *of, struct str in, const struct http1_limits *l, size_t *end);
	/* Look at a field that was read, the h->n-th. */
	enum http1_bad (*field)(
	    void *of, const struct http1_limits *l, struct http1_field *f);
	uint32_t max; /* bytes of all */
};

void http1_head_begin(
    struct http1_head *h, struct http1_field *fields, uint32_t max);

/*
 * Read on until the empty line: 0, h->size being set, -EAGAIN or -EBADMSG as
 * in http1.h.
 */
int http1_head_read(struct http1_head *h, struct str in,
    const struct http1_limits *l, const struct http1_head_kind *kind, void *of,
    struct err *e);

/* Refuse: sets h->bad and h->bad_at; gives -EBADMSG. */
int http1_head_refuse(
    struct http1_head *h, enum http1_bad bad, size_t at, struct err *e);

/* The same for what was refused before. */
int http1_head_refused(const struct http1_head *h, struct err *e);

/*
 * The end of a line at `at`, where CR or LF should be: *end gets what is
 * behind it.
 */
enum http1_bad http1_head_eol(
    struct str in, size_t at, const struct http1_limits *l, size_t *end);

#endif
