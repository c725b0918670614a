/* SPDX-License-Identifier: Apache-2.0 */
/* An App ID as the SAN URI of a certificate. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "pki.h"

static const char scheme[] = "fg:app/";
static const char digits[] = "0123456789ABCDEF";

/* RFC 3986 section 2.3, whatever the locale. */
static bool
is_unreserved(unsigned char c)
{
	return c != '\0' && ((c < 0x80 && isalnum(c)) || strchr("-._~", c));
}

int
pki_app_uri(struct str app_id, char to[PKI_URI], struct err *e)
{
	size_t n = sizeof scheme - 1;

	if (app_id.n == 0)
		return err_set(e, ERR_PERM, EINVAL, "an App ID is empty");
	memcpy(to, scheme, n);
	for (size_t i = 0; i < app_id.n; i++) {
		unsigned char c = (unsigned char)app_id.p[i];
		bool plain = is_unreserved(c);

		if (n + (plain ? 1 : 3) >= PKI_URI)
			return err_set(e, ERR_PERM, EINVAL,
			    "an App ID of %zu bytes is too long", app_id.n);
		if (plain) {
			to[n++] = (char)c;
			continue;
		}
		to[n++] = '%';
		to[n++] = digits[c >> 4];
		to[n++] = digits[c & 15];
	}
	to[n] = '\0';
	return 0;
}

static int
digit(char c)
{
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* One byte off *p; false: not as pki_app_uri() writes it. */
static bool
take_byte(const char **p, unsigned char *c)
{
	int high, low;

	if (**p != '%') {
		*c = (unsigned char)*(*p)++;
		return is_unreserved(*c);
	}
	high = digit((*p)[1]);
	low = high >= 0 ? digit((*p)[2]) : -1;
	if (low < 0)
		return false;
	*p += 3;
	*c = (unsigned char)(high << 4 | low);
	return !is_unreserved(*c);
}

bool
pki_app_id(const char *uri, struct buf *out)
{
	unsigned char text[PKI_URI], c;
	size_t n = 0;
	const char *p = uri + sizeof scheme - 1;

	if (!str_starts(str_of(uri), scheme) || strlen(uri) >= PKI_URI)
		return false;
	for (; *p != '\0'; text[n++] = c) {
		if (!take_byte(&p, &c))
			return false;
	}
	if (n == 0)
		return false;
	buf_add(out, text, n);
	return true;
}
