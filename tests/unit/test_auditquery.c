/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <errno.h>

#include "auditquery/auditquery.h"

static const int64_t now = INT64_C(1767323045000); /* 2026-01-02T03:04:05Z */

static const char sample[] =
    "{\"type\":\"event\",\"ts\":\"2026-01-02T03:04:05.678901Z\","
    "\"kind\":\"runtime\",\"name\":\"net.connect\",\"severity\":\"medium\","
    "\"action\":\"alert\",\"app\":{\"id\":"
    "\"web:24edfabf-c761-40ae-9748-5844b0d7579c\"},"
    "\"container\":{\"name\":\"app\",\"image\":\"example.com/web:1\"},"
    "\"rule\":{\"id\":\"denied-ip\",\"name\":\"default\"},"
    "\"process\":{\"args\":[\"curl\",[\"De\\u0000ep\"]]}}";

static bool
matches_text(const struct auditquery *q, const char *text)
{
	cleanup_arena struct arena *a = arena_new(1024 * 1024);
	const struct jtree *t;

	assert_int_equal(jtree_parse(a, str_of(text), "t", &t, NULL), 0);
	return auditquery_match(q, t);
}

/* Is the sample one of "name=value&name=value"? */
static bool
asked(const char *query)
{
	struct str rest = str_of(query), part, name, value;
	struct auditquery q;
	bool more;

	auditquery_init(&q);
	do {
		more = str_cut(rest, '&', &part, &rest);
		(void)str_cut(part, '=', &name, &value);
		assert_int_equal(auditquery_add(&q, name, value, now, NULL), 1);
	} while (more);
	return matches_text(&q, sample);
}

static void
picks_what_is_asked_for(void **state)
{
	static const char *const yes[] = {"kind=runtime",
	    "kind=lost&kind=runtime", "name=net.connect", "name=net.*",
	    "name=*.connect", "name=*t.c*", "name=*", "action=alert",
	    "severity=medium", "severity=info", "app=web:*",
	    "app=WEB:24edfabfc76140ae97485844b0d7579c", "app=-shop:*",
	    "container=app", "image=*/web:1", "image=example.com/*",
	    "rule=denied-ip", "rule=default", "rule=x&rule=def*",
	    "from=2026-01-02T03:04:05.678Z", "to=2026-01-02T03:04:05.679Z",
	    "from=2026-01-02", "from=1h", "search=CURL", "search=/web:"};
	static const char *const no[] = {"kind=lost", "name=net.conn",
	    "name=net.*&action=prevent", "name=connect", "severity=high",
	    "app=shop:*", "app=-web:*", "container=ap", "container=App",
	    "image=web", "rule=deny", "from=2026-01-02T03:04:05.679Z",
	    "to=2026-01-02T03:04:05.678Z", "to=2026-01-02", "to=1h",
	    "search=wget", "search=severity"};

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		assert_true(asked(yes[i]));
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_false(asked(no[i]));
}

static void
asks_for_all_at_first(void **state)
{
	struct auditquery q;

	(void)state;
	auditquery_init(&q);
	assert_true(matches_text(&q, sample));
	assert_true(matches_text(&q, "{}"));
	assert_true(matches_text(&q, "7"));
}

static void
takes_a_nul_as_any_other(void **state)
{
	struct auditquery q;

	(void)state;
	auditquery_init(&q);
	assert_int_equal(
	    auditquery_add(&q, STR("search"), STR("e\0EP"), now, NULL), 1);
	assert_true(matches_text(&q, sample));
	auditquery_init(&q);
	assert_int_equal(
	    auditquery_add(&q, STR("search"), STR("e\0x"), now, NULL), 1);
	assert_false(matches_text(&q, sample));
}

/* What an event does not say, or says in another type, is not asked for. */
static void
misses_what_is_not_there(void **state)
{
	static const char *const queries[][2] = {{"kind", "runtime"},
	    {"name", "n"}, {"app", "a:*"}, {"container", "c"}, {"image", "i"},
	    {"rule", "r"}, {"from", "1970-01-01"}, {"search", "x"}};

	(void)state;
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		struct auditquery q;

		auditquery_init(&q);
		assert_int_equal(auditquery_add(&q, str_of(queries[i][0]),
				     str_of(queries[i][1]), now, NULL),
		    1);
		assert_false(matches_text(&q, "{}"));
		assert_false(matches_text(&q,
		    "{\"kind\":7,\"name\":[],\"app\":\"a:1\","
		    "\"container\":[1],\"rule\":null,\"ts\":0}"));
	}
}

