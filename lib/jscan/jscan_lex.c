/* SPDX-License-Identifier: Apache-2.0 */
#include "jscan_lex.h"

#include <string.h>

#include "utf8/utf8.h"

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define HIGH_BITS UINT64_C(0x8080808080808080)

static struct jscan_lexeme
bad(size_t at, const char *text)
{
	return (struct jscan_lexeme){.end = at, .bad = text};
}

/* Has one of the eight bytes its value below n (n <= 128)? */
static uint64_t
below(uint64_t word, uint64_t n)
{
	return (word - EACH_BYTE * n) & ~word & HIGH_BITS;
}

/* Is one of the eight bytes anything but plain ASCII inside a string? */
static bool
is_special(uint64_t word)
{
	return ((word & HIGH_BITS) | below(word, 0x20) |
		   below(word ^ EACH_BYTE * '"', 1) |
		   below(word ^ EACH_BYTE * '\\', 1)) != 0;
}

/* The first byte from `at` on that needs a look. */
static size_t
skip_plain(struct str src, size_t at)
{
	uint64_t word;

	while (src.n - at >= sizeof word) {
		memcpy(&word, src.p + at, sizeof word);
		if (is_special(word))
			break;
		at += sizeof word;
	}
	for (; at < src.n; at++) {
		unsigned char c = (unsigned char)src.p[at];

		if (c < 0x20 || c == '"' || c == '\\' || c >= 0x80)
			break;
	}
	return at;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int32_t
jscan_lex_hex4(const char *p)
{
	int32_t value = 0;

	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(p[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* The code unit of the \uXXXX at `at`, or -1. */
static int32_t
code_unit(struct str src, size_t at)
{
	if (src.n - at < 6 || src.p[at] != '\\' || src.p[at + 1] != 'u')
		return -1;
	return jscan_lex_hex4(src.p + at + 2);
}

/* at is the offset of the backslash. */
static struct jscan_lexeme
lex_escape(struct str src, size_t at)
{
	int32_t unit, low;

	if (src.n - at < 2)
		return bad(src.n, "the string is not closed");
	if (src.p[at + 1] != 'u') {
		if (memchr("\"\\/bfnrt", src.p[at + 1], 8) == NULL)
			return bad(at, "not an escape that JSON has");
		return (struct jscan_lexeme){.end = at + 2};
	}
	unit = code_unit(src, at);
	if (unit < 0)
		return bad(at, "\\u without four hexadecimal digits");
	if (unit < 0xd800 || unit > 0xdfff)
		return (struct jscan_lexeme){.end = at + 6};
	low = code_unit(src, at + 6);
	if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return bad(at, "a lone surrogate");
	return (struct jscan_lexeme){.end = at + 12};
}

struct jscan_lexeme
jscan_lex_string(struct str src, size_t at)
{
	struct jscan_lexeme part;
	bool escaped = false;
	size_t n;

	for (at++;;) {
		at = skip_plain(src, at);
		if (at == src.n)
			return bad(at, "the string is not closed");
		if (src.p[at] == '"')
			break;
		if (src.p[at] == '\\') {
			part = lex_escape(src, at);
			if (part.bad != NULL)
				return part;
			at = part.end;
			escaped = true;
			continue;
		}
		if ((unsigned char)src.p[at] < 0x20)
			return bad(at, "a control character in a string");
		n = utf8_decode(str_sub(src, at, src.n), NULL);
		if (n == 0)
			return bad(at, "not valid UTF-8");
		at += n;
	}
	return (struct jscan_lexeme){.end = at + 1, .escaped = escaped};
}

static size_t
skip_digits(struct str src, size_t at)
{
	while (at < src.n && src.p[at] >= '0' && src.p[at] <= '9')
		at++;
	return at;
}

struct jscan_lexeme
jscan_lex_number(struct str src, size_t at)
{
	size_t digits = src.p[at] == '-' ? at + 1 : at;

	at = skip_digits(src, digits);
	if (at == digits)
		return bad(at, "a digit is missing");
	if (src.p[digits] == '0' && at > digits + 1)
		return bad(digits, "a number with a leading zero");
	if (at < src.n && src.p[at] == '.') {
		digits = at + 1;
		at = skip_digits(src, digits);
		if (at == digits)
			return bad(at, "a digit is missing behind the point");
	}
	if (at < src.n && (src.p[at] == 'e' || src.p[at] == 'E')) {
		digits = at + 1;
		if (digits < src.n &&
		    (src.p[digits] == '+' || src.p[digits] == '-'))
			digits++;
		at = skip_digits(src, digits);
		if (at == digits)
			return bad(at, "a digit is missing in the exponent");
	}
	return (struct jscan_lexeme){.end = at};
}

bool
jscan_lex_word(struct str src, size_t at, struct str word)
{
	return str_eq(str_sub(src, at, at + word.n), word);
}
