/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd_step.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "httpd_io.h"
#include "httpd_take.h"

static bool
shake(struct httpd_conn *c)
{
	struct httpd *h = c->r.server;
	struct err e = {0};
	int ret = tls_handshake(c->tls, &e);

	if (ret == -EAGAIN) {
		loop_change(&c->w, tls_wants(c->tls));
		return false;
	}
	if (ret == 0)
		ret = tls_peer(c->tls, &h->peer, &e);
	if (ret == 0) {
		c->certified = h->peer.shown;
		c->phase = HTTPD_HEAD;
		c->wait = HTTPD_WAIT_NONE;
		httpd_conn_wait(c, HTTPD_WAIT_HEAD);
		return true;
	}
	h->stat.handshakes_failed++;
	if (h->cfg.refused != NULL) {
		const struct httpd_refusal why = {
		    c->r.peer_address, 0, "tls_handshake", e.text};

		h->cfg.refused(&why, h->cfg.arg);
	}
	/* The alert that says why has to arrive as an answer has to. */
	tls_free(c->tls);
	c->tls = NULL;
	httpd_io_finish(c);
	c->phase = HTTPD_LINGER;
	return true;
}

/* ---- requests ----------------------------------------------------------- */

static void
append(struct httpd_conn *c, size_t n)
{
	struct httpd *h = c->r.server;

	if (c->at > 0) {
		memmove(c->in.p, c->in.p + c->at, c->in.n - c->at);
		c->in.n -= c->at;
		c->at = 0;
	}
	buf_add(&c->in, h->space, n);
	httpd_conn_count(c);
	if (buf_error(&c->in) != 0 || httpd_conn_too_much(c, HTTPD_IN_TIMES))
		httpd_conn_refuse(
		    c, 503, "memory", "too much waits to be served");
}

/* A new connection is not idle: it has to begin. */
static bool
wait_input(struct httpd_conn *c, uint32_t events)
{
	bool idle = c->at == c->in.n && c->wait != HTTPD_WAIT_HEAD;

	httpd_conn_wait(c, c->phase == HTTPD_BODY ? HTTPD_WAIT_BODY
			   : idle                 ? HTTPD_WAIT_IDLE
						  : HTTPD_WAIT_HEAD);
	loop_change(&c->w, events);
	return false;
}

static bool
input(struct httpd_conn *c)
{
	ssize_t n;

	if (c->at < c->in.n && httpd_take(c))
		return true;
	if (!c->readable)
		return wait_input(c, EPOLLIN);
	n = httpd_io_read(c);
	if (n == -EAGAIN)
		return wait_input(c, httpd_io_wants(c, EPOLLIN));
	if (n > 0)
		append(c, (size_t)n);
	else
		c->broken = true; /* at its end, too: nobody asks more */
	return true;
}

/* ---- answers ------------------------------------------------------------ */

void
httpd_step_waiting(struct httpd_conn *c, uint32_t events)
{
	if ((events & (EPOLLERR | EPOLLHUP)) != 0 ||
	    ((events & EPOLLRDHUP) != 0 && c->gone != NULL)) {
		c->broken = true;
		return;
	}
	/* What comes meanwhile is not read: no more of that is told. */
	if (c->phase == HTTPD_SERVE)
		loop_change(&c->w, (events & EPOLLRDHUP) != 0 ? 0 : EPOLLRDHUP);
}

static bool
wait_room(struct httpd_conn *c)
{
	httpd_conn_wait(c, HTTPD_WAIT_ROOM);
	loop_change(&c->w, httpd_io_wants(c, EPOLLOUT));
	return false;
}

static bool
stream(struct httpd_conn *c)
{
	int ret = httpd_io_flush(c);

	if (ret == -EAGAIN)
		return wait_room(c);
	if (ret != 0)
		return true;
	if (!c->want_room) {
		httpd_conn_wait(c, HTTPD_WAIT_ANSWER);
		loop_change(&c->w, EPOLLRDHUP);
		return false;
	}
	c->want_room = false;
	c->room(&c->r, c->gone_arg);
	return true;
}

/* The answer is complete: is it written, and what comes then? */
static bool
flush(struct httpd_conn *c)
{
	int ret = httpd_io_flush(c);

	if (ret == -EAGAIN)
		return wait_room(c);
	if (ret != 0)
		return true;
	if (c->keep && !c->r.server->draining) {
		c->phase = HTTPD_HEAD;
		c->wait = HTTPD_WAIT_NONE;
		return true;
	}
	httpd_io_finish(c);
	buf_free(&c->in);
	c->at = 0;
	httpd_conn_count(c);
	c->phase = HTTPD_LINGER;
	return true;
}

/* Read and forget, until the peer has ended, too (RFC 9112 section 9.6). */
static bool
linger(struct httpd_conn *c)
{
	ssize_t n;

	httpd_conn_wait(c, HTTPD_WAIT_LINGER);
	n = httpd_io_read(c);
	if (n == -EAGAIN) {
		loop_change(&c->w, EPOLLIN);
		return false;
	}
	c->broken = n <= 0;
	return true;
}

bool
httpd_step(struct httpd_conn *c)
{
	switch ((enum httpd_phase)c->phase) {
	case HTTPD_HANDSHAKE:
		return shake(c);
	case HTTPD_HEAD:
	case HTTPD_BODY:
		return input(c);
	case HTTPD_STREAM:
		return stream(c);
	case HTTPD_FLUSH:
		return flush(c);
	case HTTPD_LINGER:
		return linger(c);
	case HTTPD_SERVE:
		httpd_conn_wait(c, HTTPD_WAIT_ANSWER);
		break;
	case HTTPD_ORPHAN:
		break;
	}
	return false;
}
