/* SPDX-License-Identifier: Apache-2.0 */
/* run: from the options to the exit code. */
#ifndef FG_WRAP_RUN_H
#define FG_WRAP_RUN_H

#include "base/cli.h"
#include "base/err.h"

int run(void *opts, struct cli_rest rest, struct err *e);

#endif
