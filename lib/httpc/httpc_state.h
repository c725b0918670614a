/* SPDX-License-Identifier: Apache-2.0 */
/* httpc_state: what a connection knows; inside httpc only. */
#ifndef FG_HTTPC_HTTPC_STATE_H
#define FG_HTTPC_HTTPC_STATE_H

#include "http1/http1.h"
#include "http1/http1_chunk.h"
#include "httpc.h"
#include "httpc_names.h"
#include "url/url.h"

enum { HTTPC_STATE_FIELDS = 64, HTTPC_STATE_PLACE = 512 };

enum httpc_phase {
	HTTPC_APART,      /* no connection */
	HTTPC_NAMES,      /* which address */
	HTTPC_CONNECTING, /* to names.addr[at] */
	HTTPC_TUNNEL,     /* through the proxy: CONNECT */
	HTTPC_SECURE,     /* the TLS handshake */
	HTTPC_TALK,       /* a request and its answer */
	HTTPC_KEPT,       /* connected, and nothing to do */
};

/* Whom the socket is connected with. */
struct httpc_place {
	char host[HTTPC_STATE_PLACE]; /* no brackets */
	unsigned port;
};

/* An answer that is being read. */
struct httpc_answer {
	struct http1_response head;
	struct http1_field fields[HTTPC_STATE_FIELDS];
	struct http1_chunks chunks;
	bool begun;    /* a byte of it came */
	bool has_head; /* and all of its head */
	uint64_t left; /* of a body with a length */
};

struct httpc {
	struct httpc_config cfg;
	char *url_text;
	struct url url;
	struct httpc_place server, proxy; /* proxy.port 0: none */
	struct buf proxy_login;           /* a field of the CONNECT request */

	enum httpc_phase phase;
	struct httpc_names names;
	unsigned at;
	int fd;
	struct tls *tls;
	short wants; /* of poll(2) */
	bool reused; /* an answer came on it before */
	int64_t due_ms;

	struct httpc_call *call;
	int64_t call_due_ms;
	struct buf out, in;
	size_t out_at;
	struct httpc_answer answer;
};

/* httpc_place.c: the URLs into server, proxy, proxy_login. ERR_USAGE. */
int httpc_place_read(struct httpc *h, struct err *e);

/* httpc_open.c: one step towards TALK. 0: it was done, -EAGAIN, or -errno. */
int httpc_open_step(struct httpc *h, short revents, struct err *e);
void httpc_open_close(struct httpc *h);

/* httpc_io.c: bytes, in clear or not. As recv(2) and send(2), with -errno;
 * 0 of the first: the end. wants is set. */
ssize_t httpc_io_get(struct httpc *h, void *p, size_t n, struct err *e);
ssize_t httpc_io_put(struct httpc *h, struct err *e);
/* Into h->in, once. Bytes, 0: the end, or -errno. */
ssize_t httpc_io_fill(struct httpc *h, struct err *e);

/* httpc_talk.c: the request into out; then the answer out of in. */
int httpc_talk_write(struct httpc *h, struct err *e);
void httpc_talk_begin(struct httpc *h);
/* 0: it is whole; *keep: the connection may go on. -EAGAIN or -errno. end:
 * nothing more comes. */
int httpc_talk_read(struct httpc *h, bool end, bool *keep, struct err *e);

#endif
