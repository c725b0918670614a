/* SPDX-License-Identifier: Apache-2.0 */
#include "sock.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "sock_proc.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

bool
sock_parse(const void *bytes, size_t n, struct ip *addr, uint16_t *port)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	sa_family_t family;

	if (n < sizeof(family))
		return false;
	memcpy(&family, bytes, sizeof(family));
	if (family == AF_INET && n >= sizeof(in)) {
		memcpy(&in, bytes, sizeof(in));
		*addr = ip_make(4, &in.sin_addr);
		*port = ntohs(in.sin_port);
		return true;
	}
	/* SIN6_LEN_RFC2133: without the scope. */
	if (family == AF_INET6 && n >= 24) {
		memset(&in6, 0, sizeof(in6));
		memcpy(&in6, bytes, n < sizeof(in6) ? n : sizeof(in6));
		*addr = ip_make(6, &in6.sin6_addr);
		*port = ntohs(in6.sin6_port);
		return true;
	}
	return false;
}

static void
ask(int fd, unsigned want, struct sock *ret)
{
	struct sockaddr_storage addr;
	socklen_t n = sizeof(addr);
	int protocol = 0;

	if (want & SOCK_LOCAL &&
	    getsockname(fd, (struct sockaddr *)&addr, &n) == 0)
		ret->inet = sock_parse(&addr, n, &ret->local, &ret->local_port);
	n = sizeof(protocol);
	if (want & SOCK_PROTOCOL &&
	    getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &n) == 0)
		ret->protocol = (uint8_t)protocol;
	n = sizeof(addr);
	if (want & SOCK_PEER &&
	    getpeername(fd, (struct sockaddr *)&addr, &n) == 0)
		(void)sock_parse(&addr, n, &ret->peer, &ret->peer_port);
}

/* A pidfd of the process, kept while it asks. */
static int
pidfd(struct trace *t, const struct proc *p)
{
	struct state_fd *at = &t->pidfds[p->serial % STATE_FDS];

	if (at->serial == p->serial)
		return at->fd;
	if (at->serial != 0)
		(void)close(at->fd);
	at->serial = 0;
	at->fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (at->fd < 0)
		return -errno;
	at->serial = p->serial;
	return at->fd;
}

/* A copy of the caller's descriptor, or -errno. */
static int
borrow(struct trace *t, const struct call *c, int fd)
{
	int process = pidfd(t, c->proc);
	long copy;

	if (process < 0)
		return process;
	copy = syscall(SYS_pidfd_getfd, process, fd, 0);
	return copy < 0 ? -errno : (int)copy;
}

bool
sock_look(struct trace *t, const struct call *c, int fd, unsigned want,
    struct sock *ret)
{
	cleanup_fd int copy = -1;

	*ret = (struct sock){0};
	if (!t->no_getfd) {
		copy = borrow(t, c, fd);
		if (copy >= 0) {
			ask(copy, want, ret);
			return true;
		}
		if (copy == -ENOSYS || copy == -EPERM)
			t->no_getfd = true;
	}
	ret->inet = sock_proc_look(t, c->tid, fd, ret);
	return ret->inet;
}

bool
sock_inet(struct trace *t, struct proc *p, pid_t tid, int fd)
{
	const struct call c = {.proc = p, .tid = tid};
	struct sock sock;

	return sock_look(t, &c, fd, SOCK_LOCAL, &sock) && sock.inet;
}

bool
sock_query(const void *bytes, size_t n, char to[256], size_t *to_n)
{
	const uint8_t *p = bytes;
	size_t at = 12, out = 0, label, i;

	/* A standard query (QR 0, OPCODE 0) with one question. */
	if (n < 17 || (p[2] & 0xf8) != 0 || p[4] != 0 || p[5] != 1)
		return false;
	for (; at < n && p[at] != 0; at += label + 1) {
		label = p[at];
		if (label > 63 || at + 1 + label >= n || out + label + 1 > 255)
			return false;
		if (out > 0)
			to[out++] = '.';
		for (i = 1; i <= label; i++) {
			uint8_t c = p[at + i];

			to[out++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
		}
	}
	if (at + 5 > n || out == 0)
		return false;
	to[out] = '\0';
	*to_n = out;
	return true;
}
