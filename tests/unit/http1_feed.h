/* SPDX-License-Identifier: Apache-2.0 */
/* http1_feed: a message given to the reader in pieces, and what it made of it.
 * Every piece makes all of it lie elsewhere, in a block of just that size. */
#ifndef FG_TESTS_HTTP1_FEED_H
#define FG_TESTS_HTTP1_FEED_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "http1/http1.h"
#include "http1/http1_chunk.h"

enum { FEED_FIELDS = 20, FEED_TRAILERS = 4 };

struct feed {
	const struct http1_limits *l;
	const struct http1_asked *asked; /* of a response; NULL: a request */
	struct http1_request request;
	struct http1_response response;
	struct http1_chunks chunks;
	struct http1_field fields[FEED_FIELDS], trailers[FEED_TRAILERS];
	size_t used;   /* bytes that are read */
	uint64_t left; /* of a body with a length */
	bool body;     /* the head is read */
	int ret;       /* 0: the message is complete */
	enum http1_bad bad;
	uint32_t bad_at;
	struct buf told, data;
};

static inline const struct http1_head *
feed_head(const struct feed *f)
{
	return f->asked == NULL ? &f->request.h : &f->response.h;
}

static inline void
feed_tell_fields(struct feed *f, const struct http1_head *h)
{
	for (uint32_t i = 0; i < h->n; i++) {
		const struct http1_field *one = &h->fields[i];

		buf_addf(&f->told, "%.*s=%.*s%s\n", STR_ARG(one->name),
		    STR_ARG(one->value), one->drop ? " dropped" : "");
	}
}

static inline void
feed_tell(struct feed *f)
{
	const struct http1_head *h = feed_head(f);
	const struct http1_target *t = &f->request.target;

	if (f->asked == NULL)
		buf_addf(&f->told,
		    "%.*s(%d) %.*s form %d of %.*s:%.*s:%.*s?%.*s ws %d\n",
		    STR_ARG(f->request.method), (int)f->request.id,
		    STR_ARG(t->text), (int)t->form, STR_ARG(f->request.host),
		    STR_ARG(t->authority), STR_ARG(t->path), STR_ARG(t->query),
		    f->request.websocket);
	else
		buf_addf(&f->told, "%u %.*s\n", f->response.status,
		    STR_ARG(f->response.reason));
	feed_tell_fields(f, h);
	buf_addf(&f->told, "1.%u %u bytes, body %d %ju %d, %d%d%d %.*s\n",
	    h->minor, h->size, (int)h->body, (uintmax_t)h->length,
	    h->has_length, h->keep_alive, h->te_trailers, h->expect,
	    STR_ARG(h->upgrade));
}

static inline int
feed_body(struct feed *f, struct str in)
{
	const struct http1_head *h = feed_head(f);
	struct str data;
	int ret = 0;

	if (h->body == HTTP1_BODY_LENGTH) {
		size_t n = in.n < f->left ? in.n : (size_t)f->left;

		buf_add(&f->data, in.p, n);
		f->used += n;
		f->left -= n;
		return f->left == 0 ? 0 : -EAGAIN;
	}
	while (h->body == HTTP1_BODY_CHUNKED && ret == 0 && !f->chunks.done) {
		size_t before = in.n;

		ret = http1_chunk_read(&f->chunks, &in, &data, f->l, NULL);
		f->used += before - in.n;
		buf_adds(&f->data, data);
	}
	if (f->chunks.done)
		feed_tell_fields(f, &f->chunks.tail);
	f->bad = f->chunks.tail.bad;
	f->bad_at = f->chunks.tail.bad_at;
	return ret;
}

/* All that has come up to now. */
static inline void
feed_step(struct feed *f, struct str all)
{
	struct str in = str_make(all.p + f->used, all.n - f->used);

	if (!f->body) {
		f->ret = f->asked == NULL
			     ? http1_request_read(&f->request, in, f->l, NULL)
			     : http1_response_read(
				   &f->response, in, f->asked, f->l, NULL);
		f->bad = feed_head(f)->bad;
		f->bad_at = feed_head(f)->bad_at;
		if (f->ret != 0)
			return;
		feed_tell(f);
		f->body = true;
		f->used += feed_head(f)->size;
		f->left = feed_head(f)->length;
		in = str_make(all.p + f->used, all.n - f->used);
	}
	f->ret = feed_body(f, in);
}

