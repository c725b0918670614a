/* SPDX-License-Identifier: Apache-2.0 */
/* glob: names against patterns with * and ?. */
#ifndef FG_GLOB_GLOB_H
#define FG_GLOB_GLOB_H

#include <stdbool.h>

#include "base/str.h"

/*
 * Does all of text match pattern? '*' stands for any run of characters, the
 * empty one and '/' included, '?' for one character (UTF-8; a byte that is
 * part of none counts as one); there is no escape. fold: ASCII letters match
 * in either case. Takes no memory, no recursion, and at most pattern.n *
 * text.n steps, however many stars there are.
 */
bool glob_match(struct str pattern, struct str text, bool fold);

#endif
