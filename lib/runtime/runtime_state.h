/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime_state: what is remembered between events, in a fixed room. Inside
 * runtime only; all zero at the start.
 */
#ifndef FG_RUNTIME_RUNTIME_STATE_H
#define FG_RUNTIME_RUNTIME_STATE_H

#include "base/str.h"
#include "runtime.h"

enum {
	RUNTIME_SEEN = 512,
	RUNTIME_COUNTERS = 64,
	RUNTIME_TARGETS = 32, /* that a counter tells apart */
};

/* How many different things were reached by one key within a time. */
struct runtime_counter {
	uint64_t key; /* 0: free */
	int64_t from_ns, last_ns;
	uint32_t targets[RUNTIME_TARGETS]; /* hashes */
	uint16_t n;
	bool told;
};

struct runtime_state {
	uint64_t seen[RUNTIME_SEEN]; /* hashes; 0: free */
	struct runtime_counter counters[RUNTIME_COUNTERS];
	int32_t main_pid;
};

/* FNV-1a; never 0. */
uint64_t runtime_state_hash(uint64_t seed, const void *p, size_t n);

/*
 * Is the hash new? Remembers it; when its place is full, an older one is
 * forgotten (and will be new again).
 */
bool runtime_state_new(struct runtime_state *st, uint64_t hash);

/*
 * Count target under key at now_ns: the counter, with n different targets
 * since it began. It begins anew window_ns after its start, or, once told,
 * after its last use. Of too many keys the one unused for longest goes.
 */
struct runtime_counter *runtime_state_count(struct runtime_state *st,
    uint64_t key, uint64_t target, int64_t now_ns, int64_t window_ns);

#endif
