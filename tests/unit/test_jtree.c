/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "jtree/jtree.h"

static struct arena *arena;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(1024 * 1024);
	return arena == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct jtree *
parse(const char *text)
{
	const struct jtree *t = NULL;
	struct err e = {0};

	if (jtree_parse(arena, str_of(text), "x", &t, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return t;
}

static void
look_up(void **state)
{
	const struct jtree *t =
	    parse(" {\"a\":1,\"b\\u0041\":\"x\\ny\",\"a\":[true,null,-2.5e1],"
		  "\"\":{}} ");
	const struct jtree *a = jtree_get(t, "a");
	double n = 0;

	(void)state;
	assert_int_equal(t->kind, JSCAN_OBJECT);
	assert_int_equal(t->n, 4);
	assert_int_equal(a->kind, JSCAN_ARRAY); /* the last one counts */
	assert_int_equal(a->n, 3);
	assert_int_equal(a->first->kind, JSCAN_TRUE);
	assert_true(jtree_is_null(a->first->next));
	assert_true(jtree_number(a->first->next->next, &n));
	assert_true(n == -25);
	assert_false(jtree_number(a->first, &n));
	assert_true(str_eqz(jtree_str(jtree_get(t, "bA")), "x\ny"));
	assert_non_null(jtree_get(t, ""));
	assert_null(jtree_get(t, "c"));
	assert_null(jtree_get(a, "a"));
	assert_null(jtree_get(NULL, "a"));
	assert_true(jtree_is_null(NULL));
	assert_false(jtree_is_null(t));
	assert_int_equal(jtree_str(a).n, 0);
	assert_int_equal(jtree_str(NULL).n, 0);
}

static void
nul_and_long_numbers(void **state)
{
	const struct jtree *t = parse("\"a\\u0000b\"");
	double n;

	(void)state;
	assert_true(str_eq(jtree_str(t), STR("a\0b")));
	t = parse("1111111111222222222233333333334444444444"
		  "55555555556666666666777777777788888888889");
	assert_false(jtree_number(t, &n));
}

static void
written_again(void **state)
{
	static const char *const rows[][2] = {
	    {"{ \"a\" : [ 1.0 , \"\\u00e9\\n\" ],\n\"b\":{} }",
		"{\"a\":[1.0,\"\xc3\xa9\\n\"],\"b\":{}}"},
	    {"12345678901234567890", "12345678901234567890"},
	    {"[[],false,null,\"\"]", "[[],false,null,\"\"]"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b = BUF_MAX(1000);
		struct jwrite w;

		jwrite_init(&w, &b);
		jtree_write(parse(rows[i][0]), &w);
		assert_int_equal(jwrite_end_text(&w), 0);
		assert_string_equal(buf_z(&b), rows[i][1]);
		buf_free(&b);
	}
}

static void
places(void **state)
{
	const struct str text =
	    STR("{\n  \"a\": [1,\n 22],\"b\":{\"c\" : null}}");
	const struct jtree *t = parse(text.p), *a = t->first;
	const struct {
		size_t at;
		unsigned line, column;
	} rows[] = {{t->at, 1, 1}, {a->key_at, 2, 3}, {a->at, 2, 8},
	    {a->first->at, 2, 9}, {a->first->next->at, 3, 2},
	    {jtree_get(t, "b")->key_at, 3, 6},
	    {jtree_get(t, "b")->first->at, 3, 17}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned line = 0, column = 0;

		jtree_place(text, rows[i].at, &line, &column);
		assert_int_equal(line, rows[i].line);
		assert_int_equal(column, rows[i].column);
	}
}

static void
refused(void **state)
{
	static const char *const bad[] = {"", " ", "{", "[1", "[1,]", "{\"a\"}",
	    "{\"a\":}", "{\"a\":1,}", "1 2", "[] x", "nan", "'a'",
	    "\"\\ud800\"", "\"\xff\"", "{1:2}", "01"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct jtree *t = NULL;
		struct err e = {0};

		if (jtree_parse(arena, str_of(bad[i]), "in", &t, &e) != -EINVAL)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(e.kind, ERR_PERM);
		assert_int_equal(strncmp(e.text, "in:1:", 5), 0);
		assert_null(t);
	}
}

static void
bounds(void **state)
{
	struct arena *small = arena_new(4096);
	struct buf b = BUF_MAX(100000);
	const struct jtree *t = NULL;
	struct err e = {0};

	(void)state;
	for (int i = 0; i <= JTREE_DEPTH_MAX; i++)
		buf_addc(&b, '[');
	assert_int_equal(jtree_parse(arena, buf_str(&b), "x", &t, &e), -E2BIG);
	buf_reset(&b);
	buf_addz(&b, "[0");
	for (int i = 0; i < 10000; i++)
		buf_addz(&b, ",0");
	buf_addz(&b, "]");
	assert_int_equal(jtree_parse(small, buf_str(&b), "x", &t, &e), -EFBIG);
	assert_non_null(strstr(e.text, "too many values"));
	arena_free(small);
	buf_free(&b);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(look_up),
	    TEST(nul_and_long_numbers),
	    TEST(written_again),
	    TEST(places),
	    TEST(refused),
	    TEST(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
