/* SPDX-License-Identifier: Apache-2.0 */
/* check: fg-policy --check. */
#ifndef FG_POLICY_CHECK_H
#define FG_POLICY_CHECK_H

#include "options.h"

/*
 * Print a finding for each note of the policy's reader. 0, ERR_NO when there
 * is one of weight, or a negative errno.
 */
int check_run(const struct options *o, struct err *e);

#endif
