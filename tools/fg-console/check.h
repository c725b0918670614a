/* SPDX-License-Identifier: Apache-2.0 */
/* check: is this a document that may be stored? */
#ifndef FG_CONSOLE_CHECK_H
#define FG_CONSOLE_CHECK_H

#include "base/arena.h"
#include "base/err.h"
#include "documents.h"
#include "policy/policy.h"

/* Where it is wrong, besides the text in err. */
struct check_place {
	struct str pointer; /* STR_NONE: not known */
	unsigned line, column;
};

/*
 * text and t, the tree of it, as the next version of that kind, beside the
 * other documents of d: policies must be well formed and name collections that
 * are there; collections must have all that the policies name. *notes (may be
 * NULL after) is what is odd about a runtime policy. -EINVAL, ERR_PERM.
 */
int check_document(struct arena *a, const struct documents *d,
    enum documents_kind kind, struct str text, const struct jtree *t,
    const struct policy_note **notes, struct check_place *place, struct err *e);

#endif
