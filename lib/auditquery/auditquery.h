/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auditquery: which events are asked for. The same question to a file and to
 * the Console, whose parameters have the names of fg-audit's options.
 */
#ifndef FG_AUDITQUERY_AUDITQUERY_H
#define FG_AUDITQUERY_AUDITQUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "jtree/jtree.h"

enum { AUDITQUERY_VALUES_MAX = 32 }; /* of one parameter */

struct auditquery_values {
	struct str values[AUDITQUERY_VALUES_MAX]; /* borrowed */
	size_t n;                                 /* 0: any */
};

/* All of its parts must hold, and one value of each list. */
struct auditquery {
	struct auditquery_values app, container, image, rule, name, kind,
	    action;
	int severity;                  /* at least: enum event_severity */
	int64_t from_ms, to_ms;        /* of `ts`: from <= ts < to */
	struct str search;             /* borrowed; empty: any */
	bool has_severity, has_search; /* the parameter was given */
	bool has_from, has_to;
};

/* That asks for everything. */
void auditquery_init(struct auditquery *q);

/*
 * One more parameter; its value is borrowed. Returns 1, or 0 for a name that
 * is none of these, or -EINVAL, ERR_USAGE, with the value that is wrong (the
 * caller puts the name in front). May be given again: those that are lists.
 *
 *   app        App IDs, patterns as of appid_match()
 *   container, image, rule, name   '*' at the ends stands for anything; of
 *              `rule` the detection's id or the name of the policy's rule
 *   kind, action   words of fg-event(5)
 *   severity   at least
 *   from, to   RFC 3339; 2026-01-02 (its first moment in UTC); or how long
 *              before now_ms (since 1970): 90s, 30m, 12h, 7d, 2w
 *   search     in any string of the event, ASCII letters in either case
 */
int auditquery_add(struct auditquery *q, struct str name, struct str value,
    int64_t now_ms, struct err *e);

/* Is that what is asked for? t is an event as fg-event(5) has it. */
bool auditquery_match(const struct auditquery *q, const struct jtree *t);

/* The form in from and to; false, with *ms untouched, for others. */
bool auditquery_time(struct str value, int64_t now_ms, int64_t *ms);

/* Does a pattern with '*' at its ends fit all of text? */
bool auditquery_fits(struct str pattern, struct str text);

#endif
