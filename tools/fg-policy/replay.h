/* SPDX-License-Identifier: Apache-2.0 */
/* replay: fg-policy --replay. */
#ifndef FG_POLICY_REPLAY_H
#define FG_POLICY_REPLAY_H

#include "options.h"

/*
 * Read events from the file path, or standard input when it is NULL, and
 * print each with the decision of the policy. 0 or a negative errno.
 */
int replay_run(const struct options *o, const char *path, struct err *e);

#endif
