/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "learn_state.h"

enum {
	NEAR_MANY = 4, /* addresses in a /24 or /64 that make it that */
	NEAR4 = 24,
	NEAR6 = 64,
	PICKED_MANY = 4, /* outbound ports in the range below */
	PICKED_FROM = 32768,
	PICKED_TO = 60999, /* ip(7), ip_local_port_range */
	LABELS_MANY = 16,  /* names below a domain */
	LABELS_MIN = 3,    /* in a domain that is allowed as a whole */
};

bool
learn_ports_has(const struct learn_ports *p, unsigned port)
{
	return (p->bits[port / 8] >> (port % 8) & 1) != 0;
}

void
learn_ports_add(
    struct learn *l, struct learn_ports *p, unsigned from, unsigned to)
{
	for (unsigned i = from; i <= to && i <= 65535; i++) {
		if (learn_ports_has(p, i))
			continue;
		p->bits[i / 8] |= (uint8_t)(1U << (i % 8));
		l->changed = true;
	}
}

void
learn_ports_range(struct learn *l, struct learn_ports *p)
{
	unsigned n = 0;

	for (unsigned i = PICKED_FROM; i <= PICKED_TO; i++)
		n += learn_ports_has(p, i);
	if (n >= PICKED_MANY)
		learn_ports_add(l, p, PICKED_FROM, PICKED_TO);
}

static uint8_t
all_bits(const struct ip *ip)
{
	return ip->family == 4 ? 32 : 128;
}

void
learn_network_net(struct learn *l, const struct ip_prefix *net)
{
	for (size_t i = 0; i < l->n_nets; i++)
		if (l->nets[i].bits <= net->bits &&
		    ip_in(&net->at, &l->nets[i]))
			return;
	if (l->n_nets == LEARN_NETS_MAX) {
		l->unlearnt++;
		return;
	}
	l->nets[l->n_nets++] = *net;
	l->changed = true;
}

static int
compare_nets(const void *one, const void *two)
{
	const struct ip_prefix *a = one, *b = two;
	int c = a->at.family - b->at.family;

	if (c == 0)
		c = memcmp(a->at.bytes, b->at.bytes, sizeof a->at.bytes);
	return c != 0 ? c : a->bits - b->bits;
}

/* The first `bits` of ip. */
static struct ip_prefix
cut(const struct ip *ip, uint8_t bits)
{
	struct ip_prefix p = {.at = *ip, .bits = bits};

	for (unsigned i = bits; i < 128; i++)
		p.at.bytes[i / 8] &= (uint8_t) ~(0x80U >> (i % 8));
	return p;
}

/* How many single addresses from `at` on are near to it. */
static size_t
run(const struct learn *l, size_t at, const struct ip_prefix *near)
{
	size_t i = at;

	while (i < l->n_nets && ip_in(&l->nets[i].at, near) &&
	       l->nets[i].bits == all_bits(&l->nets[i].at))
		i++;
	return i - at;
}

void
learn_network_nets(struct learn *l)
{
	size_t to = 0, i = 0;

	qsort(l->nets, l->n_nets, sizeof *l->nets, compare_nets);
	while (i < l->n_nets) {
		struct ip_prefix *p = &l->nets[i];
		struct ip_prefix near =
		    cut(&p->at, p->at.family == 4 ? NEAR4 : NEAR6);
		size_t n = run(l, i, &near);

		if (to > 0 && l->nets[to - 1].bits <= p->bits &&
		    ip_in(&p->at, &l->nets[to - 1])) {
			i++;
			continue;
		}
		l->nets[to++] = n >= NEAR_MANY ? near : *p;
		i += n >= NEAR_MANY ? n : 1;
	}
	l->n_nets = to;
}

/* What stays inside is not looked at by a policy. */
static bool
is_outside(const struct ip *ip)
{
	return ip->family != 0 && !ip_is_loopback(ip);
}

static void
add_outbound(struct learn *l, const struct event *ev)
{
	struct ip_prefix p = {.at = ev->addr, .bits = all_bits(&ev->addr)};

	if (!is_outside(&ev->addr))
		return;
	learn_network_net(l, &p);
	learn_ports_add(l, &l->outbound, ev->port, ev->port);
}

