/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd_conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "httpd_io.h"
#include "httpd_step.h"

enum { STEPS_MAX = 32 }; /* of one connection, until others have their turn */

/* ---- lists and deadlines ------------------------------------------------ */

static struct httpd_conn *
of_links(struct httpd_links *links)
{
	return LOOP_OF(links, struct httpd_conn, links);
}

static void
unlink_conn(struct httpd_conn *c)
{
	c->links.next->back = c->links.back;
	c->links.back->next = c->links.next;
}

/* To the end of a list. */
static void
link_conn(struct httpd_conn *c, enum httpd_list list)
{
	struct httpd_links *l = &c->r.server->lists[list];

	c->list = (uint8_t)list;
	c->links = (struct httpd_links){.next = l, .back = l->back};
	l->back->next = &c->links;
	l->back = &c->links;
}

static void
move(struct httpd_conn *c, enum httpd_list list)
{
	if (list == HTTPD_LIST_YOUNG && c->list == HTTPD_LIST_YOUNG)
		return; /* it is no younger by that */
	if (list == HTTPD_LIST_YOUNG)
		c->since_ms = loop_now_ms(c->r.server->cfg.loop);
	unlink_conn(c);
	link_conn(c, list);
}

struct httpd_conn *
httpd_conn_first(struct httpd *h, enum httpd_list list)
{
	struct httpd_links *l = &h->lists[list], *at = l->next;

	while (at != l && of_links(at)->running)
		at = at->next;
	return at != l ? of_links(at) : NULL;
}

void
httpd_conn_wait(struct httpd_conn *c, enum httpd_wait wait)
{
	const struct httpd_config *cfg = &c->r.server->cfg;
	const struct {
		enum httpd_list list;
		unsigned ms; /* 0: no deadline */
	} rows[] = {
	    [HTTPD_WAIT_NONE] = {HTTPD_LIST_BUSY, 0},
	    [HTTPD_WAIT_HANDSHAKE] = {HTTPD_LIST_YOUNG, cfg->handshake_ms},
	    [HTTPD_WAIT_HEAD] = {HTTPD_LIST_YOUNG, cfg->head_ms},
	    [HTTPD_WAIT_BODY] = {HTTPD_LIST_YOUNG, cfg->body_ms},
	    [HTTPD_WAIT_IDLE] = {HTTPD_LIST_IDLE, cfg->idle_ms},
	    [HTTPD_WAIT_ANSWER] = {HTTPD_LIST_BUSY, 0},
	    [HTTPD_WAIT_ROOM] = {HTTPD_LIST_BUSY, cfg->write_ms},
	    [HTTPD_WAIT_LINGER] = {HTTPD_LIST_LINGER, cfg->linger_ms},
	};

	if (c->wait == wait && (wait != HTTPD_WAIT_ROOM ||
				   c->written - c->mark < HTTPD_WRITE_STEP))
		return;
	c->wait = (uint8_t)wait;
	c->mark = c->written;
	move(c, rows[wait].list);
	if (rows[wait].ms > 0)
		loop_at(cfg->loop, &c->deadline,
		    loop_now_ms(cfg->loop) + rows[wait].ms);
	else
		loop_cancel(&c->deadline);
}

bool
httpd_conn_evict(struct httpd *h)
{
	int64_t young = loop_now_ms(h->cfg.loop) - HTTPD_YOUNG_MS;

	for (int i = HTTPD_LIST_LINGER; i <= HTTPD_LIST_YOUNG; i++) {
		struct httpd_conn *c = httpd_conn_first(h, (enum httpd_list)i);

		if (c == NULL || (i == HTTPD_LIST_YOUNG && c->since_ms > young))
			continue;
		h->stat.evicted++;
		httpd_conn_close(c);
		return true;
	}
	return false;
}

void
httpd_conn_count(struct httpd_conn *c)
{
	size_t now = c->in.cap + c->out.cap;

	c->r.server->stat.memory += now - c->counted;
	c->counted = now;
}

bool
httpd_conn_too_much(const struct httpd_conn *c, unsigned times)
{
	const struct httpd *h = c->r.server;

	return h->stat.memory / times > h->cfg.memory_max;
}

/* ---- events ------------------------------------------------------------- */

/* The caller's request ends, and so does the connection. */
static void
tell_gone(struct httpd_conn *c)
{
	c->held = false;
	c->gone(&c->r, c->gone_arg);
	httpd_conn_free(c);
}

void
httpd_conn_run(struct httpd_conn *c)
{
	int steps = 0;

	c->running = true;
	while (!c->broken && steps < STEPS_MAX && httpd_step(c))
		steps++;
	c->running = false;
	if (c->broken)
		httpd_conn_close(c);
	else if (steps == STEPS_MAX)
		httpd_conn_soon(c);
}

void
httpd_conn_soon(struct httpd_conn *c)
{
	if (!c->running && c->phase != HTTPD_ORPHAN)
		loop_at(c->r.server->cfg.loop, &c->soon, 0);
}

