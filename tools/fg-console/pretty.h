/* SPDX-License-Identifier: Apache-2.0 */
/* pretty: JSON in lines, so that two versions of it can be compared by lines.
 */
#ifndef FG_CONSOLE_PRETTY_H
#define FG_CONSOLE_PRETTY_H

#include "base/buf.h"
#include "jtree/jtree.h"

/* Append t: two blanks a level, a line for each member and item. */
void pretty_write(const struct jtree *t, struct buf *out);

#endif
