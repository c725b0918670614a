/* SPDX-License-Identifier: Apache-2.0 */
#include "splice.h"

#include <errno.h>
#include <stdlib.h>

#include "tree.h"

static size_t
depth_of(const struct doc_node *n)
{
	size_t depth = 0;

	for (; n->parent != NULL; n = n->parent)
		depth++;
	return depth;
}

static int
refuse(const struct splices *s, const struct doc_node *n, struct err *e,
    const char *why)
{
	return doc_err(e, ERR_PERM, EINVAL, s->style.d, n, "%s", why);
}

/* Close a splice: its text is what b holds. */
static int
put(struct splices *s, struct splice sp, struct buf *b, struct err *e)
{
	if (buf_error(b) != 0)
		return err_nomem(e);
	sp.text = arena_str(s->arena, buf_str(b));
	if (sp.text.p == NULL)
		return err_nomem(e);
	s->all[s->n++] = sp;
	return 0;
}

/* ---- appending and prepending ---- */

/* Does the header of a block scalar, "|-", say that it ends in no newline? */
static bool
is_stripped(const struct splices *s, const struct doc_node *scalar)
{
	struct str raw = doc_raw(s->style.d, scalar);
	size_t at = 0;

	/* Tags and anchors, which end in a blank, may hold any of the signs. */
	while (at < raw.n && raw.p[at] != '|' && raw.p[at] != '>') {
		while (at < raw.n && raw.p[at] > ' ')
			at++;
		while (at < raw.n && raw.p[at] <= ' ')
			at++;
	}
	while (at < raw.n && raw.p[at] > ' ')
		if (raw.p[at++] == '-')
			return true;
	return false;
}

/*
 * A block scalar without '-' that the file ends in, with no newline behind
 * it, would get a newline into its value as soon as text follows.
 */
static bool
would_grow(const struct splices *s, const struct doc_node *leaf, size_t at)
{
	struct str src = doc_source(s->style.d);

	return (leaf->style == DOC_LITERAL || leaf->style == DOC_FOLDED) &&
	       at == src.n && src.n > 0 && src.p[src.n - 1] != '\n' &&
	       !is_stripped(s, leaf);
}

static const struct doc_node *
last_leaf(const struct doc_node *n)
{
	while (n->style == DOC_BLOCK && n->last != NULL)
		n = n->last;
	return n;
}

static int
append_block(struct splices *s, const struct op *ops, size_t n, struct buf *b,
    struct splice *sp, struct err *e)
{
	const struct doc_node *list = ops->node, *leaf = last_leaf(list);
	size_t column = style_block_column(&s->style, list);

	sp->at = style_line_end(&s->style, list->end);
	if (would_grow(s, leaf, sp->at))
		return refuse(s, leaf, e,
		    "the file ends within a block scalar; end it with a "
		    "newline first");
	for (size_t i = 0; i < n; i++) {
		style_put_line(&s->style, column, b);
		if (list->kind == DOC_MAP) {
			style_put_text(&s->style, str_of(ops[i].key), false, b);
			buf_addc(b, ':');
		} else {
			buf_addc(b, '-');
		}
		style_put_block(
		    &s->style, column, list->kind == DOC_SEQ, ops[i].v, b);
	}
	return 0;
}

static void
append_flow(struct splices *s, const struct op *ops, size_t n, struct buf *b,
    struct splice *sp)
{
	const struct doc_node *list = ops->node;
	struct style_flow f, inner;

	style_flow(&s->style, list, &f);
	inner = f;
	inner.depth++;
	sp->at = list->last->end;
	for (size_t i = 0; i < n; i++) {
		buf_addc(b, ',');
		style_put_gap(&s->style, &f, b);
		if (list->kind == DOC_MAP) {
			style_put_text(&s->style, str_of(ops[i].key), true, b);
			buf_adds(b, f.colon);
		}
		style_put_flow(&s->style, &inner, ops[i].v, b);
	}
}

static void
prepend_flow(struct splices *s, const struct op *ops, size_t n, struct buf *b,
    struct splice *sp)
{
	struct style_flow f, inner;

	style_flow(&s->style, ops->node, &f);
	inner = f;
	inner.depth++;
	sp->at = ops->node->first->start;
	for (size_t i = 0; i < n; i++) {
		style_put_flow(&s->style, &inner, ops[i].v, b);
		buf_addc(b, ',');
		style_put_gap(&s->style, &f, b);
	}
}