static void
soon(struct loop_timer *t)
{
	struct httpd_conn *c = LOOP_OF(t, struct httpd_conn, soon);

	if (c->phase == HTTPD_ORPHAN)
		tell_gone(c);
	else
		httpd_conn_run(c);
}

static void
ready(struct loop_fd *w, uint32_t events)
{
	struct httpd_conn *c = LOOP_OF(w, struct httpd_conn, w);

	c->readable = true;
	if (c->phase == HTTPD_SERVE || c->phase == HTTPD_STREAM)
		httpd_step_waiting(c, events);
	httpd_conn_run(c);
}

static void
deadline(struct loop_timer *t)
{
	struct httpd_conn *c = LOOP_OF(t, struct httpd_conn, deadline);
	struct httpd *h = c->r.server;
	bool nothing = c->at == c->in.n;

	if (c->wait == HTTPD_WAIT_NONE)
		return; /* of what it waited for before */
	if (c->wait == HTTPD_WAIT_IDLE || c->wait == HTTPD_WAIT_LINGER ||
	    (c->wait == HTTPD_WAIT_HEAD && nothing)) {
		httpd_conn_close(c);
		return;
	}
	h->stat.late++;
	if (c->wait == HTTPD_WAIT_HEAD)
		httpd_conn_refuse(
		    c, 408, "head_late", "the head did not come in time");
	else if (c->wait == HTTPD_WAIT_BODY)
		httpd_conn_refuse(
		    c, 408, "body_late", "the body did not come in time");
	else
		c->broken = c->cut = true;
	httpd_conn_run(c);
}

/* ---- its beginning and its end ------------------------------------------ */

static void
set_address(struct httpd_conn *c, const void *from)
{
	struct sockaddr_storage a;
	const struct sockaddr_in *v4 = (const void *)&a;
	const struct sockaddr_in6 *v6 = (const void *)&a;
	struct ip ip = {0};

	memcpy(&a, from, sizeof a);
	if (a.ss_family == AF_INET)
		ip = ip_make(4, &v4->sin_addr);
	else if (a.ss_family == AF_INET6)
		ip = ip_make(6, &v6->sin6_addr);
	ip_text(&ip, c->address);
	c->r.peer_address = str_of(c->address);
}

int
httpd_conn_open(struct httpd *h, int fd, const void *from, struct err *e)
{
	struct httpd_conn *c = calloc(1, sizeof *c);
	int ret = c == NULL ? err_nomem(e) : 0;

	if (ret == 0 && h->cfg.tls != NULL)
		ret = tls_accept(h->cfg.tls, fd, &c->tls, e);
	if (ret == 0) {
		c->w = (struct loop_fd){
		    .fd = fd, .events = EPOLLIN, .ready = ready};
		ret = loop_add(h->cfg.loop, &c->w, e);
	}
	if (ret != 0) {
		if (c != NULL)
			tls_free(c->tls);
		free(c);
		(void)close(fd);
		return ret;
	}
	c->r.server = h;
	c->in = c->out = BUF_MAX(SIZE_MAX / 2);
	c->deadline.due = deadline;
	c->soon.due = soon;
	set_address(c, from);
	link_conn(c, HTTPD_LIST_BUSY);
	c->phase = c->tls != NULL ? HTTPD_HANDSHAKE : HTTPD_HEAD;
	httpd_conn_wait(
	    c, c->tls != NULL ? HTTPD_WAIT_HANDSHAKE : HTTPD_WAIT_HEAD);
	h->stat.accepted++;
	h->stat.connections++;
	return 0;
}

void
httpd_conn_free(struct httpd_conn *c)
{
	loop_cancel(&c->soon);
	unlink_conn(c);
	free(c);
}

/* Give back all but the request. */
static void
let_go(struct httpd_conn *c)
{
	const struct linger reset = {.l_onoff = 1};
	struct httpd *h = c->r.server;

	loop_cancel(&c->deadline);
	loop_cancel(&c->soon);
	loop_remove(&c->w);
	if (c->cut)
		(void)setsockopt(
		    c->w.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	else if (c->tls != NULL && !c->broken)
		(void)tls_close(c->tls, NULL);
	tls_free(c->tls);
	c->tls = NULL;
	(void)close(c->w.fd);
	buf_free(&c->in);
	buf_free(&c->out);
	httpd_conn_count(c);
	free(c->chunked);
	c->chunked = NULL;
	h->stat.connections--;
	if (h->draining && h->stat.connections == 0)
		loop_at(h->cfg.loop, &h->later, 0);
}

void
httpd_conn_close(struct httpd_conn *c)
{
	let_go(c);
	if (!c->held) {
		httpd_conn_free(c);
		return;
	}
	c->r.server->stat.gone++;
	c->phase = HTTPD_ORPHAN;
	move(c, HTTPD_LIST_ORPHAN);
	if (c->gone != NULL)
		tell_gone(c);
}
