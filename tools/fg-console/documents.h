/* SPDX-License-Identifier: Apache-2.0 */
/*
 * documents: the newest versions of the policies and the collections, parsed
 * and kept, since they are asked for far more often than they change.
 */
#ifndef FG_CONSOLE_DOCUMENTS_H
#define FG_CONSOLE_DOCUMENTS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "collections/collections.h"
#include "jtree/jtree.h"
#include "store/store_documents.h"

enum documents_kind {
	DOCUMENTS_RUNTIME,
	DOCUMENTS_WAAS,
	DOCUMENTS_COLLECTIONS,
	DOCUMENTS_KINDS
};

struct documents_one {
	uint64_t version; /* 0: none yet */
	struct arena *arena;
	struct store_version about;
	struct str text;          /* empty: none */
	const struct jtree *tree; /* NULL: none */
};

struct documents {
	struct documents_one all[DOCUMENTS_KINDS];
	const struct collections *collections; /* NULL: none */
};

/* "runtime", as the store and the records have it; -1: no such kind. */
const char *documents_name(enum documents_kind kind);
int documents_kind_of(struct str name);

/*
 * Have the newest version of each: 1 when one of them changed, 0, or a negative
 * errno, when the older ones stay.
 */
int documents_refresh(struct documents *d, struct store *s, struct err *e);
void documents_free(struct documents *d);

#endif
