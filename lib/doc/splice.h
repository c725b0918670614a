/* SPDX-License-Identifier: Apache-2.0 */
/* splice: changes of the tree as changes of the text; private to lib/doc. */
#ifndef FG_DOC_SPLICE_H
#define FG_DOC_SPLICE_H

#include "doc.h"
#include "style.h"
#include "val.h"

enum op_kind { OP_APPEND, OP_PREPEND, OP_REPLACE, OP_RESTORE, OP_DELETE };

/* One call of an edit_*() function. */
struct op {
	enum op_kind kind;
	const struct doc_node *node;
	const char *key; /* OP_APPEND to a map */
	struct val *v;
	struct str raw; /* OP_RESTORE */
	size_t seq;     /* call order */
};

/* Bytes at..at+gone of the source make place for text. */
struct splice {
	size_t at, gone;
	struct str text; /* in the arena */
	size_t depth;    /* of the node: inner texts come first at one place */
	size_t seq;
};

struct splices {
	struct style style;
	struct arena *arena;
	struct splice *all; /* room for one per op */
	size_t n;
};

/*
 * Add the splice for ops[0..n), which are all that is to be done to one node
 * (for OP_DELETE: a run of neighbours, ended by the first op of another
 * kind, parent, or with a sibling between). Returns how many ops were used,
 * or a negative errno.
 */
int splice_add(
    struct splices *s, const struct op *ops, size_t n, struct err *e);

/* Sort them and write the changed text; overlaps are -EINVAL. */
int splice_apply(struct splices *s, struct buf *out, struct err *e);

/* Does `after` hold the tree of `before` with ops (sorted by node) done? */
bool splice_matches(const struct op *ops, size_t n,
    const struct doc_node *before, const struct doc_node *after);

#endif
