/* SPDX-License-Identifier: Apache-2.0 */
/* watch: one more filter for processes that run. */
#ifndef FG_TRACE_WATCH_H
#define FG_TRACE_WATCH_H

#include <stdbool.h>

#include "state.h"

/* All reasons for stops that come with what is watched and prevented. */
event_set watch_wanted(const struct trace_config *config);

/* Does the process lack a filter that it is to have? */
bool watch_needs(const struct trace *t, const struct proc *p);

/*
 * The task stands at PTRACE_EVENT_STOP and is not in a group-stop. True when
 * a filter is on its way in, and the task was resumed.
 */
bool watch_stop(struct trace *t, struct task *task);

/*
 * The task stands at a stop of another kind. The kernel forgets an interrupt
 * when there is any other stop before it: if a filter was to go in, there is
 * another interrupt.
 */
void watch_again(const struct trace *t, struct task *task);

/* tid is gone: if it was to put a filter in, another thread does. */
void watch_lost(struct trace *t, struct proc *p, pid_t tid);

/* A stop at either end of a call on that way. Resumes the task. */
void watch_step(struct trace *t, struct task *task);

/*
 * A signal arrived at the task. True when it waits behind an injected call,
 * and the task was resumed.
 */
bool watch_signal(struct trace *t, struct task *task, int signal);

#endif
