/* SPDX-License-Identifier: Apache-2.0 */
/* diff_lines: two texts cut into lines, equal lines known by a number. */
#ifndef FG_DIFF_DIFF_LINES_H
#define FG_DIFF_DIFF_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct diff_side {
	struct str *line; /* with the LF; borrowed from the text */
	int32_t *id;      /* the same number for equal lines of both sides */
	bool *changed;    /* n + 1 of them, the last one false */
	int32_t n;
};

struct diff_lines {
	struct diff_side old, new;
	void *memory; /* owned: all the arrays */
};

/* Both at most DIFF_TEXT_MAX bytes. 0 or -ENOMEM; nothing is changed yet. */
int diff_lines_split(struct diff_lines *l, struct str old, struct str new);

void diff_lines_free(struct diff_lines *l);

/*
 * Mark the lines of either side that have no counterpart; what is left is the
 * same on both. Never fails, whatever the lines are.
 */
void diff_lines_mark(struct diff_lines *l);

#endif
