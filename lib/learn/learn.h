/* SPDX-License-Identifier: Apache-2.0 */
/*
 * learn: from what a run did, the policy that allows just that, for a person
 * to read and edit (fg-policy(5)). No I/O and no clock.
 *
 * What it makes of events: names that are numbered or random, in a directory
 * that new files are made in, become that directory, as do many names in one
 * directory and any that are made in a temporary one; near addresses become a
 * prefix, many or numbered host names their domain, ports that the kernel
 * picked its range. A directory of the system (/, /usr, /etc, /bin and their
 * like) is never allowed as a whole. Shells and interpreters are allowed with
 * the parents and the scripts that they had. What the detections of a policy
 * would have told becomes an exception for that program, to be read with care.
 */
#ifndef FG_LEARN_LEARN_H
#define FG_LEARN_LEARN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "event/event.h"

enum {
	LEARN_MEMORY_MAX = 32 << 20, /* of the arena; nothing needs more */
	LEARN_NODES_MAX = 32768,     /* names of files and directories */
	LEARN_PROGRAMS_MAX = 1000,   /* with different scripts */
	LEARN_PARENTS_MAX = 16,      /* of a program; more: any */
	LEARN_NETS_MAX = 4096,
	LEARN_DOMAINS_MAX = 4096,
	LEARN_EXCEPTS_MAX = 1024,
};

struct learn; /* opaque, in its arena */

/* The events that it wants to see. */
event_set learn_watches(void);

/* Nothing is learnt yet; -ENOMEM. */
int learn_new(struct arena *a, struct learn **ret, struct err *e);

/*
 * Start from a policy, {"rules":[…]}, what a person made of it included: its
 * first rule is extended, whatever is no list of allowed things stays as it
 * is. Once, before anything is added. text may go afterwards. ERR_PERM: it is
 * not a policy, or a record around one (EINVAL).
 */
int learn_read(
    struct learn *l, struct str text, const char *what, struct err *e);

/*
 * Add what an event did; the caller leaves out those that were refused. True:
 * the policy is another one now. What passes a bound is counted, and told in
 * the policy's notes.
 */
bool learn_add(struct learn *l, const struct event *ev);

struct learn_about {
	const char *agent; /* "fg-wrap --learn" */
	int64_t at_s;      /* now, in seconds since 1970 */
	struct str container, image;
	uint64_t lost; /* events that did not get here */
};

/*
 * Append the policy, a line for each item, the same text for the same things
 * learnt in whatever order. -ENOMEM; -EFBIG past the bound of out.
 */
int learn_write(struct learn *l, const struct learn_about *about,
    struct buf *out, struct err *e);

#endif
