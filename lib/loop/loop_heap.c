/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fredman, Sedgewick, Sleator, Tarjan: "The pairing heap: a new form of
 * self-adjusting heap", Algorithmica 1 (1986). A node's children are a list by
 * `next`; `back` is the node before it, or the parent of the first one.
 */
#include "loop_heap.h"

static bool
before(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->due_ms != b->due_ms ? a->due_ms < b->due_ms
				      : a->order < b->order;
}

/* Two tops, neither of which has a next, become one. */
static struct loop_timer *
merge(struct loop_timer *a, struct loop_timer *b)
{
	if (before(b, a)) {
		struct loop_timer *swap = a;

		a = b;
		b = swap;
	}
	b->next = a->child;
	if (b->next != NULL)
		b->next->back = b;
	b->back = a;
	a->child = b;
	return a;
}

/* The children of a node that goes: in pairs first, then all; not recursive,
 * since there may be any number. */
static struct loop_timer *
combine(struct loop_timer *children)
{
	struct loop_timer *pairs = NULL, *all = NULL;

	while (children != NULL) {
		struct loop_timer *a = children, *b = a->next;

		children = b != NULL ? b->next : NULL;
		a->next = NULL;
		if (b != NULL) {
			b->next = NULL;
			a = merge(a, b);
		}
		a->next = pairs;
		pairs = a;
	}
	while (pairs != NULL) {
		struct loop_timer *a = pairs;

		pairs = a->next;
		a->next = NULL;
		all = all == NULL ? a : merge(all, a);
	}
	if (all != NULL)
		all->back = NULL;
	return all;
}

void
loop_heap_add(struct loop_timer **top, struct loop_timer *t)
{
	t->child = t->next = t->back = NULL;
	*top = *top == NULL ? t : merge(*top, t);
}

void
loop_heap_remove(struct loop_timer **top, struct loop_timer *t)
{
	struct loop_timer *children = combine(t->child);

	if (t == *top) {
		*top = children;
	} else {
		if (t->back->child == t)
			t->back->child = t->next;
		else
			t->back->next = t->next;
		if (t->next != NULL)
			t->next->back = t->back;
		if (children != NULL)
			*top = merge(*top, children);
	}
	t->child = t->next = t->back = NULL;
}
