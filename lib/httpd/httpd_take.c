/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd_take.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "httpd_io.h"

/* What has come of the request, or from `from` on. */
static struct str
rest(const struct httpd_conn *c, size_t from)
{
	return str_sub(buf_str(&c->in), c->at + from, c->in.n);
}

/*
 * Heads are read from their first byte on, since what was read of one is not
 * kept: with each line, or when twice as much is there, so that a peer that
 * sends byte after byte does not get as much work done as it likes. The first
 * byte of the first line, behind an empty one at most, is judged at once.
 */
static bool
worth_reading(const struct httpd_conn *c, struct str in)
{
	return c->tried <= sizeof "\r\n" - 1 || in.n >= 2 * c->tried ||
	       memchr(in.p + c->tried, '\n', in.n - c->tried) != NULL;
}

static int
read_head(struct httpd_conn *c)
{
	struct httpd *h = c->r.server;
	struct str in = rest(c, 0);
	struct http1_request *q = &h->request;
	struct err e = {0};
	int ret;

	http1_request_begin(q, h->fields, HTTP1_FIELDS_MAX);
	ret = http1_request_read(q, in, &h->limits, &e);
	c->tried = in.n;
	c->head_only = q->id == HTTP1_METHOD_HEAD;
	if (ret == -EBADMSG)
		httpd_conn_refuse(c, http1_bad_status(q->h.bad),
		    http1_bad_name(q->h.bad), e.text);
	if (ret != 0)
		return ret;
	c->head = q->h.size;
	c->keep = q->h.keep_alive;
	c->old = q->h.minor == 0;
	c->length = q->h.body == HTTP1_BODY_LENGTH ? q->h.length : 0;
	if (c->certified && tls_peer(c->tls, &h->peer, NULL) != 0)
		c->broken = true;
	return c->broken ? -EPIPE : 0;
}

static const struct tls_peer *
peer(struct httpd_conn *c)
{
	struct httpd *h = c->r.server;

	if (!c->certified)
		h->peer.shown = false;
	return c->tls != NULL ? &h->peer : NULL;
}

/* The head says that a body follows: may it? */
static bool
begin_body(struct httpd_conn *c)
{
	static const struct str go_on = STR("HTTP/1.1 100 Continue\r\n\r\n");
	struct httpd *h = c->r.server;
	const struct http1_request *q = &h->request;

	c->limit = h->cfg.body_max;
	if (h->cfg.body_limit != NULL) {
		size_t limit = h->cfg.body_limit(q, peer(c), h->cfg.arg);

		if (limit < c->limit)
			c->limit = limit;
	}
	if (c->limit == 0 || c->length > c->limit) {
		httpd_conn_refuse(c, 413, "body_too_large",
		    http1_bad_text(HTTP1_BAD_BODY_TOO_LARGE));
		return false;
	}
	if (q->h.body == HTTP1_BODY_CHUNKED) {
		c->chunked = calloc(1, sizeof *c->chunked);
		if (c->chunked == NULL) {
			httpd_conn_refuse(c, 503, "memory", "out of memory");
			return false;
		}
		http1_chunk_begin(&c->chunked->chunks, c->chunked->trailers,
		    HTTPD_TRAILERS_MAX);
	}
	if (q->h.expect && rest(c, c->head).n == 0) {
		httpd_io_send(c, go_on, STR_NONE);
		/* Who does not even take that is not worth more. */
		c->broken = c->broken || c->out.n > 0;
	}
	return true;
}

/* Behind the head the data of the chunks, then what is not read. */
static int
read_chunked(struct httpd_conn *c)
{
	struct httpd *h = c->r.server;
	struct http1_chunks *chunks = &c->chunked->chunks;
	struct http1_limits l = h->limits;
	struct str in = rest(c, c->head + c->body), data;
	char *to = c->in.p + c->at + c->head;
	struct err e = {0};
	int ret;

	l.body = c->limit;
	do {
		ret = http1_chunk_read(chunks, &in, &data, &l, &e);
		if (data.n > 0)
			memmove(to + c->body, data.p, data.n);
		c->body += data.n;
	} while (ret == 0 && !chunks->done);
	if (ret == 0) {
		c->end = (size_t)(in.p - c->in.p);
		return 0;
	}
	if (ret == -EBADMSG) {
		httpd_conn_refuse(c, http1_bad_status(chunks->tail.bad),
		    http1_bad_name(chunks->tail.bad), e.text);
		return ret;
	}
	if (in.n > 0)
		memmove(to + c->body, in.p, in.n);
	c->in.n = c->at + c->head + c->body + in.n;
	return ret;
}

static int
read_body(struct httpd_conn *c)
{
	int ret;

	if (c->chunked == NULL) {
		size_t have = rest(c, c->head).n;

		if (have < c->length)
			return -EAGAIN;
		c->body = (size_t)c->length;
		c->end = c->at + c->head + c->body;
		return 0;
	}
	ret = read_chunked(c);
	if (ret != -EAGAIN) {
		free(c->chunked);
		c->chunked = NULL;
	}
	return ret;
}

void
httpd_take_release(struct httpd_conn *c)
{
	struct str left = rest(c, 0);
	struct buf kept = BUF_MAX(c->in.max);

	if (left.n > 0)
		buf_adds(&kept, left);
	c->broken = c->broken || buf_error(&kept) != 0;
	buf_free(&c->in);
	c->in = kept;
	c->at = 0;
	httpd_conn_count(c);
}

static void
serve(struct httpd_conn *c)
{
	struct httpd *h = c->r.server;

	c->r.http = &h->request;
	c->r.body = str_make(c->in.p + c->at + c->head, c->body);
	c->r.tls = peer(c);
	c->r.user = NULL;
	c->gone = NULL;
	c->held = true;
	c->phase = HTTPD_SERVE;
	h->stat.requests++;
	h->cfg.serve(&c->r, h->cfg.arg);
	c->r.http = NULL;
	c->r.body = STR_NONE;
	c->r.tls = NULL;
	c->at = c->end;
	c->tried = 0;
	if (c->at == c->in.n || c->phase != HTTPD_FLUSH)
		httpd_take_release(c);
}

bool
httpd_take(struct httpd_conn *c)
{
	bool read = c->phase == HTTPD_HEAD;
	const struct http1_request *q = &c->r.server->request;

	if (read) {
		int ret = worth_reading(c, rest(c, 0)) ? read_head(c) : -EAGAIN;

		if (ret != 0)
			return ret != -EAGAIN;
		if (c->length > 0 || q->h.body == HTTP1_BODY_CHUNKED) {
			if (!begin_body(c))
				return true;
		}
		c->body = 0;
		c->phase = HTTPD_BODY;
	}
	switch (read_body(c)) {
	case 0:
		break;
	case -EAGAIN:
		return false;
	default:
		return true;
	}
	/* Other heads may have been read while the body came. */
	if (read || read_head(c) == 0)
		serve(c);
	else
		c->broken = true;
	return true;
}
