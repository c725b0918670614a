/* SPDX-License-Identifier: Apache-2.0 */
#include "edit.h"

#include <errno.h>
#include <stdlib.h>

#include "splice.h"

#define ARENA_MAX ((size_t)128 * 1024 * 1024)

struct edit {
	const struct doc *d;
	struct arena *arena;
	struct op *ops;
	size_t n, room;
	struct splices splices; /* after edit_apply() */
	bool no_memory;
};

struct edit *
edit_new(const struct doc *d)
{
	struct edit *ed = calloc(1, sizeof *ed);

	if (ed == NULL)
		return NULL;
	ed->d = d;
	ed->arena = arena_new(ARENA_MAX);
	if (ed->arena == NULL) {
		free(ed);
		return NULL;
	}
	return ed;
}

void
edit_free(struct edit *ed)
{
	if (ed == NULL)
		return;
	arena_free(ed->arena);
	free(ed->ops);
	free(ed);
}

void
edit_freep(struct edit **ed)
{
	edit_free(*ed);
	*ed = NULL;
}

struct arena *
edit_arena(struct edit *ed)
{
	return ed->arena;
}

static void
add(struct edit *ed, struct op op)
{
	if (ed->n == ed->room) {
		size_t room = ed->room == 0 ? 32 : 2 * ed->room;
		struct op *ops = reallocarray(ed->ops, room, sizeof *ops);

		if (ops == NULL) {
			ed->no_memory = true;
			return;
		}
		ed->ops = ops;
		ed->room = room;
	}
	op.seq = ed->n;
	ed->ops[ed->n++] = op;
}

static void
add_val(struct edit *ed, struct op op)
{
	if (op.v == NULL)
		ed->no_memory = true;
	else
		add(ed, op);
}

void
edit_append(
    struct edit *ed, const struct doc_node *n, const char *key, struct val *v)
{
	struct op op = {.kind = OP_APPEND, .node = n, .v = v};

	if (key != NULL)
		op.key = arena_dup(ed->arena, str_of(key));
	if (key != NULL && op.key == NULL)
		ed->no_memory = true;
	else
		add_val(ed, op);
}

void
edit_prepend(struct edit *ed, const struct doc_node *n, struct val *v)
{
	add_val(ed, (struct op){.kind = OP_PREPEND, .node = n, .v = v});
}

void
edit_replace(struct edit *ed, const struct doc_node *n, struct val *v)
{
	add_val(ed, (struct op){.kind = OP_REPLACE, .node = n, .v = v});
}

void
edit_restore(struct edit *ed, const struct doc_node *n, struct str raw)
{
	struct op op = {.kind = OP_RESTORE, .node = n};

	op.raw = arena_str(ed->arena, raw);
	if (op.raw.p == NULL)
		ed->no_memory = true;
	else
		add(ed, op);
}

void
edit_delete(struct edit *ed, const struct doc_node *n)
{
	add(ed, (struct op){.kind = OP_DELETE, .node = n});
}

bool
edit_empty(const struct edit *ed)
{
	return ed->n == 0 && !ed->no_memory;
}

/* Nodes by place, an outer one before what it begins with; then call order. */
static int
by_node(const void *a, const void *b)
{
	const struct op *x = a, *y = b;

	if (x->node->start != y->node->start)
		return x->node->start < y->node->start ? -1 : 1;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return x->seq < y->seq ? -1 : 1;
}

static int
make_splices(struct edit *ed, struct splices *s, struct err *e)
{
	s->arena = ed->arena;
	s->all = arena_alloc(ed->arena, ed->n * sizeof *s->all);
	if (s->all == NULL)
		return err_nomem(e);
	style_read(&s->style, ed->d);
	for (size_t i = 0; i < ed->n;) {
		int used = splice_add(s, ed->ops + i, ed->n - i, e);

		if (used < 0)
			return used;
		i += (size_t)used;
	}
	return 0;
}

/* A splice that went wrong must never get out. */
static int
check(struct edit *ed, const struct doc *after, struct err *e)
{
	if (splice_matches(ed->ops, ed->n, doc_root(ed->d), doc_root(after)))
		return 0;
	return err_set(e, ERR_PERM, EINVAL,
	    "%s: the changed document is not what was meant; please report "
	    "this with the document",
	    doc_name(ed->d));
}

int
edit_apply(struct edit *ed, struct doc **ret, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(DOC_BYTES_MAX);
	cleanup_doc struct doc *after = NULL;
	int r;

	if (ed->no_memory)
		return err_nomem(e);
	if (ed->n > 0)
		qsort(ed->ops, ed->n, sizeof *ed->ops, by_node);
	r = make_splices(ed, &ed->splices, e);
	if (r == 0)
		r = splice_apply(&ed->splices, &text, e);
	if (r != 0)
		return r;
	r = doc_parse(buf_str(&text), doc_name(ed->d), &after, e);
	if (r != 0)
		err_prefix(e, "the changed document does not parse");
	else
		r = check(ed, after, e);
	if (r == 0) {
		*ret = after;
		after = NULL;
	}
	return r;
}

void
edit_removed(const struct edit *ed, const struct doc_node *n, struct buf *out)
{
	for (size_t i = 0; i < ed->splices.n; i++) {
		const struct splice *sp = &ed->splices.all[i];

		if (sp->at >= n->start && sp->at <= n->end)
			buf_adds(out, str_sub(doc_source(ed->d), sp->at,
					  sp->at + sp->gone));
	}
}
