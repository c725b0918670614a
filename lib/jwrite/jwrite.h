/* SPDX-License-Identifier: Apache-2.0 */
/* jwrite: writes compact JSON (RFC 8259) into a buffer, always well formed. */
#ifndef FG_JWRITE_JWRITE_H
#define FG_JWRITE_JWRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum { JWRITE_DEPTH_MAX = 256 };

/*
 * Commas, colons and nesting are kept here. Calls never fail on the spot: a
 * call that the grammar forbids (a value in an object without a key, a key in
 * an array, an end too many, deeper than JWRITE_DEPTH_MAX) sets `error` to
 * EPROTO, and from then on nothing is written; jwrite_end_text() tells.
 */
struct jwrite {
	struct buf *out; /* not owned; its errors are sticky too */
	unsigned depth;
	int error;
	int state;                                     /* see jwrite.c */
	unsigned char in_object[JWRITE_DEPTH_MAX / 8]; /* one bit a level */
};

/* Start a text that is appended to out, which must outlive w. */
void jwrite_init(struct jwrite *w, struct buf *out);

/* { and [, closed by jwrite_end(). */
void jwrite_object(struct jwrite *w);
void jwrite_array(struct jwrite *w);
void jwrite_end(struct jwrite *w);

/*
 * Member names and strings. Escaped: ", \ and U+0000 to U+001F; each byte
 * that is no valid UTF-8 becomes U+FFFD; all else is written as it is.
 */
void jwrite_key(struct jwrite *w, const char *key);
void jwrite_keys(struct jwrite *w, struct str key);
void jwrite_str(struct jwrite *w, struct str s);
void jwrite_strz(struct jwrite *w, const char *z); /* NULL: null */

void jwrite_int(struct jwrite *w, int64_t i);
void jwrite_bool(struct jwrite *w, bool b);
void jwrite_null(struct jwrite *w);

/* One JSON value that is already text; the caller answers for its form. */
void jwrite_raw(struct jwrite *w, struct str json);

/* Key and value at once; for the z form, a NULL z leaves the member out. */
void jwrite_kv(struct jwrite *w, const char *key, struct str s);
void jwrite_kvz(struct jwrite *w, const char *key, const char *z);
void jwrite_kv_int(struct jwrite *w, const char *key, int64_t i);
void jwrite_kv_bool(struct jwrite *w, const char *key, bool b);
void jwrite_kv_raw(struct jwrite *w, const char *key, struct str json);

/*
 * { "type":type, "v":1 : how every record starts. The caller adds members and
 * calls jwrite_end().
 */
void jwrite_record(struct jwrite *w, const char *type);

/*
 * Is the text whole? 0; -EPROTO after misuse or with something left open;
 * the buffer's -ENOMEM or -EFBIG.
 */
int jwrite_end_text(const struct jwrite *w);

#endif
