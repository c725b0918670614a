/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_secrets: enrolment secrets, and the certificates that sidecars got by
 * them. A certificate is live until it expires; those of one boot, which are
 * renewals, count as one.
 */
#ifndef FG_STORE_STORE_SECRETS_H
#define FG_STORE_STORE_SECRETS_H

#include "store.h"

struct store_secret {
	struct str id;
	unsigned char sha256[STORE_DIGEST];
	struct str app; /* for which apps; the caller knows the pattern */
	struct str by, note;
	int64_t created_ms, expires_ms;
	int64_t revoked_ms; /* 0: not */
	uint32_t max_live;  /* 0: any number */
	uint32_t live;      /* filled in by store_secret_get() and _list() */
};

/* Errors as those of store_token_add(). */
int store_secret_add(
    struct store *s, const struct store_secret *secret, struct err *e);

/* 1; 0: there is none. now_ms is for `live`. */
int store_secret_get(struct store *s, struct str id, int64_t now_ms,
    struct arena *a, struct store_secret *ret, struct err *e);

int store_secret_list(struct store *s, struct str after, uint32_t limit,
    int64_t now_ms, struct arena *a, struct store_secret **ret, size_t *n,
    struct err *e);

/* 1: revoked, or was before; 0: there is none. */
int store_secret_revoke(
    struct store *s, struct str id, int64_t now_ms, struct err *e);

struct store_certificate {
	struct str serial; /* hexadecimal */
	struct str app, boot;
	struct str secret; /* id of the secret that it goes back to */
	int64_t issued_ms, not_after_ms;
};

/*
 * Keep a certificate. 1: kept; 0: not, since max_live (0: any number) boots
 * other than this one have live certificates of that secret at issued_ms.
 * -EEXIST, ERR_NO: the serial is taken.
 */
int store_certificate_add(struct store *s, const struct store_certificate *c,
    uint32_t max_live, struct err *e);

/* 1; 0: there is none of that serial, or it expired long ago. */
int store_certificate_get(struct store *s, struct str serial, struct arena *a,
    struct store_certificate *ret, struct err *e);

#endif
