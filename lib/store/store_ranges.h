/* SPDX-License-Identifier: Apache-2.0 */
/* store_ranges: which numbers of a boot were received. Internal. */
#ifndef FG_STORE_STORE_RANGES_H
#define FG_STORE_STORE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct store_range {
	uint64_t lo, hi; /* the first and the last of it */
};

/* In order, with at least one number missing between two of them. */
struct store_ranges {
	struct store_range *v; /* owned */
	uint32_t n, room;      /* at most STORE_RANGES_MAX */
};

void store_ranges_free(struct store_ranges *r);

/*
 * 1: seq was not there and is now; 0: it was; -ENOMEM. Beyond
 * STORE_RANGES_MAX ranges the lowest one is forgotten.
 */
int store_ranges_add(struct store_ranges *r, uint64_t seq);

bool store_ranges_has(const struct store_ranges *r, uint64_t seq);

/* As bytes, and back: 0, -EBADMSG when they are none, -ENOMEM. */
void store_ranges_pack(const struct store_ranges *r, struct buf *to);
int store_ranges_unpack(struct str from, struct store_ranges *r);

#endif
