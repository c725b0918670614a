/* SPDX-License-Identifier: Apache-2.0 */
#include "custom_parser.h"

#include <errno.h>
#include <string.h>

void
custom_parser_next(struct custom_parser *x)
{
	if (x->r == 0)
		x->r = custom_lex_next(&x->lex, x->e);
}

void *
custom_parser_memory(struct custom_parser *x, size_t n)
{
	void *p = x->r == 0 ? arena_alloc(x->a, n) : NULL;

	if (p == NULL && x->r == 0)
		x->r = err_nomem(x->e);
	return p;
}

void
custom_parser_too_big(struct custom_parser *x, const char *what, int max)
{
	if (x->r == 0)
		x->r = err_set(x->e, ERR_PERM, E2BIG, "%u:%u: more than %d %s",
		    x->lex.token_line, x->lex.token_column, max, what);
}

char
custom_parser_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Is the token that word, in either case? */
bool
custom_parser_at_word(const struct custom_parser *x, const char *word)
{
	struct str s = x->lex.text;

	if (x->r != 0 || x->lex.kind != CUSTOM_WORD || s.n != strlen(word))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (custom_parser_lower(s.p[i]) != word[i])
			return false;
	}
	return true;
}

bool
custom_parser_at_mark(const struct custom_parser *x, const char *mark)
{
	return x->r == 0 && x->lex.kind == CUSTOM_MARK &&
	       str_eqz(x->lex.text, mark);
}

bool
custom_parser_word(struct custom_parser *x, const char *word)
{
	bool is = custom_parser_at_word(x, word);

	if (is)
		custom_parser_next(x);
	return is;
}

bool
custom_parser_mark(struct custom_parser *x, const char *mark)
{
	bool is = custom_parser_at_mark(x, mark);

	if (is)
		custom_parser_next(x);
	return is;
}
