/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loose: calls that were let go with their arguments where they were, since
 * nobody could write there (own.h). Whoever is about to write to the memory of
 * others waits at the entry of that until the kernel is out of these calls:
 * their tasks are interrupted, and any stop of one, or its end, says so. What
 * the stop ends is entered again, and then stops here.
 *
 * None of them waits for the writer, unless it serves a file system or the
 * page faults of others: a task that waits for its vfork(2) child has had a
 * stop since, and sleep on behalf of the arguments ends by itself. For what is
 * left, the wait has an end: then the writer is refused with EPERM.
 */
#ifndef FG_TRACE_LOOSE_H
#define FG_TRACE_LOOSE_H

#include <stdbool.h>

#include "state.h"

enum { LOOSE_WAIT_MS = 2000 };

/* The task is about to be let go in such a call. */
void loose_go(struct trace *t, struct task *task);

/* The task stands at a stop. */
void loose_stopped(struct trace *t, struct task *task);

/* The task is gone. */
void loose_forget(struct trace *t, struct task *task);

/*
 * The task stands at the entry of a call that writes to the memory of others,
 * and from now on nobody is let go so. True: it waits, and is resumed from
 * here; false: it may go.
 */
bool loose_hold(struct trace *t, struct task *task);

/* waitpid(2) for any child, in which those who wait are not forgotten. */
pid_t loose_wait(struct trace *t, int *status);

#endif
