/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exitkill: whether tracees die with the tracer (PTRACE_O_EXITKILL), which may
 * change while they run. A tracee's options can be set only while it stands at
 * a stop, and its children inherit what it has at that time.
 */
#ifndef FG_TRACE_EXITKILL_H
#define FG_TRACE_EXITKILL_H

#include "state.h"

/* The task stands at a stop: it has the options that it is to have. */
void exitkill_stopped(const struct trace *t, struct task *task);

#endif
