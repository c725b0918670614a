/* SPDX-License-Identifier: Apache-2.0 */
#include "store_words.h"

#include <string.h>

#include "glob/glob.h"

bool
store_words_wild(struct str word)
{
	return str_chr(word, '*') < word.n;
}

static bool
fits(struct str word, struct str text)
{
	if (!store_words_wild(word))
		return str_eq(word, text);
	return glob_match(word, text, true);
}

bool
store_words_match(const struct store_words *w, struct str text)
{
	if (w->n == 0)
		return true;
	for (size_t i = 0; i < w->n; i++)
		if (fits(w->v[i], text))
			return true;
	return false;
}

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
same(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (small(a[i]) != small(b[i]))
			return false;
	return true;
}

/* The first c, in either case, of p[0..n). */
static const char *
either(const char *p, size_t n, char c)
{
	const char *a = memchr(p, small(c), n);
	const char *b = NULL;

	if (small(c) >= 'a' && small(c) <= 'z')
		b = memchr(
		    p, small(c) & ~0x20, a != NULL ? (size_t)(a - p) : n);
	return b != NULL ? b : a;
}

bool
store_words_within(struct str text, struct str what)
{
	const char *p = text.p, *end = text.p + text.n;

	if (what.n == 0)
		return true;
	while ((size_t)(end - p) >= what.n) {
		p = either(p, (size_t)(end - p) - what.n + 1, what.p[0]);
		if (p == NULL)
			return false;
		if (same(p, what.p, what.n))
			return true;
		p++;
	}
	return false;
}

bool
store_words_bit(uint32_t set, unsigned bit)
{
	return set == 0 || (set >> bit & 1) != 0;
}
