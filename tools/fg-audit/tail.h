/* SPDX-License-Identifier: Apache-2.0 */
/* tail: lines that are kept until it is known which are the last ones. */
#ifndef FG_AUDIT_TAIL_H
#define FG_AUDIT_TAIL_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum { TAIL_BYTES_MAX = 256 * 1024 * 1024 };

struct tail {
	size_t limit;      /* the last so many are kept; SIZE_MAX: all */
	struct str *lines; /* a ring; owned, and so are the lines */
	size_t n, cap, first;
	size_t bytes;
};

/* Keep a copy. ERR_PERM: more than TAIL_BYTES_MAX. */
int tail_add(struct tail *t, struct str line, struct err *e);

/* The ith one, from 0, the oldest. */
struct str tail_at(const struct tail *t, size_t i);

void tail_free(struct tail *t);

#endif
