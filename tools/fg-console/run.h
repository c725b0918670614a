/* SPDX-License-Identifier: Apache-2.0 */
/* run: the work of fg-console(8). */
#ifndef FG_CONSOLE_RUN_H
#define FG_CONSOLE_RUN_H

#include "base/cli.h"

int run(void *opts, struct cli_rest rest, struct err *e);

#endif
