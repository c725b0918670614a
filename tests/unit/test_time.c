/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <time.h>

#include <cmocka.h>

#include "time/time.h"

enum { DAY = 86400 };

static void
formats_utc(void **state)
{
	char text[TIME_TEXT];

	(void)state;
	assert_true(time_format(0, text));
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	assert_true(time_format(951782399, text));
	assert_string_equal(text, "2000-02-28T23:59:59Z");
	assert_true(time_format(951782400, text));
	assert_string_equal(text, "2000-02-29T00:00:00Z");
	assert_true(time_format_ms(-1, text));
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	assert_true(time_format_ms(1767323045678, text));
	assert_string_equal(text, "2026-01-02T03:04:05.678Z");
	assert_true(time_format(-62167219200, text));
	assert_string_equal(text, "0000-01-01T00:00:00Z");
	assert_true(time_format(253402300799, text));
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void
refuses_other_years(void **state)
{
	char text[TIME_TEXT];

	(void)state;
	assert_false(time_format(-62167219201, text));
	assert_string_equal(text, "");
	assert_false(time_format(253402300800, text));
	assert_false(time_format(INT64_MAX, text));
	assert_false(time_format(INT64_MIN, text));
	assert_false(time_format_ms(INT64_MAX, text));
	assert_false(time_format_ms(INT64_MIN, text));
}

/* Every day of 1600 to 2400, and one in 13 of the other years. */
static int64_t
next_day(int64_t day)
{
	return day + (day < -135140 || day > 157054 ? 13 : 1);
}

static void
agrees_with_libc(void **state)
{
	(void)state;
	for (int64_t day = -719528; day < 2932897; day = next_day(day)) {
		time_t t = (time_t)(day * DAY + 12345);
		char text[TIME_TEXT], want[64];
		int64_t seconds = 0;
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		(void)snprintf(want, sizeof want, "%04d-%02d-%02dT03:25:45Z",
		    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
		if (!time_format(t, text) || strcmp(text, want) != 0 ||
		    !time_parse(str_of(text), &seconds) || seconds != t)
			fail_msg("day %lld: %s, %s, %lld", (long long)day, text,
			    want, (long long)seconds);
	}
}

static void
parses_rfc3339(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"1985-04-12T23:20:50.52Z", 482196050520},
	    {"1996-12-19T16:39:57-08:00", 851042397000},
	    {"1937-01-01T12:00:27.87+00:20", -1041337172130},
	    {"1990-12-31T23:59:60Z", 662688000000},
	    {"2026-01-02t03:04:05.6z", 1767323045600},
	    {"2026-01-02T03:04:05.678912345Z", 1767323045678},
	    {"1969-12-31T23:59:59.999Z", -1},
	    {"2024-02-29T00:00:00-00:00", 1709164800000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t ms = 0;

		assert_true(time_parse_ms(str_of(cases[i].text), &ms));
		assert_int_equal(ms, cases[i].ms);
	}
}

static void
refuses_the_rest(void **state)
{
	static const char *const cases[] = {
	    "",
	    "2026-01-02",
	    "2026-01-02T03:04:05",
	    "2026-01-02 03:04:05Z",
	    "2026-01-02T03:04:05.Z",
	    "2026-01-02T03:04:05,5Z",
	    "2026-01-02T03:04Z",
	    "2026-01-02T03:04:05ZZ",
	    "2026-01-02T03:04:05+0100",
	    "2026-01-02T03:04:05+24:00",
	    "2026-01-02T03:04:05+01:60",
	    "2026-00-02T03:04:05Z",
	    "2026-13-02T03:04:05Z",
	    "2026-01-00T03:04:05Z",
	    "2026-01-32T03:04:05Z",
	    "2026-04-31T03:04:05Z",
	    "2025-02-29T03:04:05Z",
	    "2100-02-29T03:04:05Z",
	    "2026-01-02T24:04:05Z",
	    "2026-01-02T03:60:05Z",
	    "2026-01-02T03:04:61Z",
	    "+026-01-02T03:04:05Z",
	    "12026-01-02T03:04:05Z",
	    "2026-01-02T03:04:0\rZ",
	    "2026\r01-02T03:04:05Z",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t ms = 42;

		if (time_parse_ms(str_of(cases[i]), &ms))
			fail_msg("took \"%s\"", cases[i]);
		assert_int_equal(ms, 42);
	}
}

static void
knows_the_time(void **state)
{
	int64_t before = (int64_t)time(NULL) * 1000;
	int64_t now = time_now_ms();

	(void)state;
	assert_true(now >= before - 1000 && now < before + 60000);
	assert_true(time_now_ns() / 1000000 >= now);
	assert_true(time_now_ns() / 1000000 < now + 60000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(formats_utc),
	    cmocka_unit_test(refuses_other_years),
	    cmocka_unit_test(agrees_with_libc),
	    cmocka_unit_test(parses_rfc3339),
	    cmocka_unit_test(refuses_the_rest),
	    cmocka_unit_test(knows_the_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
