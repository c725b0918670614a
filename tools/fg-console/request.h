/* SPDX-License-Identifier: Apache-2.0 */
/* request: what is to be answered, who asks, and the ways to answer. */
#ifndef FG_CONSOLE_REQUEST_H
#define FG_CONSOLE_REQUEST_H

#include "base/arena.h"
#include "jwrite/jwrite.h"
#include "parcel.h"
#include "query.h"
#include "route.h"
#include "secret.h"
#include "store/store_audits.h"
#include "worker.h"

enum {
	REQUEST_MEMORY_MAX = 400 << 20, /* of the arena: trees of bodies */
	REQUEST_ANSWER_MAX = 64 << 20,  /* bytes of an answer */
	REQUEST_FIELDS_MAX = 8
};

struct reply;

struct request {
	struct worker *w;
	struct httpd_request *http;
	const struct route *route;
	struct arena *arena; /* all that it needs, until it is answered */
	struct str args[ROUTE_ARGS_MAX]; /* what stands for {} in the path */
	struct query query;
	struct str body;    /* while it is first served, no longer */
	struct str address; /* of the peer */
	struct str etag;    /* of If-None-Match or If-Match; "" */

	struct str who;  /* a token's name and id */
	uint32_t scopes; /* of it */
	struct str app;  /* of a sidecar's certificate, as the next one */
	struct str serial;
	struct str secret_id;                    /* of an enrolment secret, */
	unsigned char secret_hash[SHA256_BYTES]; /* and of what was shown */

	/* What to do with the writer's answer. */
	void (*then)(struct request *r, struct parcel *payload);
	void *state; /* of the one who serves; in the arena */
};

/* A new one for h, not looked at yet; NULL: no memory. */
struct request *request_new(struct worker *w, struct httpd_request *h);

/* Without an answer: h is somebody else's now, or answered. */
void request_free(struct request *r);

/* ---- answers; r is gone by that ----------------------------------------- */

void request_answer(struct request *r, unsigned status, const char *type,
    const struct httpd_field *fields, size_t n, struct str body);

/* 200, JSON, if the writer of it did not fail. */
void request_json(struct request *r, unsigned status, const struct buf *body);

struct request_fault {
	unsigned status;
	const char *reason;     /* NULL: none */
	struct str pointer;     /* STR_NONE: none */
	unsigned line, column;  /* 0: none */
	unsigned retry_after_s; /* 0: none */
};

void request_fault(
    struct request *r, const struct request_fault *f, const char *msg);
void request_refuse(struct request *r, unsigned status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* e of the store or of memory: 503 or 500. */
void request_failed(struct request *r, const struct err *e);

/* ---- help --------------------------------------------------------------- */

/* The value of a field that is there once; else STR_NONE. */
struct str request_field(const struct http1_request *http, const char *name);

/* The body as JSON; NULL: it is none, and r was answered 400. */
const struct jtree *request_body(struct request *r);

/* The query's value could not be read: 400. */
void request_bad(struct request *r, const struct err *e);

/*
 * Ask the writer, and then call `then` with what it says, if it is a yes; else
 * its refusal is the answer. 503 when it is far behind.
 */
void request_ask(struct request *r, enum message_op op, const struct buf *body,
    void (*then)(struct request *r, struct parcel *payload));

/* A day of audits could not be read: counted, and said once a minute. */
void request_note_damage(struct request *r, const struct store_page *page);

#endif
