/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy_set.h"

static int
order_ports(const void *a, const void *b)
{
	const struct policy_port_range *x = a, *y = b;

	return (int)x->from - (int)y->from;
}

int
policy_ports_make(struct arena *a, const struct policy_port_range *from,
    size_t n, struct policy_ports *ret)
{
	struct policy_port_range *r = arena_alloc(a, n * sizeof *r);
	size_t kept = 0;

	*ret = (struct policy_ports){0};
	if (r == NULL)
		return -ENOMEM;
	if (n > 0)
		memcpy(r, from, n * sizeof *r);
	qsort(r, n, sizeof *r, order_ports);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && r[i].from <= r[kept - 1].to + 1U) {
			if (r[i].to > r[kept - 1].to)
				r[kept - 1].to = r[i].to;
		} else {
			r[kept++] = r[i];
		}
	}
	ret->ranges = r;
	ret->n = kept;
	return 0;
}

bool
policy_ports_has(const struct policy_ports *s, uint16_t port)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (port < s->ranges[mid].from)
			high = mid;
		else if (port > s->ranges[mid].to)
			low = mid + 1;
		else
			return true;
	}
	return false;
}

static uint32_t
number4(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | b[3];
}

static int
order4(const void *a, const void *b)
{
	const struct policy_range4 *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static int
order6(const void *a, const void *b)
{
	const struct policy_range6 *x = a, *y = b;

	return memcmp(x->from, y->from, sizeof x->from);
}

static struct policy_range4
range4(const struct ip_prefix *p)
{
	uint32_t from = number4(p->at.bytes);
	uint32_t rest = p->bits >= 32 ? 0 : UINT32_MAX >> p->bits;

	return (struct policy_range4){from & ~rest, from | rest};
}

static struct policy_range6
range6(const struct ip_prefix *p)
{
	struct policy_range6 r;

	for (unsigned i = 0; i < 16; i++) {
		unsigned bits = p->bits <= 8 * i ? 0 : p->bits - 8 * i;
		uint8_t rest = (uint8_t)(bits >= 8 ? 0 : 0xff >> bits);

		r.from[i] = (uint8_t)(p->at.bytes[i] & ~rest);
		r.to[i] = (uint8_t)(p->at.bytes[i] | rest);
	}
	return r;
}

static size_t
merge4(struct policy_range4 *r, size_t n)
{
	size_t kept = 0;

	qsort(r, n, sizeof *r, order4);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && (r[kept - 1].to == UINT32_MAX ||
				    r[i].from <= r[kept - 1].to + 1)) {
			if (r[i].to > r[kept - 1].to)
				r[kept - 1].to = r[i].to;
		} else {
			r[kept++] = r[i];
		}
	}
	return kept;
}

static size_t
merge6(struct policy_range6 *r, size_t n)
{
	size_t kept = 0;

	qsort(r, n, sizeof *r, order6);
	for (size_t i = 0; i < n; i++) {
		struct policy_range6 *last = kept > 0 ? &r[kept - 1] : NULL;

		if (last != NULL && memcmp(r[i].from, last->to, 16) <= 0) {
			if (memcmp(r[i].to, last->to, 16) > 0)
				memcpy(last->to, r[i].to, 16);
		} else {
			r[kept++] = r[i];
		}
	}
	return kept;
}

int
policy_nets_make(struct arena *a, const struct ip_prefix *from, size_t n,
    struct policy_nets *ret)
{
	struct policy_range4 *v4;
	struct policy_range6 *v6;
	size_t n4 = 0, n6 = 0;

	*ret = (struct policy_nets){.n = n};
	for (size_t i = 0; i < n; i++)
		n4 += from[i].at.family == 4;
	v4 = arena_alloc(a, n4 * sizeof *v4);
	v6 = arena_alloc(a, (n - n4) * sizeof *v6);
	if (v4 == NULL || v6 == NULL)
		return -ENOMEM;
	n4 = 0;
	for (size_t i = 0; i < n; i++) {
		if (from[i].at.family == 4)
			v4[n4++] = range4(&from[i]);
		else
			v6[n6++] = range6(&from[i]);
	}
	ret->n_v4 = merge4(v4, n4);
	ret->n_v6 = merge6(v6, n6);
	ret->v4 = v4;
	ret->v6 = v6;
	return 0;
}

static bool
has4(const struct policy_nets *s, uint32_t ip)
{
	size_t low = 0, high = s->n_v4;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ip < s->v4[mid].from)
			high = mid;
		else if (ip > s->v4[mid].to)
			low = mid + 1;
		else
			return true;
	}
	return false;
}

static bool
has6(const struct policy_nets *s, const uint8_t *ip)
{
	size_t low = 0, high = s->n_v6;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(ip, s->v6[mid].from, 16) < 0)
			high = mid;
		else if (memcmp(ip, s->v6[mid].to, 16) > 0)
			low = mid + 1;
		else
			return true;
	}
	return false;
}

bool
policy_nets_has(const struct policy_nets *s, const struct ip *ip)
{
	if (ip->family == 4)
		return has4(s, number4(ip->bytes));
	return ip->family == 6 && has6(s, ip->bytes);
}
