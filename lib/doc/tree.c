/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEW_KEYS = 8 }; /* below this, comparing each with each is fastest */

void
tree_init(struct tree *t, struct doc *d, struct err *e)
{
	*t = (struct tree){
	    .d = d, .at = d->bom, .bol = d->bom, .line = 1, .e = e};
}

static size_t
line_start(const struct doc *d, size_t at)
{
	while (at > d->bom && d->src.p[at - 1] != '\n')
		at--;
	return at;
}

/* Parsers move forward but for a few bytes, so counting from the last
 * place is linear in all. */
static void
count_lines(struct tree *t, size_t at)
{
	const char *p = t->d->src.p;
	unsigned before = t->line;

	for (; t->at < at; t->at++)
		if (p[t->at] == '\n') {
			t->line++;
			t->bol = t->at + 1;
		}
	for (; t->at > at; t->at--)
		t->line -= p[t->at - 1] == '\n';
	if (t->line < before)
		t->bol = line_start(t->d, at);
}

static unsigned
line_of(struct tree *t, size_t at)
{
	count_lines(t, at);
	return t->line;
}

static unsigned
column_of(struct tree *t, size_t at)
{
	count_lines(t, at);
	return (unsigned)(at < t->bol ? 0 : at - t->bol) + 1;
}

int
tree_err(struct tree *t, size_t at, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return err_set(t->e, ERR_PERM, EINVAL, "%s:%u:%u: %s", t->d->name,
	    line_of(t, at), column_of(t, at), text);
}

static int
check_key(struct tree *t, const struct doc_node *key)
{
	if (key->kind != DOC_SCALAR)
		return tree_err(t, key->start, "a key must be a scalar");
	if (key->style == DOC_PLAIN && str_eqz(key->text, "<<"))
		return tree_err(t, key->start,
		    "merge keys are not supported, by CloudFormation neither");
	return 0;
}

static void
attach(struct tree *t, struct doc_node *node)
{
	struct doc_node *parent = t->open;

	node->parent = parent;
	if (parent == NULL) {
		t->d->root = node;
		return;
	}
	node->key = t->key;
	t->key = NULL;
	node->index = parent->n++;
	if (parent->last == NULL)
		parent->first = node;
	else
		parent->last->next = node;
	parent->last = node;
	parent->end = node->end;
}

int
tree_add(struct tree *t, const struct tree_part *part)
{
	struct doc *d = t->d;
	bool is_key =
	    t->open != NULL && t->open->kind == DOC_MAP && t->key == NULL;
	bool opens = part->kind == DOC_MAP || part->kind == DOC_SEQ;
	struct doc_node *node;

	if (++d->nodes > DOC_NODES_MAX)
		return tree_err(
		    t, part->start, "more than %d nodes", DOC_NODES_MAX);
	if (opens && ++t->depth > DOC_DEPTH_MAX)
		return tree_err(t, part->start, "nested deeper than %d levels",
		    DOC_DEPTH_MAX);
	node = arena_alloc(d->arena, sizeof *node);
	if (node == NULL)
		return err_nomem(t->e);
	*node = (struct doc_node){
	    .kind = part->kind,
	    .style = part->style,
	    .tag = part->tag,
	    .text = part->text,
	    .target = part->target,
	    .start = part->start,
	    .end = part->end,
	    .line = line_of(t, part->start),
	    .column = column_of(t, part->start),
	};
	if (is_key) {
		node->parent = t->open;
		t->key = node;
		return check_key(t, node);
	}
	attach(t, node);
	if (opens)
		t->open = node;
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct doc_node *const *x = a, *const *y = b;
	int order = str_cmp((*x)->key->text, (*y)->key->text);

	return order != 0
		   ? order
		   : ((*x)->start > (*y)->start) - ((*x)->start < (*y)->start);
}

static int
duplicate(struct tree *t, const struct doc_node *node)
{
	return tree_err(t, node->key->start, "duplicate key \"%.*s\"",
	    STR_ARG(node->key->text));
}

static int
check_many_keys(struct tree *t, const struct doc_node *map)
{
	const struct doc_node **all = calloc(map->n, sizeof *all);
	size_t n = 0;
	int r = 0;

	if (all == NULL)
		return err_nomem(t->e);
	doc_each(child, map)
		all[n++] = child;
	qsort(all, n, sizeof *all, by_key);
	for (size_t i = 1; i < n && r == 0; i++)
		if (str_eq(all[i]->key->text, all[i - 1]->key->text))
			r = duplicate(t, all[i]);
	free(all);
	return r;
}

static int
check_keys(struct tree *t, const struct doc_node *map)
{
	if (map->n > FEW_KEYS)
		return check_many_keys(t, map);
	doc_each(a, map)
		for (const struct doc_node *b = a->next; b != NULL; b = b->next)
			if (str_eq(a->key->text, b->key->text))
				return duplicate(t, b);
	return 0;
}

int
tree_close(struct tree *t, size_t end)
{
	struct doc_node *node = t->open;

	t->depth--;
	t->open = node->parent;
	/* A block collection ends where its last leaf does. */
	if (node->style == DOC_FLOW || node->n == 0)
		node->end = end;
	else
		node->end = node->last->end;
	if (node->parent != NULL)
		node->parent->end = node->end;
	return node->kind == DOC_MAP ? check_keys(t, node) : 0;
}

size_t
tree_colon(struct str src, size_t from, size_t to)
{
	bool comment = false;

	for (size_t at = from; at < to; at++) {
		comment = src.p[at] == '#' || (comment && src.p[at] != '\n');
		if (src.p[at] == ':' && !comment)
			return at;
	}
	return to;
}
