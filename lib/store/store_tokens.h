/* SPDX-License-Identifier: Apache-2.0 */
/* store_tokens: who may use the API. Secrets themselves are never kept. */
#ifndef FG_STORE_STORE_TOKENS_H
#define FG_STORE_STORE_TOKENS_H

#include "store.h"

struct store_token {
	struct str id;
	unsigned char sha256[STORE_DIGEST]; /* of the secret */
	struct str name, scopes, by;        /* scopes as the caller has them */
	int64_t created_ms, expires_ms;
	int64_t used_ms;    /* when last, to the day; 0: never */
	int64_t revoked_ms; /* 0: not */
};

/*
 * -EEXIST, ERR_NO: the id is taken. -EINVAL, ERR_PERM: an empty id, a text that
 * is too long, or an expires_ms of 0. -E2BIG, ERR_NO: STORE_HELD_MAX are kept.
 */
int store_token_add(
    struct store *s, const struct store_token *t, struct err *e);

/* Also those that expired or were revoked. 1; 0: there is none. */
int store_token_get(struct store *s, struct str id, struct arena *a,
    struct store_token *ret, struct err *e);

/* Up to limit (1 to STORE_LIST_MAX) of them, by id, behind the id `after`. */
int store_token_list(struct store *s, struct str after, uint32_t limit,
    struct arena *a, struct store_token **ret, size_t *n, struct err *e);

/* It was used; writes nothing when that is known of this day. */
int store_token_used(
    struct store *s, struct str id, int64_t now_ms, struct err *e);

/* 1: revoked, or was before; 0: there is none. */
int store_token_revoke(
    struct store *s, struct str id, int64_t now_ms, struct err *e);

#endif
