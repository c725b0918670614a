/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime_state.h"

#include <string.h>

_Static_assert(sizeof(struct runtime_state) <= RUNTIME_STATE_SIZE,
    "it fits what callers have for it");

enum { PROBES = 8 };

uint64_t
runtime_state_hash(uint64_t seed, const void *p, size_t n)
{
	const unsigned char *b = p;
	uint64_t h = 14695981039346656037U ^ seed * 0x9e3779b97f4a7c15U;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 1099511628211U;
	h ^= h >> 32;
	return h == 0 ? 1 : h;
}

bool
runtime_state_new(struct runtime_state *st, uint64_t hash)
{
	size_t at = 0;

	for (size_t i = 0; i < PROBES; i++) {
		at = (size_t)(hash + i) % RUNTIME_SEEN;
		if (st->seen[at] == hash)
			return false;
		if (st->seen[at] == 0)
			break;
	}
	st->seen[at] = hash;
	return true;
}

/* The counter of key, or the one that makes room for it. */
static struct runtime_counter *
find(struct runtime_state *st, uint64_t key)
{
	struct runtime_counter *oldest = st->counters;

	for (size_t i = 0; i < RUNTIME_COUNTERS; i++) {
		struct runtime_counter *c = &st->counters[i];

		if (c->key == key)
			return c;
		if (c->key == 0 ||
		    (oldest->key != 0 && c->last_ns < oldest->last_ns))
			oldest = c;
	}
	oldest->key = 0;
	return oldest;
}

struct runtime_counter *
runtime_state_count(struct runtime_state *st, uint64_t key, uint64_t target,
    int64_t now_ns, int64_t window_ns)
{
	struct runtime_counter *c = find(st, key);
	int64_t since = c->told ? c->last_ns : c->from_ns;
	uint32_t t = (uint32_t)(target ^ target >> 32);

	/* Times may be anything in a replay: no overflow. */
	if (c->key != key || now_ns < since ||
	    (uint64_t)now_ns - (uint64_t)since > (uint64_t)window_ns) {
		memset(c, 0, sizeof *c);
		c->key = key;
		c->from_ns = now_ns;
	}
	c->last_ns = now_ns;
	for (size_t i = 0; i < c->n; i++)
		if (c->targets[i] == t)
			return c;
	if (c->n < RUNTIME_TARGETS)
		c->targets[c->n++] = t;
	return c;
}
