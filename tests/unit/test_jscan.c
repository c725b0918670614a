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

#include "jscan/jscan.h"

enum { DEPTH = 8 };

/*
 * One letter a token: {} [] as they are, k s for key and string (K S when
 * escaped), n number, t f 0 for true, false, null; then . at the end, or the
 * error text.
 */
static void
shape(struct str src, struct buf *out)
{
	static const char letters[] = "{}[]ksntf0";
	struct jscan_token tok;
	struct err e = {0};
	struct jscan s;
	int r;

	jscan_init(&s, src, DEPTH);
	while ((r = jscan_next(&s, &tok, &e)) == 1) {
		char letter = letters[tok.kind];

		buf_addc(
		    out, tok.escaped ? (char)(letter - 'a' + 'A') : letter);
	}
	if (r == 0) {
		assert_int_equal(jscan_next(&s, &tok, &e), 0);
		buf_addc(out, '.');
		return;
	}
	assert_int_equal(e.kind, ERR_PERM);
	buf_addf(out, "%s", e.text);
	/* It fails again, in the same way. */
	assert_int_equal(jscan_next(&s, &tok, NULL), r);
}

static void
check(const char *src, size_t n, const char *want)
{
	cleanup_buf struct buf out = BUF_MAX(4096);
	char *copy = malloc(n + 1); /* exact size: asan sees an overrun */

	assert_non_null(copy);
	copy = realloc(copy, n > 0 ? n : 1);
	memcpy(copy, src, n);
	shape(str_make(copy, n), &out);
	assert_string_equal(buf_z(&out), want);
	free(copy);
}

static void
each(const char *const (*cases)[2])
{
	for (; (*cases)[0] != NULL; cases++)
		check((*cases)[0], strlen((*cases)[0]), (*cases)[1]);
}

static void
accepts_every_kind_of_value(void **state)
{
	static const char *const cases[][2] = {
	    {"{}", "{}."},
	    {" [ ] ", "[]."},
	    {"\"\"", "s."},
	    {"\t0\r\n", "n."},
	    {"true", "t."},
	    {"{\"a\":[1,-0.5e+3,{\"b\\n\":null}],\"c\":\"\\/\"}",
		"{k[nn{K0}]kS}."},
	    {"[true,false,null]", "[tf0]."},
	    {"[0,-0,0.0,1E5,12e-1]", "[nnnnn]."},
	    {"[[[[[[[[]]]]]]]]", "[[[[[[[[]]]]]]]]."},
	    {"\"\\ud83d\\ude00 \xf0\x9f\x98\x80\"", "S."},
	    {"\"\x7f\xe2\x80\xa8\"", "s."},
	    {NULL, NULL},
	};

	(void)state;
	each(cases);
}

static void
refuses_structure_errors(void **state)
{
	static const char *const cases[][2] = {
	    {"", "1:1: expected a value, found the end of the text"},
	    {" \n ", "2:2: expected a value, found the end of the text"},
	    {"[1,]", "[n1:4: expected a value, found ']'"},
	    {"[,1]", "[1:2: expected a value or ']', found ','"},
	    {"[1 2]", "[n1:4: expected ',' or ']' after the value, found '2'"},
	    {"[1}", "[n1:3: expected ',' or ']' after the value, found '}'"},
	    {"{\"a\":1]",
		"{kn1:7: expected ',' or '}' after the value, found ']'"},
	    {"{\"a\" 1}", "{k1:6: expected ':' after the key, found '1'"},
	    {"{\"a\"}", "{k1:5: expected ':' after the key, found '}'"},
	    {"{\"a\":}", "{k1:6: expected a value, found '}'"},
	    {"{a:1}",
		"{1:2: expected a key in double quotes or '}', found 'a'"},
	    {"{\"a\":1,}",
		"{kn1:8: expected a key in double quotes, found '}'"},
	    {"{1:2}",
		"{1:2: expected a key in double quotes or '}', found '1'"},
	    {"1 2", "n1:3: expected nothing more after the value, found '2'"},
	    {"{}]", "{}1:3: expected nothing more after the value, found ']'"},
	    {"[\n\n  ?", "[3:3: expected a value or ']', found '?'"},
	    {"[", "[1:2: expected a value or ']', found the end of the text"},
	    {"// a\n{}", "1:1: JSON has no comments; take this one out"},
	    {"{\n /* a */}", "{2:2: JSON has no comments; take this one out"},
	    {"[1 / 2]",
		"[n1:4: expected ',' or ']' after the value, found '/'"},
	    {"nul", "1:1: expected a value, found 'n'"},
	    {"True", "1:1: expected a value, found 'T'"},
	    {"truex", "t1:5: expected nothing more after the value, found 'x'"},
	    {"'a'", "1:1: expected a value, found '''"},
	    {"/**/1", "1:1: JSON has no comments; take this one out"},
	    {"\xef\xbb\xbf{}", "1:1: expected a value, found byte 0xef"},
	    {"\f1", "1:1: expected a value, found byte 0x0c"},
	    {NULL, NULL},
	};

	(void)state;
	each(cases);
	check("1\0", 2,
	    "n1:2: expected nothing more after the value, found byte 0x00");
}

