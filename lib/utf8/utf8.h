/* SPDX-License-Identifier: Apache-2.0 */
/* utf8: UTF-8 as RFC 3629 has it: shortest form, no surrogates. */
#ifndef FG_UTF8_UTF8_H
#define FG_UTF8_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum { UTF8_BYTES_MAX = 4 }; /* of one character */

/*
 * The character at the start of s: its code point in *code (may be NULL) and
 * its length in bytes, 1 to 4, as the result. 0: s is empty, or does not
 * start with a whole, well formed character; *code is untouched.
 */
size_t utf8_decode(struct str s, uint32_t *code);

/*
 * Write code's UTF-8 form to `to`, room for UTF8_BYTES_MAX; returns its
 * length. 0, with nothing written, for surrogates and above U+10FFFF.
 */
size_t utf8_encode(uint32_t code, char *to);

/*
 * Is all of s well formed? If not, *bad_at (may be NULL) is the offset of the
 * first byte that is part of no character. NUL is a character here.
 */
bool utf8_valid(struct str s, size_t *bad_at);

/*
 * Is it one that a reader does not see, but a terminal or an editor obeys:
 * controls (C0, DEL, C1), line separators, marks of direction and of width
 * zero, tags? What shows texts of others writes such ones as escapes.
 */
bool utf8_hidden(uint32_t code);

/*
 * Append s, with each of them and each byte that is no UTF-8 as \uXXXX (two
 * of them above U+FFFF; U+FFFD for such bytes).
 */
void utf8_show(struct str s, struct buf *out);

/*
 * The same for a JSON text, whose meaning stays: there they stand inside of
 * strings, but for the C0 ones, which may be blanks between them and are let
 * be.
 */
void utf8_show_json(struct str s, struct buf *out);

#endif