/* Each item, then a line that leads up to the dash that was first. */
static void
prepend_block(struct splices *s, const struct op *ops, size_t n, struct buf *b,
    struct splice *sp)
{
	size_t column = style_block_column(&s->style, ops->node);

	sp->at = style_dash(&s->style, ops->node->first);
	for (size_t i = 0; i < n; i++) {
		buf_addc(b, '-');
		style_put_block(&s->style, column, true, ops[i].v, b);
		style_put_line(&s->style, column, b);
	}
}

/* The collection that an empty one, or a null, becomes. */
static struct val *
collect(struct splices *s, const struct op *ops, size_t n)
{
	struct val *v =
	    ops->key != NULL ? val_map(s->arena) : val_list(s->arena);

	for (size_t i = 0; i < n; i++)
		v = ops[i].key != NULL
			? val_put(s->arena, v, ops[i].key, ops[i].v)
			: val_push(v, ops[i].v);
	return v;
}

/* Is there a colon before the value n, to put a new value behind? */
static bool
has_colon(const struct splices *s, const struct doc_node *n)
{
	return n->key != NULL && tree_colon(doc_source(s->style.d), n->key->end,
				     n->start) < n->start;
}

static int
fill_empty(struct splices *s, const struct op *ops, size_t n, struct buf *b,
    struct splice *sp, struct err *e)
{
	const struct doc_node *node = ops->node;
	const struct val *v = collect(s, ops, n);
	struct style_flow f = {.gap = STR(" "), .colon = STR(": ")};

	if (v == NULL)
		return err_nomem(e);
	sp->at = node->start;
	sp->gone = node->end - node->start;
	if (sp->gone == 0) {
		if (!has_colon(s, node) || node->parent->style != DOC_BLOCK)
			return refuse(
			    s, node, e, "write the empty value as [] or {}");
		/* A comment behind the colon stays there. */
		sp->at = style_line_end(&s->style, node->start);
		style_put_block(&s->style,
		    style_block_column(&s->style, node->parent), false, v, b);
		return 0;
	}
	if (doc_format(s->style.d) == DOC_JSON || node->kind != DOC_SCALAR)
		style_flow(&s->style, node, &f);
	style_put_flow(&s->style, &f, v, b);
	return 0;
}

static size_t
same_node(const struct op *ops, size_t n)
{
	size_t i = 1;

	while (i < n && ops[i].node == ops->node && ops[i].kind == ops->kind)
		i++;
	return i;
}

static int
grow(struct splices *s, const struct op *ops, size_t n, struct err *e)
{
	cleanup_buf struct buf b = BUF_MAX(DOC_BYTES_MAX);
	const struct doc_node *node = ops->node;
	struct splice sp = {.depth = depth_of(node), .seq = ops->seq};
	size_t used = same_node(ops, n);
	bool flow = node->style == DOC_FLOW;
	int r = 0;

	if (node->first == NULL)
		r = fill_empty(s, ops, used, &b, &sp, e);
	else if (ops->kind == OP_APPEND && flow)
		append_flow(s, ops, used, &b, &sp);
	else if (ops->kind == OP_APPEND)
		r = append_block(s, ops, used, &b, &sp, e);
	else if (flow)
		prepend_flow(s, ops, used, &b, &sp);
	else
		prepend_block(s, ops, used, &b, &sp);
	if (r == 0)
		r = put(s, sp, &b, e);
	return r != 0 ? r : (int)used;
}

/* ---- replacing and restoring ----------------------------------------------
 */

static bool
in_block(const struct doc_node *n)
{
	return n->parent != NULL && n->parent->style == DOC_BLOCK;
}

static int
replace(struct splices *s, const struct op *op, struct err *e)
{
	cleanup_buf struct buf b = BUF_MAX(DOC_BYTES_MAX);
	struct style_flow f = {.gap = STR(" "), .colon = STR(": ")};
	const struct doc_node *node = op->node;
	struct splice sp = {.at = node->start,
	    .gone = node->end - node->start,
	    .depth = depth_of(node),
	    .seq = op->seq};
	int r;

	if (doc_format(s->style.d) == DOC_JSON && op->v->first != NULL &&
	    node->kind != DOC_SCALAR)
		style_flow_anew(&s->style, node, &f);
	if (sp.gone == 0)
		buf_addc(&b, ' ');
	if (op->v->kind == VAL_TEXT && op->v->tag.n == 0)
		style_put_text(&s->style, op->v->text, !in_block(node), &b);
	else
		style_put_flow(&s->style, &f, op->v, &b);
	r = put(s, sp, &b, e);
	return r != 0 ? r : 1;
}

