/* SPDX-License-Identifier: Apache-2.0 */
#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/num.h"
#include "base/str.h"

enum { BACKLOG = 4096 };

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool
parse(const char *text, union address *to)
{
	struct str all = str_of(text), host, port;
	char name[INET6_ADDRSTRLEN];
	int64_t number;
	bool v6 = str_starts(all, "[");

	host = str_sub(all, 0, str_rchr(all, ':'));
	port = str_sub(all, host.n + 1, all.n);
	if (!num_parse(port, 0, 65535, &number))
		return false;
	if (v6 && str_ends(host, "]"))
		host = str_sub(host, 1, host.n - 1);
	if (host.n >= sizeof name)
		return false;
	memcpy(name, host.p, host.n);
	name[host.n] = '\0';
	memset(to, 0, sizeof *to);
	if (v6) {
		to->v6.sin6_family = AF_INET6;
		to->v6.sin6_port = htons((uint16_t)number);
		return inet_pton(AF_INET6, name, &to->v6.sin6_addr) == 1;
	}
	to->v4.sin_family = AF_INET;
	to->v4.sin_port = htons((uint16_t)number);
	return inet_pton(AF_INET, name, &to->v4.sin_addr) == 1;
}

static void
tell(int fd, const char *text)
{
	union address a;
	socklen_t n = sizeof a;
	struct str host = str_of(text);
	unsigned port;

	if (getsockname(fd, &a.any, &n) != 0)
		return;
	host = str_sub(host, 0, str_rchr(host, ':'));
	port =
	    ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
	log_note(0, "listening on https://%.*s:%u", STR_ARG(host), port);
}

static int
read_address(const char *text, union address *to, struct err *e)
{
	if (parse(text, to))
		return 0;
	return err_set(e, ERR_USAGE, EINVAL,
	    "--listen: not ADDRESS:PORT, such as 0.0.0.0:8084: \"%s\"", text);
}

int
listener_check(const char *text, struct err *e)
{
	union address a;

	return read_address(text, &a, e);
}

int
listener_open(const char *text, struct err *e)
{
	cleanup_fd int fd = -1;
	union address a;
	int one = 1, r;

	r = read_address(text, &a, e);
	if (r != 0)
		return r;
	fd = socket(
	    a.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
	    bind(fd, &a.any,
		a.any.sa_family == AF_INET ? sizeof a.v4 : sizeof a.v6) != 0 ||
	    listen(fd, BACKLOG) != 0)
		return err_set(e, ERR_PERM, errno, "--listen: %s: %s", text,
		    strerror(errno));
	tell(fd, text);
	r = fd;
	fd = -1;
	return r;
}
