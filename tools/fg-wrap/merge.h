/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge: of equal events the first goes out at once; those that follow within
 * a second become one, with their number in `count`, so that nobody is flooded
 * and nothing is left out.
 */
#ifndef FG_WRAP_MERGE_H
#define FG_WRAP_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

enum { MERGE_SLOTS = 128, MERGE_WINDOW_MS = 1000 };

struct merge_slot {
	uint64_t key;
	int64_t until_ms; /* 0: empty */
	uint64_t held;    /* events that came since the last one went out */
	unsigned char *packed; /* the last of them */
	size_t n, cap;
};

struct merge {
	uint64_t seed[2];
	void (*out)(void *arg, const struct event *ev);
	void *arg;
	int64_t next_ms;
	unsigned char packed[EVENT_PACKED_MAX]; /* what is being looked at */
	struct merge_slot slots[MERGE_SLOTS];
};

/* out gets each event that goes out. */
void merge_init(
    struct merge *m, void (*out)(void *arg, const struct event *ev), void *arg);

/* One more event; out may be called. */
void merge_put(struct merge *m, const struct event *ev, int64_t now_ms);

/* Let out what waited long enough; all of it when now_ms is INT64_MAX. */
void merge_due(struct merge *m, int64_t now_ms);

/* When to call merge_due(); INT64_MAX: nothing waits. */
int64_t merge_next(const struct merge *m);

void merge_free(struct merge *m);

#endif
