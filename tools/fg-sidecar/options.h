/* SPDX-License-Identifier: Apache-2.0 */
/* options: what the command line of fg-sidecar(8) says. */
#ifndef FG_SIDECAR_OPTIONS_H
#define FG_SIDECAR_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"

#define OPTIONS_SOCKET "/opt/fg/run/sidecar.sock"
#define OPTIONS_DATA "/var/lib/fg"

struct options {
	const char *socket;
	const char *policy_dir;
	const char *audit; /* NULL: standard output */
	const char *app_id;
	const char *on_no_policy;
	const char *console; /* URL; NULL: none */
	const char *console_ca, *enrol_secret_file;
	const char *data;
	const char *alerts;
	int64_t policy_wait_s;
	int64_t stop_grace_s;
	bool at_once;
	bool health;
};

#define OPTIONS_DEFAULTS                                                       \
	{                                                                      \
		.socket = OPTIONS_SOCKET, .data = OPTIONS_DATA,                \
		.on_no_policy = "open", .policy_wait_s = 20,                   \
		.stop_grace_s = 20                                             \
	}

extern const struct cli options_cli;

#endif
