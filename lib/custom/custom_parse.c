/* SPDX-License-Identifier: Apache-2.0 */
#include "custom.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "custom_parser.h"
#include "custom_tree.h"

#define NUMBER_MAX ((int64_t)1 << 53)

/* ---- operators -------------------------------------------------------- */

struct sign {
	const char *text;
	enum custom_op op;
	int add;      /* to the number: <= 5 is < 6 */
	bool negated; /* != is not = */
	bool listed;  /* may have a list */
	unsigned types;
};

#define ON(type) (1U << CUSTOM_##type)

static const struct sign signs[] = {
    {"=", CUSTOM_EQUAL, 0, false, false,
	ON(TEXT) | ON(NUMBER) | ON(FLAG) | ON(IP)},
    {"!=", CUSTOM_EQUAL, 0, true, false,
	ON(TEXT) | ON(NUMBER) | ON(FLAG) | ON(IP)},
    {"<", CUSTOM_LESS, 0, false, false, ON(NUMBER)},
    {"<=", CUSTOM_LESS, 1, false, false, ON(NUMBER)},
    {">", CUSTOM_GREATER, 0, false, false, ON(NUMBER)},
    {">=", CUSTOM_GREATER, -1, false, false, ON(NUMBER)},
    {"in", CUSTOM_EQUAL, 0, false, true, ON(TEXT) | ON(NUMBER) | ON(IP)},
    {"startswith", CUSTOM_STARTS, 0, false, true, ON(TEXT)},
    {"endswith", CUSTOM_ENDS, 0, false, true, ON(TEXT)},
    {"contains", CUSTOM_CONTAINS, 0, false, true, ON(TEXT) | ON(NUMBER)},
    {"matches", CUSTOM_MATCHES, 0, false, true, ON(TEXT)},
};

static const struct sign *
find_sign(const struct custom_parser *x)
{
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		if (custom_parser_at_mark(x, signs[i].text) ||
		    custom_parser_at_word(x, signs[i].text))
			return &signs[i];
	}
	return NULL;
}

/* ---- values ----------------------------------------------------------- */

static void
text_value(struct custom_parser *x, const struct custom_field *f,
    const struct sign *o, struct custom_value *v)
{
	const char *why = NULL;
	char *copy;

	if (x->lex.kind != CUSTOM_STRING && !f->words) {
		CUSTOM_FAIL(x, "text needs quotes: \"%.*s\"", CUSTOM_SHOWN(x));
		return;
	}
	copy = custom_parser_memory(x, x->lex.text.n);
	if (copy == NULL)
		return;
	for (size_t i = 0; i < x->lex.text.n; i++)
		copy[i] = f->lower && o->op != CUSTOM_MATCHES
			      ? custom_parser_lower(x->lex.text.p[i])
			      : x->lex.text.p[i];
	v->text = str_make(copy, x->lex.text.n);
	if (f->check != NULL && o->op == CUSTOM_EQUAL)
		why = f->check(v->text);
	if (why != NULL)
		CUSTOM_FAIL(x, "%s: \"%.*s\"", why, CUSTOM_SHOWN(x));
	if (o->op == CUSTOM_MATCHES && x->r == 0) {
		x->r = ere_compile(x->a, v->text, f->lower, &v->re, x->e);
		if (x->r != 0 && x->r != -ENOMEM)
			err_prefix(x->e, "%u:%u", x->lex.token_line,
			    x->lex.token_column);
	}
}

static bool
octal(struct str s, int64_t *ret)
{
	int64_t n = 0;

	if (s.n < 2 || s.n > 8 || s.p[0] != '0')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '7')
			return false;
		n = n * 8 + (s.p[i] - '0');
	}
	*ret = n;
	return true;
}

static void
number_value(struct custom_parser *x, const struct custom_term *t,
    const struct sign *o, struct custom_value *v)
{
	const struct custom_field *f = custom_field(t->field);
	struct str s = x->lex.text;

	if (t->field == CUSTOM_FILE_MODE) {
		if (!octal(s, &v->number))
			CUSTOM_FAIL(x,
			    "not a mode in octal, as in 04755: "
			    "\"%.*s\"",
			    CUSTOM_SHOWN(x));
	} else if ((f->named == NULL || !f->named(s, &v->number)) &&
		   !num_parse(s, 0, NUMBER_MAX, &v->number)) {
		if (t->field == CUSTOM_PROC_USER)
			CUSTOM_FAIL(x,
			    "not root, nobody or the number of a "
			    "user, whose names only the container "
			    "knows: \"%.*s\"",
			    CUSTOM_SHOWN(x));
		else
			CUSTOM_FAIL(
			    x, "not a number: \"%.*s\"", CUSTOM_SHOWN(x));
	}
	v->number += o->add;
}

