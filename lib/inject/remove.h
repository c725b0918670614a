/* SPDX-License-Identifier: Apache-2.0 */
/* remove: the exact inverse of all that fill, stamp and inject do. */
#ifndef FG_INJECT_REMOVE_H
#define FG_INJECT_REMOVE_H

#include "record.h"

struct remove_definition {
	struct record rec;
	bool found;    /* there was a record, or something of ours */
	bool original; /* the definition has its first bytes again */
	/*
	 * What was taken out is, byte for byte, what tools of ours put in;
	 * when original is false all the same, a person edited other parts.
	 */
	bool untouched;
	char cut[RECORD_CUT]; /* of what was taken out now */
};

struct removal {
	struct doc *after; /* owned; NULL: nothing of ours was found */
	struct remove_definition *defs; /* as many as f->n, in the arena */
	struct arena *arena;
};

/*
 * Take everything of ours out of all definitions of f, which is not changed.
 * Errors are those of record_read() and edit_apply().
 */
int remove_all(
    const struct taskdef_file *f, struct removal *ret, struct err *e);
void remove_free(struct removal *r);

/*
 * The end of every tool that writes: out gets the text of d with the `cut` of
 * each record set, after remove_all() was tried on it. *original tells
 * whether that leads to the bytes whose sha256 the records hold. Records in d
 * must hold RECORD_CUT_NONE.
 */
int remove_seal(
    const struct doc *d, bool *original, struct buf *out, struct err *e);

/* Do all definitions with a record lead back to their first bytes? */
int remove_is_original(const struct doc *d, bool *original, struct err *e);

#endif
