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

#include "json/json.h"

static void
parses_and_dumps(void **state)
{
	cleanup_buf struct buf out = BUF_MAX(4096);
	cleanup_jv jv v = jv_invalid();
	struct err e = {0};

	(void)state;
	assert_int_equal(
	    json_parse(STR(" {\"b\" : [1, \"\\u0000x\"]} "), "x", &v, &e), 0);
	json_dump(v, &out);
	assert_string_equal(buf_z(&out), "{\"b\":[1,\"\\u0000x\"]}");
	assert_int_equal(e.kind, ERR_NONE);
}

static void
borrows_strings(void **state)
{
	cleanup_jv jv v = jv_invalid();

	(void)state;
	assert_int_equal(json_parse(STR("\"a\\u0000b\""), "x", &v, NULL), 0);
	assert_true(str_eq(json_str(v), STR("a\0b")));
	jv_free(v);
	v = jv_true();
	assert_null(json_str(v).p);
}

static void
is_strict(void **state)
{
	static const char *const cases[] = {"", "nan", "[1,]", "{'a':1}", "1 2",
	    "[01]", "\"\\ud800\"", "\"\xff\"", "\xef\xbb\xbf{}", "[1"};
	jv v = jv_true();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = {0};

		assert_int_equal(
		    json_parse(str_of(cases[i]), "x", &v, &e), -EINVAL);
		assert_int_equal(e.kind, ERR_PERM);
		assert_int_equal(strncmp(e.text, "x:1:", 4), 0);
	}
	assert_int_equal(jv_get_kind(v), JV_KIND_TRUE);
	assert_int_equal(json_parse(STR("["), "x", &v, NULL), -EINVAL);
}

static void
is_bounded(void **state)
{
	char deep[2 * (JSON_DEPTH_MAX + 1)];
	size_t n = JSON_DEPTH_MAX;
	struct err e = {0};
	jv v = jv_invalid();

	(void)state;
	memset(deep, '[', n);
	memset(deep + n, ']', n);
	assert_int_equal(json_parse(str_make(deep, 2 * n), "x", &v, &e), 0);
	jv_free(v);
	n++;
	memset(deep, '[', n);
	memset(deep + n, ']', n);
	assert_int_equal(
	    json_parse(str_make(deep, 2 * n), "x", &v, &e), -E2BIG);
	assert_string_equal(e.text, "x:1:129: nested deeper than 128 levels");
	assert_int_equal(
	    json_parse(str_make(deep, JSON_BYTES_MAX + 1UL), "x", &v, &e),
	    -EFBIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parses_and_dumps),
	    cmocka_unit_test(borrows_strings),
	    cmocka_unit_test(is_strict),
	    cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