static struct custom_value *
value(
    struct custom_parser *x, const struct custom_term *t, const struct sign *o)
{
	const struct custom_field *f = custom_field(t->field);
	struct custom_value *v = custom_parser_memory(x, sizeof *v);

	if (v == NULL)
		return NULL;
	if (x->lex.kind == CUSTOM_END || x->lex.kind == CUSTOM_MARK) {
		CUSTOM_FAIL(x, "a value must stand here");
		return NULL;
	}
	if (f->type == CUSTOM_TEXT)
		text_value(x, f, o, v);
	else if (f->type == CUSTOM_NUMBER)
		number_value(x, t, o, v);
	else if (f->type == CUSTOM_IP &&
		 !ip_parse_prefix(x->lex.text, &v->prefix))
		CUSTOM_FAIL(x, "not an IP address or prefix: \"%.*s\"",
		    CUSTOM_SHOWN(x));
	else if (f->type == CUSTOM_FLAG) {
		v->number = custom_parser_at_word(x, "true");
		if (v->number == 0 && !custom_parser_at_word(x, "false"))
			CUSTOM_FAIL(
			    x, "not true or false: \"%.*s\"", CUSTOM_SHOWN(x));
	}
	custom_parser_next(x);
	return x->r == 0 ? v : NULL;
}

static void
values(struct custom_parser *x, struct custom_term *t, const struct sign *o)
{
	bool list = custom_parser_mark(x, "("),
	     must = str_eqz(str_of(o->text), "in");
	struct custom_value *last = NULL, *v;

	if (must && !list)
		CUSTOM_FAIL(x, "\"in\" needs a list: (…, …)");
	if (list && !o->listed)
		CUSTOM_FAIL(x, "\"%s\" takes no list; use \"in\"", o->text);
	do {
		v = value(x, t, o);
		if (v == NULL)
			return;
		if (last == NULL)
			t->values = v;
		else
			last->next = v;
		last = v;
	} while (list && custom_parser_mark(x, ","));
	if (list && !custom_parser_mark(x, ")"))
		CUSTOM_FAIL(x, "',' or ')' must stand here");
}

/* ---- terms ------------------------------------------------------------ */

/* A field on the right; false: it is none. */
static bool
other_field(
    struct custom_parser *x, struct custom_term *t, const struct sign *o)
{
	if (x->r != 0 || o->op != CUSTOM_EQUAL || x->lex.kind != CUSTOM_WORD ||
	    custom_field_of(x->lex.text, &t->other) == NULL)
		return false;
	if (custom_field(t->other)->type != custom_field(t->field)->type ||
	    custom_field(t->field)->type == CUSTOM_IP)
		CUSTOM_FAIL(x, "%s cannot be compared with %s",
		    custom_field(t->field)->name, custom_field(t->other)->name);
	if (t->other == CUSTOM_PROC_ARGS || t->other == CUSTOM_PROC_CMDLINE ||
	    t->field == CUSTOM_PROC_CMDLINE)
		CUSTOM_FAIL(x, "a line of arguments cannot be compared with "
			       "a field");
	if (t->other == CUSTOM_PROC_SHA256)
		x->wants_hash = true;
	t->op = CUSTOM_FIELD;
	custom_parser_next(x);
	return true;
}

static struct custom_node *
new_node(
    struct custom_parser *x, enum custom_kind kind, struct custom_node *first)
{
	struct custom_node *n = custom_parser_memory(x, sizeof *n);

	if (n != NULL) {
		n->kind = kind;
		n->first = first;
	}
	return n;
}

/* A flag alone is one that is true. */
static void
flag(struct custom_parser *x, struct custom_term *t)
{
	struct custom_value *v = custom_parser_memory(x, sizeof *v);

	if (v == NULL)
		return;
	v->number = 1;
	t->op = CUSTOM_EQUAL;
	t->values = v;
}

