/* SPDX-License-Identifier: Apache-2.0 */
#include "doc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "tree.h"
#include "utf8/utf8.h"

/* Nodes, texts and the source copy; nodes are the larger part. */
#define ARENA_MAX ((size_t)512 * 1024 * 1024)

static const char bom[] = "\xef\xbb\xbf";

static struct doc *
new_doc(struct str src, const char *name)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct doc *d = a == NULL ? NULL : arena_alloc(a, sizeof *d);

	if (d == NULL) {
		arena_free(a);
		return NULL;
	}
	d->arena = a;
	d->name = arena_dup(a, str_of(name));
	d->src = arena_str(a, src);
	if (d->name == NULL || d->src.p == NULL) {
		arena_free(a);
		return NULL;
	}
	d->bom = str_starts(src, bom) ? sizeof bom - 1 : 0;
	return d;
}

/* What follows the first `end` in text; nothing when there is none. */
static struct str
behind(struct str text, const char *end)
{
	while (text.n > 0 && !str_starts(text, end))
		text = str_sub(text, 1, text.n);
	return str_sub(text, strlen(end), text.n);
}

/* Behind the comments that some write into JSON. */
static struct str
skip_comments(struct str text)
{
	for (;;) {
		text = str_trim(text);
		if (str_starts(text, "//"))
			text = behind(text, "\n");
		else if (str_starts(text, "/*"))
			text = behind(str_sub(text, 2, text.n), "*/");
		else
			return text;
	}
}

/*
 * JSON documents that hold something begin with one of two bytes. With
 * comments it is neither JSON nor YAML, and is to be refused as the former.
 */
static enum doc_format
guess_format(const struct doc *d)
{
	struct str text = skip_comments(str_sub(d->src, d->bom, d->src.n));

	if (text.n > 0 && (text.p[0] == '{' || text.p[0] == '['))
		return DOC_JSON;
	return DOC_YAML;
}

static int
check_text(struct tree *t)
{
	struct str src = t->d->src;
	size_t bad;

	if (str_trim(str_sub(src, t->d->bom, src.n)).n == 0)
		return tree_err(
		    t, 0, "an empty document; did the tool before fail?");
	if (str_starts(src, "\xff\xfe") || str_starts(src, "\xfe\xff"))
		return tree_err(t, 0, "UTF-16 text; convert it to UTF-8 first");
	if (!utf8_valid(src, &bad))
		return tree_err(t, bad, "not UTF-8 text");
	return 0;
}

static int
parse(struct doc *d, struct err *e)
{
	struct tree t;
	int r;

	tree_init(&t, d, e);
	r = check_text(&t);
	if (r != 0)
		return r;
	d->format = guess_format(d);
	return d->format == DOC_JSON ? tree_parse_json(&t)
				     : tree_parse_yaml(&t);
}

int
doc_parse(struct str src, const char *name, struct doc **ret, struct err *e)
{
	struct doc *d;
	int r;

	if (src.n > DOC_BYTES_MAX)
		return err_set(e, ERR_PERM, EFBIG, "%s: larger than %d bytes",
		    name, DOC_BYTES_MAX);
	d = new_doc(src, name);
	if (d == NULL)
		return err_nomem(e);
	r = parse(d, e);
	if (r != 0)
		doc_free(d);
	else
		*ret = d;
	return r;
}

void
doc_free(struct doc *d)
{
	if (d != NULL)
		arena_free(d->arena);
}

void
doc_freep(struct doc **d)
{
	doc_free(*d);
	*d = NULL;
}

const struct doc_node *
doc_root(const struct doc *d)
{
	return d->root;
}

enum doc_format
doc_format(const struct doc *d)
{
	return d->format;
}

const char *
doc_name(const struct doc *d)
{
	return d->name;
}

struct str
doc_source(const struct doc *d)
{
	return d->src;
}

struct str
doc_raw(const struct doc *d, const struct doc_node *n)
{
	return str_sub(d->src, n->start, n->end);
}

const struct doc_node *
doc_gets(const struct doc_node *n, struct str key)
{
	if (n == NULL || n->kind != DOC_MAP)
		return NULL;
	doc_each(child, n)
		if (str_eq(child->key->text, key))
			return child;
	return NULL;
}

const struct doc_node *
doc_get(const struct doc_node *n, const char *key)
{
	return doc_gets(n, str_of(key));
}

const struct doc_node *
doc_at(const struct doc_node *n, size_t i)
{
	if (n == NULL || i >= n->n)
		return NULL;
	doc_each(child, n)
		if (i-- == 0)
			return child;
	return NULL;
}

static bool
is_one_of(struct str text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (str_eqz(text, *words))
			return true;
	return false;
}

bool
doc_is_null(const struct doc_node *n)
{
	static const char *const nulls[] = {
	    "", "~", "null", "Null", "NULL", NULL};

	if (n == NULL)
		return true;
	return n->kind == DOC_SCALAR && n->style == DOC_PLAIN &&
	       n->tag.n == 0 && is_one_of(n->text, nulls);
}

