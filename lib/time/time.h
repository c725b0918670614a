/* SPDX-License-Identifier: Apache-2.0 */
/* time: RFC 3339 times, written in UTC, and the number of ms since 1970. */
#ifndef FG_TIME_TIME_H
#define FG_TIME_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { TIME_TEXT = 25 }; /* "2026-01-02T03:04:05.678Z" and a NUL */

/*
 * Write "2026-01-02T03:04:05Z" for a number of seconds, or
 * "2026-01-02T03:04:05.678Z" for one of milliseconds, since
 * 1970-01-01T00:00:00Z, leap seconds not counted. False, with "" written,
 * outside the years 0000 to 9999.
 */
bool time_format(int64_t seconds, char to[TIME_TEXT]);
bool time_format_ms(int64_t ms, char to[TIME_TEXT]);

/*
 * The date-time of RFC 3339 section 5.6, with any offset; 't' and 'z' may be
 * small. A fraction is cut to milliseconds; second 60 is taken, at the end of
 * any minute, as the first second of the next. False, with *ms untouched,
 * when s is anything else or a date that does not exist.
 */
bool time_parse_ms(struct str s, int64_t *ms);

/* As time_parse_ms(), in whole seconds; the fraction is dropped. */
bool time_parse(struct str s, int64_t *seconds);

/* The system's clock, in milliseconds, and nanoseconds, since 1970. */
int64_t time_now_ms(void);
int64_t time_now_ns(void);

/* A clock that nobody sets, in milliseconds since some moment. */
int64_t time_monotonic_ms(void);

#endif
