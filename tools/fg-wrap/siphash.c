/* SPDX-License-Identifier: Apache-2.0 */
#include "siphash.h"

#include <string.h>

struct state {
	uint64_t a, b, c, d;
};

static uint64_t
rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static void
turn(struct state *s, int times)
{
	for (; times > 0; times--) {
		s->a += s->b;
		s->b = rotate(s->b, 13) ^ s->a;
		s->a = rotate(s->a, 32);
		s->c += s->d;
		s->d = rotate(s->d, 16) ^ s->c;
		s->a += s->d;
		s->d = rotate(s->d, 21) ^ s->a;
		s->c += s->b;
		s->b = rotate(s->b, 17) ^ s->c;
		s->c = rotate(s->c, 32);
	}
}

static void
word(struct state *s, uint64_t w)
{
	s->d ^= w;
	turn(s, 2);
	s->a ^= w;
}

uint64_t
siphash(const uint64_t seed[2], const void *p, size_t n)
{
	struct state s = {
	    seed[0] ^ UINT64_C(0x736f6d6570736575),
	    seed[1] ^ UINT64_C(0x646f72616e646f6d),
	    seed[0] ^ UINT64_C(0x6c7967656e657261),
	    seed[1] ^ UINT64_C(0x7465646279746573),
	};
	const unsigned char *at = p;
	uint64_t w, last = (uint64_t)n << 56;

	for (; n >= sizeof w; n -= sizeof w, at += sizeof w) {
		memcpy(&w, at, sizeof w);
		word(&s, w);
	}
	for (size_t i = 0; i < n; i++)
		last |= (uint64_t)at[i] << 8 * i;
	word(&s, last);
	s.c ^= 0xff;
	turn(&s, 4);
	return s.a ^ s.b ^ s.c ^ s.d;
}
