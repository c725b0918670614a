/* SPDX-License-Identifier: Apache-2.0 */
#include "backoff.h"

#include <sys/random.h>

int64_t
backoff_random(int64_t max)
{
	uint64_t x = 0;

	if (max <= 0 || getrandom(&x, sizeof x, 0) != (ssize_t)sizeof x)
		return 0;
	return (int64_t)(x % ((uint64_t)max + 1));
}

void
backoff_good(struct backoff *b)
{
	*b = (struct backoff){0};
}

void
backoff_bad(struct backoff *b, int64_t now_ms, int64_t told_s)
{
	int64_t bound = BACKOFF_BASE_MS;

	for (unsigned i = 0; i < b->tries && bound < BACKOFF_CAP_MS; i++)
		bound *= 2;
	if (bound >= BACKOFF_CAP_MS)
		bound = BACKOFF_CAP_MS;
	else
		b->tries++;
	if (told_s > BACKOFF_TOLD_MAX_S)
		told_s = BACKOFF_TOLD_MAX_S;
	b->due_ms = now_ms + told_s * 1000 + backoff_random(bound);
}
