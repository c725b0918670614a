/* SPDX-License-Identifier: Apache-2.0 */
#include "httpc_names.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/fd.h"

/* What comes through the pipe, in one write. */
struct answer {
	int error; /* of getaddrinfo(3) */
	unsigned n;
	struct sockaddr_in6 addr[HTTPC_NAMES_MAX];
};

static void
look_up(const char *host, unsigned port, int flags, struct answer *ret)
{
	const struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV};
	struct addrinfo *list, *a;
	char service[16];

	*ret = (struct answer){0};
	(void)snprintf(service, sizeof service, "%u", port);
	ret->error = getaddrinfo(host, service, &hints, &list);
	if (ret->error != 0)
		return;
	for (a = list; a != NULL && ret->n < HTTPC_NAMES_MAX; a = a->ai_next)
		if (a->ai_addrlen <= sizeof ret->addr[0])
			memcpy(&ret->addr[ret->n++], a->ai_addr, a->ai_addrlen);
	freeaddrinfo(list);
}

/* What is to be looked up. */
struct question {
	const char *host;
	unsigned port, seconds;
};

static void
work(int out, const void *arg)
{
	const struct question *q = arg;
	struct answer found;

	(void)alarm(q->seconds);
	look_up(q->host, q->port, AI_ADDRCONFIG, &found);
	(void)fd_write_all(out, "", &found, sizeof found, NULL);
}

int
httpc_names_ask(struct httpc_names *x, const char *host, unsigned port,
    unsigned seconds, struct err *e)
{
	const struct question q = {host, port, seconds};
	struct answer found;
	int fd;

	*x = (struct httpc_names){.fd = -1};
	look_up(host, port, AI_NUMERICHOST, &found);
	if (found.n > 0) {
		x->n = found.n;
		memcpy(x->addr, found.addr, sizeof x->addr);
		return 0;
	}
	fd = child_start(work, &q, &x->pid, e);
	if (fd < 0) {
		err_prefix(e, "%s", host);
		return fd;
	}
	x->fd = fd;
	return 0;
}

int
httpc_names_take(struct httpc_names *x, const char *host, struct err *e)
{
	struct answer found;
	ssize_t n;

	if (x->fd < 0)
		return x->n > 0 ? 0 : -ENOENT;
	do
		n = read(x->fd, &found, sizeof found);
	while (n < 0 && errno == EINTR);
	httpc_names_drop(x);
	if (n != (ssize_t)sizeof found || found.n > HTTPC_NAMES_MAX)
		return err_set(e, ERR_TEMP, ENOENT,
		    "%s: its address could not be looked up", host);
	if (found.n == 0)
		return err_set(e, ERR_TEMP, ENOENT, "%s: %s", host,
		    found.error != 0 ? gai_strerror(found.error)
				     : "it has no address");
	x->n = found.n;
	memcpy(x->addr, found.addr, sizeof x->addr);
	return 0;
}

void
httpc_names_drop(struct httpc_names *x)
{
	if (x->fd < 0)
		return;
	fd_closep(&x->fd);
	child_end(x->pid);
}
