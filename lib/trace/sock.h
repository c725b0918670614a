/* SPDX-License-Identifier: Apache-2.0 */
/* sock: sockets of tracees. */
#ifndef FG_TRACE_SOCK_H
#define FG_TRACE_SOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "ip/ip.h"
#include "state.h"

enum { SOCK_ADDR_MAX = 128 /* struct sockaddr_storage */ };

enum { /* what is asked for */
	SOCK_PROTOCOL = 1 << 0,
	SOCK_LOCAL = 1 << 1,
	SOCK_PEER = 1 << 2,
};

struct sock {
	bool inet;        /* with SOCK_LOCAL: it has an IPv4 or IPv6 address */
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP …; 0: not known */
	struct ip local, peer;
	uint16_t local_port, peer_port;
};

/* Address and port from the bytes of a sockaddr; false: neither v4 nor v6. */
bool sock_parse(const void *bytes, size_t n, struct ip *addr, uint16_t *port);

/*
 * What the socket fd of the caller is. False when that cannot be found out:
 * pidfd_getfd(2) is refused and /proc/net does not list it.
 */
bool sock_look(struct trace *t, const struct call *c, int fd, unsigned want,
    struct sock *ret);

/* Is the descriptor fd of the process p, with the thread tid, one of IP? */
bool sock_inet(struct trace *t, struct proc *p, pid_t tid, int fd);

/* The first question of a DNS message (RFC 1035 section 4.1), lower case. */
bool sock_query(const void *bytes, size_t n, char to[256], size_t *to_n);

#endif
