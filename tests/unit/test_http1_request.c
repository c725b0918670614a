/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http1_feed.h"

#define GET(fields) "GET / HTTP/1.1\r\nHost: a\r\n" fields "\r\n"

/* RFC 9112 section 2.1 (its example), and all that is read off it. */
static void
spans(void **state)
{
	static const char text[] =
	    "GET /hello.txt?a=1 HTTP/1.1\r\n"
	    "User-Agent: curl/7.64.1\r\n"
	    "Host: www.example.com\r\n"
	    "Accept-Language: en, mi \r\n\r\nGET /next HTTP/1.1\r\n";
	struct http1_field fields[FEED_FIELDS];
	const struct http1_field *f;
	struct http1_request r;
	uint32_t from = 0;

	(void)state;
	assert_int_equal(feed_request(&r, fields, str_of(text), &HTTP1_LIMITS),
	    HTTP1_BAD_NONE);
	assert_int_equal(r.id, HTTP1_METHOD_GET);
	feed_is(r.method, "GET");
	feed_is(r.target.path, "/hello.txt");
	feed_is(r.target.query, "a=1");
	feed_is(r.target.rest, "/hello.txt?a=1");
	feed_is(r.host, "www.example.com");
	assert_int_equal(r.h.n, 3);
	assert_int_equal(r.h.body, HTTP1_BODY_NONE);
	assert_true(r.h.keep_alive && r.h.minor == 1);
	f = http1_find(&r.h, STR("accept-LANGUAGE"), &from);
	assert_non_null(f);
	feed_is(f->name, "Accept-Language");
	feed_is(f->value, "en, mi");
	assert_ptr_equal(f->name.p, text + f->at);
	assert_ptr_equal(f->value.p, text + f->value_at);
	assert_null(http1_find(&r.h, STR("Accept-Language"), &from));
	assert_true(fields[1].drop && !fields[0].drop);
	/* What is behind it is the next request. */
	assert_memory_equal(text + r.h.size, "GET /next", 9);
}

/* Each from where the last one ended. */
static void
pipelined(void **state)
{
	static const char text[] =
	    GET("X-A: 1\r\n") "POST /b HTTP/1.1\r\nHost: b\r\nContent-Length: "
			      "4\r\n\r\nGET "
			      "PUT /c HTTP/1.1\r\nHost: "
			      "c\r\nTransfer-Encoding: chunked\r\n\r\n"
			      "4\r\nGET \r\n0\r\n\r\n"
			      "HEAD /d HTTP/1.0\r\n\r\n";
	static const char *const hosts[] = {"a", "b", "c", ""};
	static const char *const bodies[] = {"", "GET ", "GET ", ""};
	struct str left = str_of(text);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct feed f;

		feed_all(&f, left, left.n, 1, &HTTP1_LIMITS, NULL);
		assert_int_equal(f.ret, 0);
		assert_int_equal(f.request.host.n, strlen(hosts[i]));
		assert_string_equal(buf_z(&f.data), bodies[i]);
		left = str_sub(left, f.used, left.n);
		feed_free(&f);
	}
	assert_int_equal(left.n, 0);
}

/* Limits are reached, and passed by one. */
static void
limits(void **state)
{
	static const char text[] = "POST /45678 HTTP/1.1\r\n" /* 22 */
				   "Host: a\r\n"              /* 9 */
				   "Content-Length: 10\r\n"   /* 20 */
				   "\r\n";
	const struct http1_limits exact = {
	    .line = 22, .field = 20, .head = 53, .body = 10};
	struct http1_limits l = exact;
	struct http1_request r;
	struct http1_field fields[2];

	(void)state;
	assert_int_equal(feed_verdict(text, &l), HTTP1_BAD_NONE);
	l.line--;
	assert_int_equal(feed_verdict(text, &l), HTTP1_BAD_LINE_TOO_LONG);
	feed_splits(str_of(text), &l, NULL);
	l = exact;
	l.field--;
	assert_int_equal(feed_verdict(text, &l), HTTP1_BAD_FIELD_TOO_LONG);
	feed_splits(str_of(text), &l, NULL);
	for (l = exact; l.head-- > 0;) {
		assert_int_equal(feed_verdict(text, &l),
		    l.head < 22 ? HTTP1_BAD_HEAD_TOO_LARGE
				: HTTP1_BAD_HEAD_TOO_LARGE);
		feed_splits(str_of(text), &l, NULL);
	}
	l = exact;
	l.body--;
	assert_int_equal(feed_verdict(text, &l), HTTP1_BAD_BODY_TOO_LARGE);
	http1_request_begin(&r, fields, 2);
	assert_int_equal(http1_request_read(&r, str_of(text), &exact, NULL), 0);
	http1_request_begin(&r, fields, 1);
	assert_int_equal(
	    http1_request_read(&r, str_of(text), &exact, NULL), -EBADMSG);
	assert_int_equal(r.h.bad, HTTP1_BAD_FIELDS);
	/* And again, for good, with the first reason. */
	assert_int_equal(
	    http1_request_read(&r, str_of(GET("")), &exact, NULL), -EBADMSG);
	assert_int_equal(r.h.bad, HTTP1_BAD_FIELDS);
}

