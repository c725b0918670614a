/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <regex.h>
#include <time.h>

#include "base/buf.h"
#include "ere/ere.h"

static struct arena *arena;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(1 << 28);
	return arena == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct ere *
compile(const char *text, bool fold)
{
	const struct ere *re = NULL;
	struct err e = {0};

	if (ere_compile(arena, str_of(text), fold, &re, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return re;
}

static bool
match(const char *re, const char *text)
{
	return ere_match(compile(re, false), str_of(text));
}

static const struct {
	const char *re, *yes, *no;
} expressions[] = {
    {"abc", "xabcx", "abxc"},
    {"^abc$", "abc", "abcd"},
    {"^a|b$", "ab", "ba"},
    {"a.c", "a\nc", "ac"},
    {"^a*$", "", "b"},
    {"^a+$", "aa", ""},
    {"^ab?c$", "ac", "abbc"},
    {"^(ab)*$", "abab", "aba"},
    {"^(a|bc|)d$", "d", "bd"},
    {"^(|a|b)c$", "bc", "abc"},
    {"^a{3}$", "aaa", "aaaa"},
    {"^a{2,}$", "aaaaa", "a"},
    {"^a{2,4}$", "aaaa", "aaaaa"},
    {"^a{,2}$", "aa", "aaa"},
    {"^a{0,2}b$", "b", "aaab"},
    {"^a{0}b$", "b", "ab"},
    {"^(ab){2}$", "abab", "ab"},
    {"^(a|b){2,3}$", "bab", "abab"},
    {"^(a{2}){2}$", "aaaa", "aaa"},
    {"^(a{0,2}){2}$", "aaaa", "aaaaa"},
    {"^(a*)*$", "aaa", "ab"},
    {"^(a*)+b", "b", "a"},
    {"^()*a$", "a", "b"},
    {"^(a|b*)?c$", "bbc", "abc"},
    {"^[abc]+$", "cab", "cad"},
    {"^[^abc]+$", "xyz", "xaz"},
    {"^[a-c1-3]+$", "b2", "d"},
    {"^[]a]+$", "]a", "b"},
    {"^[^]a]+$", "b", "]"},
    {"^[a-]+$", "-a", "b"},
    {"^[-a]+$", "a-", "b"},
    {"^[%--]+$", "%,-", "."},
    {"^[[]$", "[", "]"},
    {"^[[:alpha:]_]+$", "aZ_", "a1"},
    {"^[[:digit:][:space:]]+$", "1 2\t", "a"},
    {"^[^[:upper:]]$", "a", "A"},
    {"^[[:xdigit:]]{4}$", "fA09", "fg00"},
    {"^[[:punct:]]+$", "!/:@[`{~", "a"},
    {"^\\d+\\.\\d+$", "10.2", "10x2"},
    {"^\\w+\\s\\w+$", "a_1 b", "a-b c"},
    {"^\\D\\S\\W$", "ab ", "1b "},
    {"^[\\d.]+$", "1.2", "1a"},
    {"^[\\]\\-\\\\]+$", "\\]-", "a"},
    {"\\bnc\\b", "/bin/nc -l", "rsync sync ncat"},
    {"\\b", "a", ""},
    {"^\\x41\\x7e$", "A~", "a~"},
    {"\\t\\n\\r", "\t\n\r", "tnr"},
    {"\\^\\$\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\\\\\/", "^$.*+?()[]{}|\\/",
	"^$"},
    {"^(?:a|b)+$", "abba", "c"},
    {"^a*?$", "aa", "b"},
    {"^a++$", "aa", "b"},
    {"a^b", "", "a^b"},
    {"a$b", "", "a$b"},
    {"^$", "", "a"},
    {"(^a|b)c", "ac", "xac"},
    {"(a|b$)", "xb", "bx"},
    {"^\xc3\xa9$", "\xc3\xa9", "\xc3"},
    {"^..$", "\xc3\xa9", "a"},
    {"^[\x80-\xff]+$", "\xc3\xa9", "e"},
    {"x{1000}", "", "x"},
};

static void
matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
		if (expressions[i].yes[0] != '\0' &&
		    !match(expressions[i].re, expressions[i].yes))
			fail_msg("%s not in %s", expressions[i].re,
			    expressions[i].yes);
		if (match(expressions[i].re, expressions[i].no))
			fail_msg(
			    "%s in %s", expressions[i].re, expressions[i].no);
	}
	assert_true(match("^a*$", ""));
	assert_true(match("", ""));
	assert_true(match("", "a"));
	assert_true(match("()", ""));
	assert_true(match("|", "a"));
	assert_false(match("a^b", ""));
	assert_false(match("\\b", "  "));
	assert_true(ere_match(compile("a", false), STR("\0\0a")));
	assert_true(ere_match(compile("^.$", false), STR("\0")));
	assert_false(ere_match(compile("a", false), STR_NONE));
	assert_true(ere_match(compile("\\x00", false), STR("a\0")));
}