bool
doc_is_text(const struct doc_node *n)
{
	return n != NULL && n->kind == DOC_SCALAR && n->tag.n == 0 &&
	       !doc_is_null(n);
}

bool
doc_is(const struct doc_node *n, const char *z)
{
	return doc_is_text(n) && str_eqz(n->text, z);
}

bool
doc_is_true(const struct doc_node *n)
{
	static const char *const yes[] = {"true", "True", "TRUE", "yes", "Yes",
	    "YES", "on", "On", "ON", NULL};

	return doc_is_text(n) && is_one_of(n->text, yes);
}

bool
doc_is_bool(const struct doc_node *n)
{
	static const char *const no[] = {"false", "False", "FALSE", "no", "No",
	    "NO", "off", "Off", "OFF", NULL};

	return doc_is_true(n) || (doc_is_text(n) && is_one_of(n->text, no));
}

static bool
equal_scalars(const struct doc_node *a, const struct doc_node *b)
{
	if (doc_is_null(a) || doc_is_null(b))
		return doc_is_null(a) && doc_is_null(b);
	return str_eq(a->text, b->text);
}

bool
doc_equal(const struct doc_node *a, const struct doc_node *b)
{
	const struct doc_node *x, *y;

	if (a->kind != b->kind || !str_eq(a->tag, b->tag) || a->n != b->n)
		return false;
	if (a->kind == DOC_SCALAR)
		return equal_scalars(a, b);
	if (a->kind == DOC_ALIAS)
		return str_eq(a->target->text, b->target->text) &&
		       a->target->kind == b->target->kind;
	for (x = a->first, y = b->first; x != NULL; x = x->next, y = y->next) {
		if (x->key != NULL && !str_eq(x->key->text, y->key->text))
			return false;
		if (!doc_equal(x, y))
			return false;
	}
	return true;
}

bool
doc_is_shared(const struct doc_node *n)
{
	for (; n != NULL; n = n->parent)
		if (n->kind == DOC_ALIAS || n->aliases > 0)
			return true;
	return false;
}

/* RFC 6901 section 3: '~' and '/' are escaped. */
static void
add_token(struct buf *b, struct str token)
{
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] == '~')
			buf_addz(b, "~0");
		else if (token.p[i] == '/')
			buf_addz(b, "~1");
		else
			buf_addc(b, token.p[i]);
	}
}

void
doc_pointer(const struct doc_node *n, struct buf *b)
{
	if (n == NULL || n->parent == NULL)
		return;
	doc_pointer(n->parent, b);
	buf_addc(b, '/');
	if (n->key == NULL)
		buf_addf(b, "%zu", n->index);
	else
		add_token(b, n->key->text);
}

void
doc_path(const struct doc_node *n, struct buf *b)
{
	if (n == NULL || n->parent == NULL)
		return;
	doc_path(n->parent, b);
	if (n->key == NULL) {
		buf_addf(b, "[%zu]", n->index);
		return;
	}
	if (b->n > 0)
		buf_addc(b, '.');
	buf_adds(b, n->key->text);
}

/* Is the pointer's token, escapes and all, this key? */
static bool
is_token(struct str token, struct str key)
{
	size_t i = 0, k = 0;

	for (; i < token.n && k < key.n; i++, k++) {
		char c = token.p[i];

		if (c == '~' && i + 1 < token.n)
			c = token.p[++i] == '0' ? '~' : '/';
		if (c != key.p[k])
			return false;
	}
	return i == token.n && k == key.n;
}

static const struct doc_node *
step(const struct doc_node *n, struct str token)
{
	int64_t index;

	if (n->kind == DOC_SEQ)
		return num_parse(token, 0, DOC_NODES_MAX, &index)
			   ? doc_at(n, (size_t)index)
			   : NULL;
	doc_each(child, n)
		if (child->key != NULL && is_token(token, child->key->text))
			return child;
	return NULL;
}

const struct doc_node *
doc_follow(const struct doc_node *n, struct str pointer)
{
	struct str token, rest = str_sub(pointer, 1, pointer.n);
	bool more = pointer.n > 0;

	if (more && pointer.p[0] != '/')
		return NULL;
	while (more && n != NULL) {
		more = str_cut(rest, '/', &token, &rest);
		n = step(n, token);
	}
	return n;
}

int
doc_err(struct err *e, enum err_kind kind, int code, const struct doc *d,
    const struct doc_node *n, const char *fmt, ...)
{
	cleanup_buf struct buf path = BUF_MAX(ERR_TEXT_MAX);
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	doc_path(n, &path);
	return err_set(e, kind, code, "%s:%u:%u: %s%s%s", d->name, n->line,
	    n->column, buf_z(&path), path.n > 0 ? ": " : "", text);
}
