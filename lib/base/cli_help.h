/* SPDX-License-Identifier: Apache-2.0 */
/* cli_help: what is printed from an option table. */
#ifndef FG_BASE_CLI_HELP_H
#define FG_BASE_CLI_HELP_H

#include <stdio.h>

#include "cli.h"

/*
 * Print the help to standard output: format "" for people, "json" for
 * programs, "bash", "zsh" or "fish" for a completion script.
 */
int cli_help(const struct cli *cli, const char *format, struct err *e);

/* The SYNOPSIS and a pointer to the man page, for usage errors. */
void cli_help_usage(const struct cli *cli, FILE *to);

#endif
