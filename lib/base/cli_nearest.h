/* SPDX-License-Identifier: Apache-2.0 */
/* cli_nearest: which option was meant? */
#ifndef FG_BASE_CLI_NEAREST_H
#define FG_BASE_CLI_NEAREST_H

#include "cli.h"
#include "str.h"

/*
 * The name, of those in the table and those that every tool has, that takes
 * the fewest changes to make of `given`, or begins so. Never NULL.
 */
const char *cli_nearest(const struct cli_opt *opts, struct str given);

/* The same of the words in "from|to|limit"; STR_NONE when there are none. */
struct str cli_nearest_word(const char *words, struct str given);

#endif
