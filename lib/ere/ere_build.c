/* SPDX-License-Identifier: Apache-2.0 */
#include "ere_build.h"

#include <errno.h>
#include <string.h>

void
ere_build_too_big(struct ere_build *c, const char *why)
{
	if (c->r == 0)
		c->r = err_set(
		    c->e, ERR_PERM, E2BIG, "offset %zu: %s", c->at, why);
}

/* Room for one more at the end. */
static bool
room(struct ere_build *c)
{
	if (c->n == ERE_STATES_MAX)
		ere_build_too_big(c, "the expression has too many states");
	return c->r == 0;
}

void
ere_build_emit(struct ere_build *c, enum ere_op op, uint8_t byte, unsigned to)
{
	if (room(c))
		c->states[c->n++] =
		    (struct ere_state){(uint8_t)op, byte, (uint16_t)to};
}

bool
ere_build_has_target(const struct ere_state *s)
{
	return s->op == ERE_JUMP || s->op == ERE_SPLIT;
}

/* Put a split in front of the part that begins at from. */
void
ere_build_split(struct ere_build *c, unsigned from, unsigned to)
{
	if (!room(c))
		return;
	memmove(&c->states[from + 1], &c->states[from],
	    (c->n - from) * sizeof *c->states);
	c->n++;
	for (unsigned i = from + 1; i < c->n; i++) {
		if (ere_build_has_target(&c->states[i]))
			c->states[i].to++;
	}
	c->states[from] = (struct ere_state){ERE_SPLIT, 0, (uint16_t)to};
}

/* Another copy of the part from..from + n, at the end. */
static void
copy_part(struct ere_build *c, unsigned from, unsigned n)
{
	unsigned by = c->n - from;

	for (unsigned i = from; i < from + n && c->r == 0; i++) {
		struct ere_state s = c->states[i];

		ere_build_emit(c, s.op, s.byte,
		    ere_build_has_target(&s) ? s.to + by : s.to);
	}
}

void
ere_build_set(struct ere_build *c, const struct ere_set *set)
{
	unsigned i = 0;

	while (i < c->n_sets && memcmp(&c->sets[i], set, sizeof *set) != 0)
		i++;
	if (i == ERE_SETS_MAX) {
		ere_build_too_big(c, "too many different sets of characters");
		return;
	}
	c->sets[i] = *set;
	if (i == c->n_sets)
		c->n_sets++;
	ere_build_emit(c, ERE_SET, 0, i);
}

void
ere_build_byte(struct ere_build *c, bool fold, uint8_t byte)
{
	struct ere_set set = {0};
	uint8_t lower = byte | 0x20;

	if (!fold || lower < 'a' || lower > 'z') {
		ere_build_emit(c, ERE_BYTE, byte, 0);
		return;
	}
	ere_set_add(&set, lower);
	ere_set_fold(&set);
	ere_build_set(c, &set);
}

void
ere_build_star(struct ere_build *c, unsigned from)
{
	ere_build_split(c, from, c->n + 2);
	ere_build_emit(c, ERE_JUMP, 0, from);
}

/* Leave after the part, or enter it again. */
void
ere_build_plus(struct ere_build *c, unsigned from)
{
	ere_build_emit(c, ERE_SPLIT, 0, from);
}

/* The part at from, of n states, up to `times` times more, each if wanted. */
static void
maybe_more(struct ere_build *c, unsigned from, unsigned n, unsigned times)
{
	unsigned end = c->n + times * (n + 1);

	if (end > ERE_STATES_MAX)
		end = ERE_STATES_MAX; /* ere_build_emit() will tell */
	while (times-- > 0 && c->r == 0) {
		ere_build_emit(c, ERE_SPLIT, 0, end);
		copy_part(c, from, n);
	}
}

void
ere_build_repeat(
    struct ere_build *c, unsigned from, unsigned least, unsigned most)
{
	unsigned n = c->n - from, last = from;

	if (most == 0) {
		c->n = from;
		return;
	}
	if (least == 0 && most > ERE_REPEAT_MAX) {
		ere_build_star(c, from);
		return;
	}
	for (unsigned i = 1; i < least && c->r == 0; i++) {
		last = c->n;
		copy_part(c, from, n);
	}
	if (most > ERE_REPEAT_MAX) {
		ere_build_plus(c, last);
	} else if (least > 0) {
		maybe_more(c, from, n, most - least);
	} else {
		ere_build_split(c, from, c->n + 1 + (most - 1) * (n + 1));
		maybe_more(c, from + 1, n, most - 1);
	}
}
