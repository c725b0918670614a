/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http1/http1_byte.h"
#include "http1_feed.h"

#define GET(fields) "GET / HTTP/1.1\r\nHost: a\r\n" fields "\r\n"

/* Read one request whole, into the caller's array. */
static enum http1_bad
read_one(struct http1_request *r, struct http1_field fields[FEED_FIELDS],
    struct str bytes, const struct http1_limits *l)
{
	struct err e = {0};
	int ret;

	http1_request_begin(r, fields, FEED_FIELDS);
	ret = http1_request_read(r, bytes, l, &e);
	assert_int_not_equal(ret, -EAGAIN);
	assert_int_equal(ret == 0, r->h.bad == HTTP1_BAD_NONE);
	assert_int_equal(ret == 0, e.text[0] == '\0');
	if (ret != 0) {
		assert_int_equal(e.kind, ERR_PERM);
		assert_non_null(strstr(e.text, http1_bad_text(r->h.bad)));
	}
	return r->h.bad;
}

static enum http1_bad
verdict(const char *text, const struct http1_limits *l)
{
	struct http1_field fields[FEED_FIELDS];
	struct http1_request r;

	return read_one(&r, fields, str_of(text), l);
}

static void
is(struct str s, const char *want)
{
	char text[200];

	assert_true(s.n < sizeof text);
	if (s.n > 0)
		memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	assert_string_equal(text, want);
}

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
	assert_int_equal(
	    read_one(&r, fields, str_of(text), &HTTP1_LIMITS), HTTP1_BAD_NONE);
	assert_int_equal(r.id, HTTP1_METHOD_GET);
	is(r.method, "GET");
	is(r.target.path, "/hello.txt");
	is(r.target.query, "a=1");
	is(r.target.rest, "/hello.txt?a=1");
	is(r.host, "www.example.com");
	assert_int_equal(r.h.n, 3);
	assert_int_equal(r.h.body, HTTP1_BODY_NONE);
	assert_true(r.h.keep_alive && r.h.minor == 1);
	f = http1_find(&r.h, STR("accept-LANGUAGE"), &from);
	assert_non_null(f);
	is(f->name, "Accept-Language");
	is(f->value, "en, mi");
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

