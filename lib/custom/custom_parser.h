/* SPDX-License-Identifier: Apache-2.0 */
/* custom_parser: what the parser of scripts knows, and its steps. */
#ifndef FG_CUSTOM_CUSTOM_PARSER_H
#define FG_CUSTOM_CUSTOM_PARSER_H

#include <stdbool.h>

#include "custom_lex.h"

/* The first error is kept in r; then nothing more is read. */
struct custom_parser {
	struct custom_lex lex;
	struct arena *a;
	struct err *e;
	int r;
	unsigned depth, terms;
	bool wants_hash;
};

/* An error at the token, unless there was one before. */
#define CUSTOM_FAIL(x, ...)                                                    \
	do {                                                                   \
		if ((x)->r == 0)                                               \
			(x)->r =                                               \
			    custom_lex_error(&(x)->lex, (x)->e, __VA_ARGS__);  \
	} while (0)

enum { CUSTOM_SHOWN_MAX = 60 }; /* bytes of a token in messages */

/* The token, for messages. */
#define CUSTOM_SHOWN(x) STR_ARG(str_sub((x)->lex.text, 0, CUSTOM_SHOWN_MAX))

/* Go on to the next token. */
void custom_parser_next(struct custom_parser *x);

/* From the arena; NULL after an error. */
void *custom_parser_memory(struct custom_parser *x, size_t n);

/* -E2BIG, "line:column: more than MAX WHAT". */
void custom_parser_too_big(struct custom_parser *x, const char *what, int max);

char custom_parser_lower(char c);

/* Is the token that word (in either case) or mark? Then step over it, too. */
bool custom_parser_at_word(const struct custom_parser *x, const char *word);
bool custom_parser_at_mark(const struct custom_parser *x, const char *mark);
bool custom_parser_word(struct custom_parser *x, const char *word);
bool custom_parser_mark(struct custom_parser *x, const char *mark);

#endif
