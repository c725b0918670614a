/* SPDX-License-Identifier: Apache-2.0 */
/* life: births, changes of program, and deaths of tracees. */
#ifndef FG_TRACE_LIFE_H
#define FG_TRACE_LIFE_H

#include "state.h"

/* The first process of a tree, as the caller forked it. False: no room. */
bool life_first(struct trace *t, pid_t pid, pid_t ppid);

/* The task stands at PTRACE_EVENT_FORK, VFORK or CLONE. Resumes it. */
void life_born(struct trace *t, struct task *task);

/* The first stop of a tid whose parent's event has not come yet. */
void life_early(struct trace *t, pid_t tid);

/* tid, whose task may not exist any more, stands at PTRACE_EVENT_EXEC. */
void life_exec(struct trace *t, pid_t tid); /* life_exec.c */

/* The call that the task was in is over, whatever its end. */
void life_forget(struct trace *t, struct task *task);

/* tid has ended. */
void life_ended(struct trace *t, pid_t tid);

/* EVENT_UNSEEN: something cannot be watched, and why. */
void life_unseen(struct trace *t, const struct proc *p, const char *why);

#endif
