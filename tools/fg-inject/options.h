/* SPDX-License-Identifier: Apache-2.0 */
/* options: the command line of fg-inject. */
#ifndef FG_INJECT_OPTIONS_H
#define FG_INJECT_OPTIONS_H

#include "doctool/doctool.h"

struct options {
	bool remove;
	bool diff;
	const char *sidecar_image;
	const char *console, *console_ca, *proxy;
	const char *enrol_secret, *execution_role;
	const char *initial_policy;
	const char *log_group, *log_region;
	struct cli_list app_ids; /* [LOGICALID=]APPID */
	const char *essential;   /* "true", "false" */
	const char *on_no_policy, *pid1;
	int64_t stop_grace_s;
	struct doctool_options doc;
};

extern const struct cli options_cli;

#endif
