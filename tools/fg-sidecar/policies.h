/* SPDX-License-Identifier: Apache-2.0 */
/* policies: the last good runtime policy, and where the next comes from. */
#ifndef FG_SIDECAR_POLICIES_H
#define FG_SIDECAR_POLICIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "collections/collections.h"
#include "filewatch/filewatch.h"

enum { POLICIES_LINE_MAX = 1 << 20 }; /* bytes of a line for fg-wrap */

struct policies {
	struct filewatch file;
	char path[4096];  /* DIR/runtime.json; "": no directory */
	struct buf text;  /* the last good one; empty: none */
	struct buf fresh; /* what is being read */
	uint64_t changes; /* how often there was a new one */
};

/* dir may be NULL. ERR_PERM: the name is too long. */
int policies_init(struct policies *p, const char *dir, struct err *e);
void policies_free(struct policies *p);

bool policies_any(const struct policies *p);

/*
 * Take text, if it is a policy: all of its rules are checked. Else the last
 * good one stays, and e says why. ERR_PERM.
 */
int policies_offer(
    struct policies *p, struct str text, const char *what, struct err *e);

/* Read the directory's file, if there is one. A file that is not there is no
 * error: it may come. */
int policies_read(struct policies *p, struct err *e);

/*
 * The line for one container, with its newline, into out: a policy record with
 * the one rule that is for it, or none. ERR_PERM: E2BIG, longer than
 * POLICIES_LINE_MAX.
 */
int policies_line(const struct policies *p, const struct collections_who *who,
    struct buf *out, struct err *e);

#endif
