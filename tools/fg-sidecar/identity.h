/* SPDX-License-Identifier: Apache-2.0 */
/* identity: what the Console gave us, and what we keep of it over a restart. */
#ifndef FG_SIDECAR_IDENTITY_H
#define FG_SIDECAR_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	IDENTITY_TEXT_MAX = 64 * 1024, /* bytes of any PEM of it */
	IDENTITY_POLICY_MAX = 4 << 20, /* bytes of the policies' lines */
	IDENTITY_WORD_MAX = 256,
};

struct identity {
	char dir[4000];
	char boot[64]; /* whose certificate it is; a later life goes on with it
			*/
	struct buf key, certificate, ca, policy_key; /* PEM; empty: none */
	int64_t made, renew_at, not_after;           /* s since 1970 */
};

/* DIR/link, made (0700) when it is not there. ERR_PERM. */
int identity_open(struct identity *x, const char *data, struct err *e);
void identity_free(struct identity *x);

bool identity_any(const struct identity *x);

/*
 * Take it from the file of an earlier life, which may have given up its
 * certificate: see identity_any(). 0, -ENOENT, or ERR_PERM.
 */
int identity_load(struct identity *x, struct err *e);

/*
 * Take an "enrolled" record as the answer to a request that was made with key,
 * for that boot id. It is on the disk before it is taken; a disk that fails is
 * said, and no reason to do without. ERR_PERM: no such record; ERR_TEMP.
 */
int identity_take(struct identity *x, struct str key, struct str boot,
    struct str record, struct err *e);

/*
 * It is no good any more. What the Console signs policies with is kept, or the
 * last good ones would be those of nobody after a restart.
 */
void identity_forget(struct identity *x);

/* The policies as they came, with their signature. */
struct identity_policy {
	char etag[IDENTITY_WORD_MAX], signature[IDENTITY_WORD_MAX];
	struct buf body;
	int64_t confirmed; /* s since 1970: by the file's own time */
};

/* ERR_TEMP, ERR_PERM. */
int identity_save_policy(
    const struct identity *x, const struct identity_policy *p, struct err *e);

/* It holds still: the file's time is now. */
void identity_touch_policy(const struct identity *x);

/*
 * The saved one, if it is signed by the policy key. 0, -ENOENT, or ERR_PERM.
 */
int identity_load_policy(
    const struct identity *x, struct identity_policy *p, struct err *e);

/* Is signature, in base64, one of the policy key's over body? ERR_NO. */
int identity_verify(const struct identity *x, struct str body,
    struct str signature, struct err *e);

#endif
