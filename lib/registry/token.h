/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: Bearer tokens from a registry's token server
 * (distribution/distribution docs, "Token Authentication Specification" and
 * "OAuth2").
 */
#ifndef FG_REGISTRY_TOKEN_H
#define FG_REGISTRY_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "client/client.h"
#include "registry_state.h"

struct registry_fetch;

/* One token of one host, for one scope. */
struct registry_token {
	struct registry_token *next;
	struct registry *registry;
	struct registry_host *host;
	const char *scope;
	const char *realm, *service;
	bool asking;
	bool by_post; /* the identity token's form, else GET */
	unsigned tries;
	struct registry_fetch *waiting; /* by .next_waiting */
	struct client_call call;
	struct buf url, authorization, form;

	struct buf text;       /* the token; empty: none */
	int64_t good_until_ms; /* CLOCK_MONOTONIC */
	int r;                 /* negative: it was refused, err says why */
	struct err err;
};

/* Ask for t; its waiting fetches are resumed when there is an answer. */
void registry_token_ask(struct registry_token *t);

/* Can t be used now? */
bool registry_token_good(const struct registry_token *t);

/* Frees what is not in the arena. */
void registry_token_free(struct registry_token *t);

/*
 * May the registry at host send clients to realm, for credentials and tokens?
 * Its own origin; a pair that is known; what is in trust[0..n), "HOST" or
 * "HOST:PORT". Never http after https. 0, or -EPERM, ERR_PERM.
 */
int registry_realm_check(const struct url *host, const struct url *realm,
    const char *const *trust, size_t n, struct err *e);

/*
 * The token and its life in seconds (60 unless said) from a token server's
 * answer, the text into out. -EINVAL, ERR_PERM.
 */
int registry_token_parse(
    struct str body, struct buf *out, int64_t *seconds, struct err *e);

#endif
