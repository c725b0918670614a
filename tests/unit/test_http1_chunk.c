/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "http1/http1_chunk.h"

enum { TRAILERS = 3 };

/* Read a body that is all there; its data go to `to`. */
static enum http1_bad
decode(struct http1_chunks *c, struct http1_field trailers[TRAILERS],
    struct str *in, char *to, const struct http1_limits *l)
{
	struct str data;
	int ret;

	http1_chunk_begin(c, trailers, TRAILERS);
	do {
		struct str before = *in;

		ret = http1_chunk_read(c, in, &data, l, NULL);
		if (data.n > 0) {
			/* Not a copy. */
			assert_true(data.p >= before.p &&
				    data.p + data.n <= before.p + before.n);
			memcpy(to, data.p, data.n);
			to += data.n;
		}
	} while (ret == 0 && !c->done);
	*to = '\0';
	assert_int_not_equal(ret, -EAGAIN);
	assert_int_equal(ret == 0, c->tail.bad == HTTP1_BAD_NONE);
	return c->tail.bad;
}

/* RFC 9112 section 7.1, sizes in both cases, zeros in front. */
static void
data(void **state)
{
	struct str in = STR("4\r\nWiki\r\n0000000000000007\r\npedia i\r\n"
			    "B\r\nn \r\nchunks.\r\n0\r\n\r\nGET /");
	struct http1_field trailers[TRAILERS];
	struct http1_chunks c;
	char text[100];

	(void)state;
	assert_int_equal(
	    decode(&c, trailers, &in, text, &HTTP1_LIMITS), HTTP1_BAD_NONE);
	assert_string_equal(text, "Wikipedia in \r\nchunks.");
	assert_int_equal(c.total, 22);
	assert_int_equal(c.tail.n, 0);
	assert_true(str_eqz(in, "GET /"));
}

static const struct {
	const char *fields;
	enum http1_bad bad;
} sections[] = {
    {"X-Sum: 1\r\nServer-Timing: a\r\ngrpc-status: 0\r\n", 0},
    {"A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n", HTTP1_BAD_FIELDS},
    {"Transfer-Encoding: chunked\r\n", HTTP1_BAD_TRAILER_NAME},
    {"content-length: 1\r\n", HTTP1_BAD_TRAILER_NAME},
    {"Host: a\r\n", HTTP1_BAD_TRAILER_NAME},
    {"Trailer: a\r\n", HTTP1_BAD_TRAILER_NAME},
    {"Connection: close\r\n", HTTP1_BAD_TRAILER_NAME},
    {"Cookie: a\r\n", HTTP1_BAD_TRAILER_NAME},
    {"Set-Cookie: a\r\n", HTTP1_BAD_TRAILER_NAME},
    {"Authorization: a\r\n", HTTP1_BAD_TRAILER_NAME},
    {"Content-Type: a\r\n", HTTP1_BAD_TRAILER_NAME},
    {"CONTENT-ENCODING: a\r\n", HTTP1_BAD_TRAILER_NAME},
    {"X-Forwarded-For: a\r\n", HTTP1_BAD_TRAILER_NAME},
    {"If-None-Match: a\r\n", HTTP1_BAD_TRAILER_NAME},
    {"Proxy-Authorization: a\r\n", HTTP1_BAD_TRAILER_NAME},
    {"X_A: a\r\n", HTTP1_BAD_NAME_UNDERSCORE},
    {"X-A : a\r\n", HTTP1_BAD_NAME_SPACE},
    {"X-A: a\nX-B: b\r\n", HTTP1_BAD_BARE_LF},
    {"X-A: a\001\r\n", HTTP1_BAD_VALUE_BYTE},
    {"X-A: 123456789012345678901234567890\r\n"
     "X-B: 123456789012345678901234567890\r\n",
	HTTP1_BAD_HEAD_TOO_LARGE},
};

static void
trailers(void **state)
{
	struct http1_limits l = HTTP1_LIMITS;
	struct http1_field fields[TRAILERS];
	struct http1_chunks c;
	char text[200], got[10];

	(void)state;
	l.trailer = 60;
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		struct str in;

		(void)snprintf(
		    text, sizeof text, "0\r\n%s\r\n", sections[i].fields);
		in = str_of(text);
		if (decode(&c, fields, &in, got, &l) != sections[i].bad)
			fail_msg("%s: %s", text, http1_bad_name(c.tail.bad));
	}
	http1_chunk_begin(&c, NULL, 0);
	{
		struct str in = STR("0\r\nX-Sum: 1\r\n\r\n"), none;

		assert_int_equal(
		    http1_chunk_read(&c, &in, &none, &l, NULL), -EBADMSG);
		assert_int_equal(c.tail.bad, HTTP1_BAD_FIELDS);
		/* For good. */
		in = STR("\r\n");
		assert_int_equal(
		    http1_chunk_read(&c, &in, &none, &l, NULL), -EBADMSG);
		assert_int_equal(in.n, 2);
	}
}

/* The sum of sizes is held to the limit before the data have come. */
static void
limits(void **state)
{
	struct http1_limits l = HTTP1_LIMITS;
	struct http1_field fields[TRAILERS];
	struct http1_chunks c;
	struct str in = STR("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), none;
	char text[20];

	(void)state;
	l.body = 5;
	assert_int_equal(decode(&c, fields, &in, text, &l), HTTP1_BAD_NONE);
	assert_string_equal(text, "abcde");
	l.body = 4;
	in = STR("3\r\nabc\r\n2\r\n");
	assert_int_equal(
	    decode(&c, fields, &in, text, &l), HTTP1_BAD_BODY_TOO_LARGE);
	assert_int_equal(c.tail.bad_at, 10);
	in = STR("7fffffffffffffff\r\n");
	http1_chunk_begin(&c, fields, TRAILERS);
	assert_int_equal(
	    http1_chunk_read(&c, &in, &none, &HTTP1_LIMITS, NULL), -EAGAIN);
	assert_int_equal(c.total, INT64_MAX);
	in = STR("8000000000000000\r\n");
	assert_int_equal(
	    decode(&c, fields, &in, text, &HTTP1_LIMITS), HTTP1_BAD_CHUNK_HUGE);
	in = STR("00000000000000001\r\n");
	assert_int_equal(
	    decode(&c, fields, &in, text, &HTTP1_LIMITS), HTTP1_BAD_CHUNK_HUGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(data),
	    cmocka_unit_test(trailers),
	    cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
