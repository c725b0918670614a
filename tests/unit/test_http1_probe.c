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

#define GET(fields) "GET / HTTP/1.1\r\nHost: a\r\n" fields "\r\n"
#define POST(fields) "POST / HTTP/1.1\r\nHost: a\r\n" fields "\r\n"
#define CHUNKED POST("Transfer-Encoding: chunked\r\n")

struct probe {
	const char *name;
	struct str bytes;
	enum http1_bad bad;
};

static const struct probe refused[] = {
    {"Content-Length and Transfer-Encoding",
	STR(POST(
	    "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n"),
	HTTP1_BAD_LENGTH_CODING},
    {"the same, the other way round",
	STR(POST(
	    "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n") "0\r\n\r\n"),
	HTTP1_BAD_LENGTH_CODING},
    {"two equal Content-Lengths",
	STR(POST("Content-Length: 3\r\nContent-Length: 3\r\n") "abc"),
	HTTP1_BAD_LENGTH_TWICE},
    {"Content-Length: 3, 3", STR(POST("Content-Length: 3, 3\r\n") "abc"),
	HTTP1_BAD_LENGTH},
    {"two Content-Lengths that differ",
	STR(POST("Content-Length: 3\r\nContent-Length: 4\r\n") "abc"),
	HTTP1_BAD_LENGTH_TWICE},
    {"Content-Length: +3", STR(POST("Content-Length: +3\r\n") "abc"),
	HTTP1_BAD_LENGTH},
    {"Content-Length: 3 4", STR(POST("Content-Length: 3 4\r\n") "abc"),
	HTTP1_BAD_LENGTH},
    {"Content-Length: -1", STR(POST("Content-Length: -1\r\n")),
	HTTP1_BAD_LENGTH},
    {"Content-Length: 0x3", STR(POST("Content-Length: 0x3\r\n") "abc"),
	HTTP1_BAD_LENGTH},
    {"an empty Content-Length", STR(POST("Content-Length:\r\n")),
	HTTP1_BAD_LENGTH},
    {"Content-Length of 2^63",
	STR(POST("Content-Length: 9223372036854775808\r\n")),
	HTTP1_BAD_LENGTH_HUGE},
    {"Content-Length of 2^64 + 3",
	STR(POST("Content-Length: 18446744073709551619\r\n") "abc"),
	HTTP1_BAD_LENGTH_HUGE},
    {"Transfer-Encoding in HTTP/1.0",
	STR("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "0\r\n\r\n"),
	HTTP1_BAD_CODING_VERSION},
    {"Transfer-Encoding: xchunked",
	STR(POST("Transfer-Encoding: xchunked\r\n")), HTTP1_BAD_CODING_LAST},
    {"Transfer-Encoding: chunked, identity",
	STR(POST("Transfer-Encoding: chunked, identity\r\n")),
	HTTP1_BAD_CODING_LAST},
    {"Transfer-Encoding: identity",
	STR(POST("Transfer-Encoding: identity\r\n")), HTTP1_BAD_CODING_LAST},
    {"Transfer-Encoding: gzip, chunked",
	STR(POST("Transfer-Encoding: gzip, chunked\r\n")),
	HTTP1_BAD_CODING_UNKNOWN},
    {"Transfer-Encoding: , chunked",
	STR(POST("Transfer-Encoding: , chunked\r\n")),
	HTTP1_BAD_CODING_UNKNOWN},
    {"chunked, chunked", STR(POST("Transfer-Encoding: chunked, chunked\r\n")),
	HTTP1_BAD_CODING_TWICE},
    {"chunked in two fields",
	STR(POST("Transfer-Encoding: chunked\r\n"
		 "Transfer-Encoding: chunked\r\n")),
	HTTP1_BAD_CODING_TWICE},
    {"an empty Transfer-Encoding", STR(POST("Transfer-Encoding:\r\n")),
	HTTP1_BAD_CODING_LAST},
    {"Transfer-Encoding: \"chunked\"",
	STR(POST("Transfer-Encoding: \"chunked\"\r\n")), HTTP1_BAD_CODING_LAST},
    {"Transfer-Encoding: chunked;q=1",
	STR(POST("Transfer-Encoding: chunked;q=1\r\n")), HTTP1_BAD_CODING_LAST},
    {"VT before chunked", STR(POST("Transfer-Encoding: \vchunked\r\n")),
	HTTP1_BAD_VALUE_BYTE},
    {"chunked after a fold", STR(POST("Transfer-Encoding:\r\n chunked\r\n")),
	HTTP1_BAD_CODING_LAST},
    {"Transfer_Encoding", STR(POST("Transfer_Encoding: chunked\r\n")),
	HTTP1_BAD_NAME_UNDERSCORE},
    {"Content_Length", STR(POST("Content_Length: 3\r\n")),
	HTTP1_BAD_NAME_UNDERSCORE},
    {"a space before the colon", STR(GET("X-A : b\r\n")), HTTP1_BAD_NAME_SPACE},
    {"a tab before the colon", STR(GET("X-A\t: b\r\n")), HTTP1_BAD_NAME_SPACE},
    {"a folded line", STR(GET("X-A: b\r\n c\r\n")), HTTP1_BAD_FOLD},
    {"a line folded by a tab", STR(GET("X-A: b\r\n\tc\r\n")), HTTP1_BAD_FOLD},
    {"a space in front of the first field",
	STR("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), HTTP1_BAD_FOLD},
    {"LF alone everywhere", STR("GET / HTTP/1.1\nHost: a\n\n"),
	HTTP1_BAD_BARE_LF},
    {"LF alone behind one field", STR(GET("X-A: b\nX-B: c\r\n")),
	HTTP1_BAD_BARE_LF},
    {"LF alone at the end", STR("GET / HTTP/1.1\r\nHost: a\r\n\n"),
	HTTP1_BAD_BARE_LF},
    {"CR alone in a value", STR(GET("X-A: b\rX-B: c\r\n")), HTTP1_BAD_BARE_CR},
    {"CR CR LF", STR(GET("X-A: b\r\r\n")), HTTP1_BAD_BARE_CR},
    {"NUL in a value", STR(GET("X-A: b\0c\r\n")), HTTP1_BAD_VALUE_NUL},
    {"0x01 in a value", STR(GET("X-A: b\001c\r\n")), HTTP1_BAD_VALUE_BYTE},
    {"DEL in a value", STR(GET("X-A: b\177c\r\n")), HTTP1_BAD_VALUE_BYTE},
    {"X(A:", STR(GET("X(A: b\r\n")), HTTP1_BAD_NAME_BYTE},
    {"NUL in a name", STR(GET("X\0A: b\r\n")), HTTP1_BAD_NAME_BYTE},
    {"an 8-bit name", STR(GET("X\344: b\r\n")), HTTP1_BAD_NAME_BYTE},
    {"an empty name", STR(GET(": b\r\n")), HTTP1_BAD_NAME_EMPTY},
    {"a line without a colon", STR(GET("X-A\r\n")), HTTP1_BAD_COLON},
    {"no Host", STR("GET / HTTP/1.1\r\n\r\n"), HTTP1_BAD_HOST_MISSING},
    {"two Hosts", STR(GET("Host: b\r\n")), HTTP1_BAD_HOST_TWICE},
    {"two equal Hosts", STR(GET("Host: a\r\n")), HTTP1_BAD_HOST_TWICE},
    {"no version", STR("GET /\r\n"), HTTP1_BAD_VERSION_MISSING},
    {"no version, LF alone, fields and a body",
	STR("GET /\nHost: a\nContent-Length: 3\n\nabc"),
	HTTP1_BAD_VERSION_MISSING},
    {"HTTP/2.0", STR("GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
	HTTP1_BAD_VERSION_UNKNOWN},
    {"the preface of HTTP/2", STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	HTTP1_BAD_TARGET_FORM},
    {"HTTP/1.2", STR("GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
	HTTP1_BAD_VERSION_UNKNOWN},
    {"HTTP/0.9", STR("GET / HTTP/0.9\r\n\r\n"), HTTP1_BAD_VERSION_UNKNOWN},
    {"HTTP/1.10", STR("GET / HTTP/1.10\r\nHost: a\r\n\r\n"), HTTP1_BAD_VERSION},
    {"http/1.1", STR("GET / http/1.1\r\nHost: a\r\n\r\n"), HTTP1_BAD_VERSION},
    {"HTTP /1.1", STR("GET / HTTP /1.1\r\nHost: a\r\n\r\n"), HTTP1_BAD_VERSION},
    {"a space behind the version", STR("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
	HTTP1_BAD_VERSION},
    {"8-bit in the target", STR("GET /\344 HTTP/1.1\r\nHost: a\r\n\r\n"),
	HTTP1_BAD_TARGET_BYTE},
    {"NUL in the target", STR("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
	HTTP1_BAD_TARGET_BYTE},
    {"a fragment", STR("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
	HTTP1_BAD_TARGET_FRAGMENT},
    {"two spaces before the target", STR("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
	HTTP1_BAD_TARGET_EMPTY},
    {"two spaces before the version", STR("GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
	HTTP1_BAD_VERSION_MISSING},
    {"tabs for spaces", STR("GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n"),
	HTTP1_BAD_METHOD},
    {"a space in front of the method",
	STR(" GET / HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP1_BAD_METHOD},
    {"two empty lines in front", STR("\r\n\r\n" GET("")), HTTP1_BAD_METHOD},
    {"an empty line of LF in front", STR("\n" GET("")), HTTP1_BAD_BARE_LF},
    {"CR in front", STR("\r" GET("")), HTTP1_BAD_BARE_CR},
    {"TLS", STR("\x16\x03\x01\x02\x00"), HTTP1_BAD_TLS},
    {"a chunk size with LF alone", STR(CHUNKED "3\nabc\r\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_LINE},
    {"a chunk that does not end", STR(CHUNKED "3\r\nabcd\r\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_DATA},
    {"a chunk that ends in LF alone", STR(CHUNKED "3\r\nabc\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_DATA},
    {"a chunk of 0x3", STR(CHUNKED "0x3\r\nabc\r\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_SIZE},
    {"a chunk of +3", STR(CHUNKED "+3\r\nabc\r\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_SIZE},
    {"a chunk of -1", STR(CHUNKED "-1\r\nabc\r\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_SIZE},
    {"an empty chunk size", STR(CHUNKED "\r\nabc\r\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_SIZE},
    {"a chunk of 2^64", STR(CHUNKED "10000000000000000\r\nabc"),
	HTTP1_BAD_CHUNK_HUGE},
    {"a chunk of 2^64 - 1", STR(CHUNKED "ffffffffffffffff\r\nabc"),
	HTTP1_BAD_CHUNK_HUGE},
    {"a space before the chunk size", STR(CHUNKED " 3\r\nabc\r\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_SIZE},
    {"a space behind the chunk size", STR(CHUNKED "3 \r\nabc\r\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_SIZE},
    {"a chunk extension", STR(CHUNKED "3;a=b\r\nabc\r\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_EXTENSION},
    {"a chunk size with CR alone", STR(CHUNKED "3\rabc\r\n0\r\n\r\n"),
	HTTP1_BAD_CHUNK_LINE},
    {"Content-Length as a trailer",
	STR(CHUNKED "0\r\nContent-Length: 3\r\n\r\n"), HTTP1_BAD_TRAILER_NAME},
    {"a folded trailer", STR(CHUNKED "0\r\nX-A: b\r\n c\r\n\r\n"),
	HTTP1_BAD_FOLD},
    {"LF alone behind the trailers", STR(CHUNKED "0\r\n\n"), HTTP1_BAD_BARE_LF},
    {"Connection: Content-Length",
	STR(POST("Connection: Content-Length\r\nContent-Length: 3\r\n")),
	HTTP1_BAD_CONNECTION_NAME},
    {"Connection: X-Forwarded-For",
	STR(GET("Connection: close, x-forwarded-for\r\n")),
	HTTP1_BAD_CONNECTION_NAME},
};

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
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		const struct probe *p = &refused[i];
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
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		feed_splits(refused[i].bytes, &HTTP1_LIMITS, NULL);
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
