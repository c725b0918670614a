/* SPDX-License-Identifier: Apache-2.0 */
/* cli_complete: completion scripts for the shells, to standard output. */
#ifndef FG_BASE_CLI_COMPLETE_H
#define FG_BASE_CLI_COMPLETE_H

#include "cli.h"

/* The options that every tool has, closed by CLI_END (cli_help.c). */
extern const struct cli_opt cli_common[];

void cli_complete_bash(const struct cli *cli);
void cli_complete_zsh(const struct cli *cli);
void cli_complete_fish(const struct cli *cli);

#endif
