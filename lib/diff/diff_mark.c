/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for the shortest edit script: E. W. Myers, "An O(ND) Difference
 * Algorithm and Its Variations", Algorithmica 1 (1986), the linear space
 * variant (4b), with a bound on D.
 */
#include <string.h>

#include "diff_lines.h"

/*
 * A box is a pair of ranges still to compare. D_MAX bounds the search in one
 * box from each of its corners, and so the time: O(D_MAX) per line.
 */
enum { D_MAX = 256, NONE = -1 };

struct box {
	int32_t a, a_end; /* old lines */
	int32_t b, b_end; /* new lines */
};

/* How far (in old lines) d edits get from a corner, by diagonal. */
struct front {
	int32_t x[2 * D_MAX + 3];
};

struct search {
	const int32_t *a, *b; /* line numbers of the box */
	int32_t n, m;         /* how many of each */
	struct front head;    /* from the start */
	struct front tail;    /* from the end, counted backwards */
};

static int32_t *
reach(struct front *f, int32_t diagonal)
{
	return &f->x[diagonal + D_MAX + 1];
}

/* One more edit from one of the corners, on one diagonal. */
static int32_t
advance(struct search *s, bool from_end, int32_t k)
{
	struct front *f = from_end ? &s->tail : &s->head;
	int32_t down = *reach(f, k + 1), right = *reach(f, k - 1) + 1;
	int32_t x = right > down ? right : down, y = x - k;

	while (x < s->n && y < s->m &&
	       (from_end ? s->a[s->n - 1 - x] == s->b[s->m - 1 - y]
			 : s->a[x] == s->b[y])) {
		x++;
		y++;
	}
	*reach(f, k) = x;
	return x;
}

/* Where to cut a box, and whether the part before it is the smaller task. */
struct cut {
	int32_t x, y;
	bool first;
};

/*
 * d edits from one corner; true when they meet those from the other, which
 * are as many or one fewer. The point is then on a shortest path.
 */
static bool
step(struct search *s, bool from_end, int32_t d, struct cut *cut)
{
	struct front *f = from_end ? &s->tail : &s->head;
	struct front *other = from_end ? &s->head : &s->tail;
	int32_t delta = s->n - s->m, behind = from_end ? d : d - 1;
	int32_t low = -d, high = d;

	/* Diagonals that do not cross the box lead nowhere. */
	while (low < -s->m)
		low += 2;
	while (high > s->n)
		high -= 2;
	*reach(f, -d - 1) = *reach(f, d + 1) = NONE;
	if (d == 0)
		*reach(f, 1) = 0;
	for (int32_t k = low; k <= high; k += 2) {
		int32_t x = advance(s, from_end, k), mirror = delta - k;

		if (((delta & 1) != 0) == from_end || mirror < -behind ||
		    mirror > behind || x > s->n || x - k > s->m ||
		    *reach(other, mirror) + x < s->n)
			continue;
		*cut = (struct cut){x, x - k, true};
		if (from_end)
			*cut = (struct cut){s->n - x, s->m - (x - k), true};
		return true;
	}
	return false;
}

/* The best that D_MAX edits from a corner came to: x + y, at *at. */
static int32_t
furthest(const struct search *s, struct front *f, struct cut *at)
{
	int32_t best = 0;

	for (int32_t k = -D_MAX; k <= D_MAX; k += 2) {
		int32_t x = *reach(f, k), y = x - k;

		if (k < -s->m || k > s->n || x > s->n || y > s->m ||
		    x + y <= best)
			continue;
		best = x + y;
		*at = (struct cut){x, y, true};
	}
	return best;
}

/*
 * Neither corner can be seen from the other: go on from the point that got
 * furthest. That is at least as far as any run of equal lines that was
 * looked at, which keeps the whole linear.
 */
static void
give_up(struct search *s, struct cut *cut)
{
	struct cut back = {0};
	int32_t ahead = furthest(s, &s->head, cut);

	if (furthest(s, &s->tail, &back) > ahead)
		*cut = (struct cut){s->n - back.x, s->m - back.y, false};
}

static void
divide(struct search *s, struct cut *cut)
{
	for (int32_t d = 0; d <= D_MAX; d++) {
		if (step(s, false, d, cut) || step(s, true, d, cut))
			return;
	}
	give_up(s, cut);
}

static void
trim(const struct diff_lines *l, struct box *box)
{
	const int32_t *a = l->old.id, *b = l->new.id;

	while (box->a < box->a_end && box->b < box->b_end &&
	       a[box->a] == b[box->b]) {
		box->a++;
		box->b++;
	}
	while (box->a < box->a_end && box->b < box->b_end &&
	       a[box->a_end - 1] == b[box->b_end - 1]) {
		box->a_end--;
		box->b_end--;
	}
}

/*
 * Of the two parts of a box the one whose edits are known to be few goes deeper
 * (its D halves with every level: 10 levels at most), the other one is the
 * next turn of the loop.
 */
static void
mark(struct diff_lines *l, struct search *s, struct box box)
{
	for (;;) {
		struct box before, after;
		struct cut cut = {0};

		trim(l, &box);
		s->a = l->old.id + box.a;
		s->b = l->new.id + box.b;
		s->n = box.a_end - box.a;
		s->m = box.b_end - box.b;
		if (s->n == 0 || s->m == 0)
			break;
		divide(s, &cut);
		before = after = box;
		before.a_end = after.a = box.a + cut.x;
		before.b_end = after.b = box.b + cut.y;
		mark(l, s, cut.first ? before : after);
		box = cut.first ? after : before;
	}
	memset(l->old.changed + box.a, true, (size_t)(box.a_end - box.a));
	memset(l->new.changed + box.b, true, (size_t)(box.b_end - box.b));
}

static int32_t
end_of_block(const struct diff_side *s, int32_t i)
{
	while (s->changed[i])
		i++;
	return i;
}

/*
 * An inserted or removed block whose first line also follows it can stand one
 * line lower. The lowest place is where people expect a block: after its like.
 */
static void
settle(struct diff_side *s, const struct diff_side *other)
{
	int32_t i = 0, j = 0;

	while (i < s->n) {
		int32_t end = end_of_block(s, i);

		if (other->changed[j]) {
			i = end;
			j = end_of_block(other, j);
			continue;
		}
		if (end == i) {
			i++;
			j++;
			continue;
		}
		while (end < s->n && s->id[i] == s->id[end] &&
		       !other->changed[j + 1]) {
			s->changed[i++] = false;
			s->changed[end] = true;
			end = end_of_block(s, end);
			j++;
		}
		i = end;
	}
}

void
diff_lines_mark(struct diff_lines *l)
{
	struct search s;

	mark(l, &s, (struct box){0, l->old.n, 0, l->new.n});
	settle(&l->new, &l->old);
	settle(&l->old, &l->new);
}
