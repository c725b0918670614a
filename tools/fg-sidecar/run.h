/* SPDX-License-Identifier: Apache-2.0 */
/* run: what fg-sidecar does, once its command line is understood. */
#ifndef FG_SIDECAR_RUN_H
#define FG_SIDECAR_RUN_H

#include "base/cli.h"

/* opts is a struct options. 0, 1 (--health: no), or -errno with e set. */
int run(void *opts, struct cli_rest rest, struct err *e);

#endif
