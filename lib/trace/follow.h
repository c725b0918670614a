/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow: what a thread does next with a socket that it connected to port 53.
 * Writing to a connected socket is too common to stop, and the query comes
 * within a few calls.
 */
#ifndef FG_TRACE_FOLLOW_H
#define FG_TRACE_FOLLOW_H

#include "state.h"

/* At the end of the connect, whose result is given. */
void follow_start(struct trace *t, struct task *task, long result);

/* At a stop at either end of a call that follows. Resumes the task. */
void follow_step(struct trace *t, struct task *task);

#endif
