/* SPDX-License-Identifier: Apache-2.0 */
#include "spool_crc.h"

#include <endian.h>
#include <string.h>

enum { BITS = 8 };
#define POLYNOMIAL 0x82f63b78u /* reflected */

void
spool_crc_init(struct spool_crc *c)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t v = i;

		for (int bit = 0; bit < BITS; bit++)
			v = (v >> 1) ^ ((v & 1) != 0 ? POLYNOMIAL : 0);
		c->t[0][i] = v;
	}
	for (size_t k = 1; k < 8; k++)
		for (size_t i = 0; i < 256; i++) {
			uint32_t v = c->t[k - 1][i];

			c->t[k][i] = (v >> 8) ^ c->t[0][v & 0xff];
		}
}

uint32_t
spool_crc(const struct spool_crc *c, const void *p, size_t n)
{
	const unsigned char *at = p;
	uint32_t v = UINT32_MAX;

	for (; n >= 8; n -= 8, at += 8) {
		uint64_t w;

		memcpy(&w, at, sizeof w);
		w = le64toh(w) ^ v;
		v = 0;
		for (size_t k = 0; k < 8; k++)
			v ^= c->t[7 - k][(w >> (8 * k)) & 0xff];
	}
	for (; n > 0; n--, at++)
		v = (v >> 8) ^ c->t[0][(v ^ *at) & 0xff];
	return ~v;
}
