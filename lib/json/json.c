/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <errno.h>

#include "jscan/jscan.h"

void
json_freep(jv *v)
{
	jv_free(*v);
	*v = jv_invalid();
}

/* "line:column: text" becomes "what:line:column: text". */
static void
add_name(struct err *e, const char *what)
{
	struct err plain;

	if (e == NULL)
		return;
	plain = *e;
	(void)err_set(e, plain.kind, EINVAL, "%s:%s", what, plain.text);
}

/* libjq's parser takes more than JSON (nan, 'a') and counts no lines. */
static int
check(struct str text, struct err *e)
{
	struct jscan_token tok;
	struct jscan s;
	int r;

	jscan_init(&s, text, JSON_DEPTH_MAX);
	do
		r = jscan_next(&s, &tok, e);
	while (r == 1);
	return r;
}

int
json_parse(struct str text, const char *what, jv *ret, struct err *e)
{
	int r;
	jv v;

	if (text.n > JSON_BYTES_MAX)
		return err_set(e, ERR_PERM, EFBIG, "%s: larger than %d bytes",
		    what, JSON_BYTES_MAX);
	r = check(text, e);
	if (r != 0) {
		add_name(e, what);
		return r;
	}
	v = jv_parse_sized(text.p, (int)text.n);
	if (!jv_is_valid(v)) {
		jv_free(v);
		return err_set(
		    e, ERR_PERM, EINVAL, "%s: not accepted as JSON", what);
	}
	*ret = v;
	return 0;
}

void
json_dump(jv v, struct buf *out)
{
	jv text = jv_dump_string(jv_copy(v), 0);

	buf_adds(out, json_str(text));
	jv_free(text);
}

struct str
json_str(jv v)
{
	if (jv_get_kind(v) != JV_KIND_STRING)
		return STR_NONE;
	return str_make(
	    jv_string_value(v), (size_t)jv_string_length_bytes(jv_copy(v)));
}
