/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "utf8/utf8.h"

static void
decodes_characters(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		uint32_t code;
	} cases[] = {
	    {"A", 1, 0x41},
	    {"\x7f", 1, 0x7f},
	    {"\xc2\x80", 2, 0x80},
	    {"\xdf\xbf", 2, 0x7ff},
	    {"\xe0\xa0\x80", 3, 0x800},
	    {"\xed\x9f\xbf", 3, 0xd7ff},
	    {"\xee\x80\x80", 3, 0xe000},
	    {"\xef\xbf\xbf", 3, 0xffff},
	    {"\xf0\x90\x80\x80", 4, 0x10000},
	    {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str s = str_of(cases[i].text);
		char bytes[UTF8_BYTES_MAX];
		uint32_t code = 0;

		assert_int_equal(utf8_decode(s, &code), cases[i].n);
		assert_int_equal(code, cases[i].code);
		assert_int_equal(utf8_encode(code, bytes), s.n);
		assert_memory_equal(bytes, s.p, s.n);
		/* A piece of it is nothing. */
		for (size_t n = 0; n < s.n; n++)
			assert_int_equal(
			    utf8_decode(str_sub(s, 0, n), NULL), 0);
	}
}

static void
refuses_what_is_no_utf8(void **state)
{
	static const char *const cases[] = {
	    "\x80",             /* a tail alone */
	    "\xc0\x80",         /* overlong */
	    "\xc1\xbf",         /* overlong */
	    "\xe0\x9f\xbf",     /* overlong */
	    "\xf0\x8f\xbf\xbf", /* overlong */
	    "\xed\xa0\x80",     /* surrogate */
	    "\xed\xbf\xbf",     /* surrogate */
	    "\xf4\x90\x80\x80", /* above U+10FFFF */
	    "\xf5\x80\x80\x80",
	    "\xff",
	    "\xc2\x41",
	    "\xe2\x82\x41",
	    "\xf0\x9f\x98\xc0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t code = 7;
		size_t bad = 0;

		assert_int_equal(utf8_decode(str_of(cases[i]), &code), 0);
		assert_int_equal(code, 7);
		assert_false(utf8_valid(str_of(cases[i]), &bad));
		assert_int_equal(bad, 0);
	}
}

static void
encodes_no_surrogates(void **state)
{
	char bytes[UTF8_BYTES_MAX];

	(void)state;
	assert_int_equal(utf8_encode(0xd800, bytes), 0);
	assert_int_equal(utf8_encode(0xdfff, bytes), 0);
	assert_int_equal(utf8_encode(0x110000, bytes), 0);
}

static void
finds_the_bad_byte(void **state)
{
	char text[40];

	(void)state;
	assert_true(utf8_valid(STR_NONE, NULL));
	assert_true(utf8_valid(STR("a\0b"), NULL));
	assert_true(utf8_valid(STR("12345678\xe2\x82\xac"
				   "12345678"),
	    NULL));
	for (size_t at = 0; at < sizeof text; at++) {
		size_t bad = sizeof text;

		memset(text, 'a', sizeof text);
		text[at] = '\xfe';
		assert_false(utf8_valid(str_make(text, sizeof text), &bad));
		assert_int_equal(bad, at);
	}
}

static const char *
shown(struct str s, void (*show)(struct str, struct buf *))
{
	static char text[256];
	cleanup_buf struct buf out = BUF_MAX(sizeof text - 1);

	show(s, &out);
	(void)snprintf(text, sizeof text, "%s", buf_z(&out));
	return text;
}

static void
shows_what_a_terminal_obeys(void **state)
{
	(void)state;
	assert_string_equal(shown(STR("a\x1b[2J\t\xc2\x9b"
				      "b\x7f"),
				utf8_show),
	    "a\\u001b[2J\\u0009\\u009bb\\u007f");
	assert_string_equal(shown(STR("\xe2\x80\xae"
				      "txt \xc3\xbc \xff\xf3\xa0\x81\x81"),
				utf8_show),
	    "\\u202etxt \xc3\xbc \\ufffd\\udb40\\udc41");
	assert_string_equal(shown(STR("\xc2\xa0\xe2\x82\xac"), utf8_show),
	    "\xc2\xa0\xe2\x82\xac");
	assert_string_equal(shown(STR_NONE, utf8_show), "");
	assert_string_equal(
	    shown(STR("{\"a\":\t\"\xc2\x9b\"}"), utf8_show_json),
	    "{\"a\":\t\"\\u009b\"}");
}

static void
knows_what_is_hidden(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < 0xa0; code++)
		assert_int_equal(
		    utf8_hidden(code), code < 0x20 || code >= 0x7f);
	assert_true(utf8_hidden(0x202e) && utf8_hidden(0x2066));
	assert_false(utf8_hidden(0x202f) || utf8_hidden(0x10ffff));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decodes_characters),
	    cmocka_unit_test(refuses_what_is_no_utf8),
	    cmocka_unit_test(encodes_no_surrogates),
	    cmocka_unit_test(finds_the_bad_byte),
	    cmocka_unit_test(shows_what_a_terminal_obeys),
	    cmocka_unit_test(knows_what_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
