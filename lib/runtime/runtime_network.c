/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, ports and names. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "runtime_list.h"
#include "runtime_look.h"
#include "runtime_state.h"

RUNTIME_CHECK(denied_ip)
{
	return policy_nets_has(&l->p->denied_ips, &l->ev->addr);
}

/* What stays in the container is nobody's business. */
static bool
is_outside(const struct ip *ip)
{
	return ip->family != 0 && !ip_is_loopback(ip);
}

RUNTIME_CHECK(not_allowed_ip)
{
	return is_outside(&l->ev->addr) &&
	       !policy_nets_has(&l->p->allowed_ips, &l->ev->addr);
}

RUNTIME_CHECK(denied_outbound_port)
{
	return l->ev->addr.family != 0 &&
	       policy_ports_has(&l->p->denied_out, l->ev->port);
}

RUNTIME_CHECK(not_allowed_outbound_port)
{
	return is_outside(&l->ev->addr) &&
	       !policy_ports_has(&l->p->allowed_out, l->ev->port);
}

/*
 * A stream socket listens with listen(2), a datagram socket once it is bound;
 * port 0 is one that the kernel picks for an answer.
 */
static bool
is_listening(const struct event *ev)
{
	if (ev->addr.family == 0 || ev->port == 0)
		return false;
	return ev->name == EVENT_LISTEN || ev->protocol == IPPROTO_UDP;
}

RUNTIME_CHECK(denied_listening_port)
{
	return is_listening(l->ev) &&
	       policy_ports_has(&l->p->denied_listen, l->ev->port);
}

RUNTIME_CHECK(not_allowed_listening_port)
{
	return is_listening(l->ev) && is_outside(&l->ev->addr) &&
	       !policy_ports_has(&l->p->allowed_listen, l->ev->port);
}

/* EVENT_SOCKET: family, type and protocol are in number, flags, protocol. */
static bool
is_raw(const struct event *ev)
{
	unsigned type = ev->flags & 0xf; /* without SOCK_CLOEXEC … */

	if (ev->number == AF_PACKET)
		return true;
	return (ev->number == AF_INET || ev->number == AF_INET6) &&
	       (type == SOCK_RAW || type == SOCK_PACKET);
}

RUNTIME_CHECK(raw_socket)
{
	return is_raw(l->ev);
}

RUNTIME_CHECK(kernel_socket)
{
	static const struct {
		int family;
		const char *name;
	} rare[] = {{AF_ALG, "alg"}, {AF_VSOCK, "vsock"}, {AF_RDS, "rds"},
	    {AF_TIPC, "tipc"}, {AF_CAN, "can"}, {AF_KEY, "key"},
	    {AF_BLUETOOTH, "bluetooth"}};

	for (size_t i = 0; i < sizeof rare / sizeof *rare; i++)
		if (l->ev->number == rare[i].family) {
			l->what = str_of(rare[i].name);
			return true;
		}
	return false;
}

/*
 * Where credentials are: ECS (AWS, "Task metadata endpoint" and "IAM roles for
 * tasks"), EC2 and EKS, and the other clouds.
 */
static const struct {
	uint8_t family, bytes[16];
	const char *what;
	enum event_severity severity;
} endpoints[] = {
    {4, {169, 254, 170, 2}, "the task's credentials", EVENT_LOW},
    {4, {169, 254, 170, 23}, "the pod's credentials", EVENT_LOW},
    {6, {0xfd, 0, 0x0e, 0xc2, [15] = 0x23}, "the pod's credentials", EVENT_LOW},
    {4, {169, 254, 169, 254}, "the metadata of the machine", EVENT_MEDIUM},
    {6, {0xfd, 0, 0x0e, 0xc2, [14] = 2, [15] = 0x54},
	"the metadata of the machine", EVENT_MEDIUM},
    {4, {100, 100, 100, 200}, "the metadata of the machine", EVENT_MEDIUM},
    {4, {168, 63, 129, 16}, "the metadata of the machine", EVENT_MEDIUM},
};

/* SDKs do it all the time, so each program is told of once. */
RUNTIME_CHECK(metadata_access)
{
	const struct ip *ip = &l->ev->addr;
	struct str exe = l->ev->by.exe;
	size_t i = 0, n = sizeof endpoints / sizeof *endpoints;

	while (i < n && (endpoints[i].family != ip->family ||
			    memcmp(endpoints[i].bytes, ip->bytes, 16) != 0))
		i++;
	if (i == n)
		return false;
	l->what = str_of(endpoints[i].what);
	l->severity = endpoints[i].severity;
	return l->effect > POLICY_ALERT ||
	       runtime_state_new(
		   l->st, runtime_state_hash(i + 1000, exe.p, exe.n));
}

RUNTIME_CHECK(internal_port)
{
	return is_outside(&l->ev->addr) &&
	       policy_ports_has(&l->p->internal, l->ev->local_port);
}

RUNTIME_CHECK(denied_domain)
{
	return policy_domains_has(&l->p->denied_domains, l->ev->domain);
}

RUNTIME_CHECK(not_allowed_domain)
{
	return l->ev->domain.n > 0 &&
	       !policy_domains_has(&l->p->allowed_domains, l->ev->domain);
}

/* Ports that pools of miners use and hardly anybody else does. */
static bool
is_pool_port(uint16_t port)
{
	static const uint16_t ports[] = {3333, 3334, 3335, 3336, 3357, 4444,
	    5555, 5730, 7777, 10128, 14433, 14444, 45560, 45700};

	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
		if (port == ports[i])
			return true;
	return false;
}

RUNTIME_CHECK(mining_pool)
{
	const struct event *ev = l->ev;

	if (ev->name == EVENT_DNS) {
		l->what = ev->domain;
		return runtime_list_domain(&runtime_list_pools, ev->domain);
	}
	if (!is_outside(&ev->addr) || ip_is_private(&ev->addr) ||
	    ev->protocol == IPPROTO_UDP || !is_pool_port(ev->port))
		return false;
	(void)snprintf(l->room, sizeof l->room, "port %u", ev->port);
	l->what = str_of(l->room);
	l->severity = EVENT_MEDIUM; /* the port alone says so */
	return true;
}
