/* SPDX-License-Identifier: Apache-2.0 */
/* sha256: SHA-256 (FIPS 180-4) of a stream of bytes, with libc alone. */
#ifndef FG_SHA256_SHA256_H
#define FG_SHA256_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
	SHA256_BYTES = 32,
	SHA256_HEX = 65, /* 64 lower-case digits and a NUL */
	SHA256_BLOCK = 64,
};

struct sha256 {
	uint32_t h[8];
	uint64_t n; /* bytes so far; the digest is defined below 2^61 */
	unsigned char block[SHA256_BLOCK]; /* n % 64 bytes wait here */
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *p, size_t n);

/* The digest; s must be initialised again before more is added. */
void sha256_end(struct sha256 *s, unsigned char digest[SHA256_BYTES]);

void sha256_hex(const unsigned char digest[SHA256_BYTES], char hex[SHA256_HEX]);

/* All at once: the digest of text in hexadecimal. */
void sha256_text(struct str text, char hex[SHA256_HEX]);

#endif
