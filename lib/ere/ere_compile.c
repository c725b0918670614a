/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an expression by recursive descent. */
#include "ere_build.h"

#include <errno.h>
#include <string.h>

struct compiler {
	struct str text;
	bool fold;
	unsigned depth;
	struct ere_build b;
};

static void
fail(struct compiler *c, size_t at, const char *why)
{
	if (c->b.r == 0)
		c->b.r = err_set(
		    c->b.e, ERR_PERM, EINVAL, "offset %zu: %s", at, why);
}

/* ---- repetition ------------------------------------------------------ */

/* Digits at c->b.at, up to the bound and 1; *some: there was one. */
static unsigned
number(struct compiler *c, bool *some)
{
	unsigned value = 0;

	*some = false;
	for (; c->b.at < c->text.n && c->text.p[c->b.at] >= '0' &&
	       c->text.p[c->b.at] <= '9';
	     c->b.at++) {
		value = value * 10 + (unsigned)(c->text.p[c->b.at] - '0');
		if (value > ERE_REPEAT_MAX)
			value = ERE_REPEAT_MAX + 1;
		*some = true;
	}
	return value;
}

static bool
take(struct compiler *c, char wanted)
{
	if (c->b.at >= c->text.n || c->text.p[c->b.at] != wanted)
		return false;
	c->b.at++;
	return true;
}

/* Behind the '{' of {n}, {n,}, {n,m}, {,m}. */
static void
bounds(struct compiler *c, unsigned from)
{
	size_t start = c->b.at - 1;
	bool some, some_most = false;
	unsigned least = number(c, &some), most = least;

	if (take(c, ',')) {
		most = number(c, &some_most);
		if (!some_most && some)
			most = ERE_REPEAT_MAX + 1;
	}
	if (!take(c, '}') || (!some && !some_most)) {
		fail(c, start, "'{' is not followed by n}, n,} or n,m}");
	} else if (least > ERE_REPEAT_MAX ||
		   (some_most && most > ERE_REPEAT_MAX)) {
		c->b.r = err_set(c->b.e, ERR_PERM, E2BIG,
		    "offset %zu: more than %d repetitions", start,
		    ERE_REPEAT_MAX);
	} else if (least > most) {
		fail(c, start, "the bounds stand in the wrong order");
	} else {
		ere_build_repeat(&c->b, from, least, most);
	}
}

/* ---- atoms ------------------------------------------------------------ */

static void alternatives(struct compiler *c);

static void
group(struct compiler *c)
{
	size_t start = c->b.at - 1;

	if (take(c, '?') && !take(c, ':')) {
		fail(c, start, "of the groups with '?' only (?: ) is known");
		return;
	}
	if (++c->depth > ERE_DEPTH_MAX) {
		ere_build_too_big(&c->b, "parentheses are nested too deep");
		return;
	}
	alternatives(c);
	c->depth--;
	if (!take(c, ')'))
		fail(c, start, "'(' without ')'");
}

/* Behind a backslash; false: what was read cannot be repeated. */
static bool
escape(struct compiler *c)
{
	size_t start = c->b.at - 1;
	struct ere_set set = {0};
	uint8_t byte;

	if (take(c, 'b')) {
		ere_build_emit(&c->b, ERE_EDGE, 0, 0);
		return false;
	}
	if (c->b.at < c->text.n && ere_set_named(c->text.p[c->b.at], &set)) {
		c->b.at++;
		ere_build_set(&c->b, &set);
	} else if (ere_set_escape(c->text, &c->b.at, &byte)) {
		ere_build_byte(&c->b, c->fold, byte);
	} else {
		fail(c, start,
		    c->b.at < c->text.n && c->text.p[c->b.at] >= '1' &&
			    c->text.p[c->b.at] <= '9'
			? "there are no back references"
			: "no such escape");
	}
	return true;
}

/* One atom; false: it cannot be repeated. */
static bool
atom(struct compiler *c)
{
	size_t start = c->b.at;
	char ch = c->text.p[c->b.at++];
	struct ere_set set;
	const char *why;

	switch (ch) {
	case '(':
		group(c);
		return true;
	case '[':
		why = ere_set_parse(c->text, &c->b.at, c->fold, &set);
		if (why != NULL)
			fail(c, start, why);
		else
			ere_build_set(&c->b, &set);
		return true;
	case '\\':
		return escape(c);
	case '.':
		ere_build_emit(&c->b, ERE_ANY, 0, 0);
		return true;
	case '^':
		ere_build_emit(&c->b, ERE_BEGIN, 0, 0);
		return false;
	case '$':
		ere_build_emit(&c->b, ERE_END, 0, 0);
		return false;
	case '*':
	case '+':
	case '?':
	case '{':
		fail(c, start, "there is nothing to repeat");
		return false;
	default:
		ere_build_byte(&c->b, c->fold, (uint8_t)ch);
		return true;
	}
}

