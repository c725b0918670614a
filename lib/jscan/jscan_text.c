/* SPDX-License-Identifier: Apache-2.0 */
#include "jscan.h"
#include "jscan_lex.h"

#include <string.h>

#include "utf8/utf8.h"

/* Append the \uXXXX that p starts with; returns its length, a pair's is 12. */
static size_t
add_code(const char *p, struct buf *out)
{
	uint32_t code = (uint32_t)jscan_lex_hex4(p + 2);
	char bytes[UTF8_BYTES_MAX];
	size_t n = 6;

	if (code >= 0xd800 && code < 0xdc00) {
		uint32_t low = (uint32_t)jscan_lex_hex4(p + 8);

		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
		n = 12;
	}
	buf_add(out, bytes, utf8_encode(code, bytes));
	return n;
}

static size_t
add_escape(const char *p, struct buf *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *at;

	if (p[1] == 'u')
		return add_code(p, out);
	at = strchr(from, p[1]);
	buf_addc(out, at == NULL ? p[1] : to[at - from]);
	return 2;
}

/* The scanner has checked the escapes: no bound needs a look here. */
int
jscan_text(
    const struct jscan *s, const struct jscan_token *tok, struct buf *out)
{
	struct str rest = jscan_inner(s, tok);

	while (rest.n > 0) {
		size_t plain = tok->escaped ? str_chr(rest, '\\') : rest.n;

		buf_adds(out, str_sub(rest, 0, plain));
		rest = str_sub(rest, plain, rest.n);
		if (rest.n > 0)
			rest = str_sub(rest, add_escape(rest.p, out), rest.n);
	}
	return buf_error(out);
}
