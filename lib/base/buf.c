/* SPDX-License-Identifier: Apache-2.0 */
#include "buf.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 256 };

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = BUF_MAX(b->max);
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->error = 0;
	if (b->p != NULL)
		b->p[0] = '\0';
}

char *
buf_reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap;
	char *p;

	if (b->error != 0)
		return NULL;
	if (b->n > b->max || n > b->max - b->n) {
		b->error = EFBIG;
		return NULL;
	}
	if (b->p != NULL && n < b->cap - b->n)
		return b->p + b->n;
	while (cap - 1 < b->n + n && cap <= SIZE_MAX / 2)
		cap *= 2;
	p = cap - 1 < b->n + n ? NULL : realloc(b->p, cap);
	if (p == NULL) {
		b->error = ENOMEM;
		return NULL;
	}
	b->p = p;
	b->cap = cap;
	return p + b->n;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = buf_reserve(b, n);

	if (to == NULL)
		return;
	if (n > 0)
		memcpy(to, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_addz(struct buf *b, const char *z)
{
	buf_add(b, z, strlen(z));
}

void
buf_adds(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	char *to;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0 && b->error == 0)
		b->error = errno; /* EOVERFLOW, EILSEQ */
	to = n < 0 ? NULL : buf_reserve(b, (size_t)n);
	if (to != NULL) {
		(void)vsnprintf(to, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

int
buf_error(const struct buf *b)
{
	return -b->error;
}

struct str
buf_str(const struct buf *b)
{
	return (struct str){b->p, b->n};
}

const char *
buf_z(struct buf *b)
{
	return b->p == NULL ? "" : b->p;
}