/*
 * Where the value was nothing at all, it goes from the colon on, or from the
 * end of the colon's line when it begins on a later one.
 */
static int
restore(struct splices *s, const struct op *op, struct err *e)
{
	const struct doc_node *node = op->node;
	struct str src = doc_source(s->style.d);
	struct splice sp = {.at = node->start,
	    .text = op->raw,
	    .depth = depth_of(node),
	    .seq = op->seq};
	size_t line_end;

	if (op->raw.n == 0) {
		if (!has_colon(s, node))
			return refuse(s, node, e, "no value to take out");
		sp.at = tree_colon(src, node->key->end, node->start) + 1;
		line_end = style_line_end(&s->style, sp.at);
		if (line_end < node->start)
			sp.at = line_end;
	}
	sp.gone = node->end - sp.at;
	s->all[s->n++] = sp;
	return 1;
}

/* ---- deleting --------------------------------------------------------------
 */

static const struct doc_node *
sibling_before(const struct doc_node *n)
{
	return n->index == 0 ? NULL : doc_at(n->parent, n->index - 1);
}

static size_t
first_byte(const struct splices *s, const struct doc_node *n)
{
	if (n->key != NULL)
		return style_key(&s->style, n);
	return n->parent->style == DOC_BLOCK ? style_dash(&s->style, n)
					     : n->start;
}

/* Where the line before the one of `at` ends. */
static size_t
end_of_line_before(const struct splices *s, size_t at)
{
	size_t from = style_line_start(&s->style, at);
	const char *p = doc_source(s->style.d).p;

	if (from > 0 && p[from - 1] == '\n')
		from--;
	if (from > 0 && p[from - 1] == '\r')
		from--;
	return from;
}

static int
delete_run(struct splices *s, const struct op *ops, size_t n, struct err *e)
{
	const struct doc_node *first = ops->node, *last = first;
	const struct doc_node *before = sibling_before(first);
	struct splice sp = {
	    .depth = depth_of(first), .seq = ops->seq, .text = STR("")};
	size_t used = 1, end;

	while (used < n && ops[used].kind == OP_DELETE &&
	       ops[used].node == last->next)
		last = ops[used++].node;
	if (first->parent->style == DOC_BLOCK)
		end = style_line_end(&s->style, last->end);
	else
		end = last->end;
	if (before == NULL && last->next == NULL)
		return refuse(s, first, e, "nothing would be left around it");
	if (before == NULL) {
		sp.at = first_byte(s, first);
		end = first_byte(s, last->next);
	} else if (first->parent->style == DOC_BLOCK) {
		sp.at = end_of_line_before(s, first_byte(s, first));
	} else {
		sp.at = before->end;
	}
	sp.gone = end - sp.at;
	s->all[s->n++] = sp;
	return (int)used;
}

/* ---- all together ----------------------------------------------------------
 */

int
splice_add(struct splices *s, const struct op *ops, size_t n, struct err *e)
{
	switch (ops->kind) {
	case OP_APPEND:
	case OP_PREPEND:
		return grow(s, ops, n, e);
	case OP_REPLACE:
		return replace(s, ops, e);
	case OP_RESTORE:
		return restore(s, ops, e);
	case OP_DELETE:
		break;
	}
	return delete_run(s, ops, n, e);
}

static int
by_place(const void *a, const void *b)
{
	const struct splice *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth > y->depth ? -1 : 1;
	return x->seq < y->seq ? -1 : 1;
}

int
splice_apply(struct splices *s, struct buf *out, struct err *e)
{
	struct str src = doc_source(s->style.d);
	size_t at = 0;

	qsort(s->all, s->n, sizeof *s->all, by_place);
	for (size_t i = 0; i < s->n; i++) {
		const struct splice *sp = &s->all[i];

		if (sp->at < at)
			return err_set(e, ERR_PERM, EINVAL,
			    "%s: two changes of the same place",
			    doc_name(s->style.d));
		buf_adds(out, str_sub(src, at, sp->at));
		buf_adds(out, sp->text);
		at = sp->at + sp->gone;
	}
	buf_adds(out, str_sub(src, at, src.n));
	return buf_error(out) != 0 ? err_nomem(e) : 0;
}
