/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http1_feed.h"

#define OK(fields) "HTTP/1.1 200 OK\r\n" fields "\r\n"

static const struct http1_asked get = {HTTP1_METHOD_GET, false};
static const struct http1_asked head = {HTTP1_METHOD_HEAD, false};
static const struct http1_asked tunnel = {HTTP1_METHOD_CONNECT, false};
static const struct http1_asked upgrade = {HTTP1_METHOD_GET, true};

/* RFC 9112 section 6.3, rule by rule. */
static const struct {
	struct str bytes;
	const struct http1_asked *asked;
	enum http1_body body;
	uint64_t length;
	bool keep_alive;
} taken[] = {
    {STR(OK("Content-Length: 5\r\n") "hello"), &head, HTTP1_BODY_NONE, 5, true},
    {STR(OK("Transfer-Encoding: chunked\r\n")), &head, HTTP1_BODY_NONE, 0,
	true},
    {STR("HTTP/1.1 100 Continue\r\n\r\n"), &get, HTTP1_BODY_NONE, 0, true},
    {STR("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"), &get, HTTP1_BODY_NONE,
	0, true},
    {STR("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"), &get,
	HTTP1_BODY_NONE, 0, true},
    {STR("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"), &get,
	HTTP1_BODY_NONE, 7, true},
    {STR(OK("")), &tunnel, HTTP1_BODY_TUNNEL, 0, false},
    {STR("HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno"), &tunnel,
	HTTP1_BODY_LENGTH, 2, true},
    {STR("HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
	 "\r\n"),
	&upgrade, HTTP1_BODY_TUNNEL, 0, false},
    {STR(OK("Transfer-Encoding: chunked\r\n") "2\r\nhi\r\n0\r\n\r\n"), &get,
	HTTP1_BODY_CHUNKED, 0, true},
    {STR(OK("Content-Length: 2\r\n") "hi"), &get, HTTP1_BODY_LENGTH, 2, true},
    {STR(OK("Content-Length: 0\r\n")), &get, HTTP1_BODY_LENGTH, 0, true},
    {STR(OK("Content-Length: 2\r\nConnection: close\r\n") "hi"), &get,
	HTTP1_BODY_LENGTH, 2, false},
    {STR(OK("")), &get, HTTP1_BODY_CLOSE, 0, false},
    {STR("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"), &get,
	HTTP1_BODY_LENGTH, 2, false},
    {STR("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"
	 "Content-Length: 2\r\n\r\nhi"),
	&get, HTTP1_BODY_LENGTH, 2, true},
    {STR("HTTP/1.1 200 \r\n\r\n"), &get, HTTP1_BODY_CLOSE, 0, false},
    {STR("HTTP/1.1 599 \344\t x\r\n\r\n"), &get, HTTP1_BODY_CLOSE, 0, false},
    /* Of no meaning here. */
    {STR(OK("Host: a, b\r\nHost: c\r\nExpect: x\r\nTE: trailers\r\n")), &get,
	HTTP1_BODY_CLOSE, 0, false},
};

