/* SPDX-License-Identifier: Apache-2.0 */
/* ip: IPv4 and IPv6 addresses and prefixes, as text and in binary. */
#ifndef FG_IP_IP_H
#define FG_IP_IP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { IP_TEXT = 46 }; /* INET6_ADDRSTRLEN: any address and a NUL */

/*
 * Network order. IPv4 lies in the first four bytes, the rest zero; an
 * IPv4-mapped IPv6 address (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2) is
 * held as IPv4, since the kernel sends it as that.
 */
struct ip {
	uint8_t family; /* 4, 6; 0: none */
	uint8_t bytes[16];
};

struct ip_prefix {
	struct ip at; /* bits behind `bits` are zero */
	uint8_t bits; /* 0..32 or 0..128 */
};

/*
 * Dotted quad of four decimal numbers without leading zeros, or RFC 4291
 * section 2.2 (no zone). False, with *ret untouched, for anything else.
 */
bool ip_parse(struct str s, struct ip *ret);

/*
 * "ADDRESS" (all its bits) or "ADDRESS/BITS" (RFC 4632; RFC 4291 2.3); bits
 * behind the prefix are cleared. ::ffff:a.b.c.d/96 and longer are held as
 * IPv4. False, with *ret untouched, for anything else.
 */
bool ip_parse_prefix(struct str s, struct ip_prefix *ret);

/* Dotted quad; RFC 5952 for IPv6; "" for family 0. */
void ip_text(const struct ip *ip, char to[IP_TEXT]);

/*
 * From four or sixteen bytes in network order (family 4 or 6; for any other
 * the result is none, and bytes are not looked at).
 */
struct ip ip_make(int family, const void *bytes);

bool ip_eq(const struct ip *a, const struct ip *b);

/* False for none, and for a prefix of the other family: ::/0 has no IPv4. */
bool ip_in(const struct ip *ip, const struct ip_prefix *prefix);

/* 127.0.0.0/8 (RFC 1122), ::1. */
bool ip_is_loopback(const struct ip *ip);

/* RFC 1918, RFC 4193 (fc00::/7), link-local (RFC 3927, fe80::/10). */
bool ip_is_private(const struct ip *ip);

#endif
