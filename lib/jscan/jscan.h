/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jscan: a pull scanner for JSON text (RFC 8259), strict, with the place of
 * every token. It allocates nothing and keeps pointers to nothing but the
 * source. Duplicate keys are the caller's business.
 */
#ifndef FG_JSCAN_JSCAN_H
#define FG_JSCAN_JSCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { JSCAN_DEPTH_MAX = 1024 }; /* bound on depth_max */

enum jscan_kind {
	JSCAN_OBJECT,     /* { */
	JSCAN_OBJECT_END, /* } */
	JSCAN_ARRAY,      /* [ */
	JSCAN_ARRAY_END,  /* ] */
	JSCAN_KEY,        /* the string before a colon */
	JSCAN_STRING,
	JSCAN_NUMBER,
	JSCAN_TRUE,
	JSCAN_FALSE,
	JSCAN_NULL,
};

struct jscan_token {
	enum jscan_kind kind;
	bool escaped;    /* KEY, STRING: there is a backslash in it */
	size_t start;    /* offset of the first byte, quotes included */
	size_t end;      /* offset behind the last byte */
	unsigned line;   /* 1-based, of start; LF ends a line, CR LF too */
	unsigned column; /* 1-based, in bytes */
};

/* Read only for callers; depth is the number of open objects and arrays. */
struct jscan {
	struct str src;
	size_t at;         /* offset of the next byte to read */
	size_t line_start; /* offset of the current line's first byte */
	unsigned line;
	unsigned depth, depth_max;
	int expect;                                   /* see jscan.c */
	unsigned char in_object[JSCAN_DEPTH_MAX / 8]; /* one bit a level */
};

/*
 * Start to scan src, which must outlive s. depth_max bounds the nesting: [[]]
 * is 2 deep; it is itself cut to JSCAN_DEPTH_MAX.
 */
void jscan_init(struct jscan *s, struct str src, unsigned depth_max);

/*
 * Straight after jscan_init(): step over a UTF-8 byte order mark, if any.
 * Offsets go on counting its three bytes, columns do not.
 */
bool jscan_skip_bom(struct jscan *s);

/*
 * The next token. Returns 1 with *tok filled, 0 at the end of a complete
 * document (one value with blanks around it), or a negative errno with e set
 * as "line:column: text", ERR_PERM: EINVAL is a syntax error (also a lone
 * surrogate, a control character, invalid UTF-8 in a string; an unfinished or
 * empty document), E2BIG too deep a nesting. After an error every call
 * returns the same error kind again.
 */
int jscan_next(struct jscan *s, struct jscan_token *tok, struct err *e);

/*
 * Step behind the value that tok, just returned, begins: to the end of an
 * object or array; nothing is done for other tokens. For a KEY: its value.
 * *tok becomes the last token of it. Returns and e as jscan_next().
 */
int jscan_skip(struct jscan *s, struct jscan_token *tok, struct err *e);

/* The token's bytes as they stand in the source. */
struct str jscan_raw(const struct jscan *s, const struct jscan_token *tok);

/*
 * The bytes between the quotes of a KEY or STRING; the string's value as it
 * is when !tok->escaped.
 */
struct str jscan_inner(const struct jscan *s, const struct jscan_token *tok);

/*
 * Append the value of a KEY or STRING, escapes decoded, as UTF-8; it may hold
 * NUL (from \u0000). Returns 0, or the buffer's -ENOMEM or -EFBIG.
 */
int jscan_text(
    const struct jscan *s, const struct jscan_token *tok, struct buf *out);

#endif
