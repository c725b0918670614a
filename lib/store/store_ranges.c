/* SPDX-License-Identifier: Apache-2.0 */
#include "store_ranges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store_audits.h"

enum { PACKED = 16 }; /* bytes of a range: two numbers, the low byte first */

void
store_ranges_free(struct store_ranges *r)
{
	free(r->v);
	*r = (struct store_ranges){0};
}

/* The first range that ends at seq or behind it; r->n when there is none. */
static uint32_t
place(const struct store_ranges *r, uint64_t seq)
{
	uint32_t from = 0, to = r->n;

	/* The next number of the newest range is what comes most often. */
	if (r->n > 0 && seq > r->v[r->n - 1].hi)
		return r->n;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (r->v[middle].hi < seq)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool
store_ranges_has(const struct store_ranges *r, uint64_t seq)
{
	uint32_t at = place(r, seq);

	return at < r->n && seq >= r->v[at].lo;
}

static int
grow(struct store_ranges *r)
{
	uint32_t room = r->room == 0 ? 2 : r->room * 2;
	struct store_range *v;

	if (r->n < r->room)
		return 0;
	v = realloc(r->v, room * sizeof *v);
	if (v == NULL)
		return -ENOMEM;
	r->v = v;
	r->room = room;
	return 0;
}

static void
take_out(struct store_ranges *r, uint32_t at)
{
	r->n--;
	memmove(&r->v[at], &r->v[at + 1], (r->n - at) * sizeof *r->v);
}

/* A range of its own for seq at the place `at`. */
static int
put_in(struct store_ranges *r, uint32_t at, uint64_t seq)
{
	if (r->n == STORE_RANGES_MAX) {
		if (at == 0)
			return 1; /* the lowest itself: forgotten at once */
		take_out(r, 0);
		at--;
	}
	if (grow(r) != 0)
		return -ENOMEM;
	memmove(&r->v[at + 1], &r->v[at], (r->n - at) * sizeof *r->v);
	r->v[at] = (struct store_range){seq, seq};
	r->n++;
	return 1;
}

int
store_ranges_add(struct store_ranges *r, uint64_t seq)
{
	uint32_t at = place(r, seq);
	bool joins_last, joins_next;

	if (at < r->n && seq >= r->v[at].lo)
		return 0;
	joins_last = at > 0 && r->v[at - 1].hi + 1 == seq;
	joins_next = at < r->n && seq + 1 == r->v[at].lo;
	if (joins_last && joins_next) {
		r->v[at - 1].hi = r->v[at].hi;
		take_out(r, at);
	} else if (joins_last) {
		r->v[at - 1].hi = seq;
	} else if (joins_next) {
		r->v[at].lo = seq;
	} else {
		return put_in(r, at, seq);
	}
	return 1;
}

/* ---- as bytes ----------------------------------------------------------- */

static void
put_number(struct buf *to, uint64_t n)
{
	for (int i = 0; i < 8; i++, n >>= 8)
		buf_addc(to, (char)(n & 0xff));
}

static uint64_t
get_number(const char *p)
{
	uint64_t n = 0;

	for (int i = 7; i >= 0; i--)
		n = n << 8 | (unsigned char)p[i];
	return n;
}

void
store_ranges_pack(const struct store_ranges *r, struct buf *to)
{
	for (uint32_t i = 0; i < r->n; i++) {
		put_number(to, r->v[i].lo);
		put_number(to, r->v[i].hi);
	}
}

static bool
in_order(const struct store_ranges *r)
{
	for (uint32_t i = 0; i < r->n; i++) {
		if (r->v[i].lo > r->v[i].hi || r->v[i].hi > INT64_MAX)
			return false;
		if (i > 0 && (r->v[i].lo <= r->v[i - 1].hi ||
				 r->v[i].lo - r->v[i - 1].hi < 2))
			return false;
	}
	return true;
}

int
store_ranges_unpack(struct str from, struct store_ranges *r)
{
	size_t n = from.n / PACKED;

	*r = (struct store_ranges){0};
	if (from.n % PACKED != 0 || n > STORE_RANGES_MAX)
		return -EBADMSG;
	if (n == 0)
		return 0;
	r->v = malloc(n * sizeof *r->v);
	if (r->v == NULL)
		return -ENOMEM;
	r->n = r->room = (uint32_t)n;
	for (size_t i = 0; i < n; i++)
		r->v[i] = (struct store_range){get_number(from.p + i * PACKED),
		    get_number(from.p + i * PACKED + 8)};
	if (in_order(r))
		return 0;
	store_ranges_free(r);
	return -EBADMSG;
}
