/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ere: regular expressions that match in time linear in the text, whatever
 * the expression: the extended syntax of POSIX (XBD 9.4) on bytes.
 *
 * Beside it: \d \D \s \S \w \W as in Perl, also within [ ]; \b for the edge of
 * a word; \n \r \t and \xHH; (?: ). A backslash takes the meaning from any
 * other character that is no letter or digit, within [ ] too (there POSIX
 * has it stand for itself). Not here: back references, [. .] and [= =].
 */
#ifndef FG_ERE_ERE_H
#define FG_ERE_ERE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct ere; /* compiled; immutable, in its arena */

enum {
	ERE_TEXT_MAX = 4096,   /* bytes of an expression */
	ERE_STATES_MAX = 2048, /* after {n,m} is unrolled */
	ERE_SETS_MAX = 128,    /* different sets of characters */
	ERE_REPEAT_MAX = 1000, /* in {n,m} */
	ERE_DEPTH_MAX = 64,    /* of parentheses */
};

/*
 * Compile. fold: ASCII letters match in either case. -EINVAL (ERR_PERM, with
 * the offset and why) for what is no expression, -E2BIG past a bound, -ENOMEM.
 */
int ere_compile(struct arena *a, struct str text, bool fold,
    const struct ere **ret, struct err *e);

/*
 * Does it match anywhere in text ('^' and '$' are its two ends, no lines)?
 * No memory is taken (the states lie on the stack, below 5 KiB), at most
 * (text.n + 1) * states steps.
 */
bool ere_match(const struct ere *re, struct str text);

#endif
