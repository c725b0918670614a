/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch: one document of one repository, from a mirror or the origin, however
 * many want it, with tries, credentials and the digest checked.
 */
#ifndef FG_REGISTRY_FETCH_H
#define FG_REGISTRY_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "client/client.h"
#include "registry_state.h"

enum registry_what { REGISTRY_HEAD, REGISTRY_MANIFEST, REGISTRY_BLOB };

/* Who wants to hear that a fetch is done. */
struct registry_waiter {
	struct registry_waiter *next;
	void (*ready)(void *arg, struct registry_fetch *f);
	void *arg;
};

struct registry_fetch {
	struct registry_fetch *next; /* in its bucket */
	struct registry *registry;
	enum registry_what what;
	struct imageref ref;                   /* of host and repository */
	char version[IMAGEREF_DIGEST_MAX + 1]; /* tag or digest */
	unsigned users;                        /* pulls that hold it */
	struct registry_waiter *waiters;

	/* where it is asked for, and how often it was */
	size_t at;
	struct registry_endpoint endpoint;
	unsigned tries, refusals;
	struct registry_fetch *next_waiting; /* host->waiting or a token's */

	struct client_call call;
	struct buf url;
	struct buf authorization;    /* empty: none */
	struct buf scope;            /* of the token; see token.h */
	const char *realm, *service; /* of its own 401; NULL: none yet */

	/* the result */
	bool is_done;
	int r;
	struct err err;
	struct err mirror;                    /* why the first one failed */
	char digest[IMAGEREF_DIGEST_MAX + 1]; /* of the document */
	bool no_head; /* REGISTRY_HEAD: the registry does not answer it well */
};

/*
 * Get the document; ready() is called when it is there or has failed, at once
 * if that is so already. version: a tag, or a digest, which is then what the
 * document's must be. w is the caller's until ready(), and the fetch it gets is
 * held until registry_fetch_drop(). -ENOMEM: no ready() comes.
 */
int registry_fetch_get(struct registry *r, enum registry_what what,
    const struct imageref *ref, const char *version, struct registry_waiter *w);

/* The caller is done with f's text. */
void registry_fetch_drop(struct registry_fetch *f);

/* For struct registry_auth: f has waited enough; e: it has failed. */
void registry_fetch_resume(struct registry_fetch *f, const struct err *e);

/* Free all. */
void registry_fetch_free_all(struct registry *r);

#endif
