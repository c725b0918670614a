/* SPDX-License-Identifier: Apache-2.0 */
/* jscan_lex: where a JSON string, number or word ends; inside jscan only. */
#ifndef FG_JSCAN_JSCAN_LEX_H
#define FG_JSCAN_JSCAN_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct jscan_lexeme {
	size_t end;      /* behind the last byte; of an error: its place */
	bool escaped;    /* string: there is a backslash in it */
	const char *bad; /* NULL, or what is wrong at `end` */
};

/* at is the offset of the quote. */
struct jscan_lexeme jscan_lex_string(struct str src, size_t at);

/* at is the offset of a '-' or digit. */
struct jscan_lexeme jscan_lex_number(struct str src, size_t at);

/* Does word (true, false, null) stand at `at`? */
bool jscan_lex_word(struct str src, size_t at, struct str word);

/* The value of the four hexadecimal digits at p, or -1. */
int32_t jscan_lex_hex4(const char *p);

#endif