static void
limits_have_statuses(void **state)
{
	char method[80];

	(void)state;
	for (int n = 32; n <= 33; n++) {
		(void)snprintf(method, sizeof method,
		    "%.*s / HTTP/1.1\r\nHost: a\r\n\r\n", n,
		    "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJ");
		assert_int_equal(feed_verdict(method, &HTTP1_LIMITS),
		    n == 32 ? HTTP1_BAD_NONE : HTTP1_BAD_METHOD_TOO_LONG);
	}
	assert_int_equal(http1_bad_status(HTTP1_BAD_LINE_TOO_LONG), 414);
	assert_int_equal(http1_bad_status(HTTP1_BAD_FIELD_TOO_LONG), 431);
	assert_int_equal(http1_bad_status(HTTP1_BAD_FIELDS), 431);
	assert_int_equal(http1_bad_status(HTTP1_BAD_HEAD_TOO_LARGE), 431);
	assert_int_equal(http1_bad_status(HTTP1_BAD_BODY_TOO_LARGE), 413);
}

/* What never ends a line is refused when it has reached the limit. */
static void
endless(void **state)
{
	static char text[10000];
	struct http1_field fields[FEED_FIELDS];
	struct http1_request r;

	(void)state;
	memset(text, 'a', sizeof text);
	http1_request_begin(&r, fields, FEED_FIELDS);
	for (size_t n = 0; n < 8192; n++)
		assert_int_equal(http1_request_read(&r, str_make(text, n),
				     &HTTP1_LIMITS, NULL),
		    -EAGAIN);
	assert_int_equal(
	    http1_request_read(&r, str_make(text, 8192), &HTTP1_LIMITS, NULL),
	    -EBADMSG);
	assert_int_equal(r.h.bad, HTTP1_BAD_LINE_TOO_LONG);
}

/* RFC 9112 section 9.3, RFC 9110 section 7.6.1. */
static const struct {
	const char *text;
	enum http1_bad bad;
	bool keep_alive;
	unsigned dropped; /* bits of fields */
} connected[] = {
    {GET(""), 0, true, 1},
    {GET("Connection: close\r\n"), 0, false, 3},
    {GET("connection: Keep-Alive, CLOSE\r\n"), 0, false, 3},
    {GET("Connection: keep-alive\r\n"), 0, true, 3},
    {GET("Connection:\r\nConnection: ,,close,\r\n"), 0, false, 7},
    {"GET / HTTP/1.0\r\n\r\n", 0, false, 0},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 0, true, 1},
    {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", 0, false, 1},
    {GET("X-A: 1\r\nConnection: x-b, X-a\r\nX-B: 2\r\nX-C: 3\r\n"), 0, true,
	15},
    {GET("Keep-Alive: 5\r\nProxy-Connection: a\r\nTE: gzip\r\n"
	 "Trailer: X-A\r\nUpgrade: h2c\r\nHTTP2-Settings: a\r\n"),
	0, true, 127},
    {GET("Connection: a b\r\n"), HTTP1_BAD_CONNECTION, 0, 0},
    {GET("Connection: \"close\"\r\n"), HTTP1_BAD_CONNECTION, 0, 0},
    {GET("Connection: Cookie\r\n"), HTTP1_BAD_CONNECTION_NAME, 0, 0},
    {GET("Connection: HOST\r\n"), HTTP1_BAD_CONNECTION_NAME, 0, 0},
    {GET("Connection: Authorization\r\n"), HTTP1_BAD_CONNECTION_NAME, 0, 0},
    {GET("Connection: transfer-encoding\r\n"), HTTP1_BAD_CONNECTION_NAME, 0, 0},
    {GET("Connection: X-Forwarded-Proto\r\n"), HTTP1_BAD_CONNECTION_NAME, 0, 0},
    {GET("Connection: a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\r\n"), 0, true, 3},
    {GET("Connection: a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\r\n"),
	HTTP1_BAD_CONNECTION_MANY, 0, 0},
    {GET("Connection: close,close,close,close,close,close,close,"
	 "close\r\nConnection: close,close,close,close,close,close,"
	 "close,close,close\r\n"),
	HTTP1_BAD_CONNECTION_MANY, 0, 0},
};

