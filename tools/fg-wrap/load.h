/* SPDX-License-Identifier: Apache-2.0 */
/* load: a policy's text becomes the one that the supervisor decides by. */
#ifndef FG_WRAP_LOAD_H
#define FG_WRAP_LOAD_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "collections/collections.h"
#include "shared.h"

/*
 * Compile text into the half of the shared memory that is not in use, and
 * offer it. 0: s->offered is set, for the next kick; else the last good one
 * stays and e says why. ERR_PERM.
 */
int load_offer(struct shared *s, struct str text, const char *what,
    const struct collections_who *who, struct err *e);

/* Stop, so that the supervisor looks; back when it has, or is no more. */
void load_kick(pid_t supervisor);

#endif
