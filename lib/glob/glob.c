/* SPDX-License-Identifier: Apache-2.0 */
#include "glob.h"

#include "utf8/utf8.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
same(char a, char b, bool fold)
{
	return a == b || (fold && lower(a) == lower(b));
}

static size_t
char_length(struct str s)
{
	size_t n = utf8_decode(s, NULL);

	return n == 0 ? 1 : n;
}

/* Does pattern, which has no star, match the start of text? How much? */
static bool
match_part(struct str pattern, struct str text, bool fold, size_t *used)
{
	size_t at = 0;

	for (size_t i = 0; i < pattern.n; i++) {
		if (at >= text.n)
			return false;
		if (pattern.p[i] == '?')
			at += char_length(str_sub(text, at, text.n));
		else if (same(pattern.p[i], text.p[at], fold))
			at++;
		else
			return false;
	}
	*used = at;
	return true;
}

/* Does pattern, which has no star, match the end of text, and all of it? */
static bool
match_end(struct str pattern, struct str text, bool fold)
{
	size_t at = text.n;

	for (size_t i = pattern.n; i > 0; i--) {
		if (at == 0)
			return false;
		at--;
		if (pattern.p[i - 1] != '?') {
			if (!same(pattern.p[i - 1], text.p[at], fold))
				return false;
			continue;
		}
		/* Back to where the character that ends here starts. */
		for (size_t n = 2; n <= UTF8_BYTES_MAX && n <= at + 1; n++) {
			struct str tail = str_sub(text, at + 1 - n, at + 1);

			if (utf8_decode(tail, NULL) == n) {
				at -= n - 1;
				break;
			}
		}
	}
	return true;
}

/*
 * Between the first and the last star each part is taken where it is found
 * first: that leaves the most for the parts behind it, so nothing is tried
 * twice.
 */
bool
glob_match(struct str pattern, struct str text, bool fold)
{
	struct str part;
	size_t used;

	if (!str_cut(pattern, '*', &part, &pattern))
		return match_part(part, text, fold, &used) && used == text.n;
	if (!match_part(part, text, fold, &used))
		return false;
	text = str_sub(text, used, text.n);
	while (str_cut(pattern, '*', &part, &pattern)) {
		while (!match_part(part, text, fold, &used)) {
			if (text.n == 0)
				return false;
			text = str_sub(text, char_length(text), text.n);
		}
		text = str_sub(text, used, text.n);
	}
	return match_end(part, text, fold);
}
