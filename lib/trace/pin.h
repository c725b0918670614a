/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: what a pointer argument points to stays what was judged until the
 * kernel has read it. Either nobody else can write there, or the bytes move
 * to the pins: a SysV segment that is writable here, and attached read-only
 * at one address in the tracees.
 */
#ifndef FG_TRACE_PIN_H
#define FG_TRACE_PIN_H

#include <stdbool.h>

#include "regs.h"
#include "state.h"

/* Make the segment; without it (pins.at NULL) nothing can be pinned. */
void pin_setup(struct trace *t);
void pin_teardown(struct trace *t);

/* Put t->filter and t->more where tracees can read them. */
void pin_publish(struct trace *t);

/* Where that is: the struct sock_fprog of one or the other. */
uint64_t pin_program(const struct trace *t, bool all);

/* Does this call need the segment in its memory, where it is not yet? */
bool pin_wanted(const struct trace *t, const struct call *c);

/*
 * Hold the call's pins, before it is let go: 0 (c->step has TASK_UNPIN when
 * arguments were replaced), -EAGAIN when the segment has to be attached
 * first, or the -errno that the call is refused with.
 */
int pin_hold(struct trace *t, struct call *c);

/* At its end: the original arguments are put back, the room is free. */
void pin_release(struct trace *t, struct task *task);

/* The task is gone. */
void pin_forget(struct trace *t, struct task *task);

/* Would this call on memory or segments touch the pins? */
bool pin_touches(const struct trace *t, const struct call *c);

/*
 * Has shmat(2) with this result attached it, or was it there before: a thread
 * was at it when another forked?
 */
bool pin_attached(struct trace *t, pid_t tid, long result);

#endif
