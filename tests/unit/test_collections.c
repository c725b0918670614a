/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collections/collections.h"

static struct arena *arena;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(1024 * 1024);
	return arena == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct jtree *
parse(const char *text)
{
	const struct jtree *t = NULL;
	struct err e = {0};

	if (text == NULL)
		return NULL;
	if (jtree_parse(arena, str_of(text), "x", &t, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return t;
}

static void
images(void **state)
{
	static const struct {
		const char *pattern, *image;
		bool fits;
	} rows[] = {
	    {"*", "nginx", true},
	    {"*", "", true},
	    {"nginx", "", false},
	    {"nginx*", "", false},
	    {"nginx", "nginx", true},
	    {"nginx", "nginx:latest", true},
	    {"nginx", "nginx:1", false},
	    {"nginx:*", "nginx:1.25", true},
	    {"nginx:*", "nginx", true},
	    {"nginx*", "nginx-unprivileged:1", true},
	    {"NGINX:*", "nginx:1.25", true},
	    {"nginx:*", "other/nginx:1", false},
	    {"docker.io/library/nginx:*", "nginx:1", true},
	    {"nginx:1", "docker.io/library/nginx:1", true},
	    {"bitnami/*", "docker.io/bitnami/redis:7", true},
	    {"bitnami/*", "registry.example.com/bitnami/redis:7", false},
	    {"*/redis:7", "registry.example.com/bitnami/redis:7", true},
	    {"*redis*", "bitnami/redis:7", true},
	    {"registry.example.com/*", "registry.example.com/a/b:1", true},
	    {"registry.example.com:5000/a", "registry.example.com:5000/a",
		true},
	    {"localhost/a:1", "localhost/a:1", true},
	    {"localhost/a:1", "docker.io/localhost/a:1", false},
	    {"web:1", "web:1@sha256:00ff", true},
	    {"web:2", "web:1@sha256:00ff", false},
	    {"web@sha256:00ff", "web@sha256:00ff", true},
	    {"web:*", "web@sha256:00ff", true},
	    {"web:latest", "web@sha256:00ff", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (collections_image(str_of(rows[i].pattern),
			str_of(rows[i].image)) != rows[i].fits)
			fail_msg("%s, %s", rows[i].pattern, rows[i].image);
}

static void
overlong_images(void **state)
{
	char name[4096];

	(void)state;
	memset(name, 'a', sizeof name);
	assert_false(collections_image(STR("a*"), str_make(name, sizeof name)));
	assert_false(collections_image(str_make(name, sizeof name), STR("a")));
	assert_true(collections_image(STR("*"), str_make(name, sizeof name)));
}

static const char defined[] =
    "[{\"name\":\"web\",\"images\":[\"nginx:*\"],\"containers\":[\"*\"]},"
    "{\"name\":\"not-log\",\"containers\":[\"-log*\"]},"
    "{\"name\":\"shop\",\"appIDs\":[\"shop:*\"],\"containers\":[\"a\",\"b\"]},"
    "{\"name\":\"host\",\"hosts\":[\"h1\"]},"
    "{\"name\":\"all hosts\",\"hosts\":[\"*\"],\"color\":\"#fff\"}]";

static void
rules(void **state)
{
	static const struct {
		const char *rule;
		struct collections_who who;
		bool in;
	} rows[] = {
	    {NULL, {STR("x"), STR("y"), STR("z")}, true},
	    {"[]", {STR_NONE, STR_NONE, STR_NONE}, true},
	    {"null", {STR_NONE, STR_NONE, STR_NONE}, true},
	    {"[\"All\"]", {STR("x"), STR("y"), STR("z")}, true},
	    {"[\"web\"]", {STR("nginx:1"), STR("y"), STR_NONE}, true},
	    {"[\"web\"]", {STR("httpd:1"), STR("y"), STR_NONE}, false},
	    {"[\"web\",\"shop\"]", {STR("h:1"), STR("b"), STR("shop:1")}, true},
	    {"[\"shop\"]", {STR("h:1"), STR("c"), STR("shop:1")}, false},
	    {"[\"shop\"]", {STR("h:1"), STR("B"), STR("SHOP:1")}, true},
	    {"[\"shop\"]", {STR("h:1"), STR("b"), STR_NONE}, false},
	    {"[\"not-log\"]", {STR_NONE, STR("web"), STR_NONE}, true},
	    {"[\"not-log\"]", {STR_NONE, STR("log-1"), STR_NONE}, false},
	    {"[\"host\"]", {STR("x"), STR("y"), STR("z")}, false},
	    {"[\"all hosts\"]", {STR("x"), STR("y"), STR("z")}, true},
	    {"[{\"name\":\"n\",\"containers\":[\"a*\",\"-ab\"]}]",
		{STR_NONE, STR("ac"), STR_NONE}, true},
	    {"[{\"name\":\"n\",\"containers\":[\"a*\",\"-ab\"]}]",
		{STR_NONE, STR("ab"), STR_NONE}, false},
	    {"[{\"containers\":null,\"images\":[]}]",
		{STR_NONE, STR_NONE, STR_NONE}, true},
	};
	const struct collections *all = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(collections_read(arena, parse(defined), &all, &e), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool in = !rows[i].in;

		assert_int_equal(collections_match(all, parse(rows[i].rule),
				     &rows[i].who, &in, &e),
		    0);
		if (in != rows[i].in)
			fail_msg("row %zu", i);
	}
}

static void
refused(void **state)
{
	static const char *const bad[] = {"{}", "[1]", "[{}]", "[\"x\"]",
	    "[{\"name\":1}]", "[{\"name\":\"x\",\"images\":\"*\"}]",
	    "[{\"name\":\"x\",\"appIDs\":[1]}]"};
	static const char *const bad_rules[] = {
	    "\"All\"", "[1]", "[\"none\"]", "[{\"containers\":[{}]}]"};
	const struct collections *all = NULL;
	struct collections_who who = {STR("a"), STR("b"), STR("c")};
	bool in;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {0};

		if (collections_read(arena, parse(bad[i]), &all, &e) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(e.kind, ERR_PERM);
	}
	for (size_t i = 0; i < sizeof bad_rules / sizeof *bad_rules; i++) {
		struct err e = {0};

		if (collections_match(
			NULL, parse(bad_rules[i]), &who, &in, &e) == 0)
			fail_msg("taken: %s", bad_rules[i]);
		assert_int_equal(e.kind, ERR_PERM);
	}
	assert_int_equal(collections_read(arena, NULL, &all, NULL), 0);
	assert_int_equal(
	    collections_match(all, parse("[\"All\"]"), &who, &in, NULL), 0);
	assert_true(in);
}

/* So many that looking through them for each name would take minutes. */
static void
many(void **state)
{
	enum { N = 2000, TIMES = 200 };
	cleanup_arena struct arena *a = arena_new(64 << 20);
	cleanup_buf struct buf text = BUF_MAX(1 << 20);
	const struct jtree *list = NULL, *names = NULL, *one;
	const struct collections *all, *both;
	struct err e = {0};

	(void)state;
	buf_addz(&text, "[{\"name\":\"c0\",\"images\":[\"first\"]}");
	for (int i = 0; i < N; i++)
		buf_addf(
		    &text, ",{\"name\":\"c%d\",\"images\":[\"i%d\"]}", i, i);
	buf_addc(&text, ']');
	assert_int_equal(
	    jtree_parse(a, arena_str(a, buf_str(&text)), "x", &list, &e), 0);
	assert_int_equal(collections_read(a, list, &all, &e), 0);
	assert_int_equal(collections_join(a, NULL, all, &both, &e), 0);
	buf_reset(&text);
	for (int i = 0; i < N; i++)
		buf_addf(&text, "%s\"c%d\"", i == 0 ? "[" : ",", i);
	buf_addz(&text, ",\"none\"]");
	assert_int_equal(jtree_parse(a, buf_str(&text), "x", &names, &e), 0);
	for (int k = 0; k < TIMES; k++) {
		one = names->first;
		for (int i = 0; i < N; i++, one = one->next) {
			const struct jtree *c = collections_named(both, one);

			assert_non_null(c);
			assert_true(
			    str_eq(jtree_str(jtree_get(c, "name")), one->text));
		}
		assert_null(collections_named(both, one));
	}
	/* Of two of a name the first one. */
	one = jtree_get(collections_named(all, names->first), "images");
	assert_true(str_eqz(one->first->text, "first"));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(images),
	    TEST(overlong_images),
	    TEST(rules),
	    TEST(refused),
	    TEST(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