/* RFC 9112 section 3.2: the four forms. */
static void
targets(void **state)
{
	static const struct {
		const char *line; /* method and target */
		const char *host; /* NULL: the Host field is the authority */
		enum http1_bad bad;
		enum http1_form form;
		const char *authority, *path, *query;
	} rows[] = {
	    {"GET /where?q=now", "a", 0, 0, "", "/where", "q=now"},
	    {"GET //b/c?", "a", 0, 0, "", "//b/c", ""},
	    {"GET /?a[]=1|{}^\"<>\\`?", "a", 0, 0, "", "/",
		"a[]=1|{}^\"<>\\`?"},
	    {"GET /%zz", "a", 0, 0, "", "/%zz", ""},
	    {"GET http://www.example.org/pub/WWW/", NULL, 0,
		HTTP1_FORM_ABSOLUTE, "www.example.org", "/pub/WWW/", ""},
	    {"GET HTTPS://[::1]:8443?a", NULL, 0, HTTP1_FORM_ABSOLUTE,
		"[::1]:8443", "", "a"},
	    {"GET http://A.example/", "a.EXAMPLE", 0, HTTP1_FORM_ABSOLUTE,
		"A.example", "/", ""},
	    {"GET http://a/", "b", HTTP1_BAD_HOST_DIFFERS, 0, "", "", ""},
	    {"GET http://a:80/", "a", HTTP1_BAD_HOST_DIFFERS, 0, "", "", ""},
	    {"GET http://u@a/", "a", HTTP1_BAD_TARGET_AUTHORITY, 0, "", "", ""},
	    {"GET http:///a", "a", HTTP1_BAD_TARGET_AUTHORITY, 0, "", "", ""},
	    {"GET http:/a", "a", HTTP1_BAD_TARGET_AUTHORITY, 0, "", "", ""},
	    {"GET http://a:/", "a", HTTP1_BAD_TARGET_AUTHORITY, 0, "", "", ""},
	    {"GET ftp://a/", "a", HTTP1_BAD_TARGET_SCHEME, 0, "", "", ""},
	    {"GET a", "a", HTTP1_BAD_TARGET_FORM, 0, "", "", ""},
	    {"GET a:80", "a:80", HTTP1_BAD_TARGET_FORM, 0, "", "", ""},
	    {"GET *", "a", HTTP1_BAD_TARGET_FORM, 0, "", "", ""},
	    {"GET ?a", "a", HTTP1_BAD_TARGET_FORM, 0, "", "", ""},
	    {"OPTIONS *", "a", 0, HTTP1_FORM_ASTERISK, "", "", ""},
	    {"OPTIONS /", "a", 0, 0, "", "/", ""},
	    {"OPTIONS **", "a", HTTP1_BAD_TARGET_FORM, 0, "", "", ""},
	    {"CONNECT www.example.com:80", NULL, 0, HTTP1_FORM_AUTHORITY,
		"www.example.com:80", "", ""},
	    {"CONNECT a:80", "a", HTTP1_BAD_HOST_DIFFERS, 0, "", "", ""},
	    {"CONNECT a", "a", HTTP1_BAD_TARGET_AUTHORITY, 0, "", "", ""},
	    {"CONNECT a:", "a", HTTP1_BAD_TARGET_AUTHORITY, 0, "", "", ""},
	    {"CONNECT a:0", "a", HTTP1_BAD_TARGET_AUTHORITY, 0, "", "", ""},
	    {"CONNECT a:65536", "a", HTTP1_BAD_TARGET_AUTHORITY, 0, "", "", ""},
	    {"CONNECT /", "a", HTTP1_BAD_TARGET_FORM, 0, "", "", ""},
	    {"CONNECT *", "a", HTTP1_BAD_TARGET_FORM, 0, "", "", ""},
	    {"CONNECT http://a:80/", "a", HTTP1_BAD_TARGET_FORM, 0, "", "", ""},
	};
	struct http1_limits l = HTTP1_LIMITS;

	(void)state;
	l.connect = true;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct http1_field fields[FEED_FIELDS];
		struct http1_request r;
		char text[200];

		(void)snprintf(text, sizeof text,
		    "%s HTTP/1.1\r\nHost: %s\r\n\r\n", rows[i].line,
		    rows[i].host != NULL ? rows[i].host : rows[i].authority);
		if (read_one(&r, fields, str_of(text), &l) != rows[i].bad)
			fail_msg(
			    "%s: %s", rows[i].line, http1_bad_name(r.h.bad));
		if (rows[i].bad == HTTP1_BAD_NONE) {
			assert_int_equal(r.target.form, rows[i].form);
			is(r.target.authority, rows[i].authority);
			is(r.target.path, rows[i].path);
			is(r.target.query, rows[i].query);
		}
		feed_splits(str_of(text), &l, NULL);
	}
	assert_int_equal(verdict("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
			     &HTTP1_LIMITS),
	    HTTP1_BAD_METHOD_CONNECT);
	l.strict_target = true;
	assert_int_equal(verdict("GET /?a[]=1 HTTP/1.1\r\nHost: a\r\n\r\n", &l),
	    HTTP1_BAD_TARGET_BYTE);
	assert_int_equal(verdict("GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", &l),
	    HTTP1_BAD_TARGET_BYTE);
	assert_int_equal(
	    verdict(
		"GET /%4a/b;c=:@!$&'()*+,?/? HTTP/1.1\r\nHost: a\r\n\r\n", &l),
	    HTTP1_BAD_NONE);
}

