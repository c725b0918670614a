/* SPDX-License-Identifier: Apache-2.0 */
#include "uuid4.h"

#include <string.h>

static bool
is_dash_place(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

/* The digit in lower case, or NUL. */
static char
hex_digit(char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))
		return c;
	if (c >= 'A' && c <= 'F')
		return (char)(c - 'A' + 'a');
	return '\0';
}

bool
uuid4_parse(struct str s, char to[UUID4_TEXT])
{
	char text[UUID4_TEXT] = "";
	size_t at = 0;

	if (s.n != 32 && s.n != 36)
		return false;
	for (size_t i = 0; i < UUID4_TEXT - 1; i++) {
		if (is_dash_place(i)) {
			text[i] = '-';
			if (s.n == 36 && s.p[at++] != '-')
				return false;
			continue;
		}
		text[i] = hex_digit(s.p[at++]);
		if (text[i] == '\0')
			return false;
	}
	memcpy(to, text, sizeof text);
	return true;
}
