/* SPDX-License-Identifier: Apache-2.0 */
/* learn: fg-policy --learn. */
#ifndef FG_POLICY_LEARN_H
#define FG_POLICY_LEARN_H

#include "options.h"

/*
 * Read events from the file path, or standard input when it is NULL, and
 * print the policy that allows them; those that were refused are left out,
 * and those of other containers, images or App IDs than the options name. 0 or
 * a negative errno.
 */
int learn_run(const struct options *o, const char *path, struct err *e);

#endif
