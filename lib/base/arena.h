/* SPDX-License-Identifier: Apache-2.0 */
/* arena: memory that is given back all at once. */
#ifndef FG_BASE_ARENA_H
#define FG_BASE_ARENA_H

#include <stddef.h>

#include "str.h"

struct arena; /* opaque */

#define cleanup_arena __attribute__((cleanup(arena_freep)))

/* A new arena that will hand out max bytes at most; NULL: out of memory. */
struct arena *arena_new(size_t max);

/*
 * An arena in the n bytes at mem, aligned for any type, which it never passes;
 * they stay the caller's, and arena_free() does nothing to them. NULL when n
 * does not even hold the arena itself.
 */
struct arena *arena_in(void *mem, size_t n);

/* Free it with all that it handed out; NULL is fine. */
void arena_free(struct arena *a);
void arena_freep(struct arena **a);

/*
 * n zeroed bytes, aligned for any type, or NULL (bound passed or out of
 * memory). They live as long as the arena.
 */
void *arena_alloc(struct arena *a, size_t n);

/* A copy of s, with a NUL behind it; .p is NULL when there is no memory. */
struct str arena_str(struct arena *a, struct str s);

/* The same for C strings; NULL when there is no memory. */
char *arena_dup(struct arena *a, struct str s);

/* As sprintf(3) into the arena; NULL when there is no memory. */
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
