/* SPDX-License-Identifier: Apache-2.0 */
/*
 * httpd_peer: what connects to the server of httpd_world.h, in the same thread:
 * who waits for the other lets it have its turn.
 */
#ifndef FG_TESTS_HTTPD_PEER_H
#define FG_TESTS_HTTPD_PEER_H

#include "httpd_world.h"

struct peer {
	int fd;
	struct tls *tls;
	struct buf in;
	bool ended;
	int failure; /* a negative errno, of reading */
};

static inline int
dial(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons(world.port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	small_buffers(fd);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
		assert_int_equal(errno, EINPROGRESS);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static inline struct peer
peer_open_as(const struct mode *m, struct tls_context *context)
{
	struct peer p = {.fd = dial(), .in = BUF_MAX((size_t)1 << 26)};

	if (m->tls)
		assert_int_equal(
		    tls_connect(context, p.fd, "127.0.0.1", &p.tls, NULL), 0);
	return p;
}

static inline struct peer
peer_open(const struct mode *m)
{
	return peer_open_as(m, world.client);
}

/* Its end is a reset, not a close. */
static inline void
peer_resets(struct peer *p)
{
	const struct linger reset = {.l_onoff = 1};

	assert_int_equal(
	    setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
}

static inline void
peer_close(struct peer *p)
{
	tls_free(p->tls);
	p->tls = NULL;
	fd_closep(&p->fd);
	buf_free(&p->in);
}

/* Read some of what there is: how many bytes that were. */
static inline size_t
peer_sip(struct peer *p)
{
	char space[16384];
	ssize_t n = p->tls != NULL ? tls_read(p->tls, space, sizeof space, NULL)
				   : recv(p->fd, space, sizeof space, 0);

	if (n < 0 && p->tls == NULL)
		n = -errno;
	if (n > 0)
		buf_add(&p->in, space, (size_t)n);
	p->ended = n == 0 || (n < 0 && n != -EAGAIN);
	if (n < 0 && n != -EAGAIN)
		p->failure = (int)n;
	return n > 0 ? (size_t)n : 0;
}

/* Read all that there is. */
static inline void
peer_read(struct peer *p)
{
	while (!p->ended && peer_sip(p) > 0)
		;
}

/* Say it; the server may have its turn meanwhile. */
static inline void
peer_say(struct peer *p, struct str s)
{
	int64_t until = time_monotonic_ms() + PATIENCE_MS;

	for (size_t done = 0; done < s.n;) {
		ssize_t n =
		    p->tls != NULL
			? tls_write(p->tls, s.p + done, s.n - done, NULL)
			: send(p->fd, s.p + done, s.n - done, MSG_NOSIGNAL);

		if (n < 0 && p->tls == NULL)
			n = -errno;
		if (n == -EAGAIN || n == -ENOTCONN) {
			assert_true(time_monotonic_ms() < until);
			world_turn();
			continue;
		}
		if (n < 0)
			return; /* nobody listens any more */
		done += (size_t)n;
	}
}

/* Until it has heard `text`, or the end when that is NULL. */
static inline void
peer_hear(struct peer *p, const char *text)
{
	int64_t until = time_monotonic_ms() + PATIENCE_MS;

	for (;;) {
		peer_read(p);
		if (text != NULL &&
		    memmem(buf_z(&p->in), p->in.n, text, strlen(text)) != NULL)
			return;
		if (p->ended && text == NULL)
			return;
		if (p->ended || time_monotonic_ms() > until)
			fail_msg("no \"%s\" in \"%.300s\" (%zu bytes, %s %d)",
			    text != NULL ? text : "end", buf_z(&p->in), p->in.n,
			    p->ended ? "ended" : "late", p->failure);
		world_turn();
	}
}

static inline size_t
peer_counts(struct peer *p, const char *text)
{
	const char *at = buf_z(&p->in);
	size_t n = 0;

	while ((at = strstr(at, text)) != NULL) {
		at++;
		n++;
	}
	return n;
}

static inline bool
peer_has(struct peer *p, const char *text)
{
	return peer_counts(p, text) > 0;
}

/* One request on a connection of its own; p has all of the answer. */
static inline struct peer
peer_once(const struct mode *m, struct str s)
{
	struct peer p = peer_open(m);

	peer_say(&p, s);
	peer_hear(&p, NULL);
	return p;
}

/* The body: what is behind the first head. */
static inline struct str
peer_body(struct peer *p)
{
	const char *head = strstr(buf_z(&p->in), "\r\n\r\n");
	size_t at;

	assert_non_null(head);
	at = (size_t)(head - p->in.p) + 4;
	return str_make(p->in.p + at, p->in.n - at);
}

static inline void
wait_held(size_t n)
{
	int64_t until = time_monotonic_ms() + PATIENCE_MS;

	while (world.n_held != n) {
		assert_true(time_monotonic_ms() < until);
		world_turn();
	}
}

#endif
