/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "http1/http1_write.h"
#include "httpd_conn.h"
#include "httpd_io.h"
#include "httpd_status.h"
#include "jwrite/jwrite.h"

enum { ERROR_BODY_MAX = 4096 };

static struct httpd_conn *
of_request(struct httpd_request *r)
{
	return LOOP_OF(r, struct httpd_conn, r);
}

static struct str
date(struct httpd *h)
{
	time_t now = time(NULL);

	if (now != h->date_at)
		httpd_status_date(now, h->date);
	h->date_at = now;
	return str_of(h->date);
}

/* Which answers have no body, whatever the method (RFC 9110 section 6.4.1). */
static bool
has_body(unsigned status)
{
	return status != 204 && status != 205 && status != 304;
}

/*
 * Write the head of an answer, whose h.body and h.length are set. One that
 * cannot be written is an error of ours, not of the peer.
 */
static int
write_head(struct httpd_conn *c, struct http1_response *a,
    const struct httpd_field *fields, size_t n, struct http1_out *out)
{
	struct httpd *h = c->r.server;
	struct http1_add add[HTTPD_FIELDS_MAX + 1];
	struct http1_hop hop = {.add = add,
	    .n_add = n + 1,
	    .close = !c->keep || h->draining,
	    .old = c->old};

	if (n > HTTPD_FIELDS_MAX || a->status < 200 || a->status > 599)
		return -EINVAL;
	add[0] = (struct http1_add){STR("Date"), date(h)};
	for (size_t i = 0; i < n; i++)
		add[i + 1] =
		    (struct http1_add){fields[i].name, fields[i].value};
	a->reason = httpd_status_reason(a->status);
	out->n = 0;
	out->error = 0;
	return http1_write_response(a, &hop, out, NULL);
}

static void
send_answer(struct httpd_conn *c, unsigned status,
    const struct httpd_field *fields, size_t n, struct str body)
{
	char head[HTTPD_ANSWER_HEAD_MAX];
	struct http1_out out = {.p = head, .max = sizeof head};
	struct http1_response a = {.status = status};

	if (!has_body(status))
		body = STR_NONE;
	a.h.has_length = has_body(status) || status == 205;
	a.h.length = body.n;
	a.h.body = a.h.has_length && !c->head_only ? HTTP1_BODY_LENGTH
						   : HTTP1_BODY_NONE;
	if (write_head(c, &a, fields, n, &out) != 0) {
		a = (struct http1_response){.status = 500};
		a.h.has_length = true;
		body = STR_NONE;
		if (write_head(c, &a, NULL, 0, &out) != 0) {
			c->broken = true;
			return;
		}
	}
	httpd_io_send(
	    c, str_make(out.p, out.n), c->head_only ? STR_NONE : body);
}

static void
send_error(struct httpd_conn *c, unsigned status, const char *msg)
{
	const struct httpd_field fields[] = {
	    {STR("Content-Type"), STR("application/json")},
	    {STR("Retry-After"), STR("1")},
	};
	cleanup_buf struct buf body = BUF_MAX(ERROR_BODY_MAX);
	struct jwrite w;

	jwrite_init(&w, &body);
	jwrite_record(&w, "error");
	jwrite_kv_int(&w, "status", status);
	jwrite_kv(&w, "msg", str_sub(str_of(msg), 0, ERROR_BODY_MAX / 8));
	jwrite_end(&w);
	buf_addc(&body, '\n');
	send_answer(c, status, fields, status == 503 ? 2 : 1, buf_str(&body));
}

void
httpd_conn_refuse(
    struct httpd_conn *c, unsigned status, const char *name, const char *text)
{
	struct httpd *h = c->r.server;
	const struct httpd_refusal why = {
	    c->r.peer_address, status, name, text};

	h->stat.refused++;
	if (h->cfg.refused != NULL)
		h->cfg.refused(&why, h->cfg.arg);
	c->keep = false;
	send_error(c, status, text);
	c->phase = HTTPD_FLUSH;
}

/* Is r to be answered still? An orphan is not, and goes. */
static bool
take_back(struct httpd_conn *c)
{
	c->held = false;
	if (c->phase != HTTPD_ORPHAN)
		return true;
	httpd_conn_free(c);
	return false;
}

