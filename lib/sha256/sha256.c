/* SPDX-License-Identifier: Apache-2.0 */
#include "sha256.h"

#include <endian.h>
#include <string.h>

/* FIPS 180-4 section 4.2.2: from the cube roots of the first 64 primes. */
static const uint32_t K[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
    0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138,
    0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
    0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f,
    0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* Section 5.3.3: from the square roots of the first eight primes. */
static const uint32_t H0[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t
rotr(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

/* Section 6.2.2, step 1. */
static void
schedule(uint32_t w[64], const unsigned char block[SHA256_BLOCK])
{
	for (int t = 0; t < 16; t++) {
		memcpy(&w[t], block + 4 * t, 4);
		w[t] = be32toh(w[t]);
	}
	for (int t = 16; t < 64; t++) {
		uint32_t a = w[t - 15], b = w[t - 2];
		uint32_t s0 = rotr(a, 7) ^ rotr(a, 18) ^ a >> 3;
		uint32_t s1 = rotr(b, 17) ^ rotr(b, 19) ^ b >> 10;

		w[t] = w[t - 16] + s0 + w[t - 7] + s1;
	}
}

/* Section 6.2.2, steps 2 to 4; v holds the working variables a to h. */
static void
compress(uint32_t h[8], const unsigned char block[SHA256_BLOCK])
{
	uint32_t w[64], v[8];

	schedule(w, block);
	memcpy(v, h, sizeof v);
	for (int t = 0; t < 64; t++) {
		uint32_t a = v[0], e = v[4];
		uint32_t s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
		uint32_t s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
		uint32_t ch = (e & v[5]) ^ (~e & v[6]);
		uint32_t maj = (a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]);
		uint32_t t1 = v[7] + s1 + ch + K[t] + w[t];

		memmove(v + 1, v, 7 * sizeof *v);
		v[4] += t1;
		v[0] = t1 + s0 + maj;
	}
	for (int i = 0; i < 8; i++)
		h[i] += v[i];
}

void
sha256_init(struct sha256 *s)
{
	*s = (struct sha256){0};
	memcpy(s->h, H0, sizeof s->h);
}

void
sha256_add(struct sha256 *s, const void *p, size_t n)
{
	const unsigned char *from = p;
	size_t held = s->n % SHA256_BLOCK;

	s->n += n;
	if (held > 0) {
		size_t part = SHA256_BLOCK - held;

		if (part > n)
			part = n;
		memcpy(s->block + held, from, part);
		from += part;
		n -= part;
		if (held + part < SHA256_BLOCK)
			return;
		compress(s->h, s->block);
	}
	for (; n >= SHA256_BLOCK; n -= SHA256_BLOCK) {
		compress(s->h, from);
		from += SHA256_BLOCK;
	}
	if (n > 0)
		memcpy(s->block, from, n);
}

/* Section 5.1.1: a 1 bit, zeros, the length in bits as 64 bits. */
void
sha256_end(struct sha256 *s, unsigned char digest[SHA256_BYTES])
{
	static const unsigned char pad[SHA256_BLOCK] = {0x80};
	uint64_t bits = htobe64(s->n * 8);
	size_t held = s->n % SHA256_BLOCK;

	sha256_add(s, pad, (held < 56 ? 56 : 56 + SHA256_BLOCK) - held);
	sha256_add(s, &bits, sizeof bits);
	for (int i = 0; i < 8; i++) {
		uint32_t word = htobe32(s->h[i]);

		memcpy(digest + 4 * i, &word, sizeof word);
	}
}

void
sha256_hex(const unsigned char digest[SHA256_BYTES], char hex[SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < SHA256_BYTES; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[SHA256_HEX - 1] = '\0';
}

void
sha256_text(struct str text, char hex[SHA256_HEX])
{
	unsigned char digest[SHA256_BYTES];
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, text.p, text.n);
	sha256_end(&s, digest);
	sha256_hex(digest, hex);
}
