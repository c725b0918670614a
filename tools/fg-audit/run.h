/* SPDX-License-Identifier: Apache-2.0 */
/* run: what fg-audit does, once its command line is read. */
#ifndef FG_AUDIT_RUN_H
#define FG_AUDIT_RUN_H

#include "base/cli.h"

/* opts is a struct options; see cli_main() for the rest. */
int run(void *opts, struct cli_rest rest, struct err *e);

#endif
