/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "httpc_state.h"

enum { STEP = 16384 };

static ssize_t
failed(struct httpc *h, int error, short wants, struct err *e)
{
	if (error == EAGAIN) {
		h->wants |= wants;
		return -EAGAIN;
	}
	return err_set(e, ERR_TEMP, error, "%s: %s", h->server.host,
	    error == ECONNRESET || error == EPIPE ? "the connection broke"
						  : strerror(error));
}

/* What a session says, with the server's name in front. */
static ssize_t
secured(struct httpc *h, ssize_t n, struct err *e)
{
	if (n == -EAGAIN)
		h->wants |= (short)tls_wants(h->tls);
	else if (n < 0)
		err_prefix(e, "%s", h->server.host);
	return n;
}

ssize_t
httpc_io_get(struct httpc *h, void *p, size_t n, struct err *e)
{
	ssize_t got;

	if (h->tls != NULL)
		return secured(h, tls_read(h->tls, p, n, e), e);
	do
		got = recv(h->fd, p, n, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	return got < 0 ? failed(h, errno, POLLIN, e) : got;
}

ssize_t
httpc_io_put(struct httpc *h, struct err *e)
{
	const char *p = h->out.p + h->out_at;
	size_t n = h->out.n - h->out_at;
	ssize_t done;

	if (h->tls != NULL) {
		done = secured(h, tls_write(h->tls, p, n, e), e);
	} else {
		do
			done = send(h->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		while (done < 0 && errno == EINTR);
		if (done < 0)
			done = failed(h, errno, POLLOUT, e);
	}
	if (done > 0)
		h->out_at += (size_t)done;
	return done;
}

ssize_t
httpc_io_fill(struct httpc *h, struct err *e)
{
	char *to = buf_reserve(&h->in, STEP);
	ssize_t n;

	if (to == NULL)
		return err_nomem(e);
	n = httpc_io_get(h, to, STEP, e);
	if (n > 0)
		h->in.n += (size_t)n;
	return n;
}
