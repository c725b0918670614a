/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of lib/registry that need no network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "registry/backoff.h"
#include "registry/challenge.h"
#include "registry/credentials.h"
#include "registry/token.h"
#include "registry/warning.h"

/* ---- WWW-Authenticate
 * -------------------------------------------------------- */

static void
challenges(void **state)
{
	static const struct {
		const char *headers[3];
		bool basic;
		const char *realm, *service, *scope; /* realm NULL: no Bearer */
	} rows[] = {
	    {{"Basic realm=\"x\""}, true, NULL, "", ""},
	    {{"basic"}, true, NULL, "", ""},
	    {{"BASIC realm=x, charset=\"UTF-8\""}, true, NULL, "", ""},
	    {{"Bearer realm=\"https://a/t\",service=\"s\","
	      "scope=\"repository:a/b:pull,push\""},
		false, "https://a/t", "s", "repository:a/b:pull,push"},
	    {{"bEARER realm=\"https://a/t\""}, false, "https://a/t", "", ""},
	    {{"Bearer realm = \"https://a/t\" , service = s"}, false,
		"https://a/t", "s", ""},
	    {{"Bearer REALM=\"https://a/t\",Scope=\"x\""}, false, "https://a/t",
		"", "x"},
	    {{"Bearer realm=\"https://a/\\\"q\\\\\""}, false, "https://a/\"q\\",
		"", ""},
	    {{"Bearer realm=https://a/t"}, false, NULL, "", ""},
	    {{"Bearer realm=/token"}, false, "/token", "", ""},
	    {{"Negotiate", "Basic realm=\"x\""}, true, NULL, "", ""},
	    {{"Negotiate YWJj==, Basic realm=\"x\""}, true, NULL, "", ""},
	    {{"Basic realm=\"x\", Bearer realm=\"https://a/t\""}, true,
		"https://a/t", "", ""},
	    {{"Bearer realm=\"https://a/t\"", "Basic realm=\"x\""}, true,
		"https://a/t", "", ""},
	    {{"Bearer realm=\"https://a/1\"", "Bearer realm=\"https://a/2\""},
		false, "https://a/1", "", ""},
	    {{",, Bearer ,realm=\"https://a/t\",,"}, false, "https://a/t", "",
		""},
	    {{"Bearer error=\"invalid_token\",realm=\"https://a/t\""}, false,
		"https://a/t", "", ""},
	    /* malformed */
	    {{""}, false, NULL, "", ""},
	    {{"Bearer"}, false, NULL, "", ""},
	    {{"Bearer service=\"s\""}, false, NULL, "", ""},
	    {{"Bearer realm=\"\""}, false, NULL, "", ""},
	    {{"Bearer realm=\"https://a/t"}, false, NULL, "", ""},
	    {{"Bearer realm=\"https://a/t\\"}, false, NULL, "", ""},
	    {{"Bearer realm=\"https://a/\x01\""}, false, NULL, "", ""},
	    {{"Bearer realm=\"https://\xc3\xa9/\""}, false, NULL, "", ""},
	    {{"=\"x\""}, false, NULL, "", ""},
	    {{"realm=\"https://a/t\""}, false, NULL, "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct registry_challenge c = {0};

		for (size_t k = 0; k < 3 && rows[i].headers[k] != NULL; k++)
			registry_challenge_add(&c, str_of(rows[i].headers[k]));
		if (c.basic != rows[i].basic ||
		    c.bearer != (rows[i].realm != NULL))
			fail_msg(
			    "%s: %d %d", rows[i].headers[0], c.basic, c.bearer);
		if (rows[i].realm == NULL)
			continue;
		assert_string_equal(c.realm, rows[i].realm);
		assert_string_equal(c.service, rows[i].service);
		assert_string_equal(c.scope, rows[i].scope);
	}
}

static void
overlong_challenge(void **state)
{
	char header[3 * REGISTRY_REALM_MAX];
	struct registry_challenge c = {0};

	(void)state;
	memset(header, 'a', sizeof header);
	memcpy(header, "Bearer realm=\"", 14);
	header[sizeof header - 2] = '"';
	header[sizeof header - 1] = '\0';
	registry_challenge_add(&c, str_of(header));
	assert_false(c.bearer);
}

/* ---- whom a registry may send its clients to
 * --------------------------------- */

static void
realms(void **state)
{
	static const struct {
		const char *registry, *realm, *trust;
		bool ok;
	} rows[] = {
	    {"https://r.io", "https://r.io/token", NULL, true},
	    {"https://r.io", "https://R.io:443/token", NULL, true},
	    {"https://registry-1.docker.io", "https://auth.docker.io/token",
		NULL, true},
	    {"https://registry.gitlab.com", "https://gitlab.com/jwt/auth", NULL,
		true},
	    {"https://r.io", "https://auth.r.io/t", "auth.r.io", true},
	    {"https://r.io", "https://auth.r.io:8443/t", "auth.r.io:8443",
		true},
	    {"http://127.0.0.1:5000", "http://127.0.0.1:5000/t", NULL, true},
	    {"http://127.0.0.1:5000", "http://127.0.0.1:5001/t",
		"127.0.0.1:5001", true},

	    {"https://r.io", "https://auth.r.io/t", NULL, false},
	    {"https://r.io", "https://evil.io/t", NULL, false},
	    {"https://r.io", "https://r.io.evil.io/t", NULL, false},
	    {"https://r.io", "https://r.io:8443/t", NULL, false},
	    {"https://r.io", "http://r.io/t", NULL, false},
	    {"https://r.io", "http://r.io/t", "r.io", false},
	    {"https://r.io", "http://169.254.169.254/t", NULL, false},
	    {"https://r.io", "https://169.254.169.254/t", NULL, false},
	    {"https://r.io", "https://2852039166/t", NULL, false},
	    {"https://r.io", "https://[::ffff:169.254.169.254]/t", NULL, false},
	    {"https://r.io", "https://[fd00:ec2::254]/t", NULL, false},
	    {"https://r.io", "https://auth.docker.io/token", NULL, false},
	    {"http://registry-1.docker.io", "https://auth.docker.io/t", NULL,
		false},
	    {"https://r.io", "https://auth.r.io:8443/t", "auth.r.io", false},
	    {"http://127.0.0.1:5000", "http://127.0.0.1:5001/t", NULL, false},
	    /* The same host and port, but not the same scheme. */
	    {"http://r.io:443", "https://r.io/t", NULL, false},
	    {"https://r.io", "http://r.io:443/t", NULL, false},
	    {"https://r.io:5000", "http://r.io:5000/t", NULL, false},
	    {"http://r.io:5000", "https://r.io:5000/t", NULL, false},
	    {"http://127.0.0.1:5000", "http://127.0.0.1/latest", NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct url registry, realm;
		struct err e = {0};
		int r;

		assert_int_equal(
		    url_parse(str_of(rows[i].registry), &registry, NULL), 0);
		assert_int_equal(
		    url_parse(str_of(rows[i].realm), &realm, NULL), 0);
		r = registry_realm_check(&registry, &realm, &rows[i].trust,
		    rows[i].trust != NULL, &e);
		if ((r == 0) != rows[i].ok)
			fail_msg(
			    "%s -> %s: %d", rows[i].registry, rows[i].realm, r);
		assert_int_equal(e.kind, rows[i].ok ? ERR_NONE : ERR_PERM);
	}
}

/* ---- warnings */

static void
warnings(void **state)
{
	static const struct {
		const char *value, *text; /* NULL: none to show */
	} rows[] = {
	    {"299 - \"gone by May\"", "gone by May"},
	    {"299 - \"gone\" \"Sun, 06 Nov 1994 08:49:37 GMT\"", "gone"},
	    {"299 r.io:443 \"a, \\\"b\\\\\"", "a, \"b\\"},
	    {"299 - \"a\x1b[2J\x7f\xc2\x9b\"", "a\\x1b[2J\\x7f\\xc2\\x9b"},
	    {"299 - \"\"", NULL},
	    {"299 - \"open", NULL},
	    {"299 - \"open\\", NULL},
	    {"299 - word", NULL},
	    {"299 -", NULL},
	    {"299", NULL},
	    {"110 - \"stale\"", NULL},
	    {"2990 - \"a\"", NULL},
	    {"", NULL},
	};
	char text[REGISTRY_WARNING_MAX], value[2 * REGISTRY_WARNING_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool some = registry_warning_text(str_of(rows[i].value), text);

		if (some != (rows[i].text != NULL))
			fail_msg("%s: %d", rows[i].value, some);
		if (some)
			assert_string_equal(text, rows[i].text);
	}
	(void)snprintf(
	    value, sizeof value, "299 - \"%*d\"", REGISTRY_WARNING_MAX + 1, 7);
	assert_true(registry_warning_text(str_of(value), text));
	assert_int_equal(strlen(text), REGISTRY_WARNING_MAX - 1);
	assert_string_equal(text + strlen(text) - 4, " ...");
}

/* ---- token answers
 * ------------------------------------------------------------ */

static void
tokens(void **state)
{
	static const struct {
		const char *body, *token; /* NULL: refused */
		int seconds;
	} rows[] = {
	    {"{\"token\":\"t\"}", "t", 60},
	    {"{\"access_token\":\"a\",\"expires_in\":300}", "a", 300},
	    {"{\"token\":\"t\",\"access_token\":\"a\"}", "t", 60},
	    {"{\"token\":\"\",\"access_token\":\"a\"}", "a", 60},
	    {"{\"token\":\"t\",\"expires_in\":5}", "t", 60},
	    {"{\"token\":\"t\",\"expires_in\":-1}", "t", 60},
	    {"{\"token\":\"t\",\"expires_in\":\"x\"}", "t", 60},
	    {"{\"token\":\"t\",\"expires_in\":1e300}", "t", 86400},
	    {"{\"token\":\"t\",\"issued_at\":\"1970-01-01T00:00:00Z\"}", "t",
		60},
	    {"", NULL, 0},
	    {"[]", NULL, 0},
	    {"{}", NULL, 0},
	    {"{\"token\":7}", NULL, 0},
	    {"{\"Token\":\"imds\"}", NULL, 0},
	    {"{\"token\":\"a\\r\\nX: y\"}", NULL, 0},
	    {"{\"token\":\"a b\"}", NULL, 0},
	    {"{\"token\":\"\\u00e9\"}", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf token = BUF_MAX(100);
		int64_t seconds = 0;
		struct err e = {0};
		int r = registry_token_parse(
		    str_of(rows[i].body), &token, &seconds, &e);

		if ((r == 0) != (rows[i].token != NULL))
			fail_msg("%s: %s", rows[i].body, e.text);
		if (r == 0) {
			assert_string_equal(buf_z(&token), rows[i].token);
			assert_int_equal(seconds, rows[i].seconds);
		}
		buf_free(&token);
	}
}

/* ---- another try?
 * -------------------------------------------------------------- */

static void
waiting(void **state)
{
	static const struct {
		const char *value;
		int64_t ms; /* -1: malformed */
	} rows[] = {
	    {"0", 0},
	    {"120", 120000},
	    {"99999999999", -1},
	    {"2147483647", INT32_MAX},
	    {"-1", -1},
	    {"1.5", -1},
	    {"", -1},
	    {"soon", -1},
	    {"Sun, 06 Nov 1994 08:49:37 GMT", 37000},
	    {"Sun, 06 Nov 1994 08:48:00 GMT", 0},
	    {"Sun, 06 Nov 2094 08:48:00 GMT", INT32_MAX},
	    {"Sun, 06 Nov 1994 08:49:37 GMTx", -1},
	    {"Sun, 06 Nov 1994 08:49:37", -1},
	    {"Sunday, 06-Nov-94 08:49:37 GMT", 37000},
	    {"Sun Nov  6 08:49:37 1994", 37000},
	};
	const int64_t now = 784111740; /* 1994-11-06T08:49:00Z */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t ms = -1;

		(void)registry_retry_after(str_of(rows[i].value), now, &ms);
		if (ms != rows[i].ms)
			fail_msg("%s: %lld", rows[i].value, (long long)ms);
	}
}

static void
backing_off(void **state)
{
	(void)state;
	for (uint32_t random = 0; random < 5000; random++) {
		assert_in_range(registry_backoff_ms(1, random), 0, 250);
		assert_in_range(registry_backoff_ms(3, random), 0, 1000);
	}
	assert_int_equal(registry_backoff_ms(3, 1000), 1000);
	assert_in_range(registry_backoff_ms(1000, UINT32_MAX), 0, 256000);
	assert_true(registry_worth_retrying(429));
	assert_true(registry_worth_retrying(503));
	assert_false(registry_worth_retrying(404));
	assert_false(registry_worth_retrying(501));
}

/* ---- config.json
 * ----------------------------------------------------------------- */

static void
logins(void **state)
{
	static const char text[] =
	    "{\"auths\":{"
	    "\"https://index.docker.io/v1/\":{\"auth\":\"dTpw\"},"
	    "\"h:5000\":{\"username\":\"a\",\"password\":\"b:c\"},"
	    "\"https://Q.io\":{\"identitytoken\":\"idt\",\"auth\":\"dTo=\"},"
	    "\"ghcr.io/team\":{\"auth\":\"dTpw\"},"
	    "\"helper.io\":{},"
	    "\"nul.io\\u0000x\":{\"auth\":\"dTpw\"},"
	    "\"null.io\":{\"auth\":null}},"
	    "\"credsStore\":\"pass\"}";
	struct arena *a = arena_new(100000);
	const struct registry_credentials *c;
	struct registry_logins l = {0};

	(void)state;
	assert_int_equal(registry_logins_parse(a, str_of(text), &l, NULL), 0);
	c = registry_logins_find(&l, "docker.io");
	assert_non_null(c);
	assert_string_equal(c->user.p, "u");
	assert_string_equal(c->password.p, "p");
	c = registry_logins_find(&l, "h:5000");
	assert_non_null(c);
	assert_string_equal(c->password.p, "b:c");
	c = registry_logins_find(&l, "q.io");
	assert_non_null(c);
	assert_string_equal(c->identity_token.p, "idt");
	/* Neither for parts of a host, nor for another port of it. */
	assert_null(registry_logins_find(&l, "ghcr.io"));
	assert_null(registry_logins_find(&l, "h"));
	assert_null(registry_logins_find(&l, "h:5001"));
	assert_null(registry_logins_find(&l, "helper.io"));
	assert_null(registry_logins_find(&l, "nul.io"));
	assert_int_equal(l.n, 3);
	assert_true(l.helper);
	assert_null(registry_logins_find(&l, "null.io"));
	arena_free(a);
}

static void
broken_logins(void **state)
{
	static const char *const bad[] = {"", "[]", "{\"auths\":[]}",
	    "{\"auths\":{\"h\":7}}", "{\"auths\":{\"h\":{\"auth\":7}}}",
	    "{\"auths\":{\"h\":{\"auth\":\"s3cret\"}}}",
	    "{\"auths\":{\"h\":{\"auth\":\"czNjcmV0\"}}}",
	    "{\"auths\":{\"h\":{\"password\":\"a\\u0000b\"}}}"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct arena *a = arena_new(100000);
		struct registry_logins l = {0};
		struct err e = {0};

		if (registry_logins_parse(a, str_of(bad[i]), &l, &e) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(e.kind, ERR_PERM);
		assert_null(strstr(e.text, "s3cret"));
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(challenges),
	    cmocka_unit_test(overlong_challenge),
	    cmocka_unit_test(realms),
	    cmocka_unit_test(warnings),
	    cmocka_unit_test(tokens),
	    cmocka_unit_test(waiting),
	    cmocka_unit_test(backing_off),
	    cmocka_unit_test(logins),
	    cmocka_unit_test(broken_logins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