/* What follows the field; does it say the opposite? */
static bool
rest_of_term(struct custom_parser *x, struct custom_term *t)
{
	const struct custom_field *f = custom_field(t->field);
	bool negated = f->type != CUSTOM_FLAG && custom_parser_word(x, "not");
	const struct sign *o = find_sign(x);

	if (o == NULL && f->type == CUSTOM_FLAG) {
		flag(x, t);
		return false;
	}
	if (o == NULL || (negated && !custom_parser_at_word(x, "in"))) {
		CUSTOM_FAIL(x, "an operator must follow %s", f->name);
		return false;
	}
	if ((o->types & 1U << f->type) == 0 ||
	    (o->op == CUSTOM_CONTAINS && f->type == CUSTOM_NUMBER &&
		t->field != CUSTOM_FILE_MODE))
		CUSTOM_FAIL(x, "\"%s\" does not go with %s", o->text, f->name);
	custom_parser_next(x);
	t->op = o->op;
	if (!other_field(x, t, o))
		values(x, t, o);
	return negated || o->negated;
}

static struct custom_node *
term(struct custom_parser *x)
{
	struct custom_node *n = new_node(x, CUSTOM_TERM, NULL);
	const struct custom_field *f = NULL;

	if (n == NULL)
		return NULL;
	if (x->lex.kind == CUSTOM_WORD)
		f = custom_field_of(x->lex.text, &n->term.field);
	if (x->lex.kind == CUSTOM_END)
		CUSTOM_FAIL(x, "a field must stand here");
	else if (f == NULL)
		CUSTOM_FAIL(x, "not a field: \"%.*s\"", CUSTOM_SHOWN(x));
	if (++x->terms > CUSTOM_TERMS_MAX)
		custom_parser_too_big(x, "terms", CUSTOM_TERMS_MAX);
	custom_parser_next(x);
	if (x->r != 0)
		return NULL;
	if (n->term.field == CUSTOM_PROC_SHA256)
		x->wants_hash = true;
	return rest_of_term(x, &n->term) ? new_node(x, CUSTOM_NOT, n) : n;
}

/* ---- expressions ------------------------------------------------------ */

static struct custom_node *any(struct custom_parser *x);

static struct custom_node *
unary(struct custom_parser *x)
{
	struct custom_node *n;

	if (++x->depth > CUSTOM_DEPTH_MAX)
		custom_parser_too_big(x, "levels", CUSTOM_DEPTH_MAX);
	if (x->r != 0) {
		n = NULL;
	} else if (custom_parser_word(x, "not")) {
		n = new_node(x, CUSTOM_NOT, unary(x));
	} else if (custom_parser_mark(x, "(")) {
		n = any(x);
		if (x->r == 0 && !custom_parser_mark(x, ")"))
			CUSTOM_FAIL(
			    x, "\"and\", \"or\" or ')' must stand here");
	} else {
		n = term(x);
	}
	x->depth--;
	return n;
}

/* Parts with the word between them. */
static struct custom_node *
chain(struct custom_parser *x, enum custom_kind kind, const char *word,
    struct custom_node *(*part)(struct custom_parser *x))
{
	struct custom_node *first = part(x), *last = first;

	if (!custom_parser_at_word(x, word))
		return first;
	while (x->r == 0 && custom_parser_word(x, word)) {
		last->next = part(x);
		last = last->next;
	}
	return new_node(x, kind, first);
}

static struct custom_node *
all(struct custom_parser *x)
{
	return chain(x, CUSTOM_AND, "and", unary);
}

static struct custom_node *
any(struct custom_parser *x)
{
	return chain(x, CUSTOM_OR, "or", all);
}

int
custom_compile(struct arena *a, struct str script, const struct custom **ret,
    struct err *e)
{
	struct custom_parser x = {.a = a, .e = e};
	const struct custom_node *root;
	struct custom *c;

	if (script.n > CUSTOM_TEXT_MAX)
		return err_set(e, ERR_PERM, E2BIG,
		    "1:1: the script has more than %d bytes", CUSTOM_TEXT_MAX);
	custom_lex_init(&x.lex, a, script);
	custom_parser_next(&x);
	root = any(&x);
	if (x.r == 0 && x.lex.kind != CUSTOM_END)
		CUSTOM_FAIL(&x, "\"and\" or \"or\" must stand here");
	c = custom_parser_memory(&x, sizeof *c);
	if (c == NULL)
		return x.r;
	c->root = root;
	c->events = custom_tree_events(root);
	c->wants_hash = x.wants_hash;
	*ret = c;
	return 0;
}
