/* SPDX-License-Identifier: Apache-2.0 */
#include "httpc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "httpc_state.h"

enum { CONNECT_MS = 10000, TIMEOUT_MS = 30000, OUT_MAX = 65536 };

int
httpc_new(const struct httpc_config *cfg, struct httpc **ret, struct err *e)
{
	struct httpc *h = calloc(1, sizeof *h);
	int r;

	if (h == NULL)
		return err_nomem(e);
	h->cfg = *cfg;
	if (h->cfg.connect_ms == 0)
		h->cfg.connect_ms = CONNECT_MS;
	h->fd = h->names.fd = -1;
	h->due_ms = INT64_MAX;
	h->out = BUF_MAX(HTTPC_BODY_MAX + OUT_MAX);
	h->url_text = strdup(cfg->url);
	r = h->url_text == NULL ? err_nomem(e) : httpc_place_read(h, e);
	if (r == 0 && h->url.tls && cfg->tls == NULL)
		r = err_set(e, ERR_USAGE, EINVAL, "https without TLS");
	if (r != 0) {
		httpc_free(h);
		return r;
	}
	*ret = h;
	return 0;
}

void
httpc_free(struct httpc *h)
{
	if (h == NULL)
		return;
	httpc_open_close(h);
	buf_free(&h->out);
	buf_free(&h->proxy_login);
	free(h->url_text);
	free(h);
}

void
httpc_freep(struct httpc **h)
{
	httpc_free(*h);
	*h = NULL;
}

bool
httpc_idle(const struct httpc *h)
{
	return h->call == NULL;
}

void
httpc_call_reset(struct httpc_call *call)
{
	buf_free(&call->head);
	buf_free(&call->body_in);
	call->r = 0;
	call->status = 0;
	call->err = (struct err){0};
}

bool
httpc_field(const struct httpc_call *call, const char *name, struct str *value)
{
	struct str left = buf_str(&call->head), line, key, rest;

	while (left.n > 0) {
		(void)str_cut(left, '\n', &line, &left);
		if (!str_cut(line, ':', &key, &rest) ||
		    !http1_same(key, str_of(name)))
			continue;
		*value = str_trim(rest);
		return true;
	}
	return false;
}

void
httpc_start(struct httpc *h, struct httpc_call *call, int64_t now_ms)
{
	h->call = call;
	h->call_due_ms =
	    now_ms + (call->timeout_ms > 0 ? call->timeout_ms : TIMEOUT_MS);
	httpc_call_reset(call);
	/* What is left of the last one: nothing that a server may send. */
	if (h->phase == HTTPC_KEPT)
		h->phase = HTTPC_TALK;
	else
		h->due_ms = now_ms + h->cfg.connect_ms;
	h->out_at = 0;
	buf_reset(&h->out);
	h->wants = POLLOUT; /* httpc_work() is due at once */
	if (h->due_ms > h->call_due_ms || h->phase == HTTPC_TALK)
		h->due_ms = h->call_due_ms;
}

/* The call is over; done() may start the next one. */
static void
finish(struct httpc *h, int r, bool keep)
{
	struct httpc_call *call = h->call;

	call->r = r;
	if (keep) {
		h->phase = HTTPC_KEPT;
		h->reused = true;
		h->wants = POLLIN;
		buf_free(&h->in);
		h->in.max = OUT_MAX;
	} else {
		httpc_open_close(h);
	}
	buf_free(&h->out);
	h->due_ms = INT64_MAX;
	h->call = NULL;
	call->done(call);
}

/* An answer that is read to its end, though the request may not be out. */
static int
exchange(struct httpc *h, bool *keep, struct err *e)
{
	struct err of_put = {0};
	ssize_t put = 0, got;
	int r;

	h->wants = 0;
	while (h->out_at < h->out.n && put >= 0)
		put = httpc_io_put(h, &of_put);
	for (;;) {
		got = httpc_io_fill(h, e);
		if (got < 0 && got != -EAGAIN)
			break;
		r = httpc_talk_read(h, got == 0, keep, e);
		*keep = *keep && h->out_at == h->out.n;
		if (r != -EAGAIN)
			return r;
		if (got < 0 && (put >= 0 || put == -EAGAIN))
			return -EAGAIN;
		if (got < 0)
			break;
	}
	if (put < 0 && put != -EAGAIN && got == -EAGAIN) {
		if (e != NULL)
			*e = of_put;
		return (int)put;
	}
	return (int)got;
}

/* A kept connection that was closed meanwhile says nothing about the server. */
static bool
worth_another(const struct httpc *h, int r)
{
	return h->reused && !h->answer.begun &&
	       (r == -ECONNRESET || r == -EPIPE);
}

static int
open_up(struct httpc *h, short revents, int64_t now_ms, struct err *e)
{
	int r = 0;

	while (r == 0 && h->phase != HTTPC_TALK) {
		r = httpc_open_step(h, revents, e);
		revents = 0;
	}
	if (r == 0)
		h->due_ms = h->call_due_ms;
	else if (r == -EAGAIN && now_ms >= h->due_ms)
		r = err_set(e, ERR_TEMP, ETIMEDOUT, "%s: no connection in time",
		    h->server.host);
	return r;
}

static int
talk(struct httpc *h, int64_t now_ms, bool *keep, struct err *e)
{
	int r = 0;

	if (h->out.n == 0) {
		httpc_talk_begin(h);
		r = httpc_talk_write(h, e);
	}
	if (r == 0)
		r = exchange(h, keep, e);
	if (r == -EAGAIN && now_ms >= h->due_ms)
		r = err_set(e, ERR_TEMP, ETIMEDOUT, "%s: no answer in time",
		    h->server.host);
	return r;
}

/* Something came though nothing was asked: an end, most likely. */
static void
look_at_kept(struct httpc *h, short revents)
{
	if (h->phase == HTTPC_KEPT && revents != 0 &&
	    httpc_io_fill(h, NULL) != -EAGAIN)
		httpc_open_close(h);
}

void
httpc_work(struct httpc *h, short revents, int64_t now_ms)
{
	bool keep = false;
	int r = 0;

	if (h->call == NULL) {
		look_at_kept(h, revents);
		return;
	}
	for (;;) {
		if (h->phase != HTTPC_TALK) {
			r = open_up(h, revents, now_ms, &h->call->err);
			if (r == 0) /* CONNECT is out */
				buf_reset(&h->out);
		}
		if (r == 0)
			r = talk(h, now_ms, &keep, &h->call->err);
		if (r == -EAGAIN || !worth_another(h, r))
			break;
		httpc_open_close(h);
		buf_reset(&h->out);
		h->due_ms = now_ms + h->cfg.connect_ms;
		revents = 0;
		r = 0;
	}
	if (r != -EAGAIN)
		finish(h, r, r == 0 && keep);
}

void
httpc_ask(const struct httpc *h, struct pollfd *p)
{
	p->fd = h->phase == HTTPC_NAMES ? h->names.fd : h->fd;
	p->events = h->phase == HTTPC_NAMES || h->phase == HTTPC_KEPT
			? POLLIN
			: h->wants;
	p->revents = 0;
	if (h->phase == HTTPC_APART)
		p->fd = -1;
}

int64_t
httpc_next(const struct httpc *h)
{
	if (h->call == NULL)
		return INT64_MAX;
	/* Not begun: at once. */
	if (h->phase == HTTPC_APART ||
	    (h->phase == HTTPC_TALK && h->out.n == 0))
		return 0;
	return h->due_ms;
}
