/* SPDX-License-Identifier: Apache-2.0 */
/* backoff: which failures are worth another try, and when. */
#ifndef FG_REGISTRY_BACKOFF_H
#define FG_REGISTRY_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
	REGISTRY_TRIES = 4,               /* of one request */
	REGISTRY_BACKOFF_MS = 250,        /* doubled with each try */
	REGISTRY_WAIT_MAX_MS = 60 * 1000, /* a server that wants more: no try */
};

/* 408, 429 and the 5xx that pass by. */
bool registry_worth_retrying(long status);

/*
 * Full jitter: between 0 and 250 ms * 2^(tries - 1), where tries is how many
 * there were (from 1) and random any 32 bits.
 */
unsigned registry_backoff_ms(unsigned tries, uint32_t random);

/*
 * The value of a Retry-After header (RFC 9110 section 10.2.3), seconds or an
 * HTTP-date, in ms from now (s since 1970). False: malformed. Far times are
 * cut to INT32_MAX ms, times gone by are 0.
 */
bool registry_retry_after(struct str value, int64_t now, int64_t *ms);

#endif
