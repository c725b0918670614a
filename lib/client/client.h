/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: HTTP requests, many at a time, over libcurl, which is loaded when
 * the first client is made and not before (it costs milliseconds).
 *
 * https goes through the proxy that the environment names (https_proxy,
 * all_proxy, no_proxy, in either case; libcurl-env(3)), by CONNECT, so that it
 * sees names of hosts only; plain http never goes through a proxy.
 */
#ifndef FG_CLIENT_CLIENT_H
#define FG_CLIENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	CLIENT_PARALLEL = 8,
	CLIENT_TIMEOUT = 30, /* s */
	CLIENT_REDIRECTS_MAX = 5,
	CLIENT_HEADERS_MAX = 64 * 1024,  /* bytes, of one answer */
	CLIENT_REFUSAL_MAX = 64 * 1024,  /* bytes taken of a body not 2xx */
	CLIENT_DIGEST_MAX = 7 + 128 + 1, /* "sha512:", the digits, NUL */
};

struct client; /* opaque */

struct client_config {
	const char *ca;    /* PEM file instead of the system's CAs */
	struct str ca_pem; /* the same as text; empty: none */
	const char *const *plain_http; /* "HOST" or "HOST:PORT" where http:// */
	size_t n_plain_http;           /* may be spoken; nowhere else */
	unsigned parallel;             /* requests at a time; 0: 8 */
	unsigned timeout;              /* s, all of one request; 0: 30 */
};

/* cfg must outlive *ret. ERR_PERM: no libcurl, or no such CA file. */
int client_new(
    const struct client_config *cfg, struct client **ret, struct err *e);

/* Drops what is under way; no done() is called any more. NULL is fine. */
void client_free(struct client *c);

enum client_method { CLIENT_GET, CLIENT_HEAD, CLIENT_POST };

/*
 * One request and its answer, the memory of the caller's. The first part is
 * set before client_start() and must stay until done().
 */
struct client_call {
	enum client_method method;
	const char *url;
	const char *accept;        /* header; NULL: none */
	const char *authorization; /* header; only for url's own origin */
	struct str form;           /* CLIENT_POST: the urlencoded body */
	size_t max;                /* bytes of a 2xx body; more is an error */
	const char *algorithm;     /* hash a 2xx body: "sha256", "sha512" */
	bool follow;               /* take redirects, of GET and HEAD */
	unsigned delay_ms;         /* to wait before it starts */
	unsigned hold_s;           /* the server may be silent so much longer */
	void (*done)(struct client_call *call);
	void *arg;

	/*
	 * r is 0 when there was an answer, whatever its status; else a negative
	 * errno with err: ERR_TEMP for network troubles, ERR_PERM for
	 * certificates, bodies above max, refused redirects.
	 */
	int r;
	struct err err;
	bool timed_out;
	long status;        /* 0: no answer has begun */
	struct buf headers; /* of the last answer; see client_header() */
	struct buf body;
	char digest[CLIENT_DIGEST_MAX]; /* "sha256:…" of the body */

	/* the module's own */
	struct client_call *next; /* in the queue */
	int64_t due_ms;           /* CLOCK_MONOTONIC: not to start before */
};

/*
 * Queue a call; done() comes from client_run(), and may start more, the same
 * call again after client_call_reset() too.
 */
void client_start(struct client *c, struct client_call *call);

/* Forget the answer; free its buffers. */
void client_call_reset(struct client_call *call);

/*
 * The value of the nth (from 0) header of that name in the answer, blanks
 * trimmed; false when there is none.
 */
bool client_header(const struct client_call *call, const char *name, size_t nth,
    struct str *value);

/* Work until no call is left. Its errors are those of the polling itself. */
int client_run(struct client *c, struct err *e);

#endif
