/* SPDX-License-Identifier: Apache-2.0 */
/* custom_lex: a script's tokens. */
#ifndef FG_CUSTOM_CUSTOM_LEX_H
#define FG_CUSTOM_CUSTOM_LEX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum custom_token {
	CUSTOM_END,
	CUSTOM_WORD,   /* letters, digits and _ . / : - */
	CUSTOM_STRING, /* text is what it says */
	CUSTOM_MARK,   /* ( ) , = != < <= > >= */
};

struct custom_lex {
	struct arena *a;
	struct str script;
	size_t at, line_start;
	unsigned line;
	/* The token that is to be looked at. */
	enum custom_token kind;
	struct str text;
	unsigned token_line, token_column;
};

/* Start, with nothing to be looked at yet. */
void custom_lex_init(struct custom_lex *x, struct arena *a, struct str script);

/* Go on to the next token. 0, -EINVAL, -ENOMEM. */
int custom_lex_next(struct custom_lex *x, struct err *e);

/* -EINVAL, ERR_PERM, "line:column: why", of the token. */
int custom_lex_error(const struct custom_lex *x, struct err *e, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

#endif
