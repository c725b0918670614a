/* SPDX-License-Identifier: Apache-2.0 */
#include "oci_json.h"

#include <errno.h>

#include "json/json.h"

static int
wrong(const char *what, const char *should, struct err *e)
{
	return err_set(
	    e, ERR_PERM, EINVAL, "\"%s\" should be %s", what, should);
}

int
oci_json_copy(struct arena *a, jv string, const char *what, struct str *ret,
    struct err *e)
{
	struct str s;

	if (jv_get_kind(string) != JV_KIND_STRING)
		return wrong(what, "a string", e);
	s = json_str(string);
	if (str_chr(s, '\0') < s.n)
		return wrong(what, "without NUL characters", e);
	*ret = arena_str(a, s);
	return ret->p == NULL ? err_nomem(e) : 0;
}

int
oci_json_get(jv object, const char *key, jv_kind kind, jv *ret, struct err *e)
{
	jv v = jv_object_get(jv_copy(object), jv_string(key));

	if (jv_get_kind(v) == kind) {
		*ret = v;
		return 0;
	}
	*ret = jv_invalid();
	if (!jv_is_valid(v) || jv_get_kind(v) == JV_KIND_NULL) {
		jv_free(v);
		return 0;
	}
	jv_free(v);
	return wrong(key, kind == JV_KIND_ARRAY ? "an array" : "an object", e);
}

int
oci_json_str(
    struct arena *a, jv object, const char *key, struct str *ret, struct err *e)
{
	cleanup_jv jv v = jv_object_get(jv_copy(object), jv_string(key));

	*ret = STR("");
	if (!jv_is_valid(v) || jv_get_kind(v) == JV_KIND_NULL)
		return 0;
	return oci_json_copy(a, v, key, ret, e);
}

static int
new_list(struct arena *a, int n, struct oci_list *ret, struct err *e)
{
	ret->items = arena_alloc(a, (size_t)n * sizeof *ret->items);
	if (ret->items == NULL)
		return err_nomem(e);
	ret->given = true;
	ret->n = 0;
	return 0;
}

static int
copy_array(struct arena *a, jv array, const char *key, struct oci_list *ret,
    struct err *e)
{
	int r = new_list(a, jv_array_length(jv_copy(array)), ret, e);

	if (r != 0)
		return r;
	jv_array_foreach(array, i, item)
	{
		r = oci_json_copy(a, item, key, &ret->items[ret->n], e);
		jv_free(item);
		if (r != 0)
			return r;
		ret->n++;
	}
	return 0;
}

int
oci_json_list(struct arena *a, jv object, const char *key, struct oci_list *ret,
    struct err *e)
{
	cleanup_jv jv v = jv_object_get(jv_copy(object), jv_string(key));
	int r;

	*ret = (struct oci_list){0};
	switch (jv_get_kind(v)) {
	case JV_KIND_INVALID:
	case JV_KIND_NULL:
		return 0;
	case JV_KIND_ARRAY:
		return copy_array(a, v, key, ret, e);
	case JV_KIND_STRING:
		r = new_list(a, 1, ret, e);
		if (r == 0)
			r = oci_json_copy(a, v, key, &ret->items[0], e);
		if (r == 0)
			ret->n = 1;
		return r;
	default:
		return wrong(key, "an array of strings", e);
	}
}

int
oci_json_keys(struct arena *a, jv object, const char *key, struct oci_list *ret,
    struct err *e)
{
	cleanup_jv jv v = jv_invalid();
	cleanup_jv jv keys = jv_invalid();
	int r = oci_json_get(object, key, JV_KIND_OBJECT, &v, e);

	*ret = (struct oci_list){0};
	if (r != 0 || !jv_is_valid(v))
		return r;
	keys = jv_keys(jv_copy(v)); /* sorted: the same answer every time */
	return copy_array(a, keys, key, ret, e);
}
