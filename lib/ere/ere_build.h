/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ere_build: Thompson's construction. What has been read so far of a part lies
 * in one piece, states[from..n), is entered at its start and left behind its
 * end; so it can be moved and copied as a whole.
 */
#ifndef FG_ERE_ERE_BUILD_H
#define FG_ERE_ERE_BUILD_H

#include "ere_code.h"

struct ere_build {
	size_t at; /* in the expression, for messages */
	struct err *e;
	int r; /* the first error; then nothing more is done */
	unsigned n, n_sets;
	struct ere_state states[ERE_STATES_MAX];
	struct ere_set sets[ERE_SETS_MAX];
};

/* -E2BIG, "offset N: why". */
void ere_build_too_big(struct ere_build *c, const char *why);

/* One more state at the end. */
void ere_build_emit(
    struct ere_build *c, enum ere_op op, uint8_t byte, unsigned to);
void ere_build_byte(struct ere_build *c, bool fold, uint8_t byte);
void ere_build_set(struct ere_build *c, const struct ere_set *set);

/* Does `to` say where it goes on? */
bool ere_build_has_target(const struct ere_state *s);

/* Put a split in front of the part that begins at from. */
void ere_build_split(struct ere_build *c, unsigned from, unsigned to);

/*
 * The part at from any number of times, at least once, or from least to most
 * times; most above ERE_REPEAT_MAX is without a bound.
 */
void ere_build_star(struct ere_build *c, unsigned from);
void ere_build_plus(struct ere_build *c, unsigned from);
void ere_build_repeat(
    struct ere_build *c, unsigned from, unsigned least, unsigned most);

#endif
