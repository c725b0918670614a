/* SPDX-License-Identifier: Apache-2.0 */
#include "style.h"

#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t
style_line_start(const struct style *st, size_t at)
{
	struct str src = doc_source(st->d);
	size_t first = str_starts(src, "\xef\xbb\xbf") ? 3 : 0;

	while (at > first && src.p[at - 1] != '\n')
		at--;
	return at;
}

size_t
style_line_end(const struct style *st, size_t at)
{
	struct str src = doc_source(st->d);

	while (at < src.n && src.p[at] != '\n')
		at++;
	return at > 0 && at < src.n && src.p[at - 1] == '\r' ? at - 1 : at;
}

/* The blanks at the start of the line that byte `at` is on. */
static struct str
indent_at(const struct style *st, size_t at)
{
	struct str src = doc_source(st->d);
	size_t from = style_line_start(st, at), to = from;

	while (to < src.n && (src.p[to] == ' ' || src.p[to] == '\t'))
		to++;
	return str_sub(src, from, to);
}

/*
 * The first `c` at `at` or behind it that is not in a comment, a tag or an
 * anchor; src.n: there is none.
 */
static size_t
skip_to(struct str src, size_t at, char c)
{
	while (at < src.n && src.p[at] != c) {
		bool comment = src.p[at] == '#';
		bool word = src.p[at] == '!' || src.p[at] == '&';

		while (comment && at < src.n && src.p[at] != '\n')
			at++;
		while (word && at < src.n && !is_blank(src.p[at]))
			at++;
		if (!comment && !word)
			at++;
	}
	return at;
}

size_t
style_dash(const struct style *st, const struct doc_node *item)
{
	const struct doc_node *list = item->parent;
	size_t at =
	    item->index == 0 ? list->start : doc_at(list, item->index - 1)->end;

	return skip_to(doc_source(st->d), at, '-');
}

size_t
style_key(const struct style *st, const struct doc_node *child)
{
	const struct doc_node *map = child->parent;
	size_t from =
	    child->index == 0 ? map->start : doc_at(map, child->index - 1)->end;
	struct str before = str_sub(doc_source(st->d), 0, child->key->start);
	size_t at = skip_to(before, from, '?');

	return at < before.n ? at : child->key->start;
}

size_t
style_block_column(const struct style *st, const struct doc_node *n)
{
	size_t at = n->kind == DOC_SEQ ? style_dash(st, n->first)
				       : style_key(st, n->first);

	return at - style_line_start(st, at);
}

static size_t
child_start(const struct doc_node *child)
{
	return child->key != NULL ? child->key->start : child->start;
}

static bool
has_newline(struct str s)
{
	return str_chr(s, '\n') < s.n;
}

/* ---- reading the document's habits ---- */

/* The first step of indentation in the document tells the unit. */
static struct str
flow_unit(const struct style *st, const struct doc_node *n)
{
	doc_each(child, n) {
		struct str outer, inner, unit;

		/* On one long line, looking for its start is slow. */
		if (child->line != n->line) {
			outer = indent_at(st, n->start);
			inner = indent_at(st, child_start(child));
			if (inner.n > outer.n)
				return str_sub(inner, outer.n, inner.n);
		}
		unit = flow_unit(st, child);
		if (unit.n > 0)
			return unit;
	}
	return STR_NONE;
}

static struct str
block_unit(const struct style *st, const struct doc_node *n)
{
	static const char blanks[] = "        ";

	doc_each(child, n) {
		struct str unit;

		if (n->kind == DOC_MAP && child->kind == DOC_MAP &&
		    child->style == DOC_BLOCK) {
			size_t outer = style_block_column(st, n);
			size_t inner = style_block_column(st, child);

			if (inner > outer && inner - outer < sizeof blanks)
				return str_make(blanks, inner - outer);
		}
		if (child->style != DOC_BLOCK)
			continue;
		unit = block_unit(st, child);
		if (unit.n > 0)
			return unit;
	}
	return STR_NONE;
}

/* Finds the first block list below a key; false: there is none. */
static bool
find_dash_offset(const struct style *st, const struct doc_node *n, size_t *ret)
{
	doc_each(child, n) {
		if (child->style != DOC_BLOCK || child->n == 0)
			continue;
		if (child->kind == DOC_SEQ && n->kind == DOC_MAP) {
			size_t outer = style_block_column(st, n);
			size_t inner = style_block_column(st, child);

			*ret = inner > outer ? inner - outer : 0;
			return true;
		}
		if (find_dash_offset(st, child, ret))
			return true;
	}
	return false;
}

