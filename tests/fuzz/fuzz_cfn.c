/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A template and its canonical text, which is the same template in JSON's
 * spelling: they have the same canonical text, and each expression comes to
 * the same. Whatever is evaluated, written or listed on the way holds its
 * bounds.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "cfn/register.h"

enum { INPUT_MAX = 8 * 1024, ASKED_MAX = 64, ARENA_MAX = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One document in two spellings. */
struct pair {
	const struct doc *d[2];
	struct cfn_scope *s[2];
	bool same; /* the answers must be */
	unsigned asked;
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* The result of one expression. */
struct answer {
	enum cfn_result text, list, branch;
	struct str value, *items;
	size_t n;
	bool no_memory;
};

static void
ask(const struct cfn_scope *s, const struct doc_node *n, struct arena *a,
    struct answer *out)
{
	struct cfn_why why = {.text = ""};
	const struct doc_node *branch;

	out->text = cfn_eval_text(s, n, a, &out->value, &why);
	must(out->text != CFN_KNOWN || out->value.n <= CFN_TEXT_MAX);
	out->no_memory = str_eqz(str_of(why.text), "out of memory");
	out->list = cfn_eval_list(s, n, a, &out->items, &out->n, &why);
	out->no_memory |= str_eqz(str_of(why.text), "out of memory");
	must(out->text != CFN_KNOWN || out->list != CFN_KNOWN);
	out->branch = cfn_branch(s, n, a, &branch, &why);
}

static void
compare(const struct answer *x, const struct answer *y)
{
	if (x->no_memory || y->no_memory)
		return;
	must(
	    x->text == y->text && x->list == y->list && x->branch == y->branch);
	must(x->text != CFN_KNOWN || str_eq(x->value, y->value));
	must(x->list != CFN_KNOWN || x->n == y->n);
	for (size_t i = 0; x->list == CFN_KNOWN && i < x->n; i++)
		must(str_eq(x->items[i], y->items[i]));
}

/* Ask for each member of the map x, which is y in the other spelling. */
static void
ask_members(struct pair *p, const struct doc_node *x, const struct doc_node *y)
{
	if (x == NULL || x->kind != DOC_MAP || cfn_fn(x, NULL) != CFN_LITERAL)
		return;
	doc_each(child, x) {
		cleanup_arena struct arena *a = arena_new(ARENA_MAX);
		struct answer one = {0}, other = {0};

		if (p->asked++ == ASKED_MAX || a == NULL)
			return;
		ask(p->s[0], child, a, &one);
		ask(p->s[1], doc_gets(y, child->key->text), a, &other);
		if (p->same)
			compare(&one, &other);
	}
}

static void
ask_all(struct pair *p)
{
	const struct doc_node *x = doc_root(p->d[0]), *y = doc_root(p->d[1]);

	ask_members(p, x, y);
	x = cfn_get(x, "Resources");
	y = cfn_get(y, "Resources");
	if (x == NULL || x->kind != DOC_MAP || cfn_fn(x, NULL) != CFN_LITERAL)
		return;
	doc_each(child, x) {
		const struct doc_node *twin = cfn_gets(y, child->key->text);

		if (cfn_fn(child, NULL) == CFN_LITERAL)
			ask_members(p, cfn_get(child, "Properties"),
			    cfn_get(twin, "Properties"));
	}
}

/* A tag that is no function's; in JSON there is no word for it. */
static bool
has_odd_tag(const struct doc_node *n)
{
	return n->tag.n > 1 && n->tag.p[0] == '!' && cfn_fn(n, NULL) == CFN_ODD;
}

/*
 * Names of conditions and parameters count as they are written, so that a
 * plain Yes is not the "true" that it is as a value.
 */
static bool
is_plain_bool(const struct doc_node *n)
{
	return n->kind == DOC_SCALAR && n->style == DOC_PLAIN &&
	       doc_is_bool(n) && !str_eq(cfn_literal(n), n->text);
}

/* Does it say what the other spelling cannot? */
static bool
has_no_twin(const struct doc_node *n)
{
	if (is_plain_bool(n) || has_odd_tag(n))
		return true;
	doc_each(child, n)
		if (has_no_twin(child))
			return true;
	return false;
}

static void
use_template(const struct doc *d, const struct cfn_scope *s)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	struct cfn_template t;

	if (a == NULL || cfn_template_read(d, s, a, &t, NULL) != 0)
		return;
	for (size_t i = 0; i < t.n && i < ASKED_MAX; i++) {
		cleanup_buf struct buf out = BUF_MAX(1024 * 1024);
		struct jwrite w;

		jwrite_init(&w, &out);
		if (cfn_to_register(s, &t.tasks[i], &w, NULL) != 0)
			continue;
		must(jwrite_end_text(&w) == 0 || buf_error(&out) != 0);
		(void)cfn_join_text(a, doc_format(d), "a",
		    cfn_get(t.tasks[i].properties, "Family"), "b");
	}
}

static void
check_pair(const struct doc *d, const struct doc *twin)
{
	cleanup_cfn_scope struct cfn_scope *s = cfn_scope_new(d);
	cleanup_cfn_scope struct cfn_scope *ts = cfn_scope_new(twin);
	struct pair p = {.d = {d, twin}, .s = {s, ts}};

	must(s != NULL && ts != NULL);
	p.same = !has_no_twin(doc_root(d)) &&
		 cfn_fn(doc_root(d), NULL) == CFN_LITERAL;
	use_template(d, s);
	ask_all(&p);
	/* Any document may be given as a file of parameters. */
	(void)cfn_scope_param_file(s, doc_source(d), "self", NULL);
}

static void
check(const struct doc *d)
{
	cleanup_buf struct buf text = BUF_MAX(1024 * 1024);
	cleanup_buf struct buf again = BUF_MAX(1024 * 1024);
	cleanup_doc struct doc *twin = NULL;

	if (doc_root(d)->kind == DOC_SCALAR) /* would be read as YAML again */
		return;
	cfn_canonical(doc_root(d), &text);
	if (buf_error(&text) != 0 ||
	    doc_parse(buf_str(&text), "twin", &twin, NULL) != 0)
		return;
	cfn_canonical(doc_root(twin), &again);
	must(buf_error(&again) == 0 && str_eq(buf_str(&text), buf_str(&again)));
	check_pair(d, twin);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_doc struct doc *d = NULL;
	struct str src = str_make((const char *)data, size);

	if (size <= INPUT_MAX && doc_parse(src, "fuzz", &d, NULL) == 0)
		check(d);
	return 0;
}
