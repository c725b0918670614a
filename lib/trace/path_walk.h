/* SPDX-License-Identifier: Apache-2.0 */
/* path_walk: follow symbolic links as a tracee would. */
#ifndef FG_TRACE_PATH_WALK_H
#define FG_TRACE_PATH_WALK_H

#include "path.h"

/*
 * Resolve the absolute name t->path[which] in place, part by part; its first
 * root_n bytes are the tracee's root. /proc/self is that of the tracee. What
 * does not exist stays as it is. The new length.
 */
size_t path_walk(struct trace *t, const struct call *c, int which,
    size_t root_n, enum path_last last, bool *exists);

#endif
