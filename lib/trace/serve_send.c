/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "mem.h"
#include "serve.h"
#include "sock.h"

enum {
	DNS_PORT = 53,
	DNS_MAX = 4096,    /* RFC 6891's usual bound */
	MESSAGES_MAX = 16, /* of sendmmsg(2) that are looked into */
};

struct sending {
	struct ip addr;
	uint16_t port;
	uint8_t protocol;
	bool has_addr;
	size_t n; /* bytes of the message, in t->data */
};

static bool
watches(const struct trace *t, enum event_name name)
{
	return (t->config.watches & EVENT_BIT(name)) != 0;
}

/* Where it goes when it has no address of its own. */
static bool
find_peer(struct trace *t, struct call *c, struct sending *s)
{
	struct sock sock;

	if (!sock_look(
		t, c, (int)c->args[0], SOCK_PROTOCOL | SOCK_PEER, &sock) ||
	    sock.peer_port == 0)
		return false;
	s->addr = sock.peer;
	s->port = sock.peer_port;
	s->protocol = sock.protocol;
	return true;
}

static int
judge_query(struct trace *t, struct call *c, struct sending *s)
{
	const char *p = t->data;
	size_t n = s->n, domain_n;
	struct event *ev;
	uint16_t prefix;

	if (!watches(t, EVENT_DNS) || n < 17 ||
	    (s->has_addr && s->port != DNS_PORT))
		return 0;
	/* Over TCP a length of two bytes comes first (RFC 1035 4.2.2). */
	prefix = (uint16_t)((uint8_t)p[0] << 8 | (uint8_t)p[1]);
	if (prefix == n - 2) {
		p += 2;
		n -= 2;
	}
	if (!sock_query(p, n, t->domain, &domain_n))
		return 0;
	if (!s->has_addr && (!find_peer(t, c, s) || s->port != DNS_PORT))
		return 0;
	ev = serve_event(t, c, EVENT_DNS);
	ev->addr = s->addr;
	ev->port = s->port;
	ev->protocol = s->protocol;
	ev->domain = str_make(t->domain, domain_n);
	return serve_ask(t, c, ev);
}

static int
judge(struct trace *t, struct call *c, struct sending *s)
{
	struct event *ev;
	int verdict = 0;

	if (s->has_addr && watches(t, EVENT_SEND)) {
		ev = serve_event(t, c, EVENT_SEND);
		ev->addr = s->addr;
		ev->port = s->port;
		ev->protocol = IPPROTO_UDP;
		verdict = serve_ask(t, c, ev);
	}
	if (s->has_addr)
		s->protocol = IPPROTO_UDP;
	return verdict != 0 ? verdict : judge_query(t, c, s);
}

/* The start of a message, when somebody wants to look into it. */
static void
read_bytes(struct trace *t, struct call *c, const struct iovec *iov, size_t n,
    struct sending *s)
{
	size_t i, part;
	ssize_t got;

	s->n = 0;
	if (!watches(t, EVENT_DNS) || (s->has_addr && s->port != DNS_PORT))
		return;
	for (i = 0; i < n && s->n < DNS_MAX; i++) {
		part = iov[i].iov_len;
		if (part > DNS_MAX - s->n)
			part = DNS_MAX - s->n;
		if (part == 0)
			continue;
		got = mem_read(t, c->tid, (uintptr_t)iov[i].iov_base,
		    t->data + s->n, part);
		if (got <= 0)
			return;
		s->n += (size_t)got;
	}
}

static int
read_to(
    struct trace *t, struct call *c, uint64_t at, uint64_t n, struct sending *s)
{
	int error;

	s->has_addr = false;
	if (at == 0)
		return 0;
	if (n > SOCK_ADDR_MAX)
		return -EINVAL;
	error = mem_get(t, c->tid, at, t->detail, (size_t)n);
	if (error == 0)
		s->has_addr =
		    sock_parse(t->detail, (size_t)n, &s->addr, &s->port);
	return error;
}

static void
pin(struct call *c, struct call_pin what)
{
	if (c->n_pins < CALL_PINS_MAX && what.n > 0)
		c->pins[c->n_pins++] = what;
}

int
serve_sendto(struct trace *t, struct call *c)
{
	struct iovec iov = {.iov_len = c->args[2]};
	struct sending s = {0};
	size_t to_n = (size_t)(c->args[5] & UINT32_MAX);
	int error;

	iov.iov_base = (void *)(uintptr_t)c->args[1];
	error = read_to(t, c, c->args[4], to_n, &s);
	if (error < 0)
		return error;
	if (s.has_addr)
		pin(c, (struct call_pin){.arg = 4,
			   .p = t->detail,
			   .n = to_n,
			   .from = c->args[4]});
	read_bytes(t, c, &iov, 1, &s);
	if (s.n == iov.iov_len)
		pin(c,
		    (struct call_pin){
			.arg = 1, .p = t->data, .n = s.n, .from = c->args[1]});
	return judge(t, c, &s);
}

