/* SPDX-License-Identifier: Apache-2.0 */
#include "learn_state.h"

/* Is t an item that stands on one line? */
static bool
is_flat(const struct jtree *t)
{
	const struct jtree *c, *d;

	if (t->kind != JSCAN_OBJECT && t->kind != JSCAN_ARRAY)
		return true;
	if (t->first == NULL)
		return true;
	if (t->kind == JSCAN_ARRAY)
		return false;
	for (c = t->first; c != NULL; c = c->next) {
		if (c->kind == JSCAN_OBJECT && c->first != NULL)
			return false;
		if (c->kind != JSCAN_ARRAY)
			continue;
		for (d = c->first; d != NULL; d = d->next)
			if (d->kind == JSCAN_OBJECT || d->kind == JSCAN_ARRAY)
				return false;
	}
	return true;
}

static void
write_value(const struct jtree *t, struct buf *out)
{
	struct jwrite w;

	jwrite_init(&w, out);
	jtree_write(t, &w);
}

static void
write_key(const struct jtree *t, struct buf *out)
{
	struct jtree key = {.kind = JSCAN_STRING, .text = t->key};

	write_value(&key, out);
	buf_addz(out, ": ");
}

/* A list of strings, say, in an item. */
static void
write_inner(const struct jtree *t, struct buf *out)
{
	const struct jtree *c;

	if (t->kind != JSCAN_ARRAY) {
		write_value(t, out);
		return;
	}
	buf_addc(out, '[');
	for (c = t->first; c != NULL; c = c->next) {
		write_value(c, out);
		if (c->next != NULL)
			buf_addz(out, ", ");
	}
	buf_addc(out, ']');
}

static void
write_flat(const struct jtree *t, struct buf *out)
{
	const struct jtree *c;

	if (t->kind != JSCAN_OBJECT) {
		write_inner(t, out);
		return;
	}
	buf_addc(out, '{');
	for (c = t->first; c != NULL; c = c->next) {
		write_key(c, out);
		write_inner(c, out);
		if (c->next != NULL)
			buf_addz(out, ", ");
	}
	buf_addc(out, '}');
}

static void
indent(struct buf *out, unsigned depth)
{
	buf_addc(out, '\n');
	for (unsigned i = 0; i < depth; i++)
		buf_addc(out, '\t');
}

/* The way up is on the stack: trees are at most JTREE_DEPTH_MAX deep. */
void
learn_pretty(const struct jtree *t, struct buf *out)
{
	const struct jtree *up[JTREE_DEPTH_MAX + 1];
	unsigned depth = 0;

	for (;;) {
		if (depth > 0 && up[depth - 1]->kind == JSCAN_OBJECT)
			write_key(t, out);
		/* A section of the policy is never on one line. */
		if (is_flat(t) &&
		    (t->first == NULL || depth == 0 ||
			up[depth - 1]->kind == JSCAN_ARRAY || depth > 3)) {
			write_flat(t, out);
		} else if (depth < JTREE_DEPTH_MAX) {
			buf_addc(out, t->kind == JSCAN_OBJECT ? '{' : '[');
			up[depth++] = t;
			indent(out, depth);
			t = t->first;
			continue;
		}
		while (depth > 0 && t->next == NULL) {
			t = up[--depth];
			indent(out, depth);
			buf_addc(out, t->kind == JSCAN_OBJECT ? '}' : ']');
		}
		if (depth == 0)
			return;
		buf_addc(out, ',');
		indent(out, depth);
		t = t->next;
	}
}
