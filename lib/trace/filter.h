/* SPDX-License-Identifier: Apache-2.0 */
/* filter: the seccomp(2) program that picks the calls which stop. */
#ifndef FG_TRACE_FILTER_H
#define FG_TRACE_FILTER_H

#include <linux/filter.h>
#include <stdint.h>

#include "event/event.h"

enum { FILTER_MAX = 1024 };

/*
 * For seccomp(2). Kernels before 5.16 would otherwise turn off speculation past
 * stores for the whole command, which costs it far more than we do.
 */
#define FILTER_FLAGS SECCOMP_FILTER_FLAG_SPEC_ALLOW

struct filter {
	uint16_t n; /* instructions; 0: everything passes */
	struct sock_filter code[FILTER_MAX];
};

/* What the program compares with. */
struct filter_facts {
	uint64_t pins; /* address of the pins */
	int segment;   /* and their shmid; -1: none */
};

/*
 * Compile: what is in `wanted` (events, and HOOK_FACTS and its like) stops
 * with SECCOMP_RET_TRACE and the place in hook_table as its data; 32-bit and
 * x32 entries, and io_uring_setup(2), give ENOSYS when nobody wants them. An
 * empty set gives an empty program. -E2BIG when it does not fit.
 */
int filter_make(
    struct filter *f, event_set wanted, const struct filter_facts *facts);

#endif
