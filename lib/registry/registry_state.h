/* SPDX-License-Identifier: Apache-2.0 */
/* registry_state: what one run of the module knows. Internal. */
#ifndef FG_REGISTRY_REGISTRY_STATE_H
#define FG_REGISTRY_REGISTRY_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "client/client.h"
#include "registry.h"
#include "registry/credentials.h"
#include "url/url.h"

struct registry_auth;
struct registry_fetch;

/* Where requests go: a registry's own host, or a mirror's. */
struct registry_host {
	struct registry_host *next;
	const char *name; /* as in references, for the credentials */
	const char *base; /* "https://registry-1.docker.io" */
	struct url url;   /* of base */

	const struct registry_auth *auth;
	void *auth_state; /* auth's own; freed with the arena */
	const struct registry_credentials *credentials; /* or NULL */

	/*
	 * The first request goes alone: its answer tells how the host wants to
	 * be asked, so the others need not be refused first.
	 */
	bool probing, known;
	struct registry_fetch *waiting; /* for that, by .next_waiting */

	bool warned; /* its warnings were told */
	bool down;   /* no answer at all, after all tries */
	struct err why;
};

struct registry_mirror {
	struct str of; /* host in references, or "*" */
	struct registry_host *host;
	const char *prefix; /* "" or "path/", in front of the repository */
};

enum { REGISTRY_BUCKETS = 256, REGISTRY_KEEP_MAX = 1024 * 1024 };

struct registry {
	const struct registry_config *cfg;
	struct arena *arena; /* as long as the registry */
	struct client_config client_cfg;
	struct client *client;
	struct registry_logins logins;
	struct registry_mirror *mirrors;
	size_t n_mirrors;
	struct registry_host *hosts;
	struct registry_fetch *fetches[REGISTRY_BUCKETS];
	size_t kept; /* bytes of answers that nobody waits for any more */
	uint64_t random;
};

/* 32 bits for jitter; no secret hangs on them. */
uint32_t registry_random(struct registry *r);

/* The host of that name with its https (or http) base; NULL: no memory. */
struct registry_host *registry_host_get(
    struct registry *r, const char *name, const char *base);

struct registry_endpoint {
	struct registry_host *host;
	const char *prefix;
	bool mirror;
};

/*
 * The nth (from 0) place to ask for what references call host: mirrors first,
 * the origin last. 1, or 0 when there are no more; negative: no memory.
 */
int registry_endpoint(struct registry *r, const struct imageref *ref, size_t n,
    struct registry_endpoint *ret, struct err *e);

/* Parse cfg's mirrors and plain http hosts. */
int registry_hosts_setup(struct registry *r, struct err *e);

#endif
