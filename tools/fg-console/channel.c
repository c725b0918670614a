/* SPDX-License-Identifier: Apache-2.0 */
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	READ_MAX = 256 * 1024, /* bytes at a time */
	KEEP = 1024 * 1024     /* bytes of a buffer that is kept when empty */
};

/* In front of each body. */
struct head {
	uint32_t op, n;
	uint64_t id;
};

static void
forget_if_large(struct buf *b)
{
	if (b->cap > KEEP)
		buf_free(b);
	else
		buf_reset(b);
}

/* What was sent is dropped, when that is most of it. */
static void
drop_sent(struct channel *c)
{
	if (c->out_at < c->out.n - c->out_at)
		return;
	memmove(c->out.p, c->out.p + c->out_at, c->out.n - c->out_at);
	c->out.n -= c->out_at;
	c->out_at = 0;
}

/* Write what the socket takes; false: the other side is gone. */
static bool
push(struct channel *c)
{
	while (c->out_at < c->out.n) {
		ssize_t n = send(c->watch.fd, c->out.p + c->out_at,
		    c->out.n - c->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			drop_sent(c);
			return true;
		}
		if (n < 0)
			return false;
		c->out_at += (size_t)n;
	}
	c->out_at = 0;
	forget_if_large(&c->out);
	return true;
}

/* What is written already takes no room, also where it never all is. */
static void
close_up(struct channel *c)
{
	if (c->out_at <= c->out.n / 2)
		return;
	memmove(c->out.p, c->out.p + c->out_at, c->out.n - c->out_at);
	c->out.n -= c->out_at;
	c->out_at = 0;
}

/* Hand out whole messages; false: nonsense. */
static bool
hand_out(struct channel *c)
{
	size_t at = 0;
	struct head h;

	while (c->in.n - at >= sizeof h) {
		struct message m;

		memcpy(&h, c->in.p + at, sizeof h);
		if (h.n > MESSAGE_MAX)
			return false;
		if (c->in.n - at - sizeof h < h.n)
			break;
		m = (struct message){.op = h.op,
		    .id = h.id,
		    .body = str_make(c->in.p + at + sizeof h, h.n)};
		at += sizeof h + h.n;
		c->take(c, &m);
	}
	if (at == c->in.n) {
		forget_if_large(&c->in);
	} else if (at > 0) {
		memmove(c->in.p, c->in.p + at, c->in.n - at);
		c->in.n -= at;
	}
	return true;
}

static bool
pull(struct channel *c)
{
	char *to = buf_reserve(&c->in, READ_MAX);
	ssize_t n;

	if (to == NULL)
		return false;
	n = recv(c->watch.fd, to, READ_MAX, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	c->in.n += (size_t)n;
	return hand_out(c);
}

static void
ready(struct loop_fd *w, uint32_t events)
{
	struct channel *c = LOOP_OF(w, struct channel, watch);
	bool ok = true;

	if ((events & EPOLLOUT) != 0)
		ok = push(c);
	if (ok && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
		ok = pull(c);
	if (!ok) {
		loop_remove(&c->watch);
		c->gone(c);
		return;
	}
	loop_change(w, EPOLLIN | (c->out.n > 0 ? EPOLLOUT : 0U));
}

int
channel_open(struct channel *c, struct loop *l, int fd, struct err *e)
{
	c->loop = l;
	c->in = BUF_MAX(MESSAGE_MAX + sizeof(struct head) + READ_MAX);
	c->out = BUF_MAX(2 * (size_t)MESSAGE_MAX);
	c->out_at = 0;
	c->watch =
	    (struct loop_fd){.fd = fd, .events = EPOLLIN, .ready = ready};
	return loop_add(l, &c->watch, e);
}

void
channel_close(struct channel *c)
{
	if (c->loop == NULL)
		return;
	loop_remove(&c->watch);
	(void)close(c->watch.fd);
	buf_free(&c->in);
	buf_free(&c->out);
	c->loop = NULL;
}

int
channel_send(
    struct channel *c, enum message_op op, uint64_t id, struct str body)
{
	struct head h = {.op = op, .n = (uint32_t)body.n, .id = id};

	close_up(c);
	if (body.n > MESSAGE_MAX || c->out.n + sizeof h + body.n > c->out.max)
		return -EFBIG;
	buf_add(&c->out, &h, sizeof h);
	buf_adds(&c->out, body);
	if (buf_error(&c->out) != 0)
		return buf_error(&c->out);
	/* One that is gone is seen when it is next looked at. */
	(void)push(c);
	loop_change(&c->watch, EPOLLIN | (c->out.n > 0 ? EPOLLOUT : 0U));
	return 0;
}

size_t
channel_waiting(const struct channel *c)
{
	return c->out.n - c->out_at;
}
