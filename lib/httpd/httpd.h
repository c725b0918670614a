/* SPDX-License-Identifier: Apache-2.0 */
/*
 * httpd: an HTTP/1.1 server (RFC 9110, RFC 9112) in one thread of a loop, with
 * or without TLS.
 *
 * The caller gets requests that are whole, and answers each one, now or later.
 * All else is done here: reading strictly (lib/http1), limits and deadlines,
 * refusals, Expect, keep-alive, HEAD, chunks, and a close that lets the last
 * answer arrive. Requests of one connection are served one after the other, in
 * order. Whatever a peer sends or leaves out costs bounded memory and time.
 */
#ifndef FG_HTTPD_HTTPD_H
#define FG_HTTPD_HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "http1/http1.h"
#include "loop/loop.h"
#include "tls/tls.h"

enum {
	HTTPD_FIELDS_MAX = 24,        /* of an answer */
	HTTPD_ANSWER_HEAD_MAX = 8192, /* bytes of its head */
	HTTPD_PIECE_MAX = 256 * 1024, /* bytes of a piece of a stream */
};

struct httpd; /* opaque */

#define cleanup_httpd __attribute__((cleanup(httpd_freep)))

/*
 * A request in hand. It is valid until httpd_answer(), httpd_end(),
 * httpd_abort() or `gone`, whichever comes first; one of them has to come.
 *
 * http, body and tls are there until `serve` returns, and no longer when it was
 * answered before that: a request that waits costs no buffers, so who answers
 * later copies what it needs. While a request waits they are NULL or empty.
 */
struct httpd_request {
	const struct http1_request *http;
	struct str body;            /* all of it, without its chunks */
	const struct tls_peer *tls; /* NULL: plain; .shown: a certificate */
	struct str peer_address;    /* as ip_text() writes it, no port; "" */
	struct httpd *server;
	void *user; /* the caller's; NULL at first */
};

struct httpd_field {
	struct str name, value;
};

/* Why a request was refused here, before it was one. */
struct httpd_refusal {
	struct str peer_address;
	unsigned status;  /* 0: not even answered */
	const char *name; /* as http1_bad_name(): "fold"; "tls_handshake", … */
	const char *text; /* one line, for people; may hold a peer's bytes */
};

/* What is 0 gets the default. Times in ms, each one for all of it: a peer that
 * sends a byte now and then gains nothing. */
struct httpd_config {
	struct loop *loop;
	struct tls_context *tls; /* NULL: plain; see httpd_tls() */

	/*
	 * Serve r: call httpd_answer() or httpd_begin(), or keep r for later.
	 * The whole request is there.
	 */
	void (*serve)(struct httpd_request *r, void *arg);
	/*
	 * Asked when the head is there and a body is to follow: the number of
	 * bytes, decoded, that it may have (body_max at most); 0: none, 413.
	 * NULL: body_max. peer as in struct httpd_request.
	 */
	size_t (*body_limit)(const struct http1_request *http,
	    const struct tls_peer *peer, void *arg);
	/* Tell of a refusal, for a log or a count; may be NULL. */
	void (*refused)(const struct httpd_refusal *why, void *arg);
	/* After httpd_drain(): the last connection is gone; may be NULL. */
	void (*drained)(void *arg);
	void *arg;

	size_t body_max; /* bytes; 1 MiB */
	/*
	 * Bytes of all buffers; 256 MiB. A request that would need more is
	 * answered 503; an answer that nobody reads is cut when it would need
	 * more than twice as many.
	 */
	size_t memory_max;
	unsigned connections_max; /* 16,384 */
	unsigned handshake_ms;    /* of TLS; 10 s */
	unsigned idle_ms;         /* between requests; 75 s */
	unsigned head_ms;         /* from its first byte on; 10 s: 408 */
	unsigned body_ms;         /* from the head on; 30 s: 408 */
	unsigned write_ms;        /* for each 64 KiB of an answer; 30 s */
	unsigned linger_ms;       /* what a closing peer gets to read; 3 s */
};

/* Counts since httpd_new(), but for the first two. */
struct httpd_stat {
	unsigned connections; /* now */
	size_t memory;        /* bytes of their buffers, now */
	uint64_t accepted;
	uint64_t turned_away; /* beyond connections_max */
	uint64_t evicted;     /* closed to make room for others */
	uint64_t handshakes_failed;
	uint64_t requests;      /* that were served */
	uint64_t refused;       /* answered with an error here */
	uint64_t late;          /* closed or refused for a deadline */
	uint64_t gone;          /* the peer went before its answer */
	uint64_t accept_failed; /* no descriptors, no memory */
};

