/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "imageref/imageref.h"

#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16
#define D256 "sha256:" HEX64
#define D512 "sha512:" HEX64 HEX64
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X128 X50 X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X254 X50 X50 X50 X50 X50 "xxxx"

static const struct {
	const char *text, *host, *repo, *tag, *digest, *familiar;
} good[] = {
    {"nginx", "docker.io", "library/nginx", "latest", "", "nginx:latest"},
    {"nginx:1.25", "docker.io", "library/nginx", "1.25", "", "nginx:1.25"},
    {"bitnami/redis", "docker.io", "bitnami/redis", "latest", "",
	"bitnami/redis:latest"},
    {"docker.io/nginx", "docker.io", "library/nginx", "latest", "",
	"nginx:latest"},
    {"index.docker.io/nginx:1", "docker.io", "library/nginx", "1", "",
	"nginx:1"},
    {"docker.io/library/nginx", "docker.io", "library/nginx", "latest", "",
	"nginx:latest"},
    {"library/a/b", "docker.io", "library/a/b", "latest", "",
	"library/a/b:latest"},
    {"docker.io/a.b/c", "docker.io", "a.b/c", "latest", "",
	"docker.io/a.b/c:latest"},
    {"docker.io/" HEX64, "docker.io", "library/" HEX64, "latest", "",
	"docker.io/" HEX64 ":latest"},
    {"localhost/app", "localhost", "app", "latest", "", "localhost/app:latest"},
    {"localhost:5000/app:v1", "localhost:5000", "app", "v1", "", NULL},
    {"localhost:5000", "docker.io", "library/localhost", "5000", "",
	"localhost:5000"},
    {"Host/app", "Host", "app", "latest", "", "Host/app:latest"},
    {"registry.example.com:443/team/app:v1.2.3_4-5", "registry.example.com:443",
	"team/app", "v1.2.3_4-5", "", NULL},
    {"127.0.0.1:5000/a", "127.0.0.1:5000", "a", "latest", "", NULL},
    {"[::1]:5000/a:b", "[::1]:5000", "a", "b", "", NULL},
    {"[2001:db8::1]/a", "[2001:db8::1]", "a", "latest", "", NULL},
    {"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b:c",
	"123456789012.dkr.ecr.eu-west-1.amazonaws.com", "a/b", "c", "", NULL},
    {"nginx@" D256, "docker.io", "library/nginx", "", D256, "nginx@" D256},
    {"nginx:1.25@" D256, "docker.io", "library/nginx", "1.25", D256,
	"nginx:1.25@" D256},
    {"q.io/a@" D512, "q.io", "a", "", D512, NULL},
    {"a/b__c/d-e/f---g/h.i/j_k", "docker.io", "a/b__c/d-e/f---g/h.i/j_k",
	"latest", "", NULL},
    {"a:_x", "docker.io", "library/a", "_x", "", "a:_x"},
    {"a:" X128, "docker.io", "library/a", X128, "", NULL},
    {"d.io/" HEX64, "d.io", HEX64, "latest", "", NULL},
};

static const char *const bad[] = {
    "",
    " ",
    ":",
    "@",
    "/",
    ":tag",
    "@" D256,
    "a:",
    "a@",
    "a:b:c",
    "a//b",
    "/a",
    "a/",
    "a b",
    "a\n",
    "A",
    "nginx:lat est",
    "Nginx",
    "host.io/App",
    "a..b",
    "a.-b",
    ".a",
    "a.",
    "-a",
    "a-",
    "_a",
    "a___b",
    "a__",
    "a:.b",
    "a:-b",
    "a:" X128 "x",
    HEX64,
    "h.io/",
    "-h.io/a",
    "h-.io/a",
    "h..io/a",
    "h.io:/a",
    "h.io:port/a",
    "h.io:123456/a",
    "[::1/a",
    "[]/a",
    "[1]/a",
    "[::1%eth0]/a",
    "[::1]x/a",
    "a@sha256:" HEX16,
    "a@sha256:" HEX64 "0",
    "a@SHA256:" HEX64,
    "a@sha256:0123456789ABCDEF" HEX16 HEX16 HEX16,
    "a@md5:" HEX16 HEX16,
    "a@sha256:../../../" HEX16 HEX16 HEX16,
    "a@" D256 "@" D256,
    "a@" D256 "\r\n",
    "a:b@",
    "a:b\r\nX: y",
    "h.io/a?b",
    "h.io/a#b",
    "http://h.io/a",
    "https://h.io/a",
    "h.io/../a",
    "./a",
    "h.io/%2e/a",
    "h.io\\a",
    "user@h.io/a",
    "\xc3\xa9/a",
    "${IMAGE}",
    X254 "xx",
    "h.io/" X254,
};