static void
add_listening(struct learn *l, const struct event *ev)
{
	bool listens = ev->name == EVENT_LISTEN || ev->protocol == IPPROTO_UDP;

	if (ev->name == EVENT_BIND && ev->port != 0)
		l->bound.bits[ev->port / 8] |= (uint8_t)(1U << (ev->port % 8));
	if (!listens || ev->port == 0 || !is_outside(&ev->addr))
		return;
	/* Nobody asked for that number: the kernel picked it. */
	if (ev->name == EVENT_LISTEN && ev->port >= PICKED_FROM &&
	    ev->port <= PICKED_TO && !learn_ports_has(&l->bound, ev->port))
		learn_ports_add(l, &l->listening, PICKED_FROM, PICKED_TO);
	else
		learn_ports_add(l, &l->listening, ev->port, ev->port);
}

static size_t
labels(struct str domain)
{
	struct str head;
	size_t n = 1;

	while (str_cut(domain, '.', &head, &domain))
		n++;
	return n;
}

/* ip-10-0-1-23.eu-west-1.compute.internal, 4.3.2.1.in-addr.arpa */
static bool
is_numbered(struct str domain)
{
	struct str host, rest;
	size_t from, to, digits = 0;

	if (str_ends(domain, ".in-addr.arpa") || str_ends(domain, ".ip6.arpa"))
		return true;
	if (!str_cut(domain, '.', &host, &rest) || labels(rest) < LABELS_MIN)
		return false;
	for (size_t i = 0; i < host.n; i++)
		digits += host.p[i] >= '0' && host.p[i] <= '9';
	return digits >= 4 && learn_name_varies(host, &from, &to);
}

/* "*.in-addr.arpa", "*.eu-west-1.compute.internal" */
static struct str
parent_of(struct str domain)
{
	struct str head, rest = domain;

	if (str_ends(domain, ".in-addr.arpa"))
		return STR("in-addr.arpa");
	if (str_ends(domain, ".ip6.arpa"))
		return STR("ip6.arpa");
	(void)str_cut(domain, '.', &head, &rest);
	return rest;
}

static bool
below(struct str domain, struct str parent)
{
	return domain.n > parent.n &&
	       domain.p[domain.n - parent.n - 1] == '.' &&
	       str_eq(str_sub(domain, domain.n - parent.n, domain.n), parent);
}

static bool
is_known(const struct learn *l, struct str domain)
{
	for (size_t i = 0; i < l->domains.n; i++) {
		struct str d = l->domains.items[i];

		if (str_eq(d, domain) ||
		    (str_starts(d, "*.") && below(domain, str_sub(d, 2, d.n))))
			return true;
	}
	return false;
}

/* A policy could not say it, or it would say more. */
static bool
is_odd(struct str domain)
{
	for (size_t i = 0; i < domain.n; i++)
		if (domain.p[i] <= ' ' || domain.p[i] >= 0x7f ||
		    domain.p[i] == '*' || domain.p[i] == '?')
			return true;
	return false;
}

static void
add_domain(struct learn *l, struct str domain)
{
	struct str parent = parent_of(domain);
	char *all;

	if (is_odd(domain))
		l->unlearnt++;
	if (domain.n == 0 || is_odd(domain) || is_known(l, domain))
		return;
	if (is_numbered(domain)) {
		all = arena_printf(l->arena, "*.%.*s", STR_ARG(parent));
		domain = str_of(all == NULL ? "" : all);
	}
	if (domain.n > 0 && learn_list_add(&l->domains, domain))
		l->changed = true;
	else
		l->unlearnt++;
}

/* How many names of the list are straight below parent. */
static size_t
siblings(const struct learn *l, struct str parent)
{
	size_t n = 0;

	for (size_t i = 0; i < l->domains.n; i++)
		n += str_eq(parent_of(l->domains.items[i]), parent);
	return n;
}

void
learn_domain_list(const struct learn *l, struct learn_list *to)
{
	for (size_t i = 0; i < l->domains.n; i++) {
		struct str d = l->domains.items[i], parent = parent_of(d);
		char *all = NULL;

		if (!str_starts(d, "*") && labels(parent) >= LABELS_MIN &&
		    siblings(l, parent) >= LABELS_MANY)
			all =
			    arena_printf(to->arena, "*.%.*s", STR_ARG(parent));
		(void)learn_list_add(to, all == NULL ? d : str_of(all));
	}
	learn_list_sort(to);
}

void
learn_network_add(struct learn *l, const struct event *ev)
{
	switch (ev->name) {
	case EVENT_CONNECT:
	case EVENT_SEND:
		add_outbound(l, ev);
		break;
	case EVENT_BIND:
	case EVENT_LISTEN:
		add_listening(l, ev);
		break;
	default:
		add_domain(l, ev->domain);
		break;
	}
}
