/* SPDX-License-Identifier: Apache-2.0 */
/* splice_matches(): the tree that was meant against the one that came out. */
#include "splice.h"

struct check {
	const struct op *ops; /* sorted by place */
	size_t n;
};

/* The first op on node, or NULL; *n gets how many there are. */
static const struct op *
ops_on(const struct check *c, const struct doc_node *node, size_t *n)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->ops[mid].node->start < node->start)
			low = mid + 1;
		else
			high = mid;
	}
	while (low < c->n && c->ops[low].node->start == node->start &&
	       c->ops[low].node != node)
		low++;
	for (*n = 0; low + *n < c->n && c->ops[low + *n].node == node;)
		++*n;
	return *n == 0 ? NULL : &c->ops[low];
}

static bool
is_deleted(const struct check *c, const struct doc_node *node)
{
	size_t n;
	const struct op *op = ops_on(c, node, &n);

	return op != NULL && op->kind == OP_DELETE;
}

static bool
same_key(struct str key, const struct doc_node *child)
{
	return child->key == NULL || str_eq(key, child->key->text);
}

/* The ops of one kind, in order, against children from *at on. */
static bool
match_new(const struct op *ops, size_t n, enum op_kind kind,
    const struct doc_node **at)
{
	for (size_t i = 0; i < n; i++) {
		if (ops[i].kind != kind)
			continue;
		if (*at == NULL || !val_equals(ops[i].v, *at) ||
		    !same_key(str_of(ops[i].key), *at))
			return false;
		*at = (*at)->next;
	}
	return true;
}

static bool match(const struct check *c, const struct doc_node *before,
    const struct doc_node *after);

static bool
match_children(const struct check *c, const struct op *ops, size_t n,
    const struct doc_node *before, const struct doc_node *after)
{
	const struct doc_node *at = after->first;

	if (!match_new(ops, n, OP_PREPEND, &at))
		return false;
	doc_each(child, before) {
		if (is_deleted(c, child))
			continue;
		if (at == NULL || !match(c, child, at))
			return false;
		if (child->key != NULL && !same_key(child->key->text, at))
			return false;
		at = at->next;
	}
	return match_new(ops, n, OP_APPEND, &at) && at == NULL;
}

static bool
match(const struct check *c, const struct doc_node *before,
    const struct doc_node *after)
{
	size_t n;
	const struct op *ops = ops_on(c, before, &n);

	if (ops != NULL && ops->kind == OP_RESTORE)
		return true;
	if (ops != NULL && ops->kind == OP_REPLACE)
		return val_equals(ops->v, after);
	if (!str_eq(before->tag, after->tag))
		return false;
	/* A null that was filled has no kind to compare. */
	if (ops != NULL && before->kind == DOC_SCALAR)
		return after->kind == (ops->key ? DOC_MAP : DOC_SEQ) &&
		       match_children(c, ops, n, before, after);
	if (before->kind != after->kind)
		return false;
	if (before->kind == DOC_SCALAR || before->kind == DOC_ALIAS)
		return doc_equal(before, after);
	return match_children(c, ops, n, before, after);
}

bool
splice_matches(const struct op *ops, size_t n, const struct doc_node *before,
    const struct doc_node *after)
{
	struct check c = {.ops = ops, .n = n};

	return match(&c, before, after);
}
