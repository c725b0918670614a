/* SPDX-License-Identifier: Apache-2.0 */
/* store_words: what a filter lets through. Pure. Internal. */
#ifndef FG_STORE_STORE_WORDS_H
#define FG_STORE_STORE_WORDS_H

#include <stdbool.h>

#include "store_audits.h"

/* Has it a '*', so that it stands for more than itself? */
bool store_words_wild(struct str word);

/* Does one of the words fit text, or are there none? */
bool store_words_match(const struct store_words *w, struct str text);

/* Is `what` in text, ASCII letters in either case? */
bool store_words_within(struct str text, struct str what);

/* Bit of a set in which 0 means all. */
bool store_words_bit(uint32_t set, unsigned bit);

#endif
