/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "httpd_conn.h"

enum {
	ACCEPTS_MAX = 16, /* of a round; others may listen, too */
	PAUSE_MS = 100,   /* when there are no descriptors */
	KEEP_IDLE_S = 60, /* tcp(7): a peer that says nothing is asked, */
	KEEP_EACH_S = 15, /* so often, */
	KEEP_TIMES = 4,   /* and so many times, whether it is there */
};

static void
set_default(unsigned *ms, unsigned value)
{
	if (*ms == 0)
		*ms = value;
}

static void
set_defaults(struct httpd_config *cfg)
{
	if (cfg->body_max == 0)
		cfg->body_max = 1024 * 1024;
	if (cfg->memory_max == 0)
		cfg->memory_max = (size_t)256 * 1024 * 1024;
	set_default(&cfg->connections_max, 16384);
	set_default(&cfg->handshake_ms, 10 * 1000);
	set_default(&cfg->idle_ms, 75 * 1000);
	set_default(&cfg->head_ms, 10 * 1000);
	set_default(&cfg->body_ms, 30 * 1000);
	set_default(&cfg->write_ms, 30 * 1000);
	set_default(&cfg->linger_ms, 3 * 1000);
}

/* ---- what connects ------------------------------------------------------ */

/* No more of them for now: the listener is ready all the while. */
static void
pause_accepting(struct httpd *h)
{
	loop_remove(&h->listener);
	loop_at(h->cfg.loop, &h->resume, loop_now_ms(h->cfg.loop) + PAUSE_MS);
}

static void
resume(struct loop_timer *t)
{
	struct httpd *h = LOOP_OF(t, struct httpd, resume);

	if (h->listener.fd < 0)
		return;
	if (loop_add(h->cfg.loop, &h->listener, NULL) != 0)
		loop_at(h->cfg.loop, &h->resume,
		    loop_now_ms(h->cfg.loop) + PAUSE_MS);
}

/*
 * Beyond the limit there is no time for more than this: what the peer has sent
 * up to now is read, so that the answer is not lost by a reset.
 */
static void
turn_away(struct httpd *h, int fd)
{
	static const char answer[] =
	    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
	    "Retry-After: 1\r\nConnection: close\r\n\r\n";

	h->stat.turned_away++;
	if (h->cfg.tls == NULL) {
		(void)send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
		(void)shutdown(fd, SHUT_WR);
		(void)recv(fd, h->space, sizeof h->space, 0);
	}
	(void)close(fd);
}

/* Of a listener, whose connections inherit it. Not for AF_UNIX. */
static void
set_options(int fd)
{
	static const struct {
		int level, name, value;
	} rows[] = {
	    {IPPROTO_TCP, TCP_NODELAY, 1},
	    {IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE_S},
	    {IPPROTO_TCP, TCP_KEEPINTVL, KEEP_EACH_S},
	    {IPPROTO_TCP, TCP_KEEPCNT, KEEP_TIMES},
	    {SOL_SOCKET, SO_KEEPALIVE, 1},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		(void)setsockopt(fd, rows[i].level, rows[i].name,
		    &rows[i].value, sizeof rows[i].value);
}

static int
take(struct httpd *h, int fd, const void *from, struct err *e)
{
	if (h->stat.connections >= h->cfg.connections_max &&
	    !httpd_conn_evict(h)) {
		turn_away(h, fd);
		return err_set(e, ERR_TEMP, EAGAIN, "too many connections");
	}
	return httpd_conn_open(h, fd, from, e);
}

static void
accept_more(struct loop_fd *w, uint32_t events)
{
	struct httpd *h = LOOP_OF(w, struct httpd, listener);

	(void)events;
	for (int i = 0; i < ACCEPTS_MAX; i++) {
		struct sockaddr_storage from = {0};
		socklen_t n = sizeof from;
		int fd = accept4(w->fd, (struct sockaddr *)&from, &n,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			if (take(h, fd, &from, NULL) == -ENOMEM)
				h->stat.accept_failed++;
			continue;
		}
		switch (errno) {
		case EAGAIN:
			return;
		case EMFILE:
		case ENFILE:
		case ENOBUFS:
		case ENOMEM:
		case EBADF:
		case EINVAL:
			h->stat.accept_failed++;
			(void)httpd_conn_evict(h);
			pause_accepting(h);
			return;
		default: /* of that connection alone: accept(2), "Errors" */
			break;
		}
	}
}

int
httpd_adopt(struct httpd *h, int fd, struct err *e)
{
	struct sockaddr_storage from = {0};
	socklen_t n = sizeof from;

	if (getpeername(fd, (struct sockaddr *)&from, &n) != 0)
		from.ss_family = AF_UNSPEC;
	set_options(fd);
	return take(h, fd, &from, e);
}

/* ---- the server --------------------------------------------------------- */

static void
later(struct loop_timer *t)
{
	struct httpd *h = LOOP_OF(t, struct httpd, later);

	if (h->cfg.drained != NULL && h->stat.connections == 0)
		h->cfg.drained(h->cfg.arg);
}

int
httpd_new(const struct httpd_config *cfg, int listener, struct httpd **ret,
    struct err *e)
{
	struct httpd *h = calloc(1, sizeof *h);
	int r = 0;

	if (h == NULL)
		return err_nomem(e);
	h->cfg = *cfg;
	set_defaults(&h->cfg);
	h->limits = HTTP1_LIMITS;
	h->limits.body = h->cfg.body_max;
	h->resume.due = resume;
	h->later.due = later;
	for (size_t i = 0; i < HTTPD_LISTS; i++)
		h->lists[i] = (struct httpd_links){&h->lists[i], &h->lists[i]};
	h->listener = (struct loop_fd){.fd = listener,
	    .events = EPOLLIN | EPOLLEXCLUSIVE,
	    .ready = accept_more};
	if (listener >= 0)
		r = loop_add(cfg->loop, &h->listener, e);
	if (r != 0) {
		free(h);
		return r;
	}
	if (listener >= 0)
		set_options(listener);
	*ret = h;
	return 0;
}

static void
close_listener(struct httpd *h)
{
	loop_cancel(&h->resume);
	loop_remove(&h->listener);
	if (h->listener.fd >= 0)
		(void)close(h->listener.fd);
	h->listener.fd = -1;
}

void
httpd_free(struct httpd *h)
{
	if (h == NULL)
		return;
	close_listener(h);
	for (int i = 0; i < HTTPD_LISTS; i++) {
		struct httpd_conn *c;

		while ((c = httpd_conn_first(h, (enum httpd_list)i)) != NULL) {
			if (i == HTTPD_LIST_ORPHAN)
				httpd_conn_free(c);
			else
				httpd_conn_close(c);
		}
	}
	loop_cancel(&h->later);
	free(h);
}

void
httpd_freep(struct httpd **h)
{
	httpd_free(*h);
	*h = NULL;
}

void
httpd_tls(struct httpd *h, struct tls_context *tls)
{
	h->cfg.tls = tls;
}

void
httpd_drain(struct httpd *h)
{
	struct httpd_conn *c;

	h->draining = true;
	close_listener(h);
	while (
	    (c = httpd_conn_first(h, HTTPD_LIST_IDLE)) != NULL && !c->running)
		httpd_conn_close(c);
	if (h->stat.connections == 0)
		loop_at(h->cfg.loop, &h->later, 0);
}

const struct httpd_stat *
httpd_stat(const struct httpd *h)
{
	return &h->stat;
}