static void
hosts(void **state)
{
	static const struct {
		const char *host;
		bool ok;
	} rows[] = {
	    {"a", true},
	    {"a.example.com:8080", true},
	    {"192.0.2.1", true},
	    {"a_b.example", true},
	    {"[::1]", true},
	    {"[2001:db8::1]:1", true},
	    {"", false},
	    {":80", false},
	    {"a:", false},
	    {"a:080", false},
	    {"a:x", false},
	    {"a:65536", false},
	    {"a b", false},
	    {"a,b", false},
	    {"a/b", false},
	    {"u@a", false},
	    {"a%41", false},
	    {"\344", false},
	    {"[::1", false},
	    {"[]", false},
	    {"[192.0.2.1]", false},
	    {"[::1]x", false},
	    {"::1", false},
	    {"[fe80::1%25e]", false},
	};
	char text[400], name[257];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		(void)snprintf(text, sizeof text,
		    "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", rows[i].host);
		if (verdict(text, &HTTP1_LIMITS) !=
		    (rows[i].ok ? HTTP1_BAD_NONE : HTTP1_BAD_HOST))
			fail_msg("%s", rows[i].host);
	}
	memset(name, 'a', sizeof name);
	name[256] = '\0';
	(void)snprintf(
	    text, sizeof text, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", name);
	assert_int_equal(verdict(text, &HTTP1_LIMITS), HTTP1_BAD_HOST);
	(void)snprintf(
	    text, sizeof text, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", name + 1);
	assert_int_equal(verdict(text, &HTTP1_LIMITS), HTTP1_BAD_NONE);
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
	char method[80];

	(void)state;
	assert_int_equal(verdict(text, &l), HTTP1_BAD_NONE);
	l.line--;
	assert_int_equal(verdict(text, &l), HTTP1_BAD_LINE_TOO_LONG);
	feed_splits(str_of(text), &l, NULL);
	l = exact;
	l.field--;
	assert_int_equal(verdict(text, &l), HTTP1_BAD_FIELD_TOO_LONG);
	feed_splits(str_of(text), &l, NULL);
	for (l = exact; l.head-- > 0;) {
		assert_int_equal(
		    verdict(text, &l), l.head < 22 ? HTTP1_BAD_HEAD_TOO_LARGE
						   : HTTP1_BAD_HEAD_TOO_LARGE);
		feed_splits(str_of(text), &l, NULL);
	}
	l = exact;
	l.body--;
	assert_int_equal(verdict(text, &l), HTTP1_BAD_BODY_TOO_LARGE);
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
	for (int n = 32; n <= 33; n++) {
		(void)snprintf(method, sizeof method,
		    "%.*s / HTTP/1.1\r\nHost: a\r\n\r\n", n,
		    "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJ");
		assert_int_equal(verdict(method, &HTTP1_LIMITS),
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
static void
connections(void **state)
{
	static const struct {
		const char *text;
		enum http1_bad bad;
		bool keep_alive;
		unsigned dropped; /* bits of fields */
	} rows[] = {
	    {GET(""), 0, true, 1},
	    {GET("Connection: close\r\n"), 0, false, 3},
	    {GET("connection: Keep-Alive, CLOSE\r\n"), 0, false, 3},
	    {GET("Connection: keep-alive\r\n"), 0, true, 3},
	    {GET("Connection:\r\nConnection: ,,close,\r\n"), 0, false, 7},
	    {"GET / HTTP/1.0\r\n\r\n", 0, false, 0},
	    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 0, true, 1},
	    {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", 0,
		false, 1},
	    {GET("X-A: 1\r\nConnection: x-b, X-a\r\nX-B: 2\r\nX-C: 3\r\n"), 0,
		true, 15},
	    {GET("Keep-Alive: 5\r\nProxy-Connection: a\r\nTE: gzip\r\n"
		 "Trailer: X-A\r\nUpgrade: h2c\r\nHTTP2-Settings: a\r\n"),
		0, true, 127},
	    {GET("Connection: a b\r\n"), HTTP1_BAD_CONNECTION, 0, 0},
	    {GET("Connection: \"close\"\r\n"), HTTP1_BAD_CONNECTION, 0, 0},
	    {GET("Connection: Cookie\r\n"), HTTP1_BAD_CONNECTION_NAME, 0, 0},
	    {GET("Connection: HOST\r\n"), HTTP1_BAD_CONNECTION_NAME, 0, 0},
	    {GET("Connection: Authorization\r\n"), HTTP1_BAD_CONNECTION_NAME, 0,
		0},
	    {GET("Connection: transfer-encoding\r\n"),
		HTTP1_BAD_CONNECTION_NAME, 0, 0},
	    {GET("Connection: X-Forwarded-Proto\r\n"),
		HTTP1_BAD_CONNECTION_NAME, 0, 0},
	    {GET("Connection: a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\r\n"), 0, true,
		3},
	    {GET("Connection: a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\r\n"),
		HTTP1_BAD_CONNECTION_MANY, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct http1_field fields[FEED_FIELDS];
		struct http1_request r;
		unsigned dropped = 0;

		if (read_one(&r, fields, str_of(rows[i].text), &HTTP1_LIMITS) !=
		    rows[i].bad)
			fail_msg(
			    "%s: %s", rows[i].text, http1_bad_name(r.h.bad));
		if (rows[i].bad != HTTP1_BAD_NONE)
			continue;
		for (uint32_t j = 0; j < r.h.n; j++)
			dropped |= (unsigned)fields[j].drop << j;
		assert_int_equal(dropped, rows[i].dropped);
		assert_int_equal(r.h.keep_alive, rows[i].keep_alive);
		feed_splits(str_of(rows[i].text), &HTTP1_LIMITS, NULL);
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
	read_one(&r, fields,
	    STR(GET("Upgrade: WebSocket\r\nConnection: upgrade\r\n")), &l);
	assert_true(r.websocket && r.h.upgrade.n == 9);
	read_one(&r, fields, STR(GET("Upgrade: websocket\r\n")), &l);
	assert_true(!r.websocket && r.h.upgrade.n == 0);
	read_one(&r, fields,
	    STR(GET("Upgrade: h2c, a/1\r\nConnection: upgrade\r\n")), &l);
	assert_true(!r.websocket && str_eqz(r.h.upgrade, "h2c, a/1"));
	read_one(&r, fields,
	    STR("GET / HTTP/1.0\r\nUpgrade: websocket\r\n"
		"Connection: upgrade\r\n\r\n"),
	    &l);
	assert_true(!r.websocket && r.h.upgrade.n == 0);
	assert_int_equal(
	    verdict(GET("Upgrade: a b\r\n"), &l), HTTP1_BAD_UPGRADE);
	assert_int_equal(
	    verdict(GET("Upgrade: a/\r\n"), &l), HTTP1_BAD_UPGRADE);
	assert_int_equal(verdict(GET("Upgrade: a\r\nUpgrade: b\r\n"), &l),
	    HTTP1_BAD_UPGRADE);
	read_one(&r, fields, STR(GET("Expect: 100-Continue\r\n")), &l);
	assert_true(r.h.expect && !fields[1].drop);
	read_one(&r, fields,
	    STR("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n"), &l);
	assert_true(!r.h.expect && fields[0].drop);
	assert_int_equal(verdict(GET("Expect: 100\r\n"), &l), HTTP1_BAD_EXPECT);
	assert_int_equal(http1_bad_status(HTTP1_BAD_EXPECT), 417);
	read_one(&r, fields, STR(GET("TE: gzip;q=1, Trailers\r\n")), &l);
	assert_true(r.h.te_trailers);
	assert_int_equal(verdict("TRACE / HTTP/1.1\r\nHost: a\r\n"
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

static bool
in(int c, const char *set)
{
	return c != 0 && strchr(set, c) != NULL;
}

/* The table of bytes, held against the sets spelt out. */
static void
bytes(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		bool digit = c >= '0' && c <= '9';
		bool alnum =
		    digit || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		unsigned want = 0;

		if (alnum || in(c, "!#$%&'*+-.^_`|~"))
			want |= HTTP1_BYTE_TOKEN;
		if (c == '_')
			want |= HTTP1_BYTE_UNDERSCORE;
		if (c > ' ' && c < 0x7f && c != '#')
			want |= HTTP1_BYTE_TARGET;
		if (alnum || in(c, "-._~!$&'()*+,;=:@/?%"))
			want |= HTTP1_BYTE_URI;
		if (alnum || in(c, "-._"))
			want |= HTTP1_BYTE_HOST;
		if (digit)
			want |= HTTP1_BYTE_DIGIT;
		if (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			want |= HTTP1_BYTE_HEX;
		if (c == '\t' || (c >= ' ' && c != 0x7f))
			want |= HTTP1_BYTE_VALUE;
		assert_int_equal(http1_byte_sets[c], want);
		/* The same, wherever eight bytes at a time find it. */
		for (size_t at = 0; at < 20; at++) {
			char text[20];

			memset(text, at % 2 ? '\t' : '\xff', sizeof text);
			text[at] = (char)c;
			assert_int_equal(http1_byte_skip_value(
					     str_make(text, sizeof text), 0),
			    (want & HTTP1_BYTE_VALUE) != 0 ? sizeof text : at);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(spans),
	    cmocka_unit_test(pipelined),
	    cmocka_unit_test(targets),
	    cmocka_unit_test(hosts),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(endless),
	    cmocka_unit_test(connections),
	    cmocka_unit_test(wishes),
	    cmocka_unit_test(errors_name_the_field),
	    cmocka_unit_test(bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
