/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cli_nearest.h"
#include "policy/policy.h"

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

	if (jtree_parse(arena, str_of(text), "x", &t, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return t;
}

/* What "shop:1" gets of a policy, with collections from outside. */
static void
gets(const char *policy, const char *want)
{
	const struct jtree *more =
	    parse("[{\"name\":\"mine\",\"appIDs\":[\"shop:*\"]},"
		  "{\"name\":\"theirs\",\"appIDs\":[\"cart:*\"]}]");
	cleanup_buf struct buf out = BUF_MAX(65536);
	const struct collections *all;
	struct err e = {0};
	struct jwrite w;

	assert_int_equal(collections_read(arena, more, &all, &e), 0);
	jwrite_init(&w, &out);
	assert_int_equal(
	    policy_for_app(parse(policy), all, STR("shop:1"), &w, &e), 0);
	assert_int_equal(jwrite_end_text(&w), 0);
	assert_string_equal(buf_z(&out), want);
}

static void
rules(void **state)
{
	(void)state;
	gets("{\"_id\":\"x\",\"rules\":[]}", "{\"_id\":\"x\",\"rules\":[]}");
	/* Without collections, and with "All", it is for everybody. */
	gets("{\"rules\":[{\"name\":\"a\",\"n\":1.50}]}",
	    "{\"rules\":[{\"name\":\"a\",\"n\":1.50}]}");
	gets("{\"rules\":[{\"collections\":[\"All\"]}]}",
	    "{\"rules\":[{\"collections\":[\"All\"]}]}");
	gets("{\"rules\":[{\"disabled\":true},{\"collections\":[]}]}",
	    "{\"rules\":[{\"collections\":[]}]}");
	/* The image is the sidecar's to look at. */
	gets("{\"rules\":[{\"collections\":[{\"name\":\"c\","
	     "\"images\":[\"no\"],\"appIDs\":[\"SHOP:*\"]}]}]}",
	    "{\"rules\":[{\"collections\":[{\"name\":\"c\","
	    "\"images\":[\"no\"],\"appIDs\":[\"SHOP:*\"]}]}]}");
	gets("{\"rules\":[{\"collections\":[{\"name\":\"c\","
	     "\"appIDs\":[\"-shop:*\"]}]}]}",
	    "{\"rules\":[]}");
}

static void
names(void **state)
{
	(void)state;
	/* Names become objects; those of other App IDs go. */
	gets("{\"rules\":[{\"collections\":[\"theirs\",\"mine\"]},"
	     "{\"collections\":[\"theirs\"]}]}",
	    "{\"rules\":[{\"collections\":[{\"name\":\"mine\","
	    "\"appIDs\":[\"shop:*\"]}]}]}");
	gets("{\"rules\":[{\"collections\":[{\"name\":\"mine\"}]}]}",
	    "{\"rules\":[{\"collections\":[{\"name\":\"mine\","
	    "\"appIDs\":[\"shop:*\"]}]}]}");
	/* The policy's own come first, and are written where they are used. */
	gets("{\"collections\":[{\"name\":\"mine\",\"images\":[\"i\"]}],"
	     "\"rules\":[{\"collections\":[\"mine\"]}]}",
	    "{\"rules\":[{\"collections\":[{\"name\":\"mine\","
	    "\"images\":[\"i\"]}]}]}");
}

static void
a_policy_may_name_what_is_outside(void **state)
{
	const struct collections_who who = {.app_id = STR("shop:1")};
	struct str text =
	    STR("{\"rules\":[{\"name\":\"r\",\"collections\":[\"mine\"]}]}");
	const struct collections *all;
	const struct policy *p;
	struct err e = {0};

	(void)state;
	assert_int_not_equal(
	    policy_read(arena, text, "x", &who, &p, NULL, &e), 0);
	assert_int_equal(
	    collections_read(arena,
		parse("[{\"name\":\"mine\",\"appIDs\":[\"shop:*\"]}]"), &all,
		&e),
	    0);
	assert_int_equal(
	    policy_read_with(arena, text, "x", all, &who, &p, NULL, &e), 0);
	assert_true(str_eqz(policy_name(p), "r"));
}

static void
the_nearest_word(void **state)
{
	(void)state;
	assert_true(
	    str_eqz(cli_nearest_word("from|to|limit", STR("limt")), "limit"));
	assert_true(
	    str_eqz(cli_nearest_word("from|to|limit", STR("fr")), "from"));
	assert_true(str_eqz(cli_nearest_word("a", STR("xyz")), "a"));
	assert_int_equal(cli_nearest_word("", STR("x")).n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(rules, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(names, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_policy_may_name_what_is_outside, set_up, tear_down),
	    cmocka_unit_test(the_nearest_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
