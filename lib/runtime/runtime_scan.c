/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port scans: many ports of one address, or one port of many addresses of a
 * network, within seconds. It is counted for the container as a whole, so that
 * a scanner that forks for each port is seen like one that does not.
 */
#include <stdio.h>
#include <string.h>

#include "runtime_look.h"
#include "runtime_state.h"

enum { PORTS = 20, HOSTS = 30, NETWORK4 = 3, NETWORK6 = 8 };
#define WINDOW_NS ((int64_t)10 * 1000 * 1000 * 1000)

static struct runtime_counter *
count_ports(struct runtime_look *l, const struct ip *ip, uint16_t port)
{
	return runtime_state_count(l->st,
	    runtime_state_hash(1, ip->bytes, sizeof ip->bytes), port + 1U,
	    l->ev->ts_ns, WINDOW_NS);
}

static struct runtime_counter *
count_hosts(struct runtime_look *l, const struct ip *ip, uint16_t port)
{
	size_t n = ip->family == 4 ? NETWORK4 : NETWORK6;
	uint64_t key = runtime_state_hash(2U + port, ip->bytes, n);

	return runtime_state_count(l->st, key,
	    runtime_state_hash(3, ip->bytes, sizeof ip->bytes), l->ev->ts_ns,
	    WINDOW_NS);
}

/* Over the limit: told once, but refused each time. */
static bool
is_over(const struct runtime_look *l, struct runtime_counter *c, uint16_t limit)
{
	bool told = c->told;

	if (c->n < limit)
		return false;
	c->told = true;
	return !told || l->effect > POLICY_ALERT;
}

RUNTIME_CHECK(port_scan)
{
	const struct ip *ip = &l->ev->addr;
	uint16_t port = l->ev->port;
	char address[IP_TEXT];
	bool ports, hosts;

	if (ip->family == 0 || port == 0 || ip_is_loopback(ip))
		return false;
	ports = is_over(l, count_ports(l, ip, port), PORTS);
	hosts = is_over(l, count_hosts(l, ip, port), HOSTS);
	if (!ports && !hosts)
		return false;
	ip_text(ip, address);
	if (ports)
		(void)snprintf(
		    l->room, sizeof l->room, "the ports of %s", address);
	else
		(void)snprintf(l->room, sizeof l->room, "port %u around %s",
		    port, address);
	l->what = str_of(l->room);
	return true;
}
