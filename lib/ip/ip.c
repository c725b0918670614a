/* SPDX-License-Identifier: Apache-2.0 */
#include "ip.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"

enum { V4_BYTES = 4, V6_BYTES = 16, GROUPS = 8, V4_BITS = 32, V6_BITS = 128 };
enum { MAPPED_BITS = 96, MAPPED_BYTES = 12 };

static const uint8_t mapped[MAPPED_BYTES] = {[10] = 0xff, [11] = 0xff};

/* ---- reading ---------------------------------------------------------- */

static bool
parse_v4(struct str s, uint8_t to[V4_BYTES])
{
	for (int i = 0; i < V4_BYTES; i++) {
		struct str part;
		int64_t value;

		if (str_cut(s, '.', &part, &s) != (i < V4_BYTES - 1) ||
		    !num_parse(part, 0, 255, &value))
			return false;
		to[i] = (uint8_t)value;
	}
	return true;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One to four hexadecimal digits. */
static bool
parse_group(struct str s, uint8_t to[2])
{
	unsigned value = 0;

	if (s.n == 0 || s.n > 4)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int digit = hex_value(s.p[i]);

		if (digit < 0)
			return false;
		value = value << 4 | (unsigned)digit;
	}
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
	return true;
}

/*
 * Groups with colons between them; a dotted quad may be the last two when
 * `last` (RFC 4291 section 2.2 point 3). Their bytes, at most `max`; -1.
 */
static int
parse_groups(struct str s, bool last, uint8_t *to, int max)
{
	bool more = s.n > 0;
	int n = 0;

	while (more) {
		struct str part;

		more = str_cut(s, ':', &part, &s);
		if (last && !more && str_chr(part, '.') < part.n) {
			if (n + V4_BYTES > max || !parse_v4(part, to + n))
				return -1;
			return n + V4_BYTES;
		}
		if (n + 2 > max || !parse_group(part, to + n))
			return -1;
		n += 2;
	}
	return n;
}

/* Offset of the first "::", or s.n. */
static size_t
find_gap(struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		if (s.p[i] == ':' && s.p[i + 1] == ':')
			return i;
	}
	return s.n;
}

static bool
parse_v6(struct str s, uint8_t to[V6_BYTES])
{
	size_t gap = find_gap(s);
	uint8_t tail[V6_BYTES];
	int head_n, tail_n;

	if (gap == s.n)
		return parse_groups(s, true, to, V6_BYTES) == V6_BYTES;
	memset(to, 0, V6_BYTES);
	/* The gap stands for one group at least. */
	head_n = parse_groups(str_sub(s, 0, gap), false, to, V6_BYTES - 2);
	if (head_n < 0)
		return false;
	tail_n = parse_groups(
	    str_sub(s, gap + 2, s.n), true, tail, V6_BYTES - 2 - head_n);
	if (tail_n < 0)
		return false;
	memcpy(to + V6_BYTES - tail_n, tail, (size_t)tail_n);
	return true;
}

struct ip
ip_make(int family, const void *bytes)
{
	struct ip ip = {0};

	if (family == 6 && memcmp(bytes, mapped, sizeof mapped) == 0)
		return ip_make(4, (const uint8_t *)bytes + MAPPED_BYTES);
	if (family != 4 && family != 6)
		return ip;
	ip.family = (uint8_t)family;
	memcpy(ip.bytes, bytes, family == 4 ? V4_BYTES : V6_BYTES);
	return ip;
}

/* The bytes of either form as they are written; the family, or 0. */
static int
parse_bytes(struct str s, uint8_t to[V6_BYTES])
{
	if (str_chr(s, ':') < s.n)
		return parse_v6(s, to) ? 6 : 0;
	return parse_v4(s, to) ? 4 : 0;
}

bool
ip_parse(struct str s, struct ip *ret)
{
	uint8_t bytes[V6_BYTES];
	int family = parse_bytes(s, bytes);

	if (family != 0)
		*ret = ip_make(family, bytes);
	return family != 0;
}