/*
 * Give `bytes` to *f: first `cut` of them, then `step` more each time. *f is
 * freed by feed_free().
 */
static inline void
feed_all(struct feed *f, struct str bytes, size_t cut, size_t step,
    const struct http1_limits *l, const struct http1_asked *asked)
{
	char *old = NULL;
	size_t old_size = 0;

	memset(f, 0, sizeof *f);
	f->l = l;
	f->asked = asked;
	f->told = f->data = BUF_MAX(1 << 20);
	f->ret = -EAGAIN;
	http1_request_begin(&f->request, f->fields, FEED_FIELDS);
	http1_response_begin(&f->response, f->fields, FEED_FIELDS);
	http1_chunk_begin(&f->chunks, f->trailers, FEED_TRAILERS);
	for (size_t n = cut; f->ret == -EAGAIN;) {
		char *all = malloc(n + 1);

		if (all == NULL)
			abort();
		/* A reader that looks behind the bytes must not find any. */
		memcpy(all + 1, bytes.p, n);
		/* Nor any where they were. */
		if (old != NULL)
			memset(old, '#', old_size);
		free(old);
		feed_step(f, str_make(all + 1, n));
		old = all;
		old_size = n + 1;
		if (n == bytes.n)
			break;
		n = bytes.n - n < step ? bytes.n : n + step;
	}
	free(old);
	buf_addf(&f->told, "%zu used, %s, %s at %u\n", f->used,
	    f->ret == 0         ? "whole"
	    : f->ret == -EAGAIN ? "cut"
				: "refused",
	    http1_bad_name(f->bad), f->bad_at);
}

static inline void
feed_free(struct feed *f)
{
	buf_free(&f->told);
	buf_free(&f->data);
}

/* Whole, cut in two at every place, byte by byte: always the same? */
static inline void
feed_splits(struct str bytes, const struct http1_limits *l,
    const struct http1_asked *asked)
{
	struct feed *whole = malloc(sizeof *whole);
	struct feed *pieces = malloc(sizeof *pieces);

	assert_non_null(whole);
	assert_non_null(pieces);
	feed_all(whole, bytes, bytes.n, 1, l, asked);
	for (size_t cut = 0; cut <= bytes.n; cut++) {
		feed_all(pieces, bytes, cut, cut == 0 ? 1 : bytes.n, l, asked);
		assert_string_equal(buf_z(&pieces->told), buf_z(&whole->told));
		assert_int_equal(pieces->data.n, whole->data.n);
		assert_true(
		    str_eq(buf_str(&pieces->data), buf_str(&whole->data)));
		feed_free(pieces);
	}
	feed_free(whole);
	free(whole);
	free(pieces);
}

/* Read one request whole, into the caller's array. */
static inline enum http1_bad
feed_request(struct http1_request *r, struct http1_field fields[FEED_FIELDS],
    struct str bytes, const struct http1_limits *l)
{
	struct err e = {0};
	int ret;

	http1_request_begin(r, fields, FEED_FIELDS);
	ret = http1_request_read(r, bytes, l, &e);
	assert_int_not_equal(ret, -EAGAIN);
	assert_int_equal(ret == 0, r->h.bad == HTTP1_BAD_NONE);
	assert_int_equal(ret == 0, e.text[0] == '\0');
	if (ret != 0) {
		assert_int_equal(e.kind, ERR_PERM);
		assert_non_null(strstr(e.text, http1_bad_text(r->h.bad)));
	}
	return r->h.bad;
}

static inline enum http1_bad
feed_verdict(const char *text, const struct http1_limits *l)
{
	struct http1_field fields[FEED_FIELDS];
	struct http1_request r;

	return feed_request(&r, fields, str_of(text), l);
}

static inline void
feed_is(struct str s, const char *want)
{
	char text[200];

	assert_true(s.n < sizeof text);
	if (s.n > 0)
		memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	assert_string_equal(text, want);
}

#endif