static const struct {
	struct str bytes;
	const struct http1_asked *asked;
	enum http1_bad bad;
} refused[] = {
    {STR("<html>"), &get, HTTP1_BAD_VERSION},
    {STR("\r\n" OK("")), &get, HTTP1_BAD_VERSION},
    {STR("HTTP/2.0 200 OK\r\n\r\n"), &get, HTTP1_BAD_VERSION},
    {STR("HTTP/1.2 200 OK\r\n\r\n"), &get, HTTP1_BAD_VERSION},
    {STR("HTTP/1.1\r\n\r\n"), &get, HTTP1_BAD_VERSION},
    {STR("HTTP/1.1  200 OK\r\n\r\n"), &get, HTTP1_BAD_STATUS},
    {STR("HTTP/1.1\t200 OK\r\n\r\n"), &get, HTTP1_BAD_VERSION},
    {STR("HTTP/1.1 200\r\n\r\n"), &get, HTTP1_BAD_STATUS},
    {STR("HTTP/1.1 20 OK\r\n\r\n"), &get, HTTP1_BAD_STATUS},
    {STR("HTTP/1.1 2000 OK\r\n\r\n"), &get, HTTP1_BAD_STATUS},
    {STR("HTTP/1.1 099 OK\r\n\r\n"), &get, HTTP1_BAD_STATUS},
    {STR("HTTP/1.1 600 OK\r\n\r\n"), &get, HTTP1_BAD_STATUS},
    {STR("HTTP/1.1 \nX: aaaaaaaaa\r\n\r\n"), &get, HTTP1_BAD_STATUS},
    {STR("HTTP/1.1 200 O\0K\r\n\r\n"), &get, HTTP1_BAD_STATUS_REASON},
    {STR("HTTP/1.1 200 OK\n\r\n"), &get, HTTP1_BAD_BARE_LF},
    {STR("HTTP/1.1 200 O\rK\r\n\r\n"), &get, HTTP1_BAD_BARE_CR},
    {STR(OK("X-A: b\r\n c\r\n")), &get, HTTP1_BAD_FOLD},
    {STR(OK("X-A : b\r\n")), &get, HTTP1_BAD_NAME_SPACE},
    {STR(OK("Content-Length: 2\r\nContent-Length: 2\r\n") "hi"), &get,
	HTTP1_BAD_LENGTH_TWICE},
    {STR(OK("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n")), &get,
	HTTP1_BAD_LENGTH_CODING},
    {STR(OK("Transfer-Encoding: gzip\r\n")), &get, HTTP1_BAD_CODING_LAST},
    {STR("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), &get,
	HTTP1_BAD_CODING_VERSION},
    {STR("HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\nhi"), &get,
	HTTP1_BAD_BODY_UNEXPECTED},
    {STR("HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n"), &get,
	HTTP1_BAD_BODY_UNEXPECTED},
    {STR("HTTP/1.1 100 Go\r\nContent-Length: 2\r\n\r\nhi"), &get,
	HTTP1_BAD_BODY_UNEXPECTED},
    {STR(OK("Content-Length: 2\r\n")), &tunnel, HTTP1_BAD_BODY_UNEXPECTED},
    {STR("HTTP/1.1 101 Go\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"),
	&get, HTTP1_BAD_STATUS_UNASKED},
    {STR("HTTP/1.1 101 Go\r\nUpgrade: websocket\r\n\r\n"), &upgrade,
	HTTP1_BAD_STATUS_UNASKED},
    {STR(OK("Connection: transfer-encoding\r\n")), &get,
	HTTP1_BAD_CONNECTION_NAME},
};

static void
bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		struct feed f;

		feed_all(&f, taken[i].bytes, taken[i].bytes.n, 1, &HTTP1_LIMITS,
		    taken[i].asked);
		if (f.ret != 0 || f.response.h.body != taken[i].body ||
		    f.response.h.length != taken[i].length ||
		    f.response.h.keep_alive != taken[i].keep_alive)
			fail_msg("%zu: %s", i, buf_z(&f.told));
		assert_false(f.response.h.te_trailers);
		feed_free(&f);
		feed_splits(taken[i].bytes, &HTTP1_LIMITS, taken[i].asked);
	}
}

static void
refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct feed f;

		feed_all(&f, refused[i].bytes, refused[i].bytes.n, 1,
		    &HTTP1_LIMITS, refused[i].asked);
		if (f.ret != -EBADMSG || f.bad != refused[i].bad)
			fail_msg("%zu: %s", i, buf_z(&f.told));
		feed_free(&f);
		feed_splits(refused[i].bytes, &HTTP1_LIMITS, refused[i].asked);
	}
}

static void
limits(void **state)
{
	const struct str text = STR(OK("Content-Length: 2\r\n") "hi");
	struct http1_limits l = {
	    .line = 17, .field = 19, .head = 38, .body = 2};
	struct feed f;

	(void)state;
	feed_all(&f, text, text.n, 1, &l, &get);
	assert_int_equal(f.ret, 0);
	feed_free(&f);
	l.line--;
	feed_all(&f, text, text.n, 1, &l, &get);
	assert_int_equal(f.bad, HTTP1_BAD_LINE_TOO_LONG);
	feed_free(&f);
	l.line++;
	l.body--;
	feed_all(&f, text, text.n, 1, &l, &get);
	assert_int_equal(f.bad, HTTP1_BAD_BODY_TOO_LARGE);
	feed_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bodies),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