static void
refuses_bad_numbers(void **state)
{
	static const char *const cases[][2] = {
	    {"01", "1:1: a number with a leading zero"},
	    {"[-00]", "[1:3: a number with a leading zero"},
	    {"-", "1:2: a digit is missing"},
	    {"-a", "1:2: a digit is missing"},
	    {"1.", "1:3: a digit is missing behind the point"},
	    {"1.e2", "1:3: a digit is missing behind the point"},
	    {"1e", "1:3: a digit is missing in the exponent"},
	    {"1e+", "1:4: a digit is missing in the exponent"},
	    {".5", "1:1: expected a value, found '.'"},
	    {"+1", "1:1: expected a value, found '+'"},
	    {"0x10", "n1:2: expected nothing more after the value, found 'x'"},
	    {"NaN", "1:1: expected a value, found 'N'"},
	    {"-Infinity", "1:2: a digit is missing"},
	    {NULL, NULL},
	};

	(void)state;
	each(cases);
}

static void
refuses_bad_strings(void **state)
{
	static const char *const cases[][2] = {
	    {"\"", "1:2: the string is not closed"},
	    {"\"abcdefghijk", "1:13: the string is not closed"},
	    {"\"\\", "1:3: the string is not closed"},
	    {"\"\\\"", "1:4: the string is not closed"},
	    {"\"a\nb\"", "1:3: a control character in a string"},
	    {"\"abcdefgh\x1f\"", "1:10: a control character in a string"},
	    {"\"\\x41\"", "1:2: not an escape that JSON has"},
	    {"\"\\u12\"", "1:2: \\u without four hexadecimal digits"},
	    {"\"\\u12g4\"", "1:2: \\u without four hexadecimal digits"},
	    {"\"\\ud800\"", "1:2: a lone surrogate"},
	    {"\"\\udc00\"", "1:2: a lone surrogate"},
	    {"\"\\udc00\\ud800\"", "1:2: a lone surrogate"},
	    {"\"\\ud800\\ud800\"", "1:2: a lone surrogate"},
	    {"\"\\ud800\\n\"", "1:2: a lone surrogate"},
	    {"\"\xff\"", "1:2: not valid UTF-8"},
	    {"\"\xc0\xaf\"", "1:2: not valid UTF-8"},
	    {"\"ab\xed\xa0\x80\"", "1:4: not valid UTF-8"},
	    {"\"\xf4\x90\x80\x80\"", "1:2: not valid UTF-8"},
	    {"\"\xe2\x82", "1:2: not valid UTF-8"},
	    {NULL, NULL},
	};

	(void)state;
	each(cases);
	check("\"a\0b\"", 5, "1:3: a control character in a string");
	check("\"\\\0\"", 4, "1:2: not an escape that JSON has");
}

/* A special byte is seen wherever it stands among the eight of a word. */
static void
sees_every_byte_of_a_word(void **state)
{
	(void)state;
	for (size_t len = 1; len < 20; len++)
		for (size_t at = 0; at < len; at++) {
			char src[24], want[64];

			memset(src, '~', sizeof src);
			src[0] = '"';
			src[1 + at] = '\x1f';
			src[1 + len] = '"';
			(void)snprintf(want, sizeof want,
			    "1:%zu: a control character in a string", at + 2);
			check(src, len + 2, want);
			src[1 + at] = '\x80';
			(void)snprintf(want, sizeof want,
			    "1:%zu: not valid UTF-8", at + 2);
			check(src, len + 2, want);
		}
}

