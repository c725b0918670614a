/* SPDX-License-Identifier: Apache-2.0 */
#include "time.h"

#include <stdio.h>
#include <time.h>

enum { DAY = 24 * 60 * 60 };

struct civil {
	int64_t year, month, day; /* month and day from 1 */
};

/*
 * Days since 1970-01-01 and back, in the Gregorian calendar. The year is
 * taken to begin in March, so that the leap day is its last, and 400 of them
 * (146097 days) repeat; 719468 days lie between 0000-03-01 and 1970-01-01.
 */
static int64_t
days_of(struct civil c)
{
	int64_t y = c.month > 2 ? c.year : c.year - 1;
	int64_t m = (c.month + 9) % 12; /* March is 0 */
	int64_t in_year = (153 * m + 2) / 5 + c.day - 1;

	y += 400; /* year 0 may have become -1 */
	return 365 * y + y / 4 - y / 100 + y / 400 + in_year - 719468 - 146097;
}

static struct civil
civil_of(int64_t days)
{
	int64_t z = days + 719468 + 146097; /* days since -400-03-01 */
	int64_t era = z / 146097, in_era = z % 146097;
	int64_t y =
	    (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * in_year + 2) / 153;
	struct civil c = {.day = in_year - (153 * m + 2) / 5 + 1};

	c.month = m < 10 ? m + 3 : m - 9;
	c.year = 400 * era + y - 400 + (c.month <= 2);
	return c;
}

static const struct civil FIRST = {0, 1, 1}, BEHIND_LAST = {10000, 1, 1};

/* Seconds as text without the Z; false outside the years. */
static bool
format(int64_t seconds, char to[TIME_TEXT])
{
	int64_t rest;
	struct civil c;

	to[0] = '\0';
	if (seconds < days_of(FIRST) * DAY ||
	    seconds >= days_of(BEHIND_LAST) * DAY)
		return false;
	rest = (seconds % DAY + DAY) % DAY;
	c = civil_of((seconds - rest) / DAY);
	(void)snprintf(to, TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u",
	    (unsigned)c.year, (unsigned)c.month, (unsigned)c.day,
	    (unsigned)(rest / 3600), (unsigned)(rest / 60 % 60),
	    (unsigned)(rest % 60));
	return true;
}

static int64_t
floor_seconds(int64_t ms)
{
	return ms / 1000 - (ms % 1000 < 0);
}

enum { PLAIN = 19 }; /* "2026-01-02T03:04:05" */

bool
time_format(int64_t seconds, char to[TIME_TEXT])
{
	if (!format(seconds, to))
		return false;
	(void)snprintf(to + PLAIN, TIME_TEXT - PLAIN, "Z");
	return true;
}

bool
time_format_ms(int64_t ms, char to[TIME_TEXT])
{
	unsigned part = (unsigned)((ms % 1000 + 1000) % 1000);

	if (!format(floor_seconds(ms), to))
		return false;
	(void)snprintf(to + PLAIN, TIME_TEXT - PLAIN, ".%03uZ", part);
	return true;
}

/* Do s's bytes fit the form? 0 stands for a digit, T for T and t. */
static bool
has_form(struct str s, const char *form)
{
	for (size_t i = 0; form[i] != '\0'; i++) {
		char c = i < s.n ? s.p[i] : '\0';

		if (form[i] == '0'
			? c < '0' || c > '9'
			: c != form[i] && !(form[i] == 'T' && c == 't'))
			return false;
	}
	return true;
}

static int64_t
digits(struct str s, size_t at, size_t n)
{
	int64_t value = 0;

	for (size_t i = at; i < at + n; i++)
		value = value * 10 + (s.p[i] - '0');
	return value;
}

static bool
date_exists(struct civil c)
{
	struct civil again;

	if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31)
		return false;
	again = civil_of(days_of(c));
	return again.month == c.month && again.day == c.day;
}

/* "Z" or "+hh:mm" to the seconds that local time is ahead. */
static bool
parse_offset(struct str s, int64_t *ahead)
{
	int64_t hours, minutes;

	if (s.n == 1 && (s.p[0] == 'Z' || s.p[0] == 'z')) {
		*ahead = 0;
		return true;
	}
	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':' ||
	    !has_form(str_sub(s, 1, 3), "00") ||
	    !has_form(str_sub(s, 4, 6), "00"))
		return false;
	hours = digits(s, 1, 2);
	minutes = digits(s, 4, 2);
	*ahead = (hours * 60 + minutes) * (s.p[0] == '-' ? -60 : 60);
	return hours < 24 && minutes < 60;
}

/* Take ".digits" from the start of *s; false when there is a point alone. */
static bool
parse_fraction(struct str *s, int64_t *ms)
{
	size_t n = 1;

	*ms = 0;
	if (!str_starts(*s, "."))
		return true;
	for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		if (n <= 3)
			*ms = *ms * 10 + (s->p[n] - '0');
	for (size_t i = n; i <= 3; i++)
		*ms *= 10;
	*s = str_sub(*s, n, s->n);
	return n > 1;
}

bool
time_parse_ms(struct str s, int64_t *ms)
{
	int64_t hour, minute, second, ahead, part;
	struct str rest = str_sub(s, PLAIN, s.n);
	struct civil c;

	if (!has_form(s, "0000-00-00T00:00:00") ||
	    !parse_fraction(&rest, &part) || !parse_offset(rest, &ahead))
		return false;
	c = (struct civil){digits(s, 0, 4), digits(s, 5, 2), digits(s, 8, 2)};
	hour = digits(s, 11, 2);
	minute = digits(s, 14, 2);
	second = digits(s, 17, 2);
	if (!date_exists(c) || hour > 23 || minute > 59 || second > 60)
		return false;
	second += hour * 3600 + minute * 60 + days_of(c) * DAY - ahead;
	*ms = second * 1000 + part;
	return true;
}

bool
time_parse(struct str s, int64_t *seconds)
{
	int64_t ms;

	if (!time_parse_ms(s, &ms))
		return false;
	*seconds = floor_seconds(ms);
	return true;
}

int64_t
time_now_ns(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t
time_now_ms(void)
{
	return time_now_ns() / 1000000;
}

int64_t
time_monotonic_ms(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
