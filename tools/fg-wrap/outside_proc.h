/* SPDX-License-Identifier: Apache-2.0 */
/* outside_proc: whose is this process? As /proc tells, by proc(5). */
#ifndef FG_WRAP_OUTSIDE_PROC_H
#define FG_WRAP_OUTSIDE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "shared.h"

/* Where we are. */
struct outside_here {
	pid_t supervisor, self;
	pid_t top;   /* what we were started as: the supervisor, or the app */
	bool alone;  /* top is process 1: all others are ours */
	ino_t mount; /* our mount namespace */
	uint64_t started; /* top, in ticks since boot */
};

/*
 * Can there be processes from outside that are this container's? We were
 * started as process 1; or as its child and in the same control group (an init
 * process); or came into the namespace from outside and another container has
 * process 1 (pidMode "task"). Never in the machine's own process ID namespace.
 */
bool outside_here(struct outside_here *here, pid_t top);

enum outside_who {
	OUTSIDE_WHO_GONE,  /* or a zombie */
	OUTSIDE_WHO_OURS,  /* a descendant, or here before us */
	OUTSIDE_WHO_OTHER, /* of another container, so far */
	OUTSIDE_WHO_EARLY, /* still the program that brings it in */
	OUTSIDE_WHO_ALIEN, /* e->refused says why it is not to be adopted */
	OUTSIDE_WHO_ENTERED,
};

/*
 * Who is pid? From OUTSIDE_WHO_EARLY on e has what is known of it. In another
 * mount namespace it is an alien, or of another container when top is not
 * process 1; when we may not look, and then may not trace either, the
 * control group decides about the latter.
 */
enum outside_who outside_who(const struct outside_here *here, bool traced,
    pid_t pid, struct shared_entered *e);

/* Rest of e: program, arguments, folder. */
void outside_facts(struct shared_entered *e);

#endif
