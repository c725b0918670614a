/* SPDX-License-Identifier: Apache-2.0 */
/* exe: the facts about processes and the programs that they run. */
#ifndef FG_TRACE_EXE_H
#define FG_TRACE_EXE_H

#include <stdbool.h>

#include "state.h"

/*
 * Fill what is not known yet of p, by its thread tid: exe, args, credentials.
 */
void exe_know(struct trace *t, struct proc *p, pid_t tid);

/*
 * A program has been loaded and has not run yet: everything about it from the
 * kernel, into p and, with cwd and sha256, into by.
 */
void exe_loaded(
    struct trace *t, struct proc *p, pid_t tid, struct event_process *by);

/* by's facts of a known process, its parents' names included. */
void exe_fill(struct trace *t, const struct proc *p, struct event_process *by);

/* /proc/TID/status, in t->block. */
struct str exe_status(struct trace *t, pid_t tid);

/* argv of tid from /proc, in t->args. */
struct str exe_cmdline(struct trace *t, pid_t tid, bool *cut);

/* argv at `from` in tid's memory as words ended by NUL, in t->args. */
struct str exe_argv(struct trace *t, pid_t tid, uint64_t from, bool *cut);

#endif