static void
bounds_the_depth(void **state)
{
	struct jscan_token tok;
	struct err e = {0};
	struct jscan s;
	char deep[JSCAN_DEPTH_MAX + 1];

	(void)state;
	check("[[[[[[[[[", 9, "[[[[[[[[1:9: nested deeper than 8 levels");
	memset(deep, '[', sizeof deep);
	jscan_init(&s, str_make(deep, sizeof deep), 1000000);
	for (int i = 0; i < JSCAN_DEPTH_MAX; i++)
		assert_int_equal(jscan_next(&s, &tok, &e), 1);
	assert_int_equal(jscan_next(&s, &tok, &e), -E2BIG);
	assert_string_equal(e.text, "1:1025: nested deeper than 1024 levels");
	jscan_init(&s, STR("[]"), 0);
	assert_int_equal(jscan_next(&s, &tok, &e), -E2BIG);
}

static void
tells_places(void **state)
{
	struct str src = STR("{\r\n  \"k\": [\n\t\"v\\u0041\"]}\n");
	struct jscan_token tok;
	struct jscan s;

	(void)state;
	jscan_init(&s, src, DEPTH);
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(tok.kind, JSCAN_KEY);
	assert_int_equal(tok.start, 5);
	assert_int_equal(tok.end, 8);
	assert_int_equal(tok.line, 2);
	assert_int_equal(tok.column, 3);
	assert_true(str_eqz(jscan_raw(&s, &tok), "\"k\""));
	assert_true(str_eqz(jscan_inner(&s, &tok), "k"));
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(tok.line, 3);
	assert_int_equal(tok.column, 2);
	assert_true(tok.escaped);
	assert_true(str_eqz(jscan_raw(&s, &tok), "\"v\\u0041\""));
}

static void
steps_over_a_bom(void **state)
{
	struct jscan_token tok;
	struct jscan s;

	(void)state;
	jscan_init(&s, STR("\xef\xbb\xbf{}"), DEPTH);
	assert_true(jscan_skip_bom(&s));
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(tok.start, 3);
	assert_int_equal(tok.column, 1);
	jscan_init(&s, STR("{}"), DEPTH);
	assert_false(jscan_skip_bom(&s));
}

static void
decodes_text(void **state)
{
	static const char want[] = "\"\\/\b\f\n\r\t A\xc3\xa9\xe2\x82\xac"
				   "\xf0\x9f\x98\x80\0!";
	struct str src = STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t \\u0041\\u00e9"
			     "\\u20AC\\ud83d\\ude00\\u0000!\"");
	cleanup_buf struct buf out = BUF_MAX(4096);
	struct jscan_token tok;
	struct jscan s;

	(void)state;
	jscan_init(&s, src, DEPTH);
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(jscan_text(&s, &tok, &out), 0);
	assert_int_equal(out.n, sizeof want - 1);
	assert_memory_equal(out.p, want, out.n);

	buf_free(&out);
	out = BUF_MAX(3);
	assert_int_equal(jscan_text(&s, &tok, &out), -EFBIG);
}

static void
skips_values(void **state)
{
	struct str src = STR("{\"a\":{\"b\":[1,{}]},\"c\":[[],2],\"d\":3}");
	struct jscan_token tok;
	struct jscan s;

	(void)state;
	jscan_init(&s, src, DEPTH);
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(jscan_skip(&s, &tok, NULL), 1);
	assert_int_equal(tok.kind, JSCAN_OBJECT_END);
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_true(str_eqz(jscan_inner(&s, &tok), "c"));
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(jscan_skip(&s, &tok, NULL), 1);
	assert_int_equal(tok.kind, JSCAN_ARRAY_END);
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_true(str_eqz(jscan_inner(&s, &tok), "d"));
	assert_int_equal(jscan_skip(&s, &tok, NULL), 1);
	assert_int_equal(tok.kind, JSCAN_NUMBER);
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(jscan_next(&s, &tok, NULL), 0);

	jscan_init(&s, STR("[[1,"), DEPTH);
	assert_int_equal(jscan_next(&s, &tok, NULL), 1);
	assert_int_equal(jscan_skip(&s, &tok, NULL), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepts_every_kind_of_value),
	    cmocka_unit_test(refuses_structure_errors),
	    cmocka_unit_test(refuses_bad_numbers),
	    cmocka_unit_test(refuses_bad_strings),
	    cmocka_unit_test(sees_every_byte_of_a_word),
	    cmocka_unit_test(bounds_the_depth),
	    cmocka_unit_test(tells_places),
	    cmocka_unit_test(steps_over_a_bom),
	    cmocka_unit_test(decodes_text),
	    cmocka_unit_test(skips_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
