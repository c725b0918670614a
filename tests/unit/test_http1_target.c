/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http1/http1_byte.h"
#include "http1_feed.h"

/* RFC 9112 section 3.2: the four forms. */
static const struct {
	const char *line; /* method and target */
	const char *host; /* NULL: the Host field is the authority */
	enum http1_bad bad;
	enum http1_form form;
	const char *authority, *path, *query;
} forms[] = {
    {"GET /where?q=now", "a", 0, 0, "", "/where", "q=now"},
    {"GET //b/c?", "a", 0, 0, "", "//b/c", ""},
    {"GET /?a[]=1|{}^\"<>\\`?", "a", 0, 0, "", "/", "a[]=1|{}^\"<>\\`?"},
    {"GET /%zz", "a", 0, 0, "", "/%zz", ""},
    {"GET http://www.example.org/pub/WWW/", NULL, 0, HTTP1_FORM_ABSOLUTE,
	"www.example.org", "/pub/WWW/", ""},
    {"GET HTTPS://[::1]:8443?a", NULL, 0, HTTP1_FORM_ABSOLUTE, "[::1]:8443", "",
	"a"},
    {"GET http://A.example/", "a.EXAMPLE", 0, HTTP1_FORM_ABSOLUTE, "A.example",
	"/", ""},
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

static void
targets(void **state)
{
	struct http1_limits l = HTTP1_LIMITS;

	(void)state;
	l.connect = true;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct http1_field fields[FEED_FIELDS];
		struct http1_request r;
		char text[200];

		(void)snprintf(text, sizeof text,
		    "%s HTTP/1.1\r\nHost: %s\r\n\r\n", forms[i].line,
		    forms[i].host != NULL ? forms[i].host : forms[i].authority);
		if (feed_request(&r, fields, str_of(text), &l) != forms[i].bad)
			fail_msg(
			    "%s: %s", forms[i].line, http1_bad_name(r.h.bad));
		if (forms[i].bad == HTTP1_BAD_NONE) {
			assert_int_equal(r.target.form, forms[i].form);
			feed_is(r.target.authority, forms[i].authority);
			feed_is(r.target.path, forms[i].path);
			feed_is(r.target.query, forms[i].query);
		}
		feed_splits(str_of(text), &l, NULL);
	}
	assert_int_equal(
	    feed_verdict(
		"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", &HTTP1_LIMITS),
	    HTTP1_BAD_METHOD_CONNECT);
	l.strict_target = true;
	assert_int_equal(
	    feed_verdict("GET /?a[]=1 HTTP/1.1\r\nHost: a\r\n\r\n", &l),
	    HTTP1_BAD_TARGET_BYTE);
	assert_int_equal(
	    feed_verdict("GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", &l),
	    HTTP1_BAD_TARGET_BYTE);
	assert_int_equal(
	    feed_verdict(
		"GET /%4a/b;c=:@!$&'()*+,?/? HTTP/1.1\r\nHost: a\r\n\r\n", &l),
	    HTTP1_BAD_NONE);
}

static const struct {
	const char *host;
	bool ok;
} names[] = {
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

static void
hosts(void **state)
{
	char text[400], name[257];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		(void)snprintf(text, sizeof text,
		    "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", names[i].host);
		if (feed_verdict(text, &HTTP1_LIMITS) !=
		    (names[i].ok ? HTTP1_BAD_NONE : HTTP1_BAD_HOST))
			fail_msg("%s", names[i].host);
	}
	memset(name, 'a', sizeof name);
	name[256] = '\0';
	(void)snprintf(
	    text, sizeof text, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", name);
	assert_int_equal(feed_verdict(text, &HTTP1_LIMITS), HTTP1_BAD_HOST);
	(void)snprintf(
	    text, sizeof text, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", name + 1);
	assert_int_equal(feed_verdict(text, &HTTP1_LIMITS), HTTP1_BAD_NONE);
}

/* Is c in the set, which has letters and digits too if it starts with 0? */
static bool
in(int c, const char *set)
{
	static const char alnum[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return c != 0 && (strchr(set, c) != NULL ||
			     (set[0] == '0' && strchr(alnum, c) != NULL));
}

/* The table of bytes, held against the sets spelt out. */
static void
bytes(void **state)
{
	static const struct {
		const char *set;
		unsigned bit;
	} rows[] = {
	    {"0!#$%&'*+-.^_`|~", HTTP1_BYTE_TOKEN},
	    {"_", HTTP1_BYTE_UNDERSCORE},
	    {"0!\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~", HTTP1_BYTE_TARGET},
	    {"0-._~!$&'()*+,;=:@/?%", HTTP1_BYTE_URI},
	    {"0-._", HTTP1_BYTE_HOST},
	    {"9876543210", HTTP1_BYTE_DIGIT},
	    {"9876543210abcdefABCDEF", HTTP1_BYTE_HEX},
	};

	(void)state;
	for (int c = 0; c < 256; c++) {
		unsigned want = 0;

		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			want |= in(c, rows[i].set) ? rows[i].bit : 0;
		if (c == '\t' || (c >= ' ' && c != 0x7f))
			want |= HTTP1_BYTE_VALUE;
		assert_int_equal(http1_byte_sets[c], want);
	}
}

/* The search by eight bytes, wherever what it looks for may stand. */
static void
values(void **state)
{
	char text[20];

	(void)state;
	for (int c = 0; c < 256; c++) {
		for (size_t at = 0; at < sizeof text; at++) {
			memset(text, at % 2 ? '\t' : '\xff', sizeof text);
			text[at] = (char)c;
			assert_int_equal(http1_byte_skip_value(
					     str_make(text, sizeof text), 0),
			    http1_byte_in((char)c, HTTP1_BYTE_VALUE)
				? sizeof text
				: at);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(targets),
	    cmocka_unit_test(hosts),
	    cmocka_unit_test(bytes),
	    cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
