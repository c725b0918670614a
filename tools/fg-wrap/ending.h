/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ending: the reporter's clock for the two waits at the end: for the sidecar
 * to drain before the command gets SIGTERM, and for the rest when the command
 * has ended.
 */
#ifndef FG_WRAP_ENDING_H
#define FG_WRAP_ENDING_H

#include <stdint.h>
#include <sys/types.h>

#include "options.h"
#include "shared.h"
#include "sidecar.h"

struct ending {
	struct shared *shared;
	struct sidecar *sidecar;
	pid_t supervisor;
	int64_t stop_grace_ms, rest_grace_ms;
	int64_t drain_ms; /* until then the sidecar may drain; 0: no */
	int64_t rest_ms;  /* until then the rest may live; 0: no end yet */
	int64_t look_ms, look_next;
};

/* All but o is borrowed. */
void ending_init(struct ending *x, struct shared *shared,
    struct sidecar *sidecar, pid_t supervisor, const struct options *o);

/* Has either begun, or had its time? Then the supervisor is told. */
void ending_see(struct ending *x, int64_t now_ms);

/* The sidecar has drained, or never will: the command gets its SIGTERM. */
void ending_drained(struct ending *x);

/* When to call ending_see(); INT64_MAX: nothing is waited for. */
int64_t ending_next(const struct ending *x);

#endif
