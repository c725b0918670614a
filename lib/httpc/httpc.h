/* SPDX-License-Identifier: Apache-2.0 */
/*
 * httpc: requests over one connection to one server, HTTP/1.1 (RFC 9112), from
 * a loop that never waits. The connection is made when a request needs it, kept
 * for the next one, and made anew when it was closed meanwhile.
 *
 * It takes a tenth of the memory of libcurl with a connection open, which is
 * what a program needs that has nothing else to do for hours. It follows no
 * redirects and keeps no cookies.
 */
#ifndef FG_HTTPC_HTTPC_H
#define FG_HTTPC_HTTPC_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "tls/tls.h"

enum {
	HTTPC_BODY_MAX = 16 << 20, /* bytes of a request's body */
	HTTPC_REFUSAL_MAX = 16384, /* bytes taken of a body that is not 2xx */
};

struct httpc; /* opaque */

struct httpc_config {
	const char *url; /* http[s]://HOST[:PORT][/PREFIX] */
	/*
	 * "http://[USER:PASSWORD@]HOST:PORT", through which https goes by
	 * CONNECT, so that it sees the server's name only; NULL or "": none.
	 */
	const char *proxy;
	struct tls_context *tls; /* for https; must outlive the connection */
	unsigned connect_ms;     /* name, connection, handshake; 0: 10,000 */
};

/*
 * The proxy for an https URL that the environment names: https_proxy, then
 * all_proxy, in either case; NULL: none, or no_proxy has its host (names with
 * all below them, addresses and prefixes of them, or "*"; libcurl-env(3)).
 */
const char *httpc_proxy_of(const char *url);

/* cfg is copied. ERR_USAGE: not such a URL; ERR_TEMP: no memory. */
int httpc_new(
    const struct httpc_config *cfg, struct httpc **ret, struct err *e);

/* Drops what is under way; no done() is called any more. NULL is fine. */
void httpc_free(struct httpc *h);
void httpc_freep(struct httpc **h);

/*
 * One request and its answer. The first part is the caller's, and must stay
 * until done(); head and body of the answer are freed by httpc_call_reset().
 */
struct httpc_call {
	const char *method; /* "GET", "POST" */
	const char *path;   /* "/path?query", behind the URL's prefix */
	/* More fields, "Name: value\r\n" each; the caller answers for them. */
	struct str fields;
	struct str body;     /* empty: none */
	size_t max;          /* bytes of a 2xx answer's body; more: -EFBIG */
	unsigned timeout_ms; /* until the whole answer is there; 0: 30,000 */
	void (*done)(struct httpc_call *call);
	void *arg;

	/*
	 * 0 when there was an answer, whatever its status. Else -errno with
	 * err: -ETIMEDOUT; -EBADMSG, no HTTP or not what was announced;
	 * -EKEYREJECTED, -EACCES and -EPROTO of tls.h; or what else the network
	 * says. Names that are not found: -ENOENT.
	 */
	int r;
	struct err err;
	unsigned status;
	struct buf head; /* of the answer; see httpc_field() */
	struct buf body_in;
};

/* Ask, when h is idle. done() comes from httpc_work(), and may ask again. */
void httpc_start(struct httpc *h, struct httpc_call *call, int64_t now_ms);

bool httpc_idle(const struct httpc *h);

/* Forget the answer. */
void httpc_call_reset(struct httpc_call *call);

/* The value of the answer's first field of that name; false: none. */
bool httpc_field(
    const struct httpc_call *call, const char *name, struct str *value);

/* What to poll(2) for, and until when (CLOCK_MONOTONIC; INT64_MAX: ever). */
void httpc_ask(const struct httpc *h, struct pollfd *p);
int64_t httpc_next(const struct httpc *h);

/* Go on, when poll(2) says so or the time has come. */
void httpc_work(struct httpc *h, short revents, int64_t now_ms);

#endif
