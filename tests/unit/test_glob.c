/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "glob/glob.h"

static bool
match(const char *pattern, const char *text)
{
	return glob_match(str_of(pattern), str_of(text), false);
}

static void
matches_whole_texts(void **state)
{
	(void)state;
	assert_true(match("", ""));
	assert_false(match("", "a"));
	assert_false(match("a", ""));
	assert_true(match("*", ""));
	assert_true(match("*", "registry.example.com/a/b:1"));
	assert_true(match("*/b:*", "registry.example.com/a/b:1"));
	assert_false(match("*/c:*", "registry.example.com/a/b:1"));
	assert_true(match("web-?", "web-1"));
	assert_false(match("web-?", "web-"));
	assert_false(match("web-?", "web-12"));
	assert_true(match("*.example.com", "a.b.example.com"));
	assert_false(match("*.example.com", "example.com"));
	assert_false(match("*ab", "aba"));
	assert_true(match("a*b*c", "abbcbc"));
	assert_false(match("ab*ba", "aba"));
}

static void
folds_ascii_letters(void **state)
{
	(void)state;
	assert_true(glob_match(STR("WEB*a"), STR("web-A"), true));
	assert_false(glob_match(STR("WEB*a"), STR("web-A"), false));
	assert_false(glob_match(STR("["), STR("{"), true));
	assert_false(glob_match(STR("@"), STR("`"), true));
}

static void
counts_characters(void **state)
{
	(void)state;
	assert_true(match("?", "\xe2\x82\xac"));
	assert_false(match("??", "\xe2\x82\xac"));
	assert_true(match("*?", "\xe2\x82\xac"));
	assert_true(match("*?x", "a\xf0\x9f\x98\x80x"));
	assert_false(match("*??", "\xf0\x9f\x98\x80"));
	assert_true(match("?", "\xff"));
	assert_true(match("*??", "\xff\xc3"));
	assert_true(glob_match(STR("a?b"), STR("a\0b"), false));
}

/* The plain definition, for comparison. */
static bool
slow_match(const char *p, const char *t)
{
	if (*p == '\0')
		return *t == '\0';
	if (*p == '*')
		return slow_match(p + 1, t) ||
		       (*t != '\0' && slow_match(p, t + 1));
	return *t != '\0' && (*p == '?' || *p == *t) &&
	       slow_match(p + 1, t + 1);
}

/* Word number i over an alphabet: "", a, b, aa, ab, ... */
static void
word(size_t i, const char *alphabet, char *to)
{
	size_t base = strlen(alphabet);

	for (; i > 0; i = (i - 1) / base)
		*to++ = alphabet[(i - 1) % base];
	*to = '\0';
}

static void
agrees_with_the_definition(void **state)
{
	(void)state;
	for (size_t i = 0; i < 5461; i++)
		for (size_t j = 0; j < 127; j++) {
			char pattern[16], text[16];

			word(i, "ab*?", pattern);
			word(j, "ab", text);
			if (match(pattern, text) != slow_match(pattern, text))
				fail_msg("\"%s\" \"%s\"", pattern, text);
		}
}

/* With backtracking this would not end in a lifetime. */
static void
does_not_blow_up(void **state)
{
	char pattern[1025], text[20001];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof pattern; i += 2)
		memcpy(pattern + i, "*a", 3);
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_true(match(pattern, text));
	text[sizeof text - 2] = 'b';
	assert_false(match(pattern, text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(matches_whole_texts),
	    cmocka_unit_test(folds_ascii_letters),
	    cmocka_unit_test(counts_characters),
	    cmocka_unit_test(agrees_with_the_definition),
	    cmocka_unit_test(does_not_blow_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
