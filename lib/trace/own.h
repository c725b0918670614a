/* SPDX-License-Identifier: Apache-2.0 */
/* own: memory that nobody but its one thread can write. */
#ifndef FG_TRACE_OWN_H
#define FG_TRACE_OWN_H

#include <stdbool.h>

#include "state.h"

/*
 * Has nobody opened /proc/PID/mem for writing? A name may lead there for a
 * moment only, so that all that is opened for writing is looked at again.
 */
bool own_verified(const struct trace *t);

/*
 * May somebody else write to this memory while its thread is in the kernel? A
 * second thread, a vfork(2) child, the kernel for aio, or another process for
 * which process_vm_writev(2) or /proc/PID/mem was not refused.
 */
bool own_shared(const struct trace *t, const struct proc *p);

/*
 * Make sure that the pages of the call's pins are private: 0; -EAGAIN when
 * they are mapped by others as well (MAP_SHARED); -EFAULT when they changed.
 */
int own_pages(struct trace *t, struct call *c);

#endif
