/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyring: the tokens and enrolment secrets, by their hashes, in memory: who
 * guesses costs a hash and a search there, never a look at the disk.
 */
#ifndef FG_CONSOLE_KEYRING_H
#define FG_CONSOLE_KEYRING_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "board.h"
#include "secret.h"
#include "store/store.h"

struct keyring_key {
	struct str id, name;
	unsigned char sha256[SHA256_BYTES];
	int64_t expires_ms;
	bool revoked;
	uint32_t scopes;  /* of a token */
	int64_t used_day; /* that was told of it last */
};

struct keyring {
	uint64_t generation; /* of board->keys; 0: nothing read yet */
	struct arena *arena;
	struct {
		struct keyring_key *all; /* by id */
		size_t n;
	} kinds[2]; /* enum secret_kind */
};

/* Read them again if they changed. On an error the older ones stay. */
int keyring_refresh(
    struct keyring *k, const struct board *b, struct store *s, struct err *e);
void keyring_free(struct keyring *k);

/* The one that text is, be it expired or revoked; NULL. */
struct keyring_key *keyring_find(
    struct keyring *k, enum secret_kind kind, struct str text);

#endif
