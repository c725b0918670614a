/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parent: one writer and some workers, and who looks after them. It has no
 * keys, and reads nothing that came from outside.
 */
#ifndef FG_CONSOLE_PARENT_H
#define FG_CONSOLE_PARENT_H

#include <stdint.h>

#include "base/err.h"
#include "options.h"

/*
 * Until SIGTERM or SIGINT: workers then end what they are at, for 10 s at most,
 * then the writer. A worker that dies is started again; when the writer dies
 * all end. 0, or -errno.
 */
int parent_run(const struct options *o, struct err *e);

/* Run what in a child, whose error is printed there: its exit code. */
int parent_child(const struct options *o,
    int (*what)(const struct options *o, struct err *e), struct err *e);

#endif
