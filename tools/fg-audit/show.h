/* SPDX-License-Identifier: Apache-2.0 */
/* show: an event as a line for people, and as one of a table. */
#ifndef FG_AUDIT_SHOW_H
#define FG_AUDIT_SHOW_H

#include <stdbool.h>

#include "base/buf.h"
#include "jtree/jtree.h"

/*
 * "TIME SEVERITY ACTION APP/CONTAINER NAME what happened" and a line end, in
 * columns; no byte of the event steers a terminal.
 */
void show_text(const struct jtree *t, bool colour, struct buf *out);

/*
 * The head of the table, and a line of it: RFC 4180 but for the line end,
 * which is LF. Fields that a spreadsheet would take for a formula have a '
 * in front.
 */
void show_csv_head(struct buf *out);
void show_csv(const struct jtree *t, struct buf *out);

/* The member a, or b of the member a, as text; empty when there is none. */
struct str show_member(const struct jtree *t, const char *a, const char *b);

/* What was done, and by whom, in the words of the event where it has some. */
void show_words(const struct jtree *t, struct buf *out);

#endif
