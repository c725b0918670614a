/* SPDX-License-Identifier: Apache-2.0 */
#include "peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"

enum { STEP = 16384, COMPACT = 256 * 1024 };

struct peer *
peer_new(enum peer_kind kind, int fd)
{
	struct peer *p = calloc(1, sizeof *p);

	if (p == NULL) {
		(void)close(fd);
		return NULL;
	}
	p->kind = kind;
	p->fd = fd;
	p->in = BUF_MAX(PEER_LINE_MAX + STEP);
	p->out = BUF_MAX(PEER_OUT_MAX);
	return p;
}

void
peer_free(struct peer *p)
{
	if (p == NULL)
		return;
	fd_closep(&p->fd);
	buf_free(&p->in);
	buf_free(&p->out);
	free(p);
}

/* Room for a step: what was taken goes, and a line that never ends. */
static char *
room(struct peer *p)
{
	if (p->taken > 0) {
		memmove(p->in.p, p->in.p + p->taken, p->in.n - p->taken);
		p->in.n -= p->taken;
		p->taken = 0;
	}
	if (p->in.n > PEER_LINE_MAX) {
		p->discard = true;
		buf_reset(&p->in);
	}
	return buf_reserve(&p->in, STEP);
}

bool
peer_read(struct peer *p)
{
	char *to = room(p);
	ssize_t n;

	if (to == NULL)
		return false;
	n = recv(p->fd, to, STEP, MSG_DONTWAIT);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	p->in.n += (size_t)n;
	return n > 0;
}

bool
peer_line(struct peer *p, struct str *line)
{
	for (;;) {
		struct str rest = str_sub(buf_str(&p->in), p->taken, p->in.n);
		bool too_long;

		if (!str_cut(rest, '\n', line, &rest))
			break;
		p->taken += line->n + 1;
		too_long = p->discard || line->n > PEER_LINE_MAX;
		p->discard = false;
		*line = str_trim(*line);
		if (!too_long && line->n > 0)
			return true;
	}
	/* A mostly idle connection keeps no memory. */
	if (p->taken == p->in.n) {
		p->taken = 0;
		buf_free(&p->in);
	}
	return false;
}

/* What is written makes room, at the price of a move now and then. */
static void
compact(struct peer *p)
{
	if (p->sent < COMPACT)
		return;
	memmove(p->out.p, p->out.p + p->sent, p->out.n - p->sent);
	p->out.n -= p->sent;
	p->sent = 0;
}

bool
peer_write(struct peer *p)
{
	if (buf_error(&p->out) != 0)
		return false;
	while (p->sent < p->out.n) {
		ssize_t n = send(p->fd, p->out.p + p->sent, p->out.n - p->sent,
		    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			compact(p);
			return errno == EAGAIN;
		}
		p->sent += (size_t)n;
	}
	p->sent = 0;
	buf_free(&p->out);
	return true;
}

bool
peer_wants_room(const struct peer *p)
{
	return p->sent < p->out.n;
}
