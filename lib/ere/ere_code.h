/* SPDX-License-Identifier: Apache-2.0 */
/* ere_code: what expressions are compiled to. */
#ifndef FG_ERE_ERE_CODE_H
#define FG_ERE_ERE_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "ere.h"

/*
 * A state either takes a byte and goes on with the one behind it, or goes on
 * without: there are no captures, so nothing else is to be known.
 */
enum ere_op {
	ERE_BYTE,  /* takes `byte` */
	ERE_SET,   /* takes a byte of set number `to` */
	ERE_ANY,   /* takes any byte */
	ERE_JUMP,  /* goes on at `to` */
	ERE_SPLIT, /* goes on behind it, and at `to` */
	ERE_BEGIN, /* goes on behind it at the start of the text */
	ERE_END,   /* … at its end */
	ERE_EDGE,  /* … between a letter of words and what is none */
	ERE_FOUND,
};

struct ere_state {
	uint8_t op;
	uint8_t byte;
	uint16_t to;
};

struct ere_set {
	uint64_t bits[4];
};

struct ere {
	uint16_t n;    /* states; the last is ERE_FOUND, the first the start */
	bool can_skip; /* a match begins with a byte of `first` */
	struct ere_set first; /* see above */
	const struct ere_set *sets;
	struct ere_state states[];
};

static inline bool
ere_set_has(const struct ere_set *set, uint8_t c)
{
	return (set->bits[c / 64] >> c % 64 & 1) != 0;
}

static inline void
ere_set_add(struct ere_set *set, uint8_t c)
{
	set->bits[c / 64] |= (uint64_t)1 << c % 64;
}

/* ASCII letter, digit or '_'. */
static inline bool
ere_is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/*
 * The set behind '[' at *at, which is moved behind its ']'. NULL, or why it
 * is none.
 */
const char *ere_set_parse(
    struct str text, size_t *at, bool fold, struct ere_set *ret);

/* Add the set of \d, \D, \s … to ret; false: c names none. */
bool ere_set_named(char c, struct ere_set *ret);

/* Add the other case of the letters in it. */
void ere_set_fold(struct ere_set *set);

/*
 * The byte that an escape stands for: *at is behind the backslash, and is
 * moved behind the escape. False: it is none.
 */
bool ere_set_escape(struct str text, size_t *at, uint8_t *ret);

#endif
