/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auth: how a kind of registry lets clients in. This is the place where a
 * registry type brings its own authentication: one more table entry.
 */
#ifndef FG_REGISTRY_AUTH_H
#define FG_REGISTRY_AUTH_H

#include <stdbool.h>

#include "client/client.h"
#include "registry/fetch.h"
#include "registry_state.h"

enum {
	REGISTRY_AUTH_GO = 0,   /* send f, with f->authorization */
	REGISTRY_AUTH_WAIT = 1, /* registry_fetch_resume() will come */
};

struct registry_auth {
	const char *name;

	/* Is this its kind of host? The last of the table takes any. */
	bool (*serves)(const struct registry_host *host);

	/*
	 * f is about to be sent (answer NULL), or was answered by a 401. Set
	 * f->authorization, or leave it empty. Returns one of the above, or a
	 * negative errno with e: f has failed. Must come to an end: a second
	 * 401 to fresh credentials is a failure.
	 */
	int (*authorise)(struct registry_fetch *f,
	    const struct client_call *answer, struct err *e);

	/* Free what host->auth_state holds outside of the arena. */
	void (*free_state)(struct registry_host *host);
};

/* The kind of host. */
const struct registry_auth *registry_auth_for(const struct registry_host *host);

/* Docker Registry v2: anonymous, Basic, Bearer with a token server. */
extern const struct registry_auth registry_auth_docker;

#endif