static void
accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct buf b = BUF_MAX(1024);
		struct imageref ref;
		struct err e = {0};

		if (imageref_parse(str_of(good[i].text), &ref, &e) != 0)
			fail_msg("%s: %s", good[i].text, e.text);
		assert_string_equal(ref.host, good[i].host);
		assert_string_equal(ref.repo, good[i].repo);
		assert_string_equal(ref.tag, good[i].tag);
		assert_string_equal(ref.digest, good[i].digest);
		imageref_familiar(&ref, &b);
		if (good[i].familiar != NULL)
			assert_string_equal(buf_z(&b), good[i].familiar);
		buf_free(&b);
	}
}

static void
refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct imageref ref;
		struct err e = {0};

		if (imageref_parse(str_of(bad[i]), &ref, &e) == 0)
			fail_msg("taken: \"%s\"", bad[i]);
		assert_int_equal(e.kind, ERR_NO);
		assert_non_null(strstr(e.text, "not an image reference"));
	}
	assert_int_not_equal(imageref_parse(STR("a\0b"), NULL, NULL), 0);
	assert_int_not_equal(imageref_parse(STR("a:b\0c"), NULL, NULL), 0);
	assert_int_not_equal(imageref_parse(STR("h\0.io/b"), NULL, NULL), 0);
}

/* Full and short form name the same image. */
static void
round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct imageref ref, again;
		struct buf full = BUF_MAX(1024), small = BUF_MAX(1024);

		assert_int_equal(
		    imageref_parse(str_of(good[i].text), &ref, NULL), 0);
		imageref_canonical(&ref, &full);
		imageref_familiar(&ref, &small);
		assert_int_equal(
		    imageref_parse(buf_str(&full), &again, NULL), 0);
		assert_memory_equal(&ref, &again, sizeof ref);
		assert_int_equal(
		    imageref_parse(buf_str(&small), &again, NULL), 0);
		assert_memory_equal(&ref, &again, sizeof ref);
		buf_free(&full);
		buf_free(&small);
	}
}

static void
name_limit(void **state)
{
	char text[IMAGEREF_NAME_MAX + 8];
	struct imageref ref;
	struct err e = {0};

	(void)state;
	memset(text, 'a', sizeof text);
	memcpy(text, "h.io/", 5);
	assert_int_equal(
	    imageref_parse(str_make(text, IMAGEREF_NAME_MAX), &ref, &e), 0);
	assert_int_not_equal(
	    imageref_parse(str_make(text, IMAGEREF_NAME_MAX + 1), &ref, &e), 0);
	assert_non_null(strstr(e.text, "255"));
}

static void
where_to_ask(void **state)
{
	struct imageref ref;

	(void)state;
	assert_int_equal(imageref_parse(STR("nginx:1@" D256), &ref, NULL), 0);
	assert_string_equal(imageref_http_host(&ref), "registry-1.docker.io");
	assert_string_equal(imageref_version(&ref), D256);
	assert_int_equal(imageref_parse(STR("q.io:1/nginx"), &ref, NULL), 0);
	assert_string_equal(imageref_http_host(&ref), "q.io:1");
	assert_string_equal(imageref_version(&ref), "latest");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepted),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(round_trip),
	    cmocka_unit_test(name_limit),
	    cmocka_unit_test(where_to_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
