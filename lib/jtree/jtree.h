/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jtree: a JSON text as a tree to look things up in. For small texts of
 * others that are read once; with libc alone, and in a third of libjq's time.
 */
#ifndef FG_JTREE_JTREE_H
#define FG_JTREE_JTREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "jscan/jscan.h"
#include "jwrite/jwrite.h"

enum { JTREE_DEPTH_MAX = 128 };

struct jtree {
	enum jscan_kind kind;       /* OBJECT, ARRAY, STRING, NUMBER, … */
	struct str key;             /* of a member, decoded */
	struct str text;            /* STRING: decoded; else as written */
	struct jtree *first, *next; /* members or items; the one behind */
	size_t n;                   /* of members or items */
	size_t at, key_at; /* offsets in the text: of the value, its key */
};

/*
 * Parse one JSON text (RFC 8259, strictly). The tree is in a, and its strings
 * borrow from text as well. what names the text in errors. ERR_PERM:
 * "what:line:column: why" for a syntax error (EINVAL) or too deep a nesting
 * (E2BIG); EFBIG when a's bound is passed.
 */
int jtree_parse(struct arena *a, struct str text, const char *what,
    const struct jtree **ret, struct err *e);

/* The member of that name (the last one), or NULL; t may be NULL, or null. */
const struct jtree *jtree_get(const struct jtree *t, const char *key);

/* NULL, or the value null. */
bool jtree_is_null(const struct jtree *t);

/* The string, or STR_NONE when t is none. It may hold NUL. */
struct str jtree_str(const struct jtree *t);

/* True, with the value in *ret: t is a number of 64 characters at most. */
bool jtree_number(const struct jtree *t, double *ret);

/* The line and column (in bytes) of an offset of text, both from 1. */
void jtree_place(struct str text, size_t at, unsigned *line, unsigned *column);

/* Write t, numbers as they were written. */
void jtree_write(const struct jtree *t, struct jwrite *w);

#endif
