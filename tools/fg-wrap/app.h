/* SPDX-License-Identifier: Apache-2.0 */
/*
 * app: --pid1=app: the process that we were started as becomes the command,
 * and a child of it the supervisor. Exit code, signals, terminal and orphans
 * are the command's own, since nothing stands between; for images whose
 * command insists on being process 1.
 */
#ifndef FG_WRAP_APP_H
#define FG_WRAP_APP_H

#include "supervise.h"

/*
 * Fork the supervisor, which does all that `start` says, and become the
 * command. Returns only when that cannot be: an exit code, or a negative errno
 * with e set.
 */
int app_run(struct supervisor *s,
    int (*start)(struct supervisor *s, struct err *e), struct err *e);

/* In the supervisor, instead of supervise_start(). */
int app_start(
    struct supervisor *s, enum trace_tier want, bool fallback, struct err *e);

#endif
