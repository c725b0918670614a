/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes are a document or an error with a place. In a document whatever
 * is put into a collection, and taken out again, leaves the bytes of before;
 * the sum of the bytes chooses the collection.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "doc/edit.h"

enum { INPUT_MAX = 16 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* ---- the tree ---- */

static void
check_pointer(const struct doc *d, const struct doc_node *n)
{
	cleanup_buf struct buf at = BUF_MAX(1024 * 1024);

	doc_pointer(n, &at);
	if (buf_error(&at) == 0)
		must(doc_follow(doc_root(d), buf_str(&at)) == n);
}

/* Places are in order and within the parent; returns how many nodes. */
static size_t
check_tree(const struct doc *d, const struct doc_node *n, bool deep)
{
	size_t count = 1, last = n->start, children = 0;

	must(n->start <= n->end && n->end <= doc_source(d).n);
	must(n->line >= 1 && n->column >= 1);
	if (deep)
		check_pointer(d, n);
	doc_each(child, n) {
		must(child->parent == n && child->index == children++);
		must((child->key != NULL) == (n->kind == DOC_MAP));
		must(child->start >= last && child->end <= n->end);
		last = child->end;
		count += check_tree(d, child, deep);
	}
	must(children == n->n);
	return count;
}

/* Node number *left in source order. */
static const struct doc_node *
pick(const struct doc_node *n, size_t *left)
{
	const struct doc_node *found = NULL;

	if ((*left)-- == 0)
		return n;
	for (const struct doc_node *c = n->first; c != NULL && found == NULL;
	     c = c->next)
		found = pick(c, left);
	return found;
}

/* ---- changes ---- */

static struct val *
sample(struct arena *a)
{
	struct val *v = val_map(a), *list = val_list(a);

	v = val_put(a, v, "Name", val_textz(a, "it's a \"name\": #1"));
	v = val_put(a, v, "Count", val_raw(a, "5"));
	list = val_push(list, val_textz(a, "one"));
	list = val_push(list, val_textz(a, ""));
	return val_put(a, v, "List", list);
}

/* Of all that can go wrong in a change, a wrong result is never right. */
static void
must_be_honest(const struct doc *d, const struct err *e)
{
	must(e->kind == ERR_PERM && e->text[0] != '\0');
	must(doc_format(d) == DOC_YAML);
}

/* What put() made is taken out of `after` again. */
static void
take_out(const struct doc *d, const struct doc_node *n, const struct doc *after,
    const struct doc_node *place, bool front)
{
	cleanup_edit struct edit *ed = edit_new(after);
	cleanup_doc struct doc *back = NULL;
	struct err e = {0};

	must(ed != NULL && place != NULL);
	if (n->n == 0)
		edit_restore(ed, place, doc_raw(d, n));
	else
		edit_delete(ed, front ? place->first : place->last);
	must(edit_apply(ed, &back, &e) == 0);
	must(str_eq(doc_source(back), doc_source(d)));
}

static void
put(const struct doc *d, const struct doc_node *n, bool front)
{
	cleanup_edit struct edit *ed = edit_new(d);
	cleanup_buf struct buf at = BUF_MAX(1024 * 1024);
	cleanup_doc struct doc *after = NULL;
	struct err e = {0};

	must(ed != NULL);
	if (front)
		edit_prepend(ed, n, sample(edit_arena(ed)));
	else
		edit_append(ed, n, n->kind == DOC_MAP ? "FgLaw" : NULL,
		    sample(edit_arena(ed)));
	if (edit_apply(ed, &after, &e) != 0) {
		must_be_honest(d, &e);
		return;
	}
	doc_pointer(n, &at);
	if (buf_error(&at) == 0)
		take_out(d, n, after, doc_follow(doc_root(after), buf_str(&at)),
		    front);
}

/* edit_apply() itself holds the result against the tree that is meant. */
static void
cut(const struct doc *d, const struct doc_node *n)
{
	cleanup_edit struct edit *ed = edit_new(d);
	cleanup_doc struct doc *after = NULL;
	struct err e = {0};

	must(ed != NULL);
	edit_delete(ed, n);
	if (edit_apply(ed, &after, &e) != 0)
		must_be_honest(d, &e);
}

static void
change(const struct doc *d, const struct doc_node *n)
{
	if (n->kind == DOC_ALIAS || (n->kind == DOC_SCALAR && !doc_is_null(n)))
		return;
	if (n->kind == DOC_SCALAR && n->parent == NULL)
		return;
	if (doc_get(n, "FgLaw") == NULL)
		put(d, n, false);
	if (n->kind == DOC_SEQ && n->n > 0)
		put(d, n, true);
	if (n->n > 1) {
		cut(d, n->first);
		cut(d, n->last);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_doc struct doc *d = NULL;
	struct str src = str_make((const char *)data, size);
	struct err e = {0};
	size_t count, chosen = 0;

	if (size > INPUT_MAX)
		return 0;
	if (doc_parse(src, "fuzz", &d, &e) != 0) {
		must(e.kind == ERR_PERM && strncmp(e.text, "fuzz", 4) == 0);
		return 0;
	}
	count = check_tree(d, doc_root(d), size < 1024);
	for (size_t i = 0; i < size; i++)
		chosen += data[i];
	chosen %= count;
	change(d, pick(doc_root(d), &chosen));
	return 0;
}
