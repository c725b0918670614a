/* SPDX-License-Identifier: Apache-2.0 */
/* restart: leaving a system call for a while, and going back into it. */
#ifndef FG_TRACE_RESTART_H
#define FG_TRACE_RESTART_H

#include "regs.h"
#include "state.h"

/* PTRACE_INTERRUPT, which nobody is to notice: 0 or -errno. */
int restart_interrupt(struct task *task);

/*
 * The task stands at PTRACE_EVENT_STOP, and is about to be resumed: if it was
 * interrupted so, restart_keep().
 */
void restart_after(struct trace *t, struct task *task);

/*
 * The task stands at PTRACE_EVENT_STOP (signal 0), or before a signal. Calls
 * that the stop alone has ended with EINTR, or a signal that the process
 * ignores and would not have noticed if it were not traced, are made to be
 * entered again, with all of their time limit; not so if another signal is
 * about to be handled.
 */
void restart_keep(struct trace *t, const struct task *task, int signal);

/* The address of an instruction that enters a system call; 0: none found. */
uint64_t restart_entry(struct trace *t, pid_t tid, const struct regs *r);

#endif
