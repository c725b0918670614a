/* SPDX-License-Identifier: Apache-2.0 */
#include "pretty.h"

#include "jwrite/jwrite.h"

/* A key, a scalar, or an empty object or array. */
static void
put_flat(const struct jtree *t, const struct str *key, struct buf *out)
{
	struct jwrite w;

	jwrite_init(&w, out);
	if (key != NULL)
		jwrite_str(&w, *key);
	else
		jtree_write(t, &w);
}

static void
indent(struct buf *out, unsigned depth)
{
	buf_addc(out, '\n');
	while (depth-- > 0)
		buf_addz(out, "  ");
}

static void
put(const struct jtree *t, unsigned depth, struct buf *out)
{
	bool object = t->kind == JSCAN_OBJECT;

	if (t->n == 0 || (!object && t->kind != JSCAN_ARRAY)) {
		put_flat(t, NULL, out);
		return;
	}
	buf_addc(out, object ? '{' : '[');
	for (const struct jtree *m = t->first; m != NULL; m = m->next) {
		indent(out, depth + 1);
		if (object) {
			put_flat(m, &m->key, out);
			buf_addz(out, ": ");
		}
		put(m, depth + 1, out);
		if (m->next != NULL)
			buf_addc(out, ',');
	}
	indent(out, depth);
	buf_addc(out, object ? '}' : ']');
}

void
pretty_write(const struct jtree *t, struct buf *out)
{
	put(t, 0, out); /* JTREE_DEPTH_MAX deep at most */
	buf_addc(out, '\n');
}
