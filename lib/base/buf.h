/* SPDX-License-Identifier: Apache-2.0 */
/* buf: a growing byte buffer with an upper bound and a sticky error. */
#ifndef FG_BASE_BUF_H
#define FG_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "str.h"

/*
 * Adders never fail on the spot: the first failure is kept in `error` (a
 * positive errno: ENOMEM, EFBIG when max would be passed, or what vsnprintf(3)
 * says), later calls do nothing, and the caller asks buf_error() once at the
 * end.
 */
struct buf {
	char *p;    /* owned; n bytes, and a NUL behind them when p != NULL */
	size_t n;   /* bytes in use */
	size_t cap; /* bytes allocated */
	size_t max; /* bound on n */
	int error;
};

#define BUF_MAX(bytes) ((struct buf){.max = (bytes)})
#define cleanup_buf __attribute__((cleanup(buf_free)))

/* Free the bytes; the buffer is empty, its bound kept. */
void buf_free(struct buf *b);

/* Forget the bytes and the error, keep the memory. */
void buf_reset(struct buf *b);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_addc(struct buf *b, char c);
void buf_addz(struct buf *b, const char *z);
void buf_adds(struct buf *b, struct str s);
void buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/*
 * Make room for n more bytes and return where to write them; the caller then
 * adds what it wrote to b->n. NULL when the buffer is or becomes in error.
 */
char *buf_reserve(struct buf *b, size_t n);

/* 0, or the negative errno of the first failure. */
int buf_error(const struct buf *b);

/* The bytes; valid until the next change of b. */
struct str buf_str(const struct buf *b);

/* The bytes as a C string ("" when empty); valid until the next change. */
const char *buf_z(struct buf *b);

#endif
