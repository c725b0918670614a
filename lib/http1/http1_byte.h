/* SPDX-License-Identifier: Apache-2.0 */
/* http1_byte: which byte may stand where. */
#ifndef FG_HTTP1_HTTP1_BYTE_H
#define FG_HTTP1_HTTP1_BYTE_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

enum http1_byte_set {
	HTTP1_BYTE_TOKEN = 0x01,      /* tchar, RFC 9110 section 5.6.2 */
	HTTP1_BYTE_UNDERSCORE = 0x02, /* is one */
	HTTP1_BYTE_TARGET = 0x04,     /* visible ASCII but '#' */
	HTTP1_BYTE_URI = 0x08,        /* pchar "/" "?" "%", RFC 3986 */
	HTTP1_BYTE_HOST = 0x10,       /* letters, digits, "-._" */
	HTTP1_BYTE_DIGIT = 0x20,
	HTTP1_BYTE_HEX = 0x40,
	HTTP1_BYTE_VALUE = 0x80, /* HTAB, all from SP up but DEL */
};

extern const uint8_t http1_byte_sets[256];

/* Is c in the set (or in one of several)? */
static inline bool
http1_byte_in(char c, unsigned set)
{
	return (http1_byte_sets[(unsigned char)c] & set) != 0;
}

/* The first byte of s from at on that is not in the set, or s.n. */
static inline size_t
http1_byte_skip(struct str s, size_t at, unsigned set)
{
	while (at < s.n && http1_byte_in(s.p[at], set))
		at++;
	return at;
}

/* The same for HTTP1_BYTE_VALUE, eight bytes at a time. */
static inline size_t
http1_byte_skip_value(struct str s, size_t at)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t word, del, found;

	while (s.n - at >= sizeof word) {
		memcpy(&word, s.p + at, sizeof word);
		word = le64toh(word);
		del = word ^ each * 0x7f;
		/* Exact for the first byte below SP, or the first DEL. */
		found =
		    (((word - each * ' ') & ~word) | ((del - each) & ~del)) &
		    each * 0x80;
		if (found == 0) {
			at += sizeof word;
			continue;
		}
		at += (size_t)__builtin_ctzll(found) / 8;
		if (s.p[at] != '\t')
			return at;
		at++;
	}
	return http1_byte_skip(s, at, HTTP1_BYTE_VALUE);
}

#endif
