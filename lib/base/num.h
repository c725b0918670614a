/* SPDX-License-Identifier: Apache-2.0 */
/* num: text to numbers, whole or not at all. */
#ifndef FG_BASE_NUM_H
#define FG_BASE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "str.h"

/*
 * Decimal digits, with a '-' in front where min < 0; no blanks, no '+', no
 * leading zeros but "0" itself. True, with the value in *out, when s is all
 * that and min <= value <= max; else *out is untouched.
 */
bool num_parse(struct str s, int64_t min, int64_t max, int64_t *out);

#endif
