/* SPDX-License-Identifier: Apache-2.0 */
#include "oci_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
wrong(const char *what, const char *should, struct err *e)
{
	return err_set(
	    e, ERR_PERM, EINVAL, "\"%s\" should be %s", what, should);
}

static int
copy(struct arena *a, struct str s, const char *what, struct str *ret,
    struct err *e)
{
	if (str_chr(s, '\0') < s.n)
		return wrong(what, "without NUL characters", e);
	*ret = arena_str(a, s);
	return ret->p == NULL ? err_nomem(e) : 0;
}

static int
copy_string(struct arena *a, const struct jtree *t, const char *what,
    struct str *ret, struct err *e)
{
	if (t->kind != JSCAN_STRING)
		return wrong(what, "a string", e);
	return copy(a, t->text, what, ret, e);
}

int
oci_json_get(const struct jtree *object, const char *key, enum jscan_kind kind,
    const struct jtree **ret, struct err *e)
{
	const struct jtree *t = jtree_get(object, key);

	*ret = NULL;
	if (jtree_is_null(t))
		return 0;
	if (t->kind != kind)
		return wrong(
		    key, kind == JSCAN_ARRAY ? "an array" : "an object", e);
	*ret = t;
	return 0;
}

int
oci_json_str(struct arena *a, const struct jtree *object, const char *key,
    struct str *ret, struct err *e)
{
	const struct jtree *t = jtree_get(object, key);

	*ret = STR("");
	return jtree_is_null(t) ? 0 : copy_string(a, t, key, ret, e);
}

int
oci_json_part(const struct jtree *object, const char *key,
    char part[OCI_PLATFORM_PART], struct err *e)
{
	const struct jtree *t = jtree_get(object, key);
	struct str s = jtree_str(t);

	part[0] = '\0';
	if (jtree_is_null(t))
		return 0;
	if (t->kind != JSCAN_STRING)
		return wrong(key, "a string", e);
	if (str_chr(s, '\0') < s.n)
		return wrong(key, "without NUL characters", e);
	if (s.n >= OCI_PLATFORM_PART)
		return err_set(e, ERR_PERM, EINVAL, "\"%s\" is too long", key);
	memcpy(part, s.p, s.n);
	part[s.n] = '\0';
	return 0;
}

static int
new_list(struct arena *a, size_t n, struct oci_list *ret, struct err *e)
{
	ret->items = arena_alloc(a, n * sizeof *ret->items);
	if (ret->items == NULL)
		return err_nomem(e);
	ret->given = true;
	ret->n = 0;
	return 0;
}

/* names: without what an '=' begins; it is not even copied. */
static int
read_list(struct arena *a, const struct jtree *t, const char *key, bool names,
    struct oci_list *ret, struct err *e)
{
	const struct jtree *item = t->kind == JSCAN_ARRAY ? t->first : t;
	size_t n = t->kind == JSCAN_ARRAY ? t->n : 1;
	int r = new_list(a, n, ret, e);

	for (; r == 0 && ret->n < n; item = item->next) {
		struct str s = jtree_str(item);

		if (item->kind != JSCAN_STRING)
			return wrong(key, "an array of strings", e);
		if (names)
			s = str_sub(s, 0, str_chr(s, '='));
		r = copy(a, s, key, &ret->items[ret->n++], e);
	}
	return r;
}

static int
list(struct arena *a, const struct jtree *object, const char *key, bool names,
    struct oci_list *ret, struct err *e)
{
	const struct jtree *t = jtree_get(object, key);

	*ret = (struct oci_list){0};
	return jtree_is_null(t) ? 0 : read_list(a, t, key, names, ret, e);
}

int
oci_json_list(struct arena *a, const struct jtree *object, const char *key,
    struct oci_list *ret, struct err *e)
{
	return list(a, object, key, false, ret, e);
}

int
oci_json_names(struct arena *a, const struct jtree *object, const char *key,
    struct oci_list *ret, struct err *e)
{
	return list(a, object, key, true, ret, e);
}

static int
compare(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(*x, *y);
}

int
oci_json_keys(struct arena *a, const struct jtree *object, const char *key,
    struct oci_list *ret, struct err *e)
{
	const struct jtree *t, *m;
	int r = oci_json_get(object, key, JSCAN_OBJECT, &t, e);
	size_t n = 0;

	*ret = (struct oci_list){0};
	if (r != 0 || t == NULL)
		return r;
	r = new_list(a, t->n, ret, e);
	for (m = t->first; r == 0 && m != NULL; m = m->next)
		r = copy(a, m->key, key, &ret->items[ret->n++], e);
	if (r != 0)
		return r;
	qsort(ret->items, ret->n, sizeof *ret->items, compare);
	for (size_t i = 0; i < ret->n; i++) {
		if (n == 0 || !str_eq(ret->items[n - 1], ret->items[i]))
			ret->items[n++] = ret->items[i];
	}
	ret->n = n;
	return 0;
}
