/* SPDX-License-Identifier: Apache-2.0 */
/*
 * httpc_names: addresses of a name. getaddrinfo(3) waits, so that it is asked
 * in a process of its own, which leaves nothing behind in this one.
 */
#ifndef FG_HTTPC_HTTPC_NAMES_H
#define FG_HTTPC_HTTPC_NAMES_H

#include <netinet/in.h>
#include <sys/types.h>

#include "base/err.h"

enum { HTTPC_NAMES_MAX = 8 }; /* addresses of a name that are tried */

struct httpc_names {
	int fd; /* to poll for POLLIN while it is asked; -1 */
	pid_t pid;
	unsigned n;
	struct sockaddr_in6 addr[HTTPC_NAMES_MAX]; /* or sockaddr_in */
};

/* Begin to ask; an address is known at once. 0, -errno (ERR_TEMP). */
int httpc_names_ask(struct httpc_names *x, const char *host, unsigned port,
    unsigned seconds, struct err *e);

/* 0: n of them are there. -EAGAIN: not yet. -ENOENT, ERR_TEMP: none. */
int httpc_names_take(struct httpc_names *x, const char *host, struct err *e);

/* Ask no longer. */
void httpc_names_drop(struct httpc_names *x);

#endif
