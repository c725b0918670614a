/* SPDX-License-Identifier: Apache-2.0 */
/* options: the command line of fg-appid. */
#ifndef FG_APPID_OPTIONS_H
#define FG_APPID_OPTIONS_H

#include <stdbool.h>

#include "base/cli.h"
#include "doctool/doctool.h"

struct options {
	const char *uuid;
	const char *parse;
	const char *match;
	const char *jq;

	/* with --stamp */
	bool stamp;
	bool renew;
	bool tag;
	const char *from;
	const char *family;
	struct doctool_options doc;
};

extern const struct cli options_cli;

#endif
