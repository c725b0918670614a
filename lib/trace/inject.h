/* SPDX-License-Identifier: Apache-2.0 */
/* inject: system calls that a tracee makes for us. */
#ifndef FG_TRACE_INJECT_H
#define FG_TRACE_INJECT_H

#include <stdbool.h>

#include "regs.h"
#include "state.h"

/*
 * At an entry: make the call shmat(2) of the pins instead, and the original
 * one afterwards, which then stops again. False: not possible.
 */
bool inject_attach(struct trace *t, struct call *c);

/* At an exit: close fd, and let the call give `result` instead. */
void inject_close(struct task *task, int fd, long result);

/* At a stop of PTRACE_SYSCALL, while the task's step is an injected call. */
void inject_done(struct trace *t, struct task *task);

#endif
