/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "mem.h"
#include "path.h"
#include "serve.h"
#include "sock.h"

enum { DNS_PORT = 53 };

int
serve_socket(struct trace *t, struct call *c)
{
	struct event *ev = serve_event(t, c, EVENT_SOCKET);

	ev->number = (int64_t)(int)c->args[0];
	ev->flags = (uint32_t)c->args[1];
	ev->protocol = (uint8_t)c->args[2];
	return serve_ask(t, c, ev);
}

/* The address of connect(2) or bind(2), pinned; its length or -errno. */
static int
read_addr(struct trace *t, struct call *c)
{
	uint64_t n = c->args[2] & UINT32_MAX;
	int error;

	if (n > SOCK_ADDR_MAX)
		return -EINVAL;
	error = mem_get(t, c->tid, c->args[1], t->detail, (size_t)n);
	if (error < 0)
		return error;
	c->pins[c->n_pins++] = (struct call_pin){
	    .arg = 1, .p = t->detail, .n = (size_t)n, .from = c->args[1]};
	return (int)n;
}

/* A socket with a name is a new file. */
static int
bind_name(struct trace *t, struct call *c, size_t n)
{
	struct sockaddr_un un = {0};
	struct path path;

	memcpy(&un, t->detail, n < sizeof(un) ? n : sizeof(un));
	if (n <= sizeof(un.sun_family) || un.sun_family != AF_UNIX ||
	    un.sun_path[0] == '\0')
		return 0;
	memcpy(t->raw[0], un.sun_path, sizeof(un.sun_path));
	t->raw[0][sizeof(un.sun_path)] = '\0';
	path_find(t, c, 0, AT_FDCWD, PATH_NAME, &path);
	return path_guards(t, &path) ? -EPERM : 0;
}

static int
serve_bind(struct trace *t, struct call *c, struct ip addr, uint16_t port)
{
	struct event *ev = serve_event(t, c, EVENT_BIND);
	struct sock sock;

	ev->addr = addr;
	ev->port = ev->local_port = port;
	if (sock_look(t, c, (int)c->args[0], SOCK_PROTOCOL, &sock))
		ev->protocol = sock.protocol;
	return serve_ask(t, c, ev);
}

int
serve_addr(struct trace *t, struct call *c)
{
	struct ip addr;
	struct sock sock;
	struct event *ev;
	uint16_t port;
	int n = read_addr(t, c), verdict;

	if (n < 0)
		return n;
	if (!sock_parse(t->detail, (size_t)n, &addr, &port))
		return c->hook->nr == SYS_bind ? bind_name(t, c, (size_t)n) : 0;
	if (c->hook->nr == SYS_bind)
		return serve_bind(t, c, addr, port);
	ev = serve_event(t, c, EVENT_CONNECT);
	ev->addr = addr;
	ev->port = port;
	if (sock_look(t, c, (int)c->args[0], SOCK_PROTOCOL, &sock))
		ev->protocol = sock.protocol;
	verdict = serve_ask(t, c, ev);
	if (verdict == 0 && port == DNS_PORT &&
	    t->config.watches & EVENT_BIT(EVENT_DNS))
		c->step |= TASK_FOLLOW;
	return verdict;
}

int
serve_listen(struct trace *t, struct call *c)
{
	struct event *ev;
	struct sock sock;

	if (!sock_look(
		t, c, (int)c->args[0], SOCK_PROTOCOL | SOCK_LOCAL, &sock) ||
	    !sock.inet)
		return 0;
	ev = serve_event(t, c, EVENT_LISTEN);
	ev->addr = sock.local;
	ev->port = ev->local_port = sock.local_port;
	ev->protocol = sock.protocol;
	return serve_ask(t, c, ev);
}

int
serve_accepted(struct trace *t, struct call *c, int fd)
{
	struct event *ev;
	struct sock sock;

	if (!sock_look(
		t, c, fd, SOCK_PROTOCOL | SOCK_LOCAL | SOCK_PEER, &sock) ||
	    !sock.inet)
		return 0;
	ev = serve_event(t, c, EVENT_ACCEPT);
	ev->addr = sock.peer;
	ev->port = sock.peer_port;
	ev->local_port = sock.local_port;
	ev->protocol = sock.protocol;
	return serve_ask(t, c, ev);
}

int
serve_dup(struct trace *t, struct call *c)
{
	struct str from = path_of_fd(t, c->tid, (int)c->args[0], 0);
	struct event *ev;
	struct sock sock;

	if (!str_starts(from, "socket:") ||
	    !sock_look(t, c, (int)c->args[0],
		SOCK_PROTOCOL | SOCK_LOCAL | SOCK_PEER, &sock) ||
	    !sock.inet)
		return 0;
	ev = serve_event(t, c, EVENT_STDIO);
	ev->number = (int64_t)(int)c->args[1];
	for (int fd = 0; fd < 3; fd++)
		if (fd != ev->number && sock_inet(t, c->proc, c->tid, fd))
			ev->by.facts |= EXE_STDIO_SOCKET;
	ev->addr = sock.peer;
	ev->port = sock.peer_port;
	ev->local_port = sock.local_port;
	ev->protocol = sock.protocol;
	return serve_ask(t, c, ev);
}