/* The mask's byte i, for a prefix of that many bits. */
static uint8_t
mask_byte(unsigned bits, unsigned i)
{
	unsigned rest = bits > 8 * i ? bits - 8 * i : 0;

	return (uint8_t)(0xff00U >> (rest < 8 ? rest : 8));
}

bool
ip_parse_prefix(struct str s, struct ip_prefix *ret)
{
	struct str text, length;
	struct ip_prefix to = {0};
	uint8_t bytes[V6_BYTES];
	bool cut = str_cut(s, '/', &text, &length);
	int family = parse_bytes(text, bytes);
	int64_t bits = family == 4 ? V4_BITS : V6_BITS;

	if (family == 0 || (cut && !num_parse(length, 0, bits, &bits)))
		return false;
	for (unsigned i = 0; i < (family == 4 ? V4_BYTES : V6_BYTES); i++)
		bytes[i] &= mask_byte((unsigned)bits, i);
	to.at = ip_make(family, bytes);
	if (family == 6 && to.at.family == 4)
		bits -= MAPPED_BITS; /* the mask left ffff standing */
	to.bits = (uint8_t)bits;
	*ret = to;
	return true;
}

/* ---- writing ---------------------------------------------------------- */

/*
 * The longest run of zero groups, the first of equals, two groups at least
 * (RFC 5952 section 4.2): where it starts, and its length or 0.
 */
static unsigned
longest_gap(const uint16_t groups[GROUPS], unsigned *length)
{
	unsigned start = 0;

	*length = 0;
	for (unsigned i = 0; i < GROUPS; i++) {
		unsigned n = 0;

		while (i + n < GROUPS && groups[i + n] == 0)
			n++;
		if (n >= 2 && n > *length) {
			*length = n;
			start = i;
		}
	}
	return start;
}

static void
text_v6(const uint8_t bytes[V6_BYTES], char to[IP_TEXT])
{
	uint16_t groups[GROUPS];
	unsigned gap, length;
	size_t n = 0;

	for (unsigned i = 0; i < GROUPS; i++)
		groups[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
	gap = longest_gap(groups, &length);
	for (unsigned i = 0; i < GROUPS; i++) {
		if (length > 0 && i == gap) {
			n += (size_t)snprintf(to + n, IP_TEXT - n, "::");
			i += length - 1;
			continue;
		}
		n += (size_t)snprintf(to + n, IP_TEXT - n, "%s%x",
		    n == 0 || to[n - 1] == ':' ? "" : ":", groups[i]);
	}
}

void
ip_text(const struct ip *ip, char to[IP_TEXT])
{
	const uint8_t *b = ip->bytes;

	to[0] = '\0';
	if (ip->family == 4)
		(void)snprintf(
		    to, IP_TEXT, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	else if (ip->family == 6)
		text_v6(b, to);
}

/* ---- comparing -------------------------------------------------------- */

bool
ip_eq(const struct ip *a, const struct ip *b)
{
	return a->family == b->family &&
	       memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool
ip_in(const struct ip *ip, const struct ip_prefix *prefix)
{
	if (ip->family == 0 || ip->family != prefix->at.family)
		return false;
	for (unsigned i = 0; 8 * i < prefix->bits; i++) {
		uint8_t differ = ip->bytes[i] ^ prefix->at.bytes[i];

		if ((differ & mask_byte(prefix->bits, i)) != 0)
			return false;
	}
	return true;
}

bool
ip_is_loopback(const struct ip *ip)
{
	static const struct ip_prefix prefixes[] = {
	    {{4, {127}}, 8}, {{6, {[15] = 1}}, 128}};

	return ip_in(ip, &prefixes[0]) || ip_in(ip, &prefixes[1]);
}

bool
ip_is_private(const struct ip *ip)
{
	static const struct ip_prefix prefixes[] = {
	    {{4, {10}}, 8},
	    {{4, {172, 16}}, 12},
	    {{4, {192, 168}}, 16},
	    {{4, {169, 254}}, 16},
	    {{6, {0xfc}}, 7},
	    {{6, {0xfe, 0x80}}, 10},
	};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		if (ip_in(ip, &prefixes[i]))
			return true;
	}
	return false;
}