/* Without an address, of a socket that was connected to port 53. */
int
serve_writev(struct trace *t, struct call *c)
{
	struct iovec *iov = t->iov;
	struct sending s = {0};
	size_t n =
	    c->args[2] > STATE_IOVECS ? STATE_IOVECS : (size_t)c->args[2];

	if (mem_get(t, c->tid, c->args[1], iov, n * sizeof(iov[0])) < 0)
		return 0;
	read_bytes(t, c, iov, n, &s);
	return judge(t, c, &s);
}

/* The parts of a message, the first of those that are sent. */
static void
pin_message(struct trace *t, struct call *c, uint64_t at, size_t iovs,
    const struct sending *s)
{
	struct msghdr *m = &t->message;
	bool whole =
	    s->n > 0 && s->n < DNS_MAX && (size_t)m->msg_iovlen == iovs;

	pin(c,
	    (struct call_pin){.arg = 1, .p = m, .n = sizeof(*m), .from = at});
	if (s->has_addr)
		pin(c, (struct call_pin){.arg = -1,
			   .p = t->detail,
			   .n = m->msg_namelen,
			   .from = (uintptr_t)m->msg_name,
			   .at = offsetof(struct msghdr, msg_name)});
	if (!whole)
		return;
	pin(c, (struct call_pin){.arg = -1,
		   .p = t->iov,
		   .n = sizeof(t->iov[0]),
		   .from = iovs == 1 ? (uintptr_t)m->msg_iov : 0,
		   .at = offsetof(struct msghdr, msg_iov)});
	pin(c, (struct call_pin){.arg = -1,
		   .p = t->data,
		   .n = s->n,
		   .from = (uintptr_t)t->iov[0].iov_base,
		   .of = c->n_pins - 1,
		   .at = offsetof(struct iovec, iov_base)});
	m->msg_iovlen = 1;
	t->iov[0].iov_len = s->n;
}

static int
message(struct trace *t, struct call *c, uint64_t at, bool first)
{
	struct msghdr *m = &t->message;
	struct sending s = {0};
	size_t n;
	int error = mem_get(t, c->tid, at, m, sizeof(*m));

	if (error == 0)
		error = read_to(
		    t, c, (uintptr_t)m->msg_name, (uint32_t)m->msg_namelen, &s);
	if (error < 0)
		return error;
	n = (size_t)m->msg_iovlen;
	if (n > STATE_IOVECS)
		n = STATE_IOVECS;
	if (n > 0 && mem_get(t, c->tid, (uintptr_t)m->msg_iov, t->iov,
			 n * sizeof(t->iov[0])) < 0)
		return -EFAULT;
	read_bytes(t, c, t->iov, n, &s);
	if (first)
		pin_message(t, c, at, n, &s);
	return judge(t, c, &s);
}

int
serve_sendmsg(struct trace *t, struct call *c)
{
	return message(t, c, c->args[1], true);
}

/*
 * The lengths that were sent are written where the messages are, which is not
 * possible for pins. So where something is prevented one message is sent at a
 * time, which a caller must expect anyway.
 */
int
serve_sendmmsg(struct trace *t, struct call *c)
{
	uint64_t i, n = c->args[2] & UINT32_MAX, at = c->args[1];
	int verdict = 0;

	if (n > MESSAGES_MAX)
		n = MESSAGES_MAX;
	c->one = (c->hook->events & t->config.prevents) != 0 && n > 0;
	if (c->one)
		n = 1;
	for (i = 0; i < n && verdict == 0; i++)
		verdict =
		    message(t, c, at + i * sizeof(struct mmsghdr), c->one);
	return verdict;
}

int
serve_sent_one(struct trace *t, const struct call *c, long result)
{
	unsigned int n = (unsigned int)result;
	struct regs r;

	if (regs_get(c->tid, &r) < 0)
		return 0;
	/* It may be restarted, after a signal. */
	regs_set_nr(&r, (long)c->task->nr);
	if (result >= 0 &&
	    mem_put(t, c->tid, c->args[1] + offsetof(struct mmsghdr, msg_len),
		&n, sizeof(n)) == 0)
		regs_set_result(&r, 1);
	(void)regs_put(c->tid, &r);
	return 0;
}
