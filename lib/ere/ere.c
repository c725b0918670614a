/* SPDX-License-Identifier: Apache-2.0 */
#include "ere.h"

#include <string.h>

#include "ere_code.h"

/* The states that the text so far can lead to. */
struct run {
	const struct ere *re;
	struct str text;
	size_t at;
	unsigned n;
	uint16_t queue[ERE_STATES_MAX];
	uint64_t seen[ERE_STATES_MAX / 64]; /* those in the queue */
};

static void
add(struct run *x, unsigned state)
{
	uint64_t bit = (uint64_t)1 << state % 64;

	if ((x->seen[state / 64] & bit) != 0)
		return;
	x->seen[state / 64] |= bit;
	x->queue[x->n++] = (uint16_t)state;
}

static bool
at_edge(const struct run *x)
{
	const uint8_t *p = (const uint8_t *)x->text.p;
	bool before = x->at > 0 && ere_is_word(p[x->at - 1]);
	bool behind = x->at < x->text.n && ere_is_word(p[x->at]);

	return before != behind;
}

/*
 * Add what is reached without a byte. The queue grows while it is walked, by
 * each state once, so a cycle ends. True: the end was reached.
 */
static bool
follow(struct run *x)
{
	for (unsigned i = 0; i < x->n; i++) {
		unsigned state = x->queue[i];
		const struct ere_state *s = &x->re->states[state];

		switch (s->op) {
		case ERE_FOUND:
			return true;
		case ERE_SPLIT:
			add(x, state + 1);
			add(x, s->to);
			break;
		case ERE_JUMP:
			add(x, s->to);
			break;
		case ERE_BEGIN:
			if (x->at == 0)
				add(x, state + 1);
			break;
		case ERE_END:
			if (x->at == x->text.n)
				add(x, state + 1);
			break;
		case ERE_EDGE:
			if (at_edge(x))
				add(x, state + 1);
			break;
		default:
			break;
		}
	}
	return false;
}

static bool
takes(const struct ere *re, const struct ere_state *s, uint8_t byte)
{
	switch (s->op) {
	case ERE_BYTE:
		return s->byte == byte;
	case ERE_SET:
		return ere_set_has(&re->sets[s->to], byte);
	default:
		return s->op == ERE_ANY;
	}
}

/*
 * Take a byte: the queue becomes what it leads to. That is never longer, and
 * is written over what was read already; `seen` is made anew.
 */
static void
step(struct run *x, uint8_t byte)
{
	unsigned n = x->n;

	memset(x->seen, 0, (x->re->n + 63U) / 64 * sizeof *x->seen);
	x->n = 0;
	for (unsigned i = 0; i < n; i++) {
		unsigned state = x->queue[i];

		if (takes(x->re, &x->re->states[state], byte))
			add(x, state + 1);
	}
}

/* From x->at to the next byte that a match can begin with. */
static void
skip(struct run *x)
{
	const uint8_t *p = (const uint8_t *)x->text.p;

	while (x->at < x->text.n && !ere_set_has(&x->re->first, p[x->at]))
		x->at++;
}

bool
ere_match(const struct ere *re, struct str text)
{
	struct run x __attribute__((uninitialized)); /* 4 KiB */

	x.re = re;
	x.text = text;
	x.n = 0;
	memset(x.seen, 0, (re->n + 63U) / 64 * sizeof *x.seen);
	for (x.at = 0;; x.at++) {
		if (x.n == 0 && re->can_skip)
			skip(&x);
		add(&x, 0);
		if (follow(&x))
			return true;
		if (x.at >= text.n)
			return false;
		step(&x, (uint8_t)text.p[x.at]);
	}
}
