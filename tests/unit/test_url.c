/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base64/base64.h"
#include "url/url.h"

static void
parts(void **state)
{
	static const struct {
		const char *text;
		bool tls;
		const char *host;
		unsigned port;
		const char *rest;
	} rows[] = {
	    {"https://H.example", true, "h.example", 443, ""},
	    {"HTTP://h:8080/a?b", false, "h", 8080, "/a?b"},
	    {"https://[::1]:5/x", true, "[::1]", 5, "/x"},
	    {"https://[::1]", true, "[::1]", 443, ""},
	    {"http://h?q=1", false, "h", 80, "?q=1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct url u;

		assert_int_equal(url_parse(str_of(rows[i].text), &u, NULL), 0);
		assert_int_equal(u.tls, rows[i].tls);
		assert_string_equal(u.host, rows[i].host);
		assert_int_equal(u.port, rows[i].port);
		assert_true(str_eqz(u.rest, rows[i].rest));
	}
}

static void
refused(void **state)
{
	static const char *const bad[] = {"", "h", "//h", "ftp://h", "https://",
	    "https:///x", "https:h", "https://u@h", "https://u:p@h/",
	    "https://h@evil", "https://h\\@evil/", "https://h/\\x",
	    "https://h:0/", "https://h:65536/", "https://h:/", "https://h:a/",
	    "https://h:080/", "https://[::1", "https://[]/", "https://::1/",
	    "https://[::1]x/", "https://[::1%25eth0]/", "https://%68/",
	    "https://h /", "https://h/ x", "https://h/\r\nX: y", "https://h/\t",
	    "https://h#f", "https://h/#f", "https://h\xc3\xa9/",
	    "https://h/\x7f", "file:///etc/passwd", " https://h"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {0};
		struct url u;

		if (url_parse(str_of(bad[i]), &u, &e) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(e.kind, ERR_PERM);
	}
	assert_int_not_equal(url_parse(STR("https://h\0/"), NULL, NULL), 0);
}

/* A signed query is a secret, and so are passwords and fragments. */
static void
secrets_are_not_shown(void **state)
{
	static const char *const bad[] = {"https://h:x/?Signature=s3cret",
	    "https://u:s3cret@h/", "https://h/#s3cret", "ftp://u:s3cret@h/x",
	    "https://u:s3cret@@h/"};
	struct err e = {0};
	struct url u;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_not_equal(url_parse(str_of(bad[i]), &u, &e), 0);
		assert_null(strstr(e.text, "s3cret"));
	}
}

static void
resolve(void **state)
{
	static const struct {
		const char *ref, *result;
	} rows[] = {
	    {"https://o/x", "https://o/x"},
	    {"HTTP://o", "HTTP://o"},
	    {"//o/x", "https://o/x"},
	    {"/x?y", "https://h:5/x?y"},
	    {"x", "https://h:5/a/x"},
	    {"?z", "https://h:5/a/b?z"},
	    {"../x", "https://h:5/a/../x"},
	    {"x?u=http://o/", "https://h:5/a/x?u=http://o/"},
	    {"javascript:x", NULL},
	    {"ftp://o/", NULL},
	    {"x\r\ny", NULL},
	    {"/\\o/", NULL},
	};
	struct url base;

	(void)state;
	assert_int_equal(
	    url_parse(STR("https://h:5/a/b?c=/d"), &base, NULL), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b = BUF_MAX(URL_MAX);
		int r = url_resolve(&base, str_of(rows[i].ref), &b, NULL);

		if (rows[i].result == NULL) {
			assert_int_not_equal(r, 0);
		} else {
			assert_int_equal(r, 0);
			assert_string_equal(buf_z(&b), rows[i].result);
		}
		buf_free(&b);
	}
}

static struct url
url_of(const char *text)
{
	struct url u;

	assert_int_equal(url_parse(str_of(text), &u, NULL), 0);
	return u;
}

static void
origins(void **state)
{
	struct url a = url_of("https://h/x"), b = url_of("https://H:443/y");
	struct url port = url_of("https://h:444/"), http = url_of("http://h/");
	struct url sub = url_of("https://a.h/"), odd = url_of("http://h:443/");

	(void)state;
	assert_true(url_same_origin(&a, &b));
	assert_false(url_same_origin(&a, &port));
	assert_false(url_same_origin(&a, &http));
	assert_false(url_same_origin(&a, &sub));
	assert_false(url_same_origin(&a, &odd));
	assert_false(url_same_origin(&odd, &a));
	assert_true(url_is_host(&a, STR("H")));
	assert_true(url_is_host(&a, STR("h:443")));
	assert_false(url_is_host(&a, STR("h:80")));
	assert_false(url_is_host(&port, STR("h")));
	assert_true(url_is_host(&port, STR("h:444")));
	assert_false(url_is_host(&sub, STR("h")));
	assert_false(url_is_host(&a, STR("")));
	assert_false(url_is_host(&a, STR("h\0")));
}

static void
encode(void **state)
{
	struct buf b = BUF_MAX(100);

	(void)state;
	url_encode(STR("aZ0-._~ /&=%\xff\0"), &b);
	assert_string_equal(buf_z(&b), "aZ0-._~%20%2F%26%3D%25%FF%00");
	buf_free(&b);
}

static void
base64(void **state)
{
	static const struct {
		const char *plain, *code;
	} rows[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"},
	    {"AWS:pass word", "QVdTOnBhc3Mgd29yZA=="}};
	static const char *const bad[] = {"Z", "Zg",
	    "Zg=", "Zg===", "Zh==", "Zm9", "=Zm9", "Zm=v", "Zm9v\n", "Zm9*",
	    "====", "Zm8=Zm8="};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b = BUF_MAX(100), back = BUF_MAX(100);

		base64_encode(str_of(rows[i].plain), &b);
		assert_string_equal(buf_z(&b), rows[i].code);
		assert_true(base64_decode(buf_str(&b), &back));
		assert_string_equal(buf_z(&back), rows[i].plain);
		buf_free(&b);
		buf_free(&back);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf b = BUF_MAX(100);

		if (base64_decode(str_of(bad[i]), &b))
			fail_msg("taken: %s", bad[i]);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(secrets_are_not_shown),
	    cmocka_unit_test(resolve),
	    cmocka_unit_test(origins),
	    cmocka_unit_test(encode),
	    cmocka_unit_test(base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
