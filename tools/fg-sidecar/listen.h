/* SPDX-License-Identifier: Apache-2.0 */
/* listen: the socket of a name that fg-wrap looks for. unix(7). */
#ifndef FG_SIDECAR_LISTEN_H
#define FG_SIDECAR_LISTEN_H

#include "base/err.h"

/*
 * Bind path, mode 0666 since apps may run as any user; a socket that nobody
 * listens on is replaced, its directory made when that alone is missing.
 * Non-blocking, close-on-exec. ERR_PERM: somebody listens there (EADDRINUSE),
 * it is something else (ENOTSOCK), or cannot be made.
 */
int listen_open(const char *path, struct err *e);

/* Connect to it, for --health. ERR_TEMP: nobody listens. */
int listen_connect(const char *path, struct err *e);

#endif