/*
 * Serve what connects to `listener`, a listening stream socket (TCP or
 * AF_UNIX), non-blocking; it becomes the server's when that succeeds. -1: none,
 * see httpd_adopt(). Several processes may have it: each connection wakes one.
 *
 * At connections_max a new connection takes the place of one that is closing,
 * else of the one that is idle for the longest, else of the oldest that has
 * been at its handshake or head for a second; if there is none it is answered
 * 503, or with TLS closed without a handshake. A request that waits for its
 * answer keeps its place; a peer that vanished without a word is found by TCP
 * itself within two minutes (keepalive).
 *
 * ERR_TEMP: no memory, no descriptor.
 */
int httpd_new(const struct httpd_config *cfg, int listener, struct httpd **ret,
    struct err *e);

/* Close all; waiting requests get `gone`. Never from a callback of it. */
void httpd_free(struct httpd *h);
void httpd_freep(struct httpd **h);

/*
 * Serve the connected, non-blocking stream socket fd as if it had been
 * accepted; it becomes the server's, also when this fails. ERR_TEMP.
 */
int httpd_adopt(struct httpd *h, int fd, struct err *e);

/* The context for connections from now on; the old one is the caller's. */
void httpd_tls(struct httpd *h, struct tls_context *tls);

/*
 * No more connections: the listener is closed, as are idle connections; all
 * others end with the answer to the request that they are at.
 */
void httpd_drain(struct httpd *h);

const struct httpd_stat *httpd_stat(const struct httpd *h);

/*
 * Answer r, which is gone by that. status is 200 to 599. Date, Content-Length
 * and Connection are written here, and to HEAD no body; 204, 205 and 304 have
 * none. fields (n of them, HTTPD_FIELDS_MAX at most) must not be Connection,
 * Content-Length, Transfer-Encoding and their like. All is copied. A head that
 * cannot be written (a name or value with a control character, more than
 * HTTPD_ANSWER_HEAD_MAX bytes) becomes 500.
 *
 * No callback is called from within: what follows on the connection is served
 * from the loop.
 */
void httpd_answer(struct httpd_request *r, unsigned status,
    const struct httpd_field *fields, size_t n, struct str body);

/*
 * The same with the body that all errors of this server have (Content-Type
 * application/json): {"type":"error","v":1,"status":N,"msg":"TEXT"}. With 503
 * goes Retry-After: 1.
 */
void httpd_error(struct httpd_request *r, unsigned status, const char *msg);

/*
 * If the peer goes before the answer, call gone, and r is gone by that. A peer
 * that has ended its side alone (half-closed) counts as gone then. Without this
 * r stays valid even so, and its answer goes nowhere, or to the half-closed
 * peer that still waits for it. Never called from within another function.
 */
void httpd_on_gone(struct httpd_request *r,
    void (*gone)(struct httpd_request *r, void *arg), void *arg);

struct httpd_stream {
	/*
	 * The peer takes more: soon after httpd_begin(), and again after each
	 * time that httpd_piece() said no.
	 */
	void (*room)(struct httpd_request *r, void *arg);
	/* As with httpd_on_gone(); also when the peer takes too long. */
	void (*gone)(struct httpd_request *r, void *arg);
	void *arg;
};

/*
 * Begin an answer whose length is not known: in chunks, or to HTTP/1.0 until
 * the connection ends. A head that cannot be written becomes 500, and what
 * follows goes nowhere. Both callbacks are needed.
 */
void httpd_begin(struct httpd_request *r, unsigned status,
    const struct httpd_field *fields, size_t n, const struct httpd_stream *s);

/*
 * The next bytes, HTTPD_PIECE_MAX at most, copied; never sent before the
 * callback is over. False: wait for `room` before the next. Who does not loses
 * the connection once 1 MiB waits.
 */
bool httpd_piece(struct httpd_request *r, struct str piece);

/* That was all of it; r is gone. */
void httpd_end(struct httpd_request *r);

/*
 * There is more, but it cannot be had: the connection is closed so that the
 * peer sees that the answer is cut. r is gone. Also for requests that are not
 * to be answered at all.
 */
void httpd_abort(struct httpd_request *r);

#endif
