/* SPDX-License-Identifier: Apache-2.0 */
/* event_put: members of an event's line, each of a bounded size. */
#ifndef FG_EVENT_EVENT_PUT_H
#define FG_EVENT_EVENT_PUT_H

#include "event.h"

/* What an event's line is made of. */
struct event_put {
	struct jwrite *w;
	const struct event *ev;
	const struct event_source *src;
	size_t longest; /* string; what is longer is cut */
};

/*
 * How much of s fits into max bytes, a byte that is no UTF-8 counting three
 * for the U+FFFD in its place: so a string that was cut, written and read is
 * not cut again.
 */
size_t event_put_fitting(struct str s, size_t max);

/* A value: the string, or its start and "…". */
void event_put_text(const struct event_put *x, struct str s);

/* Members; they are left out when they are empty, 0 or false. */
void event_put_str(const struct event_put *x, const char *key, struct str s);
void event_put_int(const struct event_put *x, const char *key, int64_t n);
void event_put_true(const struct event_put *x, const char *key, bool b);
void event_put_mode(const struct event_put *x, const char *key, uint32_t mode);
void event_put_strings(const struct event_put *x, const char *key,
    const struct str *list, unsigned n);

/* No integer of a record is larger: jq has doubles (fg-json(7)). */
#define EVENT_PUT_INT_MAX ((int64_t)1 << 53)

/* As it is written; counters are larger in theory only. */
int64_t event_put_counter(uint64_t n);

/* A member, also when it is 0. */
void event_put_count(const struct event_put *x, const char *key, uint64_t n);

/* Bytes that need not be UTF-8: as text, and if that lost some, whole. */
void event_put_bytes(const struct event_put *x, const char *key,
    const char *raw_key, struct str s);

#endif
