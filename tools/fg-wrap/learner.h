/* SPDX-License-Identifier: Apache-2.0 */
/* learner: --learn; the reporter's part of it, and the file. */
#ifndef FG_WRAP_LEARNER_H
#define FG_WRAP_LEARNER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "learn/learn.h"

enum { LEARNER_SAVE_MS = 60000 };

struct learner {
	const char *path; /* NULL: nothing is learnt */
	struct str container, image;
	struct arena *arena;
	struct learn *learn;
	uint64_t lost;
	int64_t save_ms; /* when to save; INT64_MAX: nothing is new */
};

/*
 * Start from the file, if it is there and not empty. path NULL: nothing to
 * do. container and image are borrowed.
 */
int learner_open(struct learner *x, const char *path, const char *container,
    const char *image, struct err *e);
void learner_free(struct learner *x);

/*
 * Before the command is run: would it work, as far as one can tell? NULL: yes.
 */
int learner_check(const char *path, struct err *e);

/* An event that the policy, if there is one, has nothing to say about. */
void learner_add(struct learner *x, const struct event *ev, int64_t now_ms);

/* n events did not get here. */
void learner_lost(struct learner *x, uint64_t n);

/* When to call learner_due(); INT64_MAX: never. */
int64_t learner_next(const struct learner *x);

/* Save when it is time; at the end, INT64_MAX, if anything is new. */
void learner_due(struct learner *x, int64_t now_ms);

#endif
