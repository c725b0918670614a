/* SPDX-License-Identifier: Apache-2.0 */
#include "custom_lex.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void
custom_lex_init(struct custom_lex *x, struct arena *a, struct str script)
{
	*x = (struct custom_lex){.a = a, .script = script, .line = 1};
	x->token_line = x->token_column = 1;
}

int
custom_lex_error(
    const struct custom_lex *x, struct err *e, const char *fmt, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	return err_set(e, ERR_PERM, EINVAL, "%u:%u: %s", x->token_line,
	    x->token_column, why);
}

static char
peek(const struct custom_lex *x)
{
	return x->at < x->script.n ? x->script.p[x->at] : '\0';
}

static void
skip_blanks(struct custom_lex *x)
{
	for (; x->at < x->script.n; x->at++) {
		char c = x->script.p[x->at];

		if (c == '\n') {
			x->line++;
			x->line_start = x->at + 1;
		} else if (c != ' ' && c != '\t' && c != '\r') {
			return;
		}
	}
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("_./:-", c) != NULL);
}

/* Behind the quote; the end of the string is found first. */
static int
next_string(struct custom_lex *x, struct err *e)
{
	size_t from = ++x->at, n = 0;
	char *to;

	while (x->at < x->script.n && x->script.p[x->at] != '"') {
		if (x->script.p[x->at] == '\n')
			break;
		x->at += x->script.p[x->at] == '\\' ? 2 : 1;
	}
	if (x->at >= x->script.n || x->script.p[x->at] != '"')
		return custom_lex_error(
		    x, e, "the string has no end on its line");
	to = arena_alloc(x->a, x->at - from);
	if (to == NULL)
		return err_nomem(e);
	for (size_t i = from; i < x->at; i++) {
		char c = x->script.p[i];
		char behind = x->script.p[i + 1];

		if (c == '\\' && (behind == '"' || behind == '\\')) {
			c = behind;
			i++;
		}
		to[n++] = c;
	}
	x->at++;
	x->kind = CUSTOM_STRING;
	x->text = str_make(to, n);
	return 0;
}

static int
next_mark(struct custom_lex *x, struct err *e)
{
	size_t from = x->at++;
	char c = x->script.p[from];

	if (strchr("(),=!<>", c) == NULL || c == '\0')
		return custom_lex_error(x, e,
		    "a character that means nothing here: \"%.*s\"", 1, &c);
	if (strchr("!<>", c) != NULL && peek(x) == '=')
		x->at++;
	x->kind = CUSTOM_MARK;
	x->text = str_sub(x->script, from, x->at);
	if (str_eqz(x->text, "!"))
		return custom_lex_error(x, e, "\"!\" without \"=\"");
	return 0;
}

int
custom_lex_next(struct custom_lex *x, struct err *e)
{
	size_t from;

	skip_blanks(x);
	from = x->at;
	x->token_line = x->line;
	x->token_column = (unsigned)(from - x->line_start) + 1;
	x->kind = CUSTOM_END;
	x->text = STR_NONE;
	if (from == x->script.n)
		return 0;
	if (peek(x) == '"')
		return next_string(x, e);
	if (!is_word(peek(x)))
		return next_mark(x, e);
	while (is_word(peek(x)))
		x->at++;
	x->kind = CUSTOM_WORD;
	x->text = str_sub(x->script, from, x->at);
	return 0;
}