static void
keeps_a_severity_that_it_does_not_know(void **state)
{
	struct auditquery q;

	(void)state;
	auditquery_init(&q);
	assert_int_equal(
	    auditquery_add(&q, STR("severity"), STR("critical"), now, NULL), 1);
	assert_true(matches_text(&q, "{\"severity\":\"dreadful\"}"));
	assert_false(matches_text(&q, "{\"severity\":\"high\"}"));
}

static void
refuses_wrong_values(void **state)
{
	static const char *const wrong[][2] = {{"kind", "Runtime"},
	    {"kind", ""}, {"action", "deny"}, {"severity", "warn"}, {"app", ""},
	    {"app", "a*b"}, {"app", "-"}, {"container", ""}, {"image", "a*b"},
	    {"rule", "**a"}, {"name", "a**"}, {"from", "yesterday"},
	    {"from", ""}, {"from", "h"}, {"to", "1 h"}, {"to", "-1h"},
	    {"to", "2026-13-01"}, {"to", "10000000d"}};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct auditquery q;
		struct err e = {0};

		auditquery_init(&q);
		assert_int_equal(auditquery_add(&q, str_of(wrong[i][0]),
				     str_of(wrong[i][1]), now, &e),
		    -EINVAL);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_true(e.text[0] != '\0');
	}
}

static void
knows_its_own_names(void **state)
{
	struct auditquery q;

	(void)state;
	auditquery_init(&q);
	assert_int_equal(
	    auditquery_add(&q, STR("limit"), STR("1"), 0, NULL), 0);
	assert_int_equal(auditquery_add(&q, STR("apps"), STR("x"), 0, NULL), 0);
	assert_int_equal(auditquery_add(&q, STR_NONE, STR("x"), 0, NULL), 0);
}

static void
holds_its_bounds(void **state)
{
	static const char *const once[][2] = {
	    {"severity", "low"}, {"from", "1h"}, {"to", "1h"}, {"search", "x"}};
	struct auditquery q;
	struct err e = {0};

	(void)state;
	auditquery_init(&q);
	for (int i = 0; i < AUDITQUERY_VALUES_MAX; i++)
		assert_int_equal(
		    auditquery_add(&q, STR("app"), STR("a*"), now, NULL), 1);
	assert_int_equal(
	    auditquery_add(&q, STR("app"), STR("a*"), now, &e), -EINVAL);
	assert_int_equal(e.kind, ERR_USAGE);
	for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
		struct str name = str_of(once[i][0]),
			   value = str_of(once[i][1]);

		assert_int_equal(auditquery_add(&q, name, value, now, NULL), 1);
		assert_int_equal(
		    auditquery_add(&q, name, value, now, &e), -EINVAL);
	}
}

static void
reads_times(void **state)
{
	int64_t ms = 0;

	(void)state;
	assert_true(auditquery_time(STR("90s"), now, &ms));
	assert_int_equal(ms, now - 90000);
	assert_true(auditquery_time(STR("30m"), now, &ms));
	assert_int_equal(ms, now - 1800000);
	assert_true(auditquery_time(STR("2w"), now, &ms));
	assert_int_equal(ms, now - INT64_C(1209600000));
	assert_true(auditquery_time(STR("0d"), now, &ms));
	assert_int_equal(ms, now);
	assert_true(auditquery_time(STR("2026-01-02"), now, &ms));
	assert_int_equal(ms, INT64_C(1767312000000));
	assert_true(auditquery_time(STR("2026-01-02T05:04:05+02:00"), 0, &ms));
	assert_int_equal(ms, now);
}

static void
fits_patterns(void **state)
{
	(void)state;
	assert_true(auditquery_fits(STR("*"), STR_NONE));
	assert_true(auditquery_fits(STR("*"), STR("x")));
	assert_true(auditquery_fits(STR("**"), STR_NONE));
	assert_true(auditquery_fits(STR("a*"), STR("a")));
	assert_true(auditquery_fits(STR("*a"), STR("a")));
	assert_true(auditquery_fits(STR("*a*"), STR("bab")));
	assert_false(auditquery_fits(STR("*ab"), STR("b")));
	assert_false(auditquery_fits(STR("ab*"), STR("a")));
	assert_false(auditquery_fits(STR("a"), STR("ab")));
	assert_false(auditquery_fits(STR("?"), STR("a")));
	assert_false(auditquery_fits(STR_NONE, STR("a")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(picks_what_is_asked_for),
	    cmocka_unit_test(asks_for_all_at_first),
	    cmocka_unit_test(takes_a_nul_as_any_other),
	    cmocka_unit_test(misses_what_is_not_there),
	    cmocka_unit_test(keeps_a_severity_that_it_does_not_know),
	    cmocka_unit_test(refuses_wrong_values),
	    cmocka_unit_test(knows_its_own_names),
	    cmocka_unit_test(holds_its_bounds),
	    cmocka_unit_test(reads_times),
	    cmocka_unit_test(fits_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
