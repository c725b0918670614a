/* SPDX-License-Identifier: Apache-2.0 */
/* child: a piece of work that waits, in a process of its own. */
#ifndef FG_BASE_CHILD_H
#define FG_BASE_CHILD_H

#include <sys/types.h>

#include "err.h"

/*
 * Call work() in a child, with the write end of a pipe as `out`; the read end,
 * close-on-exec, is returned, and the child's id set. The child has all signals
 * unblocked, nothing open but `out` and standard error, and dies with us; it is
 * over when work() returns. It shares no memory, so that what it answers has to
 * go through the pipe. ERR_TEMP.
 */
int child_start(void (*work)(int out, const void *arg), const void *arg,
    pid_t *pid, struct err *e);

/* Kill it, if it still runs, and forget it. */
void child_end(pid_t pid);

#endif
