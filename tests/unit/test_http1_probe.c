/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that some server or proxy reads in another way than the next: each
 * by its name, with what has to become of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http1_feed.h"
#include "http1_probes.h"

/* What the same probes look like without what is wrong with them. */
static const struct probe taken[] = {
    {"Content-Length: 3", STR(POST("Content-Length: 3\r\n") "abc"), 0},
    {"Content-Length: 003", STR(POST("Content-Length: 003\r\n") "abc"), 0},
    {"Content-Length of 2^63 - 1 is cut",
	STR(POST("Content-Length: 9223372036854775807\r\n") "abc"), 0},
    {"Transfer-Encoding: chunked",
	STR(CHUNKED "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"), 0},
    {"Transfer-Encoding: Chunked, and a tab",
	STR(POST("Transfer-Encoding:\tChunked\t \r\n") "0\r\n\r\n"), 0},
    {"a trailer", STR(CHUNKED "3\r\nabc\r\n000\r\nX-Sum: 1\r\n\r\n"), 0},
    {"8-bit, a tab and blanks in a value", STR(GET("X-A: \t \344\tb \r\n")), 0},
    {"an empty value", STR(GET("X-A:\r\nX-B: \t\r\n")), 0},
    {"HTTP/1.0 without Host", STR("GET / HTTP/1.0\r\n\r\n"), 0},
    {"one empty line in front", STR("\r\n" GET("")), 0},
    {"all of tchar",
	STR("!#$%&'*+-.^_`|~09AZaz / HTTP/1.1\r\nHost: a\r\n"
	    "!#$%&'*+-.^`|~09AZaz: b\r\n\r\n"),
	0},
};

static void
every_probe_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < HTTP1_PROBES; i++) {
		const struct probe *p = &http1_probes[i];
		struct feed f;

		feed_all(&f, p->bytes, p->bytes.n, 1, &HTTP1_LIMITS, NULL);
		if (f.ret != -EBADMSG || f.bad != p->bad)
			fail_msg("%s: %s", p->name, buf_z(&f.told));
		assert_true(http1_bad_status(f.bad) >= 400);
		feed_free(&f);
	}
}

static void
what_is_right_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		const struct probe *p = &taken[i];
		bool cut = strstr(p->name, "is cut") != NULL;
		struct feed f;

		feed_all(&f, p->bytes, p->bytes.n, 1, &HTTP1_LIMITS, NULL);
		if (f.ret != (cut ? -EAGAIN : 0) || f.used != p->bytes.n)
			fail_msg("%s: %s", p->name, buf_z(&f.told));
		feed_free(&f);
	}
}

static void
cuts_make_no_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < HTTP1_PROBES; i++)
		feed_splits(http1_probes[i].bytes, &HTTP1_LIMITS, NULL);
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		feed_splits(taken[i].bytes, &HTTP1_LIMITS, NULL);
}

/* What is taken only when told so, and what stays refused even then. */
static void
options_take_more(void **state)
{
	struct http1_limits l = HTTP1_LIMITS;
	const struct probe rows[] = {
	    {"LF alone", STR("\nPOST / HTTP/1.1\nHost: a\r\nX_A: b\nX:\n\n"),
		HTTP1_BAD_NONE},
	    {"CR alone still", STR("GET / HTTP/1.1\nHost: a\rX: b\n\n"),
		HTTP1_BAD_BARE_CR},
	    {"Transfer_Encoding still", STR(POST("Transfer_Encoding: a\r\n")),
		HTTP1_BAD_NAME_UNDERSCORE},
	    {"an extension", STR(CHUNKED "3;a=\"b c\"\r\nabc\r\n0;\t\r\n\r\n"),
		HTTP1_BAD_NONE},
	    {"extensions of more bytes in all than allowed",
		STR(CHUNKED "3;a=\"b\"\r\nabc\r\n0;abcdef\r\n\r\n"),
		HTTP1_BAD_CHUNK_EXTENSION},
	    {"LF in an extension still",
		STR(CHUNKED "3;a\nb\r\nabc\r\n0\r\n\r\n"),
		HTTP1_BAD_CHUNK_LINE},
	    {"CR in an extension still",
		STR(CHUNKED "3;a\rb\r\nabc\r\n0\r\n\r\n"),
		HTTP1_BAD_CHUNK_LINE},
	    {"8-bit in an extension still",
		STR(CHUNKED "3;a=\344\r\nabc\r\n0\r\n\r\n"),
		HTTP1_BAD_CHUNK_EXTENSION},
	    {"LF alone behind a chunk size still",
		STR(CHUNKED "3\nabc\r\n0\r\n\r\n"), HTTP1_BAD_CHUNK_LINE},
	};

	(void)state;
	l.bare_lf = l.underscore = true;
	l.extension = 12;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct feed f;

		feed_all(&f, rows[i].bytes, rows[i].bytes.n, 1, &l, NULL);
		if (f.ret != (rows[i].bad == 0 ? 0 : -EBADMSG) ||
		    f.bad != rows[i].bad)
			fail_msg("%s: %s", rows[i].name, buf_z(&f.told));
		feed_free(&f);
		feed_splits(rows[i].bytes, &l, NULL);
	}
}

static void
reasons_have_names(void **state)
{
	(void)state;
	for (int i = 0; i < HTTP1_BAD_COUNT; i++) {
		assert_true(strlen(http1_bad_name((enum http1_bad)i)) > 1);
		assert_true(strlen(http1_bad_text((enum http1_bad)i)) > 5);
		assert_in_range(http1_bad_status((enum http1_bad)i), 200, 599);
	}
	assert_string_equal(
	    http1_bad_name(HTTP1_BAD_HOST_MISSING), "host_missing");
	assert_int_equal(http1_bad_status(HTTP1_BAD_COUNT), 500);
	assert_string_equal(http1_bad_name(HTTP1_BAD_COUNT), "unknown");
	assert_string_equal(
	    http1_bad_text((enum http1_bad) - 1), "an unknown reason");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_probe_is_refused),
	    cmocka_unit_test(what_is_right_is_taken),
	    cmocka_unit_test(cuts_make_no_difference),
	    cmocka_unit_test(options_take_more),
	    cmocka_unit_test(reasons_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
