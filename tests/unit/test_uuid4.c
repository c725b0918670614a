/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "uuid4/uuid4.h"

static void
makes_version_4(void **state)
{
	char a[UUID4_TEXT], b[UUID4_TEXT], again[UUID4_TEXT];

	(void)state;
	for (int i = 0; i < 64; i++) {
		uuid4_make(a);
		uuid4_make(b);
		assert_string_not_equal(a, b);
		assert_int_equal(strlen(a), UUID4_TEXT - 1);
		assert_int_equal(a[14], '4');
		assert_non_null(strchr("89ab", a[19]));
		assert_true(uuid4_parse(str_of(a), again));
		assert_string_equal(a, again);
	}
}

static void
parses_both_forms(void **state)
{
	static const char want[] = "24edfabf-c761-40ae-9748-5844b0d7579c";
	char text[UUID4_TEXT];

	(void)state;
	assert_true(uuid4_parse(str_of(want), text));
	assert_string_equal(text, want);
	assert_true(uuid4_parse(STR("24edfabfc76140ae97485844b0d7579c"), text));
	assert_string_equal(text, want);
	assert_true(uuid4_parse(STR("24EDFABFC76140AE97485844B0D7579C"), text));
	assert_string_equal(text, want);
	assert_true(
	    uuid4_parse(STR("24EDFABF-c761-40AE-9748-5844b0d7579C"), text));
	assert_string_equal(text, want);
}

static void
refuses_the_rest(void **state)
{
	static const char *const cases[] = {
	    "",
	    "24edfabfc76140ae97485844b0d7579",
	    "24edfabfc76140ae97485844b0d7579c0",
	    "24edfabfc76140ae97485844b0d7579g",
	    "24edfabf-c76140ae97485844b0d7579c",
	    "24edfabf-c761-40ae-97485844-b0d7579c",
	    "24edfabf_c761_40ae_9748_5844b0d7579c",
	    "{24edfabf-c761-40ae-9748-5844b0d7579",
	    "24edfabf-c761-40ae-9748-5844b0d7579 ",
	    "24edfabf-c761-40ae-9748-5844b0d7579c\n",
	    "------------------------------------",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[UUID4_TEXT] = "untouched";

		assert_false(uuid4_parse(str_of(cases[i]), text));
		assert_string_equal(text, "untouched");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(makes_version_4),
	    cmocka_unit_test(parses_both_forms),
	    cmocka_unit_test(refuses_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
