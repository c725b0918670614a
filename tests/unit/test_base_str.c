/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/str.h"

static void
compare(void **state)
{
	(void)state;
	assert_true(str_eq(STR("a\0b"), str_make("a\0b", 3)));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_true(str_eq(STR_NONE, STR("")));
	assert_true(str_eq(str_of(NULL), STR_NONE));
	assert_true(str_eqz(STR("x"), "x"));
	assert_false(str_eqz(STR("x"), "xy"));
	assert_true(str_cmp(STR("ab"), STR("b")) < 0);
	assert_true(str_cmp(STR("ab"), STR("a")) > 0);
	assert_true(str_cmp(STR_NONE, STR("a")) < 0);
	assert_int_equal(str_cmp(STR("ab"), STR("ab")), 0);
	assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
}

static void
search(void **state)
{
	(void)state;
	assert_true(str_starts(STR("abc"), "ab"));
	assert_true(str_starts(STR_NONE, ""));
	assert_false(str_starts(STR("a"), "ab"));
	assert_true(str_ends(STR("abc"), "bc"));
	assert_true(str_ends(STR_NONE, ""));
	assert_false(str_ends(STR("c"), "bc"));
	assert_int_equal(str_chr(STR("a.b.c"), '.'), 1);
	assert_int_equal(str_rchr(STR("a.b.c"), '.'), 3);
	assert_int_equal(str_chr(STR("abc"), '.'), 3);
	assert_int_equal(str_rchr(STR("abc"), '.'), 3);
	assert_int_equal(str_chr(STR_NONE, '.'), 0);
	assert_int_equal(str_rchr(STR_NONE, '.'), 0);
}

static void
slices(void **state)
{
	struct str head, tail;

	(void)state;
	assert_true(str_eqz(str_sub(STR("abc"), 1, 2), "b"));
	assert_true(str_eqz(str_sub(STR("abc"), 2, 99), "c"));
	assert_true(str_eqz(str_sub(STR("abc"), 9, 99), ""));
	assert_true(str_eqz(str_sub(STR("abc"), 2, 1), ""));
	assert_int_equal(str_sub(STR_NONE, 0, 1).n, 0);
	assert_true(str_cut(STR("a=b=c"), '=', &head, &tail));
	assert_true(str_eqz(head, "a"));
	assert_true(str_eqz(tail, "b=c"));
	assert_true(str_cut(STR("a="), '=', &head, &tail));
	assert_true(str_eqz(tail, ""));
	assert_false(str_cut(STR("abc"), '=', &head, &tail));
	assert_true(str_eqz(head, "abc"));
	assert_true(str_eqz(tail, ""));
	assert_false(str_cut(STR_NONE, '=', &head, &tail));
	assert_true(str_eqz(str_trim(STR(" \t\r\n a b \n")), "a b"));
	assert_true(str_eqz(str_trim(STR(" \n")), ""));
	assert_int_equal(str_trim(STR_NONE).n, 0);
}

/* What num_parse() makes of z within the bounds, or -77. */
static int64_t
num(const char *z, int64_t min, int64_t max)
{
	int64_t value = -77;

	return num_parse(str_of(z), min, max, &value) ? value : -77;
}

static void
numbers(void **state)
{
	static const char *const bad[] = {"", "-", "+1", " 1", "1 ", "01", "00",
	    "-01", "1a", "0x1", "1e3", "1.0", "--1", "9223372036854775808",
	    "-9223372036854775809", "99999999999999999999999"};

	(void)state;
	assert_int_equal(num("0", 0, 9), 0);
	assert_int_equal(num("9", 0, 9), 9);
	assert_int_equal(num("10", 0, 9), -77);
	assert_int_equal(num("-5", -5, 9), -5);
	assert_int_equal(num("-6", -5, 9), -77);
	assert_int_equal(num("-0", 0, 9), -77);
	assert_int_equal(num("-0", -1, 9), 0);
	assert_int_equal(num("9223372036854775807", 0, INT64_MAX), INT64_MAX);
	assert_int_equal(num("-9223372036854775808", INT64_MIN, 0), INT64_MIN);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(num(bad[i], INT64_MIN, INT64_MAX), -77);
	assert_int_equal(num(NULL, INT64_MIN, INT64_MAX), -77);
}

static void
numbers_end_with_their_string(void **state)
{
	int64_t value = 0;

	(void)state;
	assert_true(num_parse(str_make("123", 2), 0, 99, &value));
	assert_int_equal(value, 12);
	assert_false(num_parse(str_make("1\0002", 3), 0, 999, &value));
	assert_int_equal(value, 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(compare),
	    cmocka_unit_test(search),
	    cmocka_unit_test(slices),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(numbers_end_with_their_string),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
