/* SPDX-License-Identifier: Apache-2.0 */
/* call: the two ends of a system call that stops. */
#ifndef FG_TRACE_CALL_H
#define FG_TRACE_CALL_H

#include "state.h"

/* At a seccomp stop: find out what it is, decide, let it go on. */
void call_enter(struct trace *t, struct task *task);

/* At a stop that PTRACE_SYSCALL asked for. */
void call_step(struct trace *t, struct task *task);

/* Go on to the next stop that matters, with a signal or 0. */
void call_resume(const struct task *task, int signal);

#endif
