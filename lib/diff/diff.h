/* SPDX-License-Identifier: Apache-2.0 */
/* diff: what changed between two texts, as a unified diff of their lines. */
#ifndef FG_DIFF_DIFF_H
#define FG_DIFF_DIFF_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	DIFF_CONTEXT = 3,        /* unchanged lines around a change */
	DIFF_TEXT_MAX = 1 << 30, /* bytes */
};

/*
 * Append to out the unified diff (POSIX diff(1), "Diff -u Output Format") that
 * makes new of old, headed by the two names, without times; nothing when the
 * texts are equal. Lines end with LF, which "\ No newline at end of file"
 * says a last line lacks; a CR before it is part of the line. Small changes
 * are found in the fewest lines; time is linear in the number of lines for
 * any input, so large ones may be shown with more.
 *
 * Without colour the lines are those of the texts, byte for byte, and patch(1)
 * takes them. With colour the diff is for a terminal: git's colours, and
 * control characters, bidirectional controls and bytes that are no UTF-8 as
 * \xNN, but for tabs and a CR that ends a line. Names are always written so.
 *
 * 0; -EFBIG (ERR_PERM): a text has more than DIFF_TEXT_MAX bytes, or the diff
 * is longer than out takes; -ENOMEM. What out holds after an error is part of a
 * diff.
 */
int diff_unified(struct str old, struct str new, const char *old_name,
    const char *new_name, bool colour, struct buf *out, struct err *e);

#endif