static void
connections(void **state)
{

	(void)state;
	for (size_t i = 0; i < sizeof connected / sizeof *connected; i++) {
		struct http1_field fields[FEED_FIELDS];
		struct http1_request r;
		unsigned dropped = 0;

		if (feed_request(&r, fields, str_of(connected[i].text),
			&HTTP1_LIMITS) != connected[i].bad)
			fail_msg("%s: %s", connected[i].text,
			    http1_bad_name(r.h.bad));
		if (connected[i].bad != HTTP1_BAD_NONE)
			continue;
		for (uint32_t j = 0; j < r.h.n; j++)
			dropped |= (unsigned)fields[j].drop << j;
		assert_int_equal(dropped, connected[i].dropped);
		assert_int_equal(r.h.keep_alive, connected[i].keep_alive);
		feed_splits(str_of(connected[i].text), &HTTP1_LIMITS, NULL);
	}
}

/* RFC 9110 sections 7.8, 9.3.6, 9.3.8, 10.1.1, 10.1.4. */
static void
wishes(void **state)
{
	struct http1_field fields[FEED_FIELDS];
	const struct http1_limits l = HTTP1_LIMITS;
	struct http1_request r;

	(void)state;
	feed_request(&r, fields,
	    STR(GET("Upgrade: WebSocket\r\nConnection: upgrade\r\n")), &l);
	assert_true(r.websocket && r.h.upgrade.n == 9);
	feed_request(&r, fields,
	    STR(GET("Upgrade: websocket\r\nConnection: upgrade\r\n"
		    "Transfer-Encoding: chunked\r\n")),
	    &l);
	assert_true(!r.websocket && r.h.upgrade.n == 9);
	feed_request(&r, fields,
	    STR(GET("Upgrade: websocket\r\nConnection: upgrade\r\n"
		    "Content-Length: 1\r\n")),
	    &l);
	assert_true(!r.websocket);
	feed_splits(STR(GET("Upgrade: WebSocket\r\nConnection: upgrade\r\n")),
	    &l, NULL);
	feed_request(&r, fields, STR(GET("Upgrade: websocket\r\n")), &l);
	assert_true(!r.websocket && r.h.upgrade.n == 0);
	feed_request(&r, fields,
	    STR(GET("Upgrade: h2c, a/1\r\nConnection: upgrade\r\n")), &l);
	assert_true(!r.websocket && str_eqz(r.h.upgrade, "h2c, a/1"));
	feed_request(&r, fields,
	    STR("GET / HTTP/1.0\r\nUpgrade: websocket\r\n"
		"Connection: upgrade\r\n\r\n"),
	    &l);
	assert_true(!r.websocket && r.h.upgrade.n == 0);
	assert_int_equal(
	    feed_verdict(GET("Upgrade: a b\r\n"), &l), HTTP1_BAD_UPGRADE);
	assert_int_equal(
	    feed_verdict(GET("Upgrade: a/\r\n"), &l), HTTP1_BAD_UPGRADE);
	assert_int_equal(feed_verdict(GET("Upgrade: a\r\nUpgrade: b\r\n"), &l),
	    HTTP1_BAD_UPGRADE);
	feed_request(&r, fields, STR(GET("Expect: 100-Continue\r\n")), &l);
	assert_true(r.h.expect && !fields[1].drop);
	feed_request(&r, fields,
	    STR("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n"), &l);
	assert_true(!r.h.expect && fields[0].drop);
	assert_int_equal(
	    feed_verdict(GET("Expect: 100\r\n"), &l), HTTP1_BAD_EXPECT);
	assert_int_equal(http1_bad_status(HTTP1_BAD_EXPECT), 417);
	feed_request(&r, fields, STR(GET("TE: gzip;q=1, Trailers\r\n")), &l);
	assert_true(r.h.te_trailers);
	assert_int_equal(feed_verdict("TRACE / HTTP/1.1\r\nHost: a\r\n"
				      "Content-Length: 1\r\n\r\n",
			     &l),
	    HTTP1_BAD_BODY_UNEXPECTED);
}

/* A refusal names the field, never its value. */
static void
errors_name_the_field(void **state)
{
	struct http1_field fields[FEED_FIELDS];
	struct http1_request r;
	struct err e = {0};

	(void)state;
	http1_request_begin(&r, fields, FEED_FIELDS);
	assert_int_equal(
	    http1_request_read(&r, STR(GET("Content-Length: 12secret\r\n")),
		&HTTP1_LIMITS, &e),
	    -EBADMSG);
	assert_string_equal(e.text, "the Content-Length is not digits alone "
				    "(byte 25, field \"Content-Length\")");
	http1_request_begin(&r, fields, FEED_FIELDS);
	(void)http1_request_read(
	    &r, STR(GET("X-A: secret\001\r\n")), &HTTP1_LIMITS, &e);
	assert_string_equal(
	    e.text, "a control character in a field's value (byte 36)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(spans),
	    cmocka_unit_test(pipelined),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(limits_have_statuses),
	    cmocka_unit_test(endless),
	    cmocka_unit_test(connections),
	    cmocka_unit_test(wishes),
	    cmocka_unit_test(errors_name_the_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