void
httpd_answer(struct httpd_request *r, unsigned status,
    const struct httpd_field *fields, size_t n, struct str body)
{
	struct httpd_conn *c = of_request(r);

	if (!take_back(c))
		return;
	send_answer(c, status, fields, n, body);
	c->phase = HTTPD_FLUSH;
	httpd_conn_soon(c);
}

void
httpd_error(struct httpd_request *r, unsigned status, const char *msg)
{
	struct httpd_conn *c = of_request(r);

	if (!take_back(c))
		return;
	send_error(c, status, msg);
	c->phase = HTTPD_FLUSH;
	httpd_conn_soon(c);
}

void
httpd_on_gone(struct httpd_request *r,
    void (*gone)(struct httpd_request *r, void *arg), void *arg)
{
	struct httpd_conn *c = of_request(r);

	c->gone = gone;
	c->gone_arg = arg;
	/* It went before somebody wanted to know. */
	if (c->phase == HTTPD_ORPHAN)
		loop_at(c->r.server->cfg.loop, &c->soon, 0);
}

/* ---- streams ------------------------------------------------------------ */

void
httpd_begin(struct httpd_request *r, unsigned status,
    const struct httpd_field *fields, size_t n, const struct httpd_stream *s)
{
	struct httpd_conn *c = of_request(r);
	char head[HTTPD_ANSWER_HEAD_MAX];
	struct http1_out out = {.p = head, .max = sizeof head};
	struct http1_response a = {.status = status};

	httpd_on_gone(r, s->gone, s->arg);
	if (c->phase == HTTPD_ORPHAN)
		return;
	c->room = s->room;
	c->want_room = true;
	c->stream_body = has_body(status) && !c->head_only;
	c->chunks = c->stream_body && !c->old;
	c->keep = c->keep && (c->chunks || !c->stream_body);
	a.h.chunked = has_body(status) && !c->old;
	a.h.body = !c->stream_body ? HTTP1_BODY_NONE
		   : c->chunks     ? HTTP1_BODY_CHUNKED
				   : HTTP1_BODY_CLOSE;
	if (write_head(c, &a, fields, n, &out) != 0) {
		a = (struct http1_response){.status = 500};
		a.h.has_length = true;
		c->stream_body = c->chunks = false;
		c->broken |= write_head(c, &a, NULL, 0, &out) != 0;
	}
	buf_add(&c->out, out.p, out.n);
	httpd_conn_count(c);
	c->phase = HTTPD_STREAM;
	httpd_conn_soon(c);
}

bool
httpd_piece(struct httpd_request *r, struct str piece)
{
	struct httpd_conn *c = of_request(r);
	char line[HTTP1_CHUNK_LINE_MAX];
	struct http1_out out = {.p = line, .max = sizeof line};

	if (c->phase == HTTPD_ORPHAN || c->broken)
		return false;
	if (piece.n > HTTPD_PIECE_MAX ||
	    c->out.n - c->sent > HTTPD_STREAM_MAX) {
		c->broken = true;
	} else if (c->stream_body && piece.n > 0) {
		http1_write_chunk(&out, piece.n);
		if (c->chunks)
			buf_add(&c->out, out.p, out.n);
		buf_adds(&c->out, piece);
		if (c->chunks)
			buf_addz(&c->out, "\r\n");
		httpd_conn_count(c);
		c->broken = buf_error(&c->out) != 0 ||
			    httpd_conn_too_much(c, HTTPD_OUT_TIMES);
	}
	httpd_conn_soon(c);
	c->want_room = c->broken || c->out.n - c->sent >= HTTPD_WRITE_STEP;
	return !c->want_room;
}

void
httpd_end(struct httpd_request *r)
{
	struct httpd_conn *c = of_request(r);

	if (!take_back(c))
		return;
	if (c->chunks)
		buf_addz(&c->out, "0\r\n\r\n");
	c->broken |= buf_error(&c->out) != 0;
	c->phase = HTTPD_FLUSH;
	httpd_conn_soon(c);
}

void
httpd_abort(struct httpd_request *r)
{
	struct httpd_conn *c = of_request(r);

	if (!take_back(c))
		return;
	c->broken = c->cut = true;
	httpd_conn_soon(c);
}
