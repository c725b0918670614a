/* SPDX-License-Identifier: Apache-2.0 */
#include "httpc_names.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

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
			memcpy(
			    &ret->addr[ret->n++], a->ai_addr, a->ai_addrlen);
	freeaddrinfo(list);
}

/* Nothing of its parent's is held open by it, least of all a lock. */
static void __attribute__((noreturn))
child(const char *host, unsigned port, unsigned seconds, int out)
{
	struct answer found;
	sigset_t none;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(out, STDIN_FILENO) < 0)
		_exit(1);
	(void)close_range(STDIN_FILENO + 1, ~0U, 0);
	(void)alarm(seconds);
	look_up(host, port, AI_ADDRCONFIG, &found);
	_exit(write(STDIN_FILENO, &found, sizeof found) !=
	      (ssize_t)sizeof found);
}

static int
start(struct httpc_names *x, const char *host, unsigned port, unsigned seconds)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	x->pid = fork();
	if (x->pid == 0)
		child(host, port, seconds, ends[1]);
	(void)close(ends[1]);
	if (x->pid < 0) {
		int error = errno;

		(void)close(ends[0]);
		return -error;
	}
	x->fd = ends[0];
	return 0;
}

int
httpc_names_ask(struct httpc_names *x, const char *host, unsigned port,
    unsigned seconds, struct err *e)
{
	struct answer found;
	int r;

	*x = (struct httpc_names){.fd = -1};
	look_up(host, port, AI_NUMERICHOST, &found);
	if (found.n > 0) {
		x->n = found.n;
		memcpy(x->addr, found.addr, sizeof x->addr);
		return 0;
	}
	r = start(x, host, port, seconds);
	return r == 0 ? 0
		      : err_set(e, ERR_TEMP, -r, "%s: %s", host, strerror(-r));
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
	(void)kill(x->pid, SIGKILL);
	(void)waitpid(x->pid, NULL, 0);
}
