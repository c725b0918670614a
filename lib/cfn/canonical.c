/* SPDX-License-Identifier: Apache-2.0 */
/* One text for all spellings of an expression. */
#include <errno.h>
#include <stdlib.h>

#include "eval.h"
#include "jwrite/jwrite.h"

/* A short form is one level of the document, but two of the output. */
enum { DEPTH_MAX = 2 * DOC_DEPTH_MAX, NODES_MAX = DOC_NODES_MAX };

struct writer {
	struct jwrite json;
	unsigned depth;
	size_t nodes; /* aliases may stand for far more than was read */
};

static void write_expr(struct writer *w, struct cfn_expr x);

static void
write_node(struct writer *w, const struct doc_node *n)
{
	write_expr(w, (struct cfn_expr){.node = n});
}

static int
by_key(const void *a, const void *b)
{
	const struct doc_node *const *x = a, *const *y = b;

	return str_cmp((*x)->key->text, (*y)->key->text);
}

static void
write_map(struct writer *w, const struct doc_node *map)
{
	const struct doc_node **sorted =
	    map->n == 0 ? NULL : calloc(map->n, sizeof *sorted);
	size_t n = 0;

	if (map->n > 0 && sorted == NULL) {
		w->json.out->error = ENOMEM;
		return;
	}
	doc_each(child, map)
		sorted[n++] = child;
	if (n > 0)
		qsort(sorted, n, sizeof *sorted, by_key);
	jwrite_object(&w->json);
	for (size_t i = 0; i < n; i++) {
		jwrite_keys(&w->json, sorted[i]->key->text);
		write_node(w, sorted[i]);
	}
	jwrite_end(&w->json);
	free(sorted);
}

static void
write_literal(struct writer *w, struct cfn_expr x)
{
	const struct doc_node *n = x.node;

	if (doc_is_null(n) && !x.inner) {
		jwrite_null(&w->json);
	} else if (n->kind == DOC_SCALAR) {
		jwrite_str(&w->json, cfn_literal(n));
	} else if (n->kind == DOC_MAP) {
		write_map(w, n);
	} else {
		jwrite_array(&w->json);
		doc_each(child, n)
			write_node(w, child);
		jwrite_end(&w->json);
	}
}

/* "A.B.C" is the same as ["A", "B.C"]. */
static void
write_attribute(struct writer *w, struct str text)
{
	struct str resource, attribute;

	if (!str_cut(text, '.', &resource, &attribute)) {
		jwrite_str(&w->json, text);
		return;
	}
	jwrite_array(&w->json);
	jwrite_str(&w->json, resource);
	jwrite_str(&w->json, attribute);
	jwrite_end(&w->json);
}

static void
write_call(struct writer *w, struct cfn_expr x)
{
	struct cfn_expr arg;
	enum cfn_kind kind = cfn_classify(x, false, &arg);

	jwrite_object(&w->json);
	/* Without a name of ours, or with one of the user's in it. */
	if (kind == CFN_FOREACH || kind == CFN_RULE ||
	    (kind == CFN_ODD && !arg.inner))
		jwrite_keys(&w->json, cfn_follow(x.node)->first->key->text);
	else if (kind == CFN_ODD)
		jwrite_keys(&w->json, cfn_follow(x.node)->tag);
	else
		jwrite_key(&w->json, cfn_name(kind));
	if (kind == CFN_GETATT && arg.node->kind == DOC_SCALAR)
		write_attribute(w, arg.node->text);
	else
		write_expr(w, arg);
	jwrite_end(&w->json);
}

static void
write_expr(struct writer *w, struct cfn_expr x)
{
	struct cfn_expr arg;
	enum cfn_kind kind;

	if (++w->nodes > NODES_MAX || ++w->depth > DEPTH_MAX) {
		if (w->json.out->error == 0)
			w->json.out->error = E2BIG;
		return;
	}
	kind = cfn_classify(x, false, &arg);
	if (kind == CFN_LITERAL)
		write_literal(w, arg);
	else
		write_call(w, x);
	w->depth--;
}

void
cfn_canonical(const struct doc_node *n, struct buf *out)
{
	struct writer w = {.nodes = 0};

	jwrite_init(&w.json, out);
	if (n == NULL)
		jwrite_null(&w.json);
	else
		write_node(&w, n);
	if (jwrite_end_text(&w.json) != 0 && out->error == 0)
		out->error = E2BIG; /* deeper than jwrite goes */
}
