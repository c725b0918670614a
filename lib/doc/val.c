/* SPDX-License-Identifier: Apache-2.0 */
#include "val.h"

#include <string.h>

static struct val *
new_val(struct arena *a, enum val_kind kind, struct str text)
{
	struct val *v = arena_alloc(a, sizeof *v);

	if (v == NULL)
		return NULL;
	v->kind = kind;
	v->text = arena_str(a, text);
	return v->text.p == NULL ? NULL : v;
}

struct val *
val_text(struct arena *a, struct str s)
{
	return new_val(a, VAL_TEXT, s);
}

struct val *
val_textz(struct arena *a, const char *z)
{
	return new_val(a, VAL_TEXT, str_of(z));
}

struct val *
val_raw(struct arena *a, const char *z)
{
	return new_val(a, VAL_RAW, str_of(z));
}

struct val *
val_list(struct arena *a)
{
	return new_val(a, VAL_LIST, STR_NONE);
}

struct val *
val_map(struct arena *a)
{
	return new_val(a, VAL_MAP, STR_NONE);
}

struct val *
val_again(struct arena *a, const struct val *v)
{
	struct val *again = arena_alloc(a, sizeof *again);

	if (again == NULL || v == NULL)
		return NULL;
	*again = *v;
	again->next = NULL;
	return again;
}

struct val *
val_push(struct val *list, struct val *item)
{
	if (list == NULL || item == NULL)
		return NULL;
	if (list->last == NULL)
		list->first = item;
	else
		list->last->next = item;
	list->last = item;
	return list;
}

struct val *
val_put(struct arena *a, struct val *map, const char *key, struct val *item)
{
	if (map == NULL || item == NULL)
		return NULL;
	item->key = arena_str(a, str_of(key));
	return item->key.p == NULL ? NULL : val_push(map, item);
}

/* A plain scalar that quotes would turn from a number, a boolean or a null
 * into a string; every other one may as well be quoted. */
static bool
is_raw(const struct doc_node *n)
{
	static const char number[] = "0123456789abcdefABCDEFxXoO_.:+-";
	char c = n->text.n == 0 ? '0' : n->text.p[0];

	if (n->style != DOC_PLAIN)
		return false;
	if (doc_is_null(n) || doc_is_bool(n))
		return true;
	if (strchr("0123456789.+-", c) == NULL)
		return false;
	for (size_t i = 0; i < n->text.n; i++)
		if (strchr(number, n->text.p[i]) == NULL)
			return false;
	return true;
}

/* A null that is no text at all would vanish from a list. */
static struct str
text_of(const struct doc_node *n)
{
	bool nothing =
	    n->kind == DOC_SCALAR && n->text.n == 0 && doc_is_null(n);

	return nothing ? STR("null") : n->text;
}

static enum val_kind
kind_of(const struct doc_node *n)
{
	if (n->kind == DOC_SEQ)
		return VAL_LIST;
	if (n->kind == DOC_MAP)
		return VAL_MAP;
	return is_raw(n) ? VAL_RAW : VAL_TEXT;
}

/* Aliases of aliases can nest deeper than any document. */
static struct val *
copy(struct arena *a, const struct doc_node *n, size_t *left, unsigned depth)
{
	struct val *v;

	while (n->kind == DOC_ALIAS)
		n = n->target;
	if ((*left)-- == 0 || depth > 2 * DOC_DEPTH_MAX)
		return NULL;
	v = new_val(a, kind_of(n), text_of(n));
	if (v == NULL)
		return NULL;
	v->tag = n->tag.n == 0 ? STR_NONE : arena_str(a, n->tag);
	doc_each(child, n) {
		struct val *item = copy(a, child, left, depth + 1);

		if (*left == 0 || val_push(v, item) == NULL)
			return NULL;
		if (child->key != NULL)
			item->key = arena_str(a, child->key->text);
	}
	return v;
}

struct val *
val_copy(struct arena *a, const struct doc_node *n)
{
	size_t left = DOC_NODES_MAX;

	return copy(a, n, &left, 0);
}

static bool
equal_children(const struct val *v, const struct doc_node *n)
{
	const struct val *x = v->first;

	doc_each(child, n) {
		if (x == NULL || !val_equals(x, child))
			return false;
		if (child->key != NULL && !str_eq(x->key, child->key->text))
			return false;
		x = x->next;
	}
	return x == NULL;
}

bool
val_equals(const struct val *v, const struct doc_node *n)
{
	if (!str_eq(v->tag, n->tag))
		return false;
	switch (v->kind) {
	case VAL_TEXT:
		return n->kind == DOC_SCALAR && str_eq(v->text, n->text) &&
		       !(n->style == DOC_PLAIN && doc_is_null(n));
	case VAL_RAW:
		return n->kind == DOC_SCALAR && n->style == DOC_PLAIN &&
		       (str_eq(v->text, n->text) ||
			   (str_eqz(v->text, "null") && doc_is_null(n)));
	case VAL_LIST:
		return n->kind == DOC_SEQ && equal_children(v, n);
	case VAL_MAP:
		return n->kind == DOC_MAP && equal_children(v, n);
	}
	return false;
}
