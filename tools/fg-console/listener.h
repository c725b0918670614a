/* SPDX-License-Identifier: Apache-2.0 */
/* listener: the socket of --listen. */
#ifndef FG_CONSOLE_LISTENER_H
#define FG_CONSOLE_LISTENER_H

#include "base/err.h"

/*
 * "127.0.0.1:8084", "[::1]:8084": no names, so that nobody listens where he did
 * not mean to. Port 0: any one. Says on standard error where it listens.
 * ERR_USAGE, ERR_PERM (in use, not allowed).
 */
int listener_open(const char *text, struct err *e);

/* Can it be that: 0, or -EINVAL, ERR_USAGE. */
int listener_check(const char *text, struct err *e);

#endif
