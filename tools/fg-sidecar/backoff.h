/* SPDX-License-Identifier: Apache-2.0 */
/* backoff: when to try again what failed; it never gives up. */
#ifndef FG_SIDECAR_BACKOFF_H
#define FG_SIDECAR_BACKOFF_H

#include <stdint.h>

enum {
	BACKOFF_BASE_MS = 1000,
	BACKOFF_CAP_MS = 60000,
	BACKOFF_TOLD_MAX_S = 3600, /* of Retry-After */
};

struct backoff {
	unsigned tries;
	int64_t due_ms; /* CLOCK_MONOTONIC; 0: at once */
};

void backoff_good(struct backoff *b);

/*
 * Full jitter: anything up to the bound, which doubles from base to cap, so
 * that those who failed together do not come back together. told_s
 * (Retry-After; 0: none) comes before that.
 */
void backoff_bad(struct backoff *b, int64_t now_ms, int64_t told_s);

/* A random number from 0 to max. */
int64_t backoff_random(int64_t max);

#endif