static void
folds(void **state)
{
	(void)state;
	assert_true(ere_match(compile("^xmrig$", true), STR("XmRig")));
	assert_false(ere_match(compile("^xmrig$", false), STR("XmRig")));
	assert_true(ere_match(compile("^[a-c]+$", true), STR("aBC")));
	assert_false(ere_match(compile("^[^a-c]+$", true), STR("B")));
	assert_true(ere_match(compile("^[[:upper:]]$", true), STR("b")));
	assert_false(ere_match(compile("^[@\\[`{]$", true), STR("a")));
	assert_false(ere_match(compile("@", true), STR("`")));
	assert_false(ere_match(compile("\xc1", true), STR("\xe1")));
}

static void
refuses(void **state)
{
	static const char *const rows[][2] = {
	    {"a(b", "offset 1: '(' without ')'"},
	    {"a)b", "offset 1: ')' without '('"},
	    {")", "offset 0: ')' without '('"},
	    {"*", "offset 0: there is nothing to repeat"},
	    {"a|+", "offset 2: there is nothing to repeat"},
	    {"(?)", "offset 0: of the groups with '?' only (?: ) is known"},
	    {"(?=a)", "offset 0: of the groups with '?' only (?: ) is known"},
	    {"^*", "offset 1: there is nothing to repeat"},
	    {"{1}", "offset 0: there is nothing to repeat"},
	    {"a{", "offset 1: '{' is not followed by n}, n,} or n,m}"},
	    {"a{}", "offset 1: '{' is not followed by n}, n,} or n,m}"},
	    {"a{,}", "offset 1: '{' is not followed by n}, n,} or n,m}"},
	    {"a{1", "offset 1: '{' is not followed by n}, n,} or n,m}"},
	    {"a{x}", "offset 1: '{' is not followed by n}, n,} or n,m}"},
	    {"a{2,1}", "offset 1: the bounds stand in the wrong order"},
	    {"[a", "offset 0: '[' without ']'"},
	    {"[]", "offset 0: '[' without ']'"},
	    {"[^]", "offset 0: '[' without ']'"},
	    {"[", "offset 0: '[' without ']'"},
	    {"[b-a]", "offset 0: not a range"},
	    {"[a-\\d]", "offset 0: not a range"},
	    {"[[:alpha]", "offset 0: \"[:\" without \":]\""},
	    {"[[:letter:]]", "offset 0: no such class of characters"},
	    {"[[.a.]]", "offset 0: [. .] and [= =] are not known here"},
	    {"[\\q]", "offset 0: no such escape"},
	    {"\\", "offset 0: no such escape"},
	    {"\\q", "offset 0: no such escape"},
	    {"\\x4", "offset 0: no such escape"},
	    {"\\xg0", "offset 0: no such escape"},
	    {"(a)\\1", "offset 3: there are no back references"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct ere *re = NULL;
		struct err e = {0};

		if (ere_compile(arena, str_of(rows[i][0]), false, &re, &e) !=
		    -EINVAL)
			fail_msg("taken: %s", rows[i][0]);
		assert_string_equal(e.text, rows[i][1]);
		assert_int_equal(e.kind, ERR_PERM);
		assert_null(re);
	}
}

static void
bounds(void **state)
{
	static const char *const rows[] = {"a{1001}", "a{1,1001}", "a{9999999}",
	    "(a{1000}){1000}", "((a{100}){100}){100}", "(ab){1000,}c{49}",
	    "a{0,1000}b{0,1000}", "(((a{0,9}){0,9}){0,9}){0,9}"};
	struct arena *small = arena_new(64);
	const struct ere *re = NULL;
	char text[ERE_TEXT_MAX + 2];
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (ere_compile(arena, str_of(rows[i]), false, &re, &e) !=
		    -E2BIG)
			fail_msg("taken: %s", rows[i]);
	}
	assert_true(match("(ab){1000}c{46}", "x") == false);
	memset(text, 'a', sizeof text);
	assert_int_equal(
	    ere_compile(arena, str_make(text, sizeof text - 1), false, &re, &e),
	    -E2BIG);
	memset(text, '(', sizeof text);
	assert_int_equal(
	    ere_compile(arena, str_make(text, 100), false, &re, &e), -E2BIG);
	assert_non_null(strstr(e.text, "too deep"));
	assert_int_equal(
	    ere_compile(small, STR("aaaaaaaaaaaaaaaaaaaaaa"), false, &re, &e),
	    -ENOMEM);
	assert_null(re);
	arena_free(small);
}

/* ---- beside glibc ----------------------------------------------------- */

