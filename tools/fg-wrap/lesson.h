/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lesson: which events are worth learning from. The same thing is done again
 * and again, and the ring has room for some thousand events.
 */
#ifndef FG_WRAP_LESSON_H
#define FG_WRAP_LESSON_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

enum { LESSON_SEEN = 16384 };

/* All zero: nothing was seen. */
struct lesson {
	uint64_t seen[LESSON_SEEN];
};

/* Is it news? One that is forgotten is news again. */
bool lesson_is_new(struct lesson *l, const struct event *ev);

#endif
