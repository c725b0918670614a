/* SPDX-License-Identifier: Apache-2.0 */
/* fill: fg-entrypoint --fill. */
#ifndef FG_ENTRYPOINT_FILL_H
#define FG_ENTRYPOINT_FILL_H

#include "base/err.h"
#include "entrypoint/entrypoint.h"
#include "options.h"

/*
 * Fill the document path, standard input when it is NULL; cfg is ready for
 * entrypoint_resolve(). Returns the exit code, or a negative errno.
 */
int fill_run(const struct options *o, struct entrypoint_config *cfg,
    const char *path, struct err *e);

#endif
