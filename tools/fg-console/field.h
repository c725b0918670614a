/* SPDX-License-Identifier: Apache-2.0 */
/* field: members of a request's JSON body, checked. */
#ifndef FG_CONSOLE_FIELD_H
#define FG_CONSOLE_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "jtree/jtree.h"

/*
 * All: -EINVAL, ERR_PERM, with the member's name, for one that is of another
 * type or out of bounds, or is absent (or null) and needed. One that is absent
 * and is not leaves *ret as it is.
 */

/* A string of 1 to max bytes without control characters. */
int field_text(const struct jtree *t, const char *name, size_t max, bool needed,
    struct str *ret, struct err *e);

/* The same with line ends, such as PEM. */
int field_lines(const struct jtree *t, const char *name, size_t max,
    struct str *ret, struct err *e);

int field_int(const struct jtree *t, const char *name, int64_t min, int64_t max,
    bool needed, int64_t *ret, struct err *e);

/* "expires", an RFC 3339 time, or "days" from now on: needed, in the future. */
int field_expiry(
    const struct jtree *t, int64_t now_ms, int64_t *ret_ms, struct err *e);

/* "v" is 1: what is spoken so far. */
int field_version(const struct jtree *t, struct err *e);

/* A boot id: 32 hexadecimal digits in small letters. */
int field_boot(const struct jtree *t, struct str *ret, struct err *e);

/* No member but those in "a|b|c": names the nearest. */
int field_known(const struct jtree *t, const char *known, struct err *e);

#endif
