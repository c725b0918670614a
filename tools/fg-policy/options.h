/* SPDX-License-Identifier: Apache-2.0 */
/* options: the command line of fg-policy. */
#ifndef FG_POLICY_OPTIONS_H
#define FG_POLICY_OPTIONS_H

#include "base/cli.h"

struct options {
	const char *check, *replay; /* a policy's file */
	const char *app_id, *container, *image;
	const char *jq;
	bool learn;
};

extern const struct cli options_cli;

#endif
