/* SPDX-License-Identifier: Apache-2.0 */
#include "secret.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum { HEX = 64, PREFIX = 4 };

static const char *
prefix(enum secret_kind kind)
{
	return kind == SECRET_TOKEN ? "fgp_" : "fge_";
}

static void
hash_of(struct str secret, unsigned char hash[SHA256_BYTES])
{
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, secret.p, secret.n);
	sha256_end(&s, hash);
}

int
secret_make(enum secret_kind kind, char text[SECRET_TEXT],
    char id[SECRET_ID + 1], unsigned char hash[SHA256_BYTES])
{
	unsigned char random[2 * SHA256_BYTES];
	char hex[SHA256_HEX];
	char *at = text;

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return -EIO;
	sha256_hex(random, hex);
	memcpy(id, hex, SECRET_ID);
	id[SECRET_ID] = '\0';
	at = mempcpy(at, prefix(kind), PREFIX);
	at = mempcpy(at, id, SECRET_ID);
	*at++ = '_';
	sha256_hex(random + SHA256_BYTES, hex);
	memcpy(at, hex, SHA256_HEX);
	hash_of(str_make(hex, HEX), hash);
	explicit_bzero(random, sizeof random);
	explicit_bzero(hex, sizeof hex);
	return 0;
}

static bool
is_hex(struct str s)
{
	size_t i = 0;

	while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') ||
			      (s.p[i] >= 'a' && s.p[i] <= 'f')))
		i++;
	return i == s.n;
}

bool
secret_parse(enum secret_kind kind, struct str text, struct str *id,
    unsigned char hash[SHA256_BYTES])
{
	struct str secret;

	if (text.n != SECRET_TEXT - 1 || !str_starts(text, prefix(kind)) ||
	    text.p[PREFIX + SECRET_ID] != '_')
		return false;
	*id = str_sub(text, PREFIX, PREFIX + SECRET_ID);
	secret = str_sub(text, PREFIX + SECRET_ID + 1, text.n);
	if (!is_hex(*id) || !is_hex(secret))
		return false;
	hash_of(secret, hash);
	return true;
}

bool
secret_same(
    const unsigned char a[SHA256_BYTES], const unsigned char b[SHA256_BYTES])
{
	unsigned char differ = 0;

	for (size_t i = 0; i < SHA256_BYTES; i++)
		differ = (unsigned char)(differ | (a[i] ^ b[i]));
	return differ == 0;
}
