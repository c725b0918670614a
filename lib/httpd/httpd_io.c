/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd_io.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

ssize_t
httpd_io_read(struct httpd_conn *c)
{
	char *p = c->r.server->space;
	ssize_t n;

	if (c->tls != NULL) {
		n = tls_read(c->tls, p, HTTPD_READ_STEP, NULL);
		/* Of a record that was read in part epoll does not tell. */
		c->readable = n > 0 && tls_pending(c->tls) > 0;
		return n;
	}
	do
		n = recv(c->w.fd, p, HTTPD_READ_STEP, 0);
	while (n < 0 && errno == EINTR);
	c->readable = n == HTTPD_READ_STEP;
	return n < 0 ? -errno : n;
}

/* Write n > 0 bytes: how many were taken, or a negative errno. */
static ssize_t
put(struct httpd_conn *c, const char *p, size_t n)
{
	ssize_t put;

	if (c->tls != NULL)
		return tls_write(c->tls, p, n, NULL);
	do
		put = send(c->w.fd, p, n, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	return put < 0 ? -errno : put;
}

/* As many of the n bytes as are taken; *done counts them. 0 all, or -errno. */
static int
put_all(struct httpd_conn *c, const char *p, size_t n, size_t *done)
{
	while (*done < n) {
		ssize_t some = put(c, p + *done, n - *done);

		if (some <= 0)
			return some == 0 ? -EPIPE : (int)some;
		*done += (size_t)some;
		c->written += (uint64_t)some;
	}
	return 0;
}

int
httpd_io_flush(struct httpd_conn *c)
{
	int ret;

	if (c->broken)
		return -EPIPE;
	ret = put_all(c, c->out.p, c->out.n, &c->sent);
	if (ret == -EAGAIN)
		return ret;
	buf_free(&c->out);
	c->sent = 0;
	httpd_conn_count(c);
	if (ret == 0)
		return 0;
	c->broken = true;
	return -EPIPE;
}

/* Both as they are. */
static size_t
send_long(struct httpd_conn *c, struct str head, struct str body)
{
	struct iovec v[] = {
	    {(void *)(uintptr_t)head.p, head.n},
	    {(void *)(uintptr_t)body.p, body.n},
	};
	struct msghdr msg = {.msg_iov = v, .msg_iovlen = 2};
	ssize_t n;

	do
		n = sendmsg(c->w.fd, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		c->broken = errno != EAGAIN;
		return 0;
	}
	c->written += (uint64_t)n;
	return (size_t)n;
}

/* As one: one record, and a system call that costs less. */
static size_t
send_short(struct httpd_conn *c, struct str head, struct str body)
{
	char *space = c->r.server->space;
	size_t done = 0;
	int ret;

	memcpy(space, head.p, head.n);
	if (body.n > 0)
		memcpy(space + head.n, body.p, body.n);
	ret = put_all(c, space, head.n + body.n, &done);
	c->broken = ret != 0 && ret != -EAGAIN;
	return done;
}

void
httpd_io_send(struct httpd_conn *c, struct str head, struct str body)
{
	size_t done = 0;

	if (c->broken)
		return;
	if (c->out.n == 0 && head.n + body.n <= HTTPD_READ_STEP)
		done = send_short(c, head, body);
	else if (c->out.n == 0 && c->tls == NULL)
		done = send_long(c, head, body);
	if (c->broken || done == head.n + body.n)
		return;
	buf_adds(&c->out, str_sub(head, done, head.n));
	buf_adds(
	    &c->out, str_sub(body, done > head.n ? done - head.n : 0, body.n));
	httpd_conn_count(c);
	c->broken =
	    buf_error(&c->out) != 0 || httpd_conn_too_much(c, HTTPD_OUT_TIMES);
}

uint32_t
httpd_io_wants(const struct httpd_conn *c, uint32_t plain)
{
	return c->tls != NULL ? tls_wants(c->tls) : plain;
}

void
httpd_io_finish(struct httpd_conn *c)
{
	if (c->tls != NULL)
		(void)tls_close(c->tls, NULL);
	tls_free(c->tls);
	c->tls = NULL;
	(void)shutdown(c->w.fd, SHUT_WR);
}
