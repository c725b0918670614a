/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits: resource limits are meant for the command. fg-wrap goes by the hard
 * ones, lest a small stack or a limit on the size of files ends what watches.
 * getrlimit(2).
 */
#ifndef FG_WRAP_LIMITS_H
#define FG_WRAP_LIMITS_H

#include <sys/resource.h>

enum { LIMITS_N = 7 };

/* What was inherited: the command gets it as it was. */
struct limits {
	struct rlimit was[LIMITS_N];
};

/* Save, and lift the soft limits as far as allowed; the hard ones too. */
void limits_lift(struct limits *saved);

/* In a child: all is as it was saved. Async-signal-safe. */
void limits_restore(const struct limits *saved);

#endif
