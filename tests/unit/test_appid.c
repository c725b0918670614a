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

#include "appid/appid.h"

#define DASHED "24edfabf-c761-40ae-9748-5844b0d7579c"
#define DIGITS "24edfabfc76140ae97485844b0d7579c"

static void
checks_names(void **state)
{
	char longest[APPID_NAME_MAX + 1];
	struct err e = {0};

	(void)state;
	memset(longest, 'n', sizeof longest);
	assert_int_equal(appid_check_name(STR("Web_app-1"), &e), 0);
	assert_int_equal(
	    appid_check_name(str_make(longest, APPID_NAME_MAX), &e), 0);
	assert_int_equal(e.kind, ERR_NONE);
	assert_int_equal(
	    appid_check_name(str_make(longest, sizeof longest), &e), -EINVAL);
	assert_string_equal(
	    e.text, "a task name of 256 characters; 255 is the most");
	assert_int_equal(appid_check_name(STR_NONE, &e), -EINVAL);
	assert_string_equal(e.text, "the task name is empty");
	assert_int_equal(appid_check_name(STR("a\0b"), &e), -EINVAL);
	assert_int_equal(appid_check_name(STR("w\xc3\xa9"
					      "b"),
			     &e),
	    -EINVAL);
	assert_int_equal(appid_check_name(STR("a b\n"), &e), -EINVAL);
	assert_int_equal(e.kind, ERR_PERM);
	assert_string_equal(e.text,
	    "not a task name: \"a b\\x0a\" (letters, digits, - and _ only)");
}

static void
parses_both_forms(void **state)
{
	char text[APPID_TEXT];
	struct appid id;

	(void)state;
	assert_int_equal(appid_parse(STR("web:" DASHED), &id, NULL), 0);
	assert_string_equal(id.name, "web");
	assert_string_equal(id.uuid, DASHED);
	assert_int_equal(
	    appid_parse(STR("Web:24EDFABFC76140AE97485844B0D7579C"), &id, NULL),
	    0);
	appid_text(&id, text);
	assert_string_equal(text, "Web:" DASHED);
}

static void
refuses_the_rest(void **state)
{
	static const char *const cases[] = {"", "web", ":" DASHED,
	    "web:", "web:x", "web:" DASHED ":1", "we b:" DASHED,
	    "web::" DASHED};
	struct appid id = {.name = "untouched"};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = {0};

		assert_int_equal(
		    appid_parse(str_of(cases[i]), &id, &e), -EINVAL);
		assert_int_equal(e.kind, ERR_PERM);
	}
	assert_string_equal(id.name, "untouched");
}

static void
fits_the_longest(void **state)
{
	char text[APPID_TEXT], longest[APPID_NAME_MAX];
	struct appid id;

	(void)state;
	memset(longest, 'n', sizeof longest);
	assert_int_equal(appid_make(str_make(longest, sizeof longest),
			     STR(DIGITS), &id, NULL),
	    0);
	appid_text(&id, text);
	assert_int_equal(strlen(text), APPID_TEXT - 1);
	assert_true(appid_match(str_of(text), &id));
	assert_true(appid_match(STR("nn*" DIGITS), &id) == false);
	assert_true(appid_match(STR("*n:" DIGITS), &id));
}

static void
matches_patterns(void **state)
{
	static const struct {
		const char *pattern;
		bool want;
	} cases[] = {
	    {"*", true},
	    {"**", true},
	    {"web:*", true},
	    {"WEB:*", true},
	    {"we*", true},
	    {"eb*", false},
	    {"*EB:" DASHED, true},
	    {"web:" DASHED, true},
	    {"web:" DIGITS, true},
	    {"*" DIGITS, true},
	    {"*5844*", true},
	    {"*9748-5844*", true},
	    {"web", false},
	    {"other:*", false},
	    {"-other:*", true},
	    {"-web:*", false},
	    {"-*", false},
	    {"--web:*", true}, /* the name would start with a dash */
	    {"w?b:*", false},  /* '?' is no wildcard here */
	    {"w*:*", false},   /* nor is '*' inside */
	    {"-w*:*", false},
	    {"", false},
	    {"-", false},
	};
	struct appid id;

	(void)state;
	assert_int_equal(appid_parse(STR("web:" DASHED), &id, NULL), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (appid_match(str_of(cases[i].pattern), &id) != cases[i].want)
			fail_msg("\"%s\"", cases[i].pattern);
}

static void
checks_patterns(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(appid_check_pattern(STR("-*web*"), &e), 0);
	assert_int_equal(appid_check_pattern(STR("*"), &e), 0);
	assert_int_equal(appid_check_pattern(STR("-"), &e), -EINVAL);
	assert_string_equal(e.text, "an empty pattern");
	assert_int_equal(appid_check_pattern(STR("a*b"), &e), -EINVAL);
	assert_string_equal(
	    e.text, "a '*' inside a pattern: \"a*b\" (at its ends only)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(checks_names),
	    cmocka_unit_test(parses_both_forms),
	    cmocka_unit_test(refuses_the_rest),
	    cmocka_unit_test(fits_the_longest),
	    cmocka_unit_test(matches_patterns),
	    cmocka_unit_test(checks_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
