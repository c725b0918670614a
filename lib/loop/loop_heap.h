/* SPDX-License-Identifier: Apache-2.0 */
/* loop_heap: the timers that are set, the first one on top; a pairing heap. */
#ifndef FG_LOOP_LOOP_HEAP_H
#define FG_LOOP_LOOP_HEAP_H

#include "loop.h"

/* Put t, whose due_ms and order are set, into the heap. */
void loop_heap_add(struct loop_timer **top, struct loop_timer *t);

/* Take t, which is in it, out; *top becomes the first of the others. */
void loop_heap_remove(struct loop_timer **top, struct loop_timer *t);

#endif