void
style_read(struct style *st, const struct doc *d)
{
	struct str src = doc_source(d);
	size_t lf = str_chr(src, '\n');

	*st = (struct style){.d = d, .newline = "\n"};
	if (lf < src.n && lf > 0 && src.p[lf - 1] == '\r')
		st->newline = "\r\n";
	if (doc_root(d)->style == DOC_FLOW) {
		st->unit = flow_unit(st, doc_root(d));
		if (st->unit.n == 0)
			st->unit = STR("    ");
		return;
	}
	st->unit = block_unit(st, doc_root(d));
	if (st->unit.n == 0)
		st->unit = STR("  ");
	if (!find_dash_offset(st, doc_root(d), &st->dash_offset))
		st->dash_offset = st->unit.n;
}

/* ---- flow collections ---- */

static struct str
colon_of(const struct style *st, const struct doc_node *n)
{
	struct str between;

	while (n != NULL && (n->kind != DOC_MAP || n->n == 0))
		n = n->parent;
	if (n == NULL || n->style != DOC_FLOW)
		return STR(": ");
	between = str_sub(doc_source(st->d), n->last->key->end, n->last->start);
	if (between.n == 0 || between.n > 4 || has_newline(between) ||
	    str_chr(between, ':') == between.n)
		return STR(": ");
	/* In YAML "a:b" is one word. */
	if (doc_format(st->d) == DOC_YAML && str_ends(between, ":"))
		return STR(": ");
	return between;
}

/* An empty collection is laid out like the one around it. */
static void
flow_of_empty(
    const struct style *st, const struct doc_node *n, struct style_flow *f)
{
	struct style_flow outer;

	if (n->parent == NULL || n->parent->style != DOC_FLOW)
		return;
	style_flow(st, n->parent, &outer);
	f->lines = outer.lines;
	f->gap = outer.gap;
}

void
style_flow(
    const struct style *st, const struct doc_node *n, struct style_flow *f)
{
	struct str src = doc_source(st->d), between;

	*f = (struct style_flow){.depth = 1, .colon = colon_of(st, n)};
	f->gap = f->colon.p[f->colon.n - 1] == ':' ? STR("") : STR(" ");
	f->indent = indent_at(st, n->start);
	if (n->n == 0) {
		flow_of_empty(st, n, f);
		return;
	}
	between = str_sub(src, n->start + 1, child_start(n->last));
	if (n->n > 1) {
		const struct doc_node *other = doc_at(n, n->n - 2);

		between = str_sub(src, other->end, child_start(n->last));
		between =
		    str_sub(between, str_chr(between, ',') + 1, between.n);
	}
	if (has_newline(between)) {
		f->lines = true;
		f->indent = indent_at(st, child_start(n->last));
		f->depth = 0;
	} else if (n->n > 1 && str_trim(between).n == 0) {
		f->gap = between;
	}
}

void
style_flow_anew(
    const struct style *st, const struct doc_node *n, struct style_flow *f)
{
	style_flow(st, n, f);
	f->indent = indent_at(st, n->start);
	f->depth = 1;
}

void
style_put_gap(const struct style *st, const struct style_flow *f, struct buf *b)
{
	if (!f->lines) {
		buf_adds(b, f->gap);
		return;
	}
	buf_addz(b, st->newline);
	buf_adds(b, f->indent);
	for (unsigned i = 0; i < f->depth; i++)
		buf_adds(b, st->unit);
}

static void
put_flow_children(const struct style *st, const struct style_flow *f,
    const struct val *v, struct buf *b)
{
	struct style_flow inner = *f;

	inner.depth++;
	for (const struct val *child = v->first; child != NULL;
	     child = child->next) {
		if (child != v->first)
			buf_addc(b, ',');
		if (child != v->first || f->lines)
			style_put_gap(st, f, b);
		if (v->kind == VAL_MAP) {
			style_put_text(st, child->key, true, b);
			buf_adds(b, f->colon);
		}
		style_put_flow(st, &inner, child, b);
	}
}

void
style_put_flow(const struct style *st, const struct style_flow *f,
    const struct val *v, struct buf *b)
{
	struct style_flow outer = *f;

	if (v->tag.n > 0)
		buf_addf(b, "%.*s ", STR_ARG(v->tag));
	switch (v->kind) {
	case VAL_TEXT:
		style_put_text(st, v->text, true, b);
		return;
	case VAL_RAW:
		buf_adds(b, v->text);
		return;
	case VAL_LIST:
	case VAL_MAP:
		break;
	}
	buf_addc(b, v->kind == VAL_MAP ? '{' : '[');
	put_flow_children(st, f, v, b);
	if (f->lines && v->first != NULL) {
		outer.depth--;
		style_put_gap(st, &outer, b);
	}
	buf_addc(b, v->kind == VAL_MAP ? '}' : ']');
}
