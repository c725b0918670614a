/* SPDX-License-Identifier: Apache-2.0 */
/* query: the parameters behind the "?" of a request. */
#ifndef FG_CONSOLE_QUERY_H
#define FG_CONSOLE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { QUERY_MAX = 64 };

struct query {
	struct {
		struct str name, value; /* decoded, in the arena */
	} all[QUERY_MAX];
	size_t n;
};

/*
 * Read "a=1&b=%20": names of `known` alone ("from|to|limit", NULL: none).
 * Percent and '+' are decoded; no NUL, valid UTF-8. Each is there once but for
 * those of `many`. -EINVAL: ERR_PERM, with the nearest name.
 */
int query_parse(struct arena *a, struct str text, const char *known,
    const char *many, struct query *ret, struct err *e);

/*
 * Percent-decoded, and '+' as a blank if plus. False: "%" without two digits,
 * NUL, no UTF-8, or no memory.
 */
bool query_decode(struct arena *a, struct str s, bool plus, struct str *ret);

/* The value of the first one of that name; STR_NONE. */
struct str query_get(const struct query *q, const char *name);

/* *ret untouched when it is not there; else min..max or -EINVAL, ERR_PERM. */
int query_int(const struct query *q, const char *name, int64_t min, int64_t max,
    int64_t *ret, struct err *e);

/* true, false, 1, 0, or without a value: true. */
int query_bool(
    const struct query *q, const char *name, bool *ret, struct err *e);

/* An RFC 3339 time, in ms since 1970. */
int query_time(
    const struct query *q, const char *name, int64_t *ret_ms, struct err *e);

#endif
