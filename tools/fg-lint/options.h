/* SPDX-License-Identifier: Apache-2.0 */
/* options: the command line of fg-lint. */
#ifndef FG_LINT_OPTIONS_H
#define FG_LINT_OPTIONS_H

#include "doctool/doctool.h"

struct options {
	const char *only; /* a family of rules */
	const char *jq;
	struct doctool_options doc;
};

extern const struct cli options_cli;

#endif
