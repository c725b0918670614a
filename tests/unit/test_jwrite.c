/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <jv.h>

#include "jwrite/jwrite.h"

static void
writes_nested_values(void **state)
{
	cleanup_buf struct buf out = BUF_MAX(4096);
	struct jwrite w;

	(void)state;
	jwrite_init(&w, &out);
	jwrite_record(&w, "container");
	jwrite_kvz(&w, "name", "web");
	jwrite_kvz(&w, "left_out", NULL);
	jwrite_key(&w, "list");
	jwrite_array(&w);
	jwrite_int(&w, INT64_MIN);
	jwrite_bool(&w, true);
	jwrite_null(&w);
	jwrite_strz(&w, NULL);
	jwrite_array(&w);
	jwrite_end(&w);
	jwrite_object(&w);
	jwrite_end(&w);
	jwrite_end(&w);
	jwrite_kv_int(&w, "n", INT64_MAX);
	jwrite_kv_bool(&w, "no", false);
	jwrite_kv_raw(&w, "raw", STR("{\"a\":[1.50]}"));
	assert_int_equal(jwrite_end_text(&w), -EPROTO); /* still open */
	jwrite_end(&w);
	assert_int_equal(jwrite_end_text(&w), 0);
	assert_string_equal(buf_z(&out),
	    "{\"type\":\"container\",\"v\":1,\"name\":\"web\",\"list\":["
	    "-9223372036854775808,true,null,null,[],{}],"
	    "\"n\":9223372036854775807,\"no\":false,"
	    "\"raw\":{\"a\":[1.50]}}");
}

static void
check_string(struct str s, const char *want)
{
	cleanup_buf struct buf out = BUF_MAX(4096);
	struct jwrite w;

	jwrite_init(&w, &out);
	jwrite_str(&w, s);
	assert_int_equal(jwrite_end_text(&w), 0);
	assert_string_equal(buf_z(&out), want);
}

static void
escapes_strings(void **state)
{
	(void)state;
	check_string(STR_NONE, "\"\"");
	check_string(STR("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
	check_string(STR("\b\t\n\v\f\r"), "\"\\b\\t\\n\\u000b\\f\\r\"");
	check_string(STR("\0\x1f\x7f"), "\"\\u0000\\u001f\x7f\"");
	check_string(STR("\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80"),
	    "\"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\"");
}

#define FFFD "\xef\xbf\xbd"

static void
replaces_what_is_no_utf8(void **state)
{
	(void)state;
	check_string(STR("a\xff"
			 "b"),
	    "\"a" FFFD "b\"");
	check_string(STR("\xe2\x82"), "\"" FFFD FFFD "\"");
	check_string(STR("\xed\xa0\x80"), "\"" FFFD FFFD FFFD "\"");
	check_string(STR("\xc0\xaf"), "\"" FFFD FFFD "\"");
}

static void
escapes_keys(void **state)
{
	cleanup_buf struct buf out = BUF_MAX(4096);
	struct jwrite w;

	(void)state;
	jwrite_init(&w, &out);
	jwrite_object(&w);
	jwrite_keys(&w, STR("a\"\0\xff"));
	jwrite_int(&w, 0);
	jwrite_end(&w);
	assert_int_equal(jwrite_end_text(&w), 0);
	assert_string_equal(buf_z(&out), "{\"a\\\"\\u0000" FFFD "\":0}");
}

/* Any bytes at all give a text that libjq reads. */
static void
is_always_json(void **state)
{
	(void)state;
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b += 3) {
			char text[] = {(char)a, (char)b, (char)(a ^ b)};
			cleanup_buf struct buf out = BUF_MAX(4096);
			struct jwrite w;
			jv v;

			jwrite_init(&w, &out);
			jwrite_str(&w, str_make(text, sizeof text));
			assert_int_equal(jwrite_end_text(&w), 0);
			v = jv_parse_sized(out.p, (int)out.n);
			assert_int_equal(jv_get_kind(v), JV_KIND_STRING);
			jv_free(v);
		}
}

static void
value_without_key(struct jwrite *w)
{
	jwrite_object(w);
	jwrite_int(w, 1);
}

static void
key_in_array(struct jwrite *w)
{
	jwrite_array(w);
	jwrite_key(w, "a");
}

static void
key_at_top(struct jwrite *w)
{
	jwrite_key(w, "a");
}

static void
key_after_key(struct jwrite *w)
{
	jwrite_object(w);
	jwrite_key(w, "a");
	jwrite_key(w, "b");
}

static void
end_after_key(struct jwrite *w)
{
	jwrite_object(w);
	jwrite_key(w, "a");
	jwrite_end(w);
}

static void
one_end_too_many(struct jwrite *w)
{
	jwrite_object(w);
	jwrite_end(w);
	jwrite_end(w);
}

static void
two_texts(struct jwrite *w)
{
	jwrite_null(w);
	jwrite_null(w);
}

static void
nothing(struct jwrite *w)
{
	(void)w;
}

static void
empty_raw(struct jwrite *w)
{
	jwrite_raw(w, STR_NONE);
}

static void
too_deep(struct jwrite *w)
{
	for (int i = 0; i <= JWRITE_DEPTH_MAX; i++)
		jwrite_array(w);
	for (int i = 0; i <= JWRITE_DEPTH_MAX; i++)
		jwrite_end(w);
}

static void
tells_misuse(void **state)
{
	static void (*const cases[])(struct jwrite *) = {value_without_key,
	    key_in_array, key_at_top, key_after_key, end_after_key,
	    one_end_too_many, two_texts, nothing, empty_raw, too_deep};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cleanup_buf struct buf out = BUF_MAX(4096);
		struct jwrite w;
		size_t n;

		jwrite_init(&w, &out);
		cases[i](&w);
		n = out.n;
		assert_int_equal(jwrite_end_text(&w), -EPROTO);
		if (w.error == 0)
			continue;
		/* Sticky: nothing more is written. */
		jwrite_null(&w);
		jwrite_key(&w, "k");
		jwrite_end(&w);
		assert_int_equal(out.n, n);
	}
}

static void
takes_the_greatest_depth(void **state)
{
	cleanup_buf struct buf out = BUF_MAX(4096);
	struct jwrite w;

	(void)state;
	jwrite_init(&w, &out);
	for (int i = 0; i < JWRITE_DEPTH_MAX; i++)
		jwrite_array(&w);
	for (int i = 0; i < JWRITE_DEPTH_MAX; i++)
		jwrite_end(&w);
	assert_int_equal(jwrite_end_text(&w), 0);
	assert_int_equal(out.n, 2 * JWRITE_DEPTH_MAX);
}

static void
tells_a_full_buffer(void **state)
{
	cleanup_buf struct buf out = BUF_MAX(5);
	struct jwrite w;

	(void)state;
	jwrite_init(&w, &out);
	jwrite_strz(&w, "abcdef");
	assert_int_equal(jwrite_end_text(&w), -EFBIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_nested_values),
	    cmocka_unit_test(escapes_strings),
	    cmocka_unit_test(replaces_what_is_no_utf8),
	    cmocka_unit_test(escapes_keys),
	    cmocka_unit_test(is_always_json),
	    cmocka_unit_test(tells_misuse),
	    cmocka_unit_test(takes_the_greatest_depth),
	    cmocka_unit_test(tells_a_full_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
