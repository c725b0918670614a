/* SPDX-License-Identifier: Apache-2.0 */
/* From nothing to a connection over which requests go. */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "httpc_state.h"

static const struct http1_limits limits = {
    .line = 8192, .field = 8192, .head = 32768, .trailer = 8192};

static const struct httpc_place *
place(const struct httpc *h)
{
	return h->proxy.port != 0 ? &h->proxy : &h->server;
}

void
httpc_open_close(struct httpc *h)
{
	httpc_names_drop(&h->names);
	tls_free(h->tls);
	h->tls = NULL;
	fd_closep(&h->fd);
	h->phase = HTTPC_APART;
	h->reused = false;
	buf_free(&h->in);
}

static int
try_next(struct httpc *h, int error, struct err *e)
{
	const struct httpc_place *p = place(h);

	for (; h->at < h->names.n; h->at++) {
		const struct sockaddr_in6 *to = &h->names.addr[h->at];
		socklen_t size = to->sin6_family == AF_INET
				     ? sizeof(struct sockaddr_in)
				     : sizeof(struct sockaddr_in6);
		const int on = 1;

		fd_closep(&h->fd);
		h->fd = socket(to->sin6_family,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (h->fd < 0) {
			error = errno;
			continue;
		}
		(void)setsockopt(
		    h->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		if (connect(h->fd, (const struct sockaddr *)to, size) == 0 ||
		    errno == EINPROGRESS) {
			h->phase = HTTPC_CONNECTING;
			h->wants = POLLOUT;
			return -EAGAIN;
		}
		error = errno;
	}
	return err_set(
	    e, ERR_TEMP, error, "%s:%u: %s", p->host, p->port, strerror(error));
}

static int
connected(struct httpc *h, short revents, struct err *e)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (revents == 0)
		return -EAGAIN;
	if (getsockopt(h->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (error != 0) {
		h->at++;
		return try_next(h, error, e);
	}
	if (h->proxy.port == 0) {
		h->phase = h->url.tls ? HTTPC_SECURE : HTTPC_TALK;
		return 0;
	}
	h->phase = HTTPC_TUNNEL;
	h->out_at = 0;
	buf_reset(&h->out);
	buf_addf(&h->out,
	    "CONNECT %s:%u HTTP/1.1\r\nHost: %s:%u\r\n"
	    "User-Agent: fg/" FG_VERSION "\r\n",
	    h->url.host, h->url.port, h->url.host, h->url.port);
	buf_adds(&h->out, buf_str(&h->proxy_login));
	buf_addz(&h->out, "\r\n");
	http1_response_begin(
	    &h->answer.head, h->answer.fields, HTTPC_STATE_FIELDS);
	return buf_error(&h->out) != 0 ? err_nomem(e) : 0;
}

static int
refused(const struct httpc *h, struct err *e)
{
	unsigned status = h->answer.head.status;

	return err_set(e, ERR_TEMP, EIO, "%s: the proxy %s (%u)",
	    h->server.host,
	    status == 407 ? "wants a login" : "refused to connect", status);
}

static int
tunnel(struct httpc *h, struct err *e)
{
	const struct http1_asked asked = {.method = HTTP1_METHOD_CONNECT};
	ssize_t n;
	int r;

	while (h->out_at < h->out.n) {
		n = httpc_io_put(h, e);
		if (n < 0)
			return (int)n;
	}
	for (;;) {
		r = http1_response_read(
		    &h->answer.head, buf_str(&h->in), &asked, &limits, e);
		if (r != -EAGAIN)
			break;
		n = httpc_io_fill(h, e);
		if (n <= 0)
			return n < 0 ? (int)n
				     : err_set(e, ERR_TEMP, ECONNRESET,
					   "%s: the proxy hung up",
					   h->server.host);
	}
	if (r != 0)
		return r;
	if (h->answer.head.status / 100 != 2 ||
	    h->answer.head.h.size != h->in.n)
		return refused(h, e);
	buf_reset(&h->in);
	h->phase = HTTPC_SECURE;
	return 0;
}

static int
secure(struct httpc *h, struct err *e)
{
	int r = 0;

	if (h->tls == NULL)
		r = tls_connect(h->cfg.tls, h->fd, h->server.host, &h->tls, e);
	if (r == 0)
		r = tls_handshake(h->tls, e);
	if (r == -EAGAIN)
		h->wants = (short)tls_wants(h->tls);
	else if (r != 0)
		err_prefix(e, "%s", h->server.host);
	else
		h->phase = HTTPC_TALK;
	return r;
}

int
httpc_open_step(struct httpc *h, short revents, struct err *e)
{
	const struct httpc_place *p = place(h);
	int r;

	h->wants = 0;
	switch (h->phase) {
	case HTTPC_APART:
		h->in = BUF_MAX(limits.head + 65536);
		h->at = 0;
		r = httpc_names_ask(&h->names, p->host, p->port,
		    h->cfg.connect_ms / 1000 + 1, e);
		h->phase = HTTPC_NAMES;
		return r != 0 || h->names.fd < 0 ? r : -EAGAIN;
	case HTTPC_NAMES:
		if (h->names.fd >= 0 && revents == 0)
			return -EAGAIN;
		r = httpc_names_take(&h->names, p->host, e);
		return r != 0 ? r : try_next(h, EADDRNOTAVAIL, e);
	case HTTPC_CONNECTING:
		return connected(h, revents, e);
	case HTTPC_TUNNEL:
		return tunnel(h, e);
	default:
		return secure(h, e);
	}
}
