/* SPDX-License-Identifier: Apache-2.0 */
#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool
is_c1(unsigned char first, unsigned char second)
{
	return first == 0xc2 && second >= 0x80 && second <= 0x9f;
}

/*
 * Copy src to dst (size bytes), control characters escaped; always ends. Those
 * of U+0080 to U+009F are two bytes in UTF-8.
 */
static void
copy_clean(char *dst, size_t size, const char *src)
{
	unsigned char before = 0;
	size_t n = 0;

	for (; *src != '\0' && n + 5 < size; before = (unsigned char)*src++) {
		unsigned char c = (unsigned char)*src;

		if (c >= 0x20 && c != 0x7f && !is_c1(before, c) &&
		    !is_c1(c, (unsigned char)src[1]))
			dst[n++] = (char)c;
		else
			n += (size_t)snprintf(dst + n, size - n, "\\x%02x", c);
	}
	dst[n] = '\0';
}

int
err_set(struct err *e, enum err_kind kind, int code, const char *fmt, ...)
{
	char raw[ERR_TEXT_MAX];
	va_list ap;

	if (e == NULL)
		return -code;
	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	e->kind = kind;
	copy_clean(e->text, sizeof e->text, raw);
	return -code;
}

void
err_prefix(struct err *e, const char *fmt, ...)
{
	char context[ERR_TEXT_MAX / 2], raw[2 * ERR_TEXT_MAX];
	va_list ap;

	if (e == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(context, sizeof context, fmt, ap);
	va_end(ap);
	(void)snprintf(raw, sizeof raw, "%s: %s", context, e->text);
	copy_clean(e->text, sizeof e->text, raw);
}

int
err_nomem(struct err *e)
{
	return err_set(e, ERR_TEMP, ENOMEM, "out of memory");
}