static unsigned
below(unsigned n)
{
	return (unsigned)random() % n;
}

enum { DEPTH = 3 };

static void some_atom(struct buf *b, int depth);

static void
some_branch(struct buf *b, int depth)
{
	static const char *const repeats[] = {
	    "*", "+", "?", "{2}", "{1,}", "{0,2}", "{1,3}", "{0}", "{2,}"};

	for (unsigned n = 1 + below(4); n > 0; n--) {
		some_atom(b, depth);
		if (below(3) == 0 && b->p[b->n - 1] != '^' &&
		    b->p[b->n - 1] != '$')
			buf_addz(b, repeats[below(9)]);
	}
}

static void
some_atom(struct buf *b, int depth)
{
	static const char *const atoms[] = {"a", "b", "c", "a", "b", ".",
	    "[ab]", "[^a]", "[a-b]", "[[:alpha:]]", "[^[:space:]b]", "\\.",
	    "\\w", "^", "$"};

	/* Anchors within repeated groups confuse glibc. */
	if (depth == 0 || below(4) > 0) {
		buf_addz(b, atoms[below(depth == DEPTH ? 15 : 13)]);
		return;
	}
	buf_addc(b, '(');
	some_branch(b, depth - 1);
	while (below(2) == 0) {
		buf_addc(b, '|');
		some_branch(b, depth - 1);
	}
	buf_addc(b, ')');
}

/*
 * Does glibc say the same of some texts? None has a newline: its '$' stops
 * there when something follows in the expression.
 */
static void
compare(const char *pattern, const struct ere *re, const regex_t *theirs)
{
	for (int i = 0; i < 40; i++) {
		char text[12];
		size_t n = below(sizeof text);

		for (size_t j = 0; j < n; j++)
			text[j] = "aabbc._ "[below(8)];
		text[n] = '\0';
		if (ere_match(re, str_make(text, n)) !=
		    (regexec(theirs, text, 0, NULL, 0) == 0))
			fail_msg("/%s/ in \"%s\"", pattern, text);
	}
}

static void
agrees_with_libc(void **state)
{
	unsigned both = 0;

	(void)state;
	srandom(4);
	for (int i = 0; i < 20000; i++) {
		cleanup_buf struct buf b = BUF_MAX(100000);
		const struct ere *re = NULL;
		regex_t theirs;

		some_branch(&b, DEPTH);
		if (b.n > 120)
			continue; /* glibc takes minutes for some */
		if (ere_compile(arena, buf_str(&b), false, &re, NULL) != 0) {
			fail_msg("refused: %s", buf_z(&b));
			continue;
		}
		if (regcomp(&theirs, buf_z(&b), REG_EXTENDED | REG_NOSUB) != 0)
			fail_msg("libc refuses %s", buf_z(&b));
		compare(buf_z(&b), re, &theirs);
		regfree(&theirs);
		both++;
	}
	assert_true(both > 10000);
}

/* What both take out of noise means the same. */
static void
agrees_on_noise(void **state)
{
	static const char letters[] = "aabb|()()*+?{}[]^$.-12,";
	unsigned both = 0;

	(void)state;
	srandom(5);
	for (int i = 0; i < 100000; i++) {
		const struct ere *re = NULL;
		char pattern[13] = "";
		regex_t theirs;

		for (size_t j = 0, n = below(12); j < n; j++)
			pattern[j] = letters[below(sizeof letters - 1)];
		/* (?:a) is not of POSIX. */
		if (strstr(pattern, "(?") != NULL ||
		    ere_compile(arena, str_of(pattern), false, &re, NULL) != 0)
			continue;
		if (regcomp(&theirs, pattern, REG_EXTENDED | REG_NOSUB) != 0)
			continue;
		compare(pattern, re, &theirs);
		regfree(&theirs);
		both++;
	}
	assert_true(both > 5000);
}

/* ---- time ------------------------------------------------------------- */

static void
is_linear(void **state)
{
	static const char *const rows[] = {"^(a|a)*$", "^(a*)*$", "^(a+)+$",
	    "^((a*)*)*$", "^(a?){500}a{500}$", "(.*a.*)*b", "(a|aa)+$",
	    "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)(.*)(.*)(.*)x", "\\b(a\\b)*x"};
	size_t n = 100000;
	char *text = malloc(n);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', n);
	text[n - 1] = '!';
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		clock_t start = clock();

		assert_false(
		    ere_match(compile(rows[i], false), str_make(text, n)));
		if (clock() - start > 5 * CLOCKS_PER_SEC)
			fail_msg("%s takes too long", rows[i]);
	}
	free(text);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(matches),
	    TEST(folds),
	    TEST(refuses),
	    TEST(bounds),
	    TEST(agrees_with_libc),
	    TEST(agrees_on_noise),
	    TEST(is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