static void
piece(struct compiler *c)
{
	unsigned from = c->b.n;

	if (!atom(c))
		return;
	while (c->b.r == 0) {
		if (take(c, '*'))
			ere_build_star(&c->b, from);
		else if (take(c, '+'))
			ere_build_plus(&c->b, from);
		else if (take(c, '?'))
			ere_build_split(&c->b, from, c->b.n + 1);
		else if (take(c, '{'))
			bounds(c, from);
		else
			return;
	}
}

static void
branch(struct compiler *c)
{
	while (c->b.r == 0 && c->b.at < c->text.n &&
	       c->text.p[c->b.at] != '|' && c->text.p[c->b.at] != ')')
		piece(c);
}

/*
 * a|b|c is split a jump | split b jump | c. The jumps lead to the end; until
 * that is known each holds the place of the one before it.
 */
static void
alternatives(struct compiler *c)
{
	unsigned from = c->b.n, jumps = ERE_STATES_MAX;

	branch(c);
	while (c->b.r == 0 && take(c, '|')) {
		ere_build_split(&c->b, from, c->b.n + 2);
		ere_build_emit(&c->b, ERE_JUMP, 0, jumps);
		jumps = c->b.n - 1;
		from = c->b.n;
		branch(c);
	}
	while (c->b.r == 0 && jumps != ERE_STATES_MAX) {
		unsigned before = c->b.states[jumps].to;

		c->b.states[jumps].to = (uint16_t)c->b.n;
		jumps = before;
	}
}

/* ---- the whole -------------------------------------------------------- */

/* Is the state one that a match must begin with? Then add its bytes. */
static bool
add_first(struct ere *re, const struct ere_state *s)
{
	switch (s->op) {
	case ERE_BYTE:
		ere_set_add(&re->first, s->byte);
		return true;
	case ERE_SET:
		for (unsigned i = 0; i < 4; i++)
			re->first.bits[i] |= re->sets[s->to].bits[i];
		return true;
	case ERE_JUMP:
	case ERE_SPLIT:
		return true;
	default:
		return false;
	}
}

/* With which bytes can a match begin? */
static void
find_first(struct ere *re)
{
	uint16_t queue[ERE_STATES_MAX];
	bool seen[ERE_STATES_MAX] = {true};
	unsigned n = 0;

	queue[n++] = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct ere_state *s = &re->states[queue[i]];
		unsigned next[2] = {s->to, queue[i] + 1U};

		if (!add_first(re, s))
			return;
		if (!ere_build_has_target(s))
			continue;
		for (unsigned j = 0; j < (s->op == ERE_SPLIT ? 2 : 1); j++) {
			if (!seen[next[j]]) {
				seen[next[j]] = true;
				queue[n++] = (uint16_t)next[j];
			}
		}
	}
	re->can_skip = true;
}

/* A copy in the arena, of the size that it needs. */
static int
finish(struct arena *a, struct compiler *c, const struct ere **ret)
{
	size_t sets_size = c->b.n_sets * sizeof *c->b.sets;
	size_t size = c->b.n * sizeof *c->b.states;
	struct ere *re = arena_alloc(a, sizeof *re + size);
	struct ere_set *sets = arena_alloc(a, sets_size);

	if (re == NULL || sets == NULL)
		return err_nomem(c->b.e);
	memcpy(re->states, c->b.states, size);
	memcpy(sets, c->b.sets, sets_size);
	re->n = (uint16_t)c->b.n;
	re->sets = sets;
	find_first(re);
	*ret = re;
	return 0;
}

int
ere_compile(struct arena *a, struct str text, bool fold, const struct ere **ret,
    struct err *e)
{
	struct compiler c;

	if (text.n > ERE_TEXT_MAX)
		return err_set(e, ERR_PERM, E2BIG,
		    "the expression has more than %d bytes", ERE_TEXT_MAX);
	c.text = text;
	c.b.at = 0;
	c.fold = fold;
	c.depth = 0;
	c.b.e = e;
	c.b.r = 0;
	c.b.n = c.b.n_sets = 0;
	alternatives(&c);
	if (c.b.r == 0 && c.b.at < text.n)
		fail(&c, c.b.at, "')' without '('");
	ere_build_emit(&c.b, ERE_FOUND, 0, 0);
	return c.b.r != 0 ? c.b.r : finish(a, &c, ret);
}
