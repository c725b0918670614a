/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 2 * 1024, LAST_BLOCK = 1024 * 1024 };

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *blocks; /* newest first */
	size_t left;          /* of the bound */
	size_t next_size;
	bool fixed; /* it and its one block lie in memory of the caller */
};

struct arena *
arena_new(size_t max)
{
	struct arena *a = calloc(1, sizeof *a);

	if (a != NULL) {
		a->left = max;
		a->next_size = FIRST_BLOCK;
	}
	return a;
}

struct arena *
arena_in(void *mem, size_t n)
{
	const size_t align = alignof(max_align_t);
	size_t head = (sizeof(struct arena) + align - 1) / align * align;
	struct arena *a = mem;
	struct block *b;

	if (n < head + sizeof *b)
		return NULL;
	b = (void *)((char *)mem + head);
	*b = (struct block){.size = n - head - sizeof *b};
	*a = (struct arena){.blocks = b, .left = b->size, .fixed = true};
	return a;
}

void
arena_free(struct arena *a)
{
	struct block *b, *next;

	if (a == NULL || a->fixed)
		return;
	for (b = a->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

void
arena_freep(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

static struct block *
add_block(struct arena *a, size_t need)
{
	size_t size = need > a->next_size ? need : a->next_size;
	struct block *b = calloc(1, sizeof *b + size);

	if (b == NULL)
		return NULL;
	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
	if (a->next_size < LAST_BLOCK)
		a->next_size *= 2;
	return b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	struct block *b = a->blocks;
	void *p;

	n = n == 0 ? 1 : n; /* the bound ends a run of empty ones, too */
	if (n > a->left || n > SIZE_MAX / 2)
		return NULL;
	n = (n + align - 1) / align * align;
	if (b == NULL || b->size - b->used < n)
		b = a->fixed ? NULL : add_block(a, n);
	if (b == NULL)
		return NULL;
	p = b->bytes + b->used;
	if (a->fixed)
		memset(p, 0, n);
	b->used += n;
	a->left -= n < a->left ? n : a->left;
	return p;
}

char *
arena_dup(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (p != NULL && s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p = arena_dup(a, s);

	return (struct str){p, p == NULL ? 0 : s.n};
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (p != NULL)
		(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p;
}
