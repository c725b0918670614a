/* SPDX-License-Identifier: Apache-2.0 */
/*
 * learn_expression: a regular expression, or a glob, in the making. Inside
 * learn only.
 */
#ifndef FG_LEARN_LEARN_EXPRESSION_H
#define FG_LEARN_LEARN_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { LEARN_EXPRESSION_MAX = 512 };

/* full: it does not fit, there is none. */
struct learn_expression {
	char p[LEARN_EXPRESSION_MAX];
	size_t n;
	bool full;
};

/* z as it is. */
void learn_expression_text(struct learn_expression *x, const char *z);

/* What fits c, and hardly anything else. */
void learn_expression_char(struct learn_expression *x, char c);

/*
 * A path, with '*' (regex: "[^ ]+") for what varies of the names behind its
 * first `stable` bytes.
 */
void learn_expression_path(
    struct learn_expression *x, struct str path, size_t stable, bool regex);

#endif
