/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place: one processor for two. While tracees stop again and again, one of them
 * and the tracer only ever wait for each other; yet the kernel wakes each on
 * another, idle processor, which on a virtual machine costs several times the
 * work. So for as long as that lasts, and is seen to take less time, the tracer
 * stays where it is, and tracees are woken there. Their affinity is put back
 * before they run; calls that read or change affinities stop, so that nobody
 * sees another one.
 */
#ifndef FG_TRACE_PLACE_H
#define FG_TRACE_PLACE_H

#include "state.h"

/* Find out what processors there are. */
void place_setup(struct trace *t);

/* A status has come. */
void place_note(struct trace *t);

/* The caller gets its thread back as it was. */
void place_leave(struct trace *t);

/* call_resume(), at the better place. */
void place_resume(struct trace *t, const struct task *task);

/* A child of the task may have inherited what was put back too late. */
void place_born(struct trace *t, const struct task *parent, pid_t child);

#endif
