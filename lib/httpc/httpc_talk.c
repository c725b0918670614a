/* SPDX-License-Identifier: Apache-2.0 */
/* One request, and its answer as it comes. */
#include <errno.h>
#include <string.h>

#include "httpc_state.h"

static const struct http1_limits limits = {.line = 8192,
    .field = 8192,
    .head = 32768,
    .trailer = 8192,
    .body = INT64_MAX};

int
httpc_talk_write(struct httpc *h, struct err *e)
{
	const struct httpc_call *c = h->call;
	bool usual = h->url.port == (h->url.tls ? 443 : 80);

	h->out_at = 0;
	buf_reset(&h->out);
	buf_addf(&h->out, "%s %.*s%s HTTP/1.1\r\nHost: %s", c->method,
	    STR_ARG(h->url.rest), c->path, h->url.host);
	if (!usual)
		buf_addf(&h->out, ":%u", h->url.port);
	buf_addz(&h->out, "\r\nUser-Agent: fg/" FG_VERSION "\r\n");
	buf_adds(&h->out, c->fields);
	if (c->body.n > 0 || strcmp(c->method, "GET") != 0)
		buf_addf(&h->out, "Content-Length: %zu\r\n", c->body.n);
	buf_addz(&h->out, "\r\n");
	buf_adds(&h->out, c->body);
	return buf_error(&h->out) == 0 ? 0 : err_nomem(e);
}

void
httpc_talk_begin(struct httpc *h)
{
	struct httpc_answer *a = &h->answer;

	http1_response_begin(&a->head, a->fields, HTTPC_STATE_FIELDS);
	a->begun = a->has_head = false;
	httpc_call_reset(h->call);
}

static int
wrong(const struct httpc *h, struct err *e, int code, const char *what)
{
	return err_set(
	    e, ERR_TEMP, code, "%s: the answer %s", h->server.host, what);
}

static void
consume(struct httpc *h, size_t n)
{
	memmove(h->in.p, h->in.p + n, h->in.n - n);
	h->in.n -= n;
}

/* The head, those of 1xx passed over. */
static int
read_head(struct httpc *h, struct err *e)
{
	struct httpc_answer *a = &h->answer;
	const struct http1_asked asked = {
	    .method = strcmp(h->call->method, "GET") == 0 ? HTTP1_METHOD_GET
							  : HTTP1_METHOD_POST};
	int r;

	for (;;) {
		r = http1_response_read(
		    &a->head, buf_str(&h->in), &asked, &limits, e);
		if (r == -EBADMSG) {
			err_prefix(e, "%s", h->server.host);
			if (e != NULL)
				e->kind = ERR_TEMP;
		}
		if (r != 0)
			return r;
		if (a->head.status >= 200)
			break;
		consume(h, a->head.h.size);
		http1_response_begin(&a->head, a->fields, HTTPC_STATE_FIELDS);
	}
	a->has_head = true;
	a->left = a->head.h.length;
	/* Those of the head are in call->head by now. */
	http1_chunk_begin(&a->chunks, a->fields, HTTPC_STATE_FIELDS);
	h->call->status = a->head.status;
	h->call->head = BUF_MAX(limits.head);
	buf_add(&h->call->head, h->in.p, a->head.h.size);
	h->call->body_in = BUF_MAX(
	    a->head.status / 100 == 2 ? h->call->max : HTTPC_REFUSAL_MAX);
	consume(h, a->head.h.size);
	return buf_error(&h->call->head) == 0 ? 0 : err_nomem(e);
}

static int
add(struct httpc *h, struct str data, struct err *e)
{
	struct buf *b = &h->call->body_in;

	if (data.n > b->max - b->n)
		return wrong(h, e, EFBIG, "is too large");
	buf_adds(b, data);
	return buf_error(b) == 0 ? 0 : err_nomem(e);
}

static int
read_chunks(struct httpc *h, struct err *e)
{
	struct httpc_answer *a = &h->answer;
	struct str in = buf_str(&h->in), data;
	size_t before = in.n;
	int r;

	do {
		r = http1_chunk_read(&a->chunks, &in, &data, &limits, e);
		if (r == 0 && !a->chunks.done)
			r = add(h, data, e);
	} while (r == 0 && !a->chunks.done);
	consume(h, before - in.n);
	if (r == -EBADMSG)
		return wrong(h, e, EBADMSG, "is not in chunks as it says");
	return r;
}

static int
read_body(struct httpc *h, bool end, struct err *e)
{
	struct httpc_answer *a = &h->answer;
	struct str data = buf_str(&h->in);
	int r;

	switch (a->head.h.body) {
	case HTTP1_BODY_NONE:
		return 0;
	case HTTP1_BODY_CHUNKED:
		return read_chunks(h, e);
	case HTTP1_BODY_LENGTH:
		data = str_sub(
		    data, 0, a->left < data.n ? (size_t)a->left : data.n);
		r = add(h, data, e);
		consume(h, data.n);
		a->left -= data.n;
		return r == 0 && a->left > 0 ? -EAGAIN : r;
	case HTTP1_BODY_CLOSE:
		r = add(h, data, e);
		consume(h, data.n);
		return r == 0 && !end ? -EAGAIN : r;
	default:
		return wrong(h, e, EBADMSG, "is no HTTP");
	}
}

int
httpc_talk_read(struct httpc *h, bool end, bool *keep, struct err *e)
{
	struct httpc_answer *a = &h->answer;
	int r = 0;

	a->begun |= h->in.n > 0;
	if (!a->has_head)
		r = read_head(h, e);
	if (r == 0)
		r = read_body(h, end, e);
	if (r == -EAGAIN && end)
		return wrong(h, e, ECONNRESET,
		    a->begun ? "ends in its middle" : "did not come");
	*keep = r == 0 && !end && a->head.h.keep_alive && h->in.n == 0 &&
		a->head.h.body != HTTP1_BODY_CLOSE;
	return r;
}
