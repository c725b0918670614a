/* SPDX-License-Identifier: Apache-2.0 */
/* options: what the command line of fg-sidecar(8) says. */
#ifndef FG_SIDECAR_OPTIONS_H
#define FG_SIDECAR_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"

#define OPTIONS_SOCKET "/opt/fg/run/sidecar.sock"

struct options {
	const char *socket;
	const char *policy_dir;
	const char *audit;
	const char *initial_policy; /* base64 of gzipped lines; NULL: none */
	const char *app_id;
	const char *on_no_policy;
	int64_t policy_wait_s;
	int64_t stop_grace_s;
	bool health;
};

#define OPTIONS_DEFAULTS                                                       \
	{                                                                      \
		.socket = OPTIONS_SOCKET, .audit = "-",                        \
		.on_no_policy = "open", .policy_wait_s = 20,                   \
		.stop_grace_s = 20                                             \
	}

extern const struct cli options_cli;

#endif
