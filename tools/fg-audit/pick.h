/* SPDX-License-Identifier: Apache-2.0 */
/* pick: lines in, those that are asked for out; the others are counted. */
#ifndef FG_AUDIT_PICK_H
#define FG_AUDIT_PICK_H

#include <stdbool.h>
#include <stdint.h>

#include "auditquery/auditquery.h"
#include "options.h"
#include "out.h"
#include "tail.h"

/* Where a line stands, for messages. */
struct pick_place {
	const char *what; /* the input's name */
	unsigned long line;
};

struct pick {
	const struct options *o;
	struct auditquery query;
	struct out *out;
	bool asked_elsewhere; /* the Console has picked: all is wanted */
	bool keep;            /* until pick_settle(), in tail */
	struct tail tail;
	uint64_t picked, bad, other;
};

/*
 * One line. Is it an event, and asked for? Then it is printed, or kept. What
 * is no event is told on standard error and counted in `bad`; a record of
 * another type is counted in `other`. *cursor (may be NULL) gets a copy of
 * the member of that name, if there is one. Negative: the run is over.
 */
int pick_line(struct pick *p, struct str line, struct pick_place at,
    struct buf *cursor, struct err *e);

/* A line that is not one, and why. */
void pick_bad(struct pick *p, struct pick_place at, const char *why);

/* Print what was kept, the last one first if so asked; keep no more. */
int pick_settle(struct pick *p, bool last_first, struct err *e);

#endif
