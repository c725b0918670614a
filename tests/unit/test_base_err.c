/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void
set_returns_minus_code(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(
	    err_set(&e, ERR_PERM, EINVAL, "%s: no %d", "x", 7), -EINVAL);
	assert_int_equal(e.kind, ERR_PERM);
	assert_string_equal(e.text, "x: no 7");
	assert_int_equal(err_set(NULL, ERR_NO, ENOENT, "nobody asks"), -ENOENT);
	assert_int_equal(err_nomem(&e), -ENOMEM);
	assert_int_equal(e.kind, ERR_TEMP);
	assert_string_equal(e.text, "out of memory");
}

static void
control_characters_are_escaped(void **state)
{
	struct err e = {0};

	(void)state;
	(void)err_set(&e, ERR_NO, EINVAL, "a\nb\x1b[2Jc\x7f \xc3\xa9");
	assert_string_equal(e.text, "a\\x0ab\\x1b[2Jc\\x7f \xc3\xa9");
	err_prefix(&e, "\t");
	assert_string_equal(e.text, "\\x09: a\\x0ab\\x1b[2Jc\\x7f \xc3\xa9");
	/* Also those that begin an escape sequence in UTF-8 alone. */
	(void)err_set(&e, ERR_NO, EINVAL, "a\xc2\x9b[\xc2\x80\xc2\xa0\xc2");
	assert_string_equal(e.text, "a\\xc2\\x9b[\\xc2\\x80\xc2\xa0\xc2");
}

static void
prefix_adds_context(void **state)
{
	struct err e = {0};

	(void)state;
	(void)err_set(&e, ERR_NO, EINVAL, "not a word");
	err_prefix(&e, "%s:%d", "file", 3);
	assert_string_equal(e.text, "file:3: not a word");
	assert_int_equal(e.kind, ERR_NO);
	err_prefix(NULL, "nobody asks");
}

static void
long_texts_are_cut(void **state)
{
	char text[3 * ERR_TEXT_MAX];
	struct err e = {0};

	(void)state;
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = '\0';
	(void)err_set(&e, ERR_NO, EINVAL, "%s", text);
	assert_in_range(strlen(e.text), ERR_TEXT_MAX - 8, ERR_TEXT_MAX - 1);
	err_prefix(&e, "%s", text);
	assert_in_range(strlen(e.text), ERR_TEXT_MAX - 8, ERR_TEXT_MAX - 1);
	memset(text, '\n', sizeof text - 1);
	(void)err_set(&e, ERR_NO, EINVAL, "%s", text);
	assert_in_range(strlen(e.text), ERR_TEXT_MAX - 8, ERR_TEXT_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(set_returns_minus_code),
	    cmocka_unit_test(control_characters_are_escaped),
	    cmocka_unit_test(prefix_adds_context),
	    cmocka_unit_test(long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
