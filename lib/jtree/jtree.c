/* SPDX-License-Identifier: Apache-2.0 */
#include "jtree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_MAX = 64 };

struct parser {
	struct arena *arena;
	struct jscan scan;
	struct buf text; /* of a string with escapes */
};

static int
too_large(struct err *e)
{
	return err_set(e, ERR_PERM, EFBIG, "1:1: too many values");
}

/* The value of a key or string; copied only if it must be decoded. */
static int
text_of(struct parser *p, const struct jscan_token *tok, struct str *ret,
    struct err *e)
{
	if (!tok->escaped) {
		*ret = jscan_inner(&p->scan, tok);
		return 0;
	}
	buf_reset(&p->text);
	if (jscan_text(&p->scan, tok, &p->text) != 0)
		return err_nomem(e);
	*ret = arena_str(p->arena, buf_str(&p->text));
	return ret->p == NULL ? too_large(e) : 0;
}

static int parse_value(struct parser *p, struct jscan_token *tok,
    struct jtree **ret, struct err *e);

/* Up to and with the end of the object or array t. */
static int
parse_children(struct parser *p, struct jtree *t, struct err *e)
{
	struct jtree **end = &t->first;
	struct jscan_token tok;
	int r;

	while ((r = jscan_next(&p->scan, &tok, e)) == 1) {
		struct str key = STR_NONE;
		size_t key_at = tok.start;

		if (tok.kind == JSCAN_OBJECT_END || tok.kind == JSCAN_ARRAY_END)
			return 0;
		if (tok.kind == JSCAN_KEY) {
			r = text_of(p, &tok, &key, e);
			if (r == 0)
				r = jscan_next(&p->scan, &tok, e);
			if (r < 0)
				return r;
		}
		r = parse_value(p, &tok, end, e);
		if (r != 0)
			return r;
		(*end)->key = key;
		(*end)->key_at = key_at;
		end = &(*end)->next;
		t->n++;
	}
	return r;
}

static int
parse_value(struct parser *p, struct jscan_token *tok, struct jtree **ret,
    struct err *e)
{
	struct jtree *t = arena_alloc(p->arena, sizeof *t);

	if (t == NULL)
		return too_large(e);
	*ret = t;
	t->kind = tok->kind;
	t->at = t->key_at = tok->start;
	switch (tok->kind) {
	case JSCAN_OBJECT:
	case JSCAN_ARRAY:
		return parse_children(p, t, e);
	case JSCAN_STRING:
		return text_of(p, tok, &t->text, e);
	default:
		t->text = jscan_raw(&p->scan, tok);
		return 0;
	}
}

/* "line:column: text" becomes "what:line:column: text". */
static void
add_name(struct err *e, const char *what)
{
	struct err plain;

	if (e == NULL || e->kind != ERR_PERM)
		return;
	plain = *e;
	(void)err_set(e, plain.kind, EINVAL, "%s:%s", what, plain.text);
}

int
jtree_parse(struct arena *a, struct str text, const char *what,
    const struct jtree **ret, struct err *e)
{
	struct parser p = {.arena = a, .text = BUF_MAX(text.n)};
	struct jscan_token tok;
	struct jtree *t = NULL;
	int r;

	jscan_init(&p.scan, text, JTREE_DEPTH_MAX);
	r = jscan_next(&p.scan, &tok, e);
	if (r == 1)
		r = parse_value(&p, &tok, &t, e);
	if (r == 0)
		r = jscan_next(&p.scan, &tok, e); /* 0: nothing behind it */
	buf_free(&p.text);
	if (r == 0)
		*ret = t;
	else
		add_name(e, what);
	return r;
}

const struct jtree *
jtree_get(const struct jtree *t, const char *key)
{
	const struct jtree *found = NULL;

	if (t == NULL || t->kind != JSCAN_OBJECT)
		return NULL;
	for (const struct jtree *m = t->first; m != NULL; m = m->next) {
		if (str_eqz(m->key, key))
			found = m;
	}
	return found;
}

bool
jtree_is_null(const struct jtree *t)
{
	return t == NULL || t->kind == JSCAN_NULL;
}

struct str
jtree_str(const struct jtree *t)
{
	return t != NULL && t->kind == JSCAN_STRING ? t->text : STR_NONE;
}

bool
jtree_number(const struct jtree *t, double *ret)
{
	char text[NUMBER_MAX + 1];

	if (t == NULL || t->kind != JSCAN_NUMBER || t->text.n > NUMBER_MAX)
		return false;
	memcpy(text, t->text.p, t->text.n);
	text[t->text.n] = '\0';
	*ret = strtod(text, NULL); /* its grammar holds JSON's */
	return true;
}

void
jtree_place(struct str text, size_t at, unsigned *line, unsigned *column)
{
	struct str before = str_sub(text, 0, at);
	size_t start = str_rchr(before, '\n');

	*line = 1;
	for (size_t i = 0; i < before.n; i++)
		*line += before.p[i] == '\n';
	*column = (unsigned)(before.n - (start < before.n ? start + 1 : 0) + 1);
}

void
jtree_write(const struct jtree *t, struct jwrite *w)
{
	switch (t->kind) {
	case JSCAN_OBJECT:
	case JSCAN_ARRAY:
		if (t->kind == JSCAN_OBJECT)
			jwrite_object(w);
		else
			jwrite_array(w);
		for (const struct jtree *m = t->first; m != NULL; m = m->next) {
			if (t->kind == JSCAN_OBJECT)
				jwrite_keys(w, m->key);
			jtree_write(m, w);
		}
		jwrite_end(w);
		return;
	case JSCAN_STRING:
		jwrite_str(w, t->text);
		return;
	default:
		jwrite_raw(w, t->text);
	}
}
