/* SPDX-License-Identifier: Apache-2.0 */
/* str: borrowed byte strings with a length; they may hold NUL bytes. */
#ifndef FG_BASE_STR_H
#define FG_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
	const char *p; /* not owned; may be NULL only when n is 0 */
	size_t n;      /* bytes */
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})

/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).n, (s).p

/* The bytes of a C string, without its NUL; NULL gives STR_NONE. */
struct str str_of(const char *z);

/* The bytes p[0..n). */
struct str str_make(const char *p, size_t n);

bool str_eq(struct str a, struct str b);
bool str_eqz(struct str a, const char *z);

/* As memcmp(3) over the common part, then the shorter one first. */
int str_cmp(struct str a, struct str b);

bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);

/* Bytes from..to of s, both clamped to its length. */
struct str str_sub(struct str s, size_t from, size_t to);

/* Offset of the first / last c in s, or s.n when there is none. */
size_t str_chr(struct str s, char c);
size_t str_rchr(struct str s, char c);

/*
 * Split at the first sep: *head gets what is before it, *tail what is after.
 * False, with *head = s and an empty *tail, when there is no sep.
 */
bool str_cut(struct str s, char sep, struct str *head, struct str *tail);

/* s without ASCII blanks and line ends at both sides. */
struct str str_trim(struct str s);

#endif
