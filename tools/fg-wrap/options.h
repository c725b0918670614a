/* SPDX-License-Identifier: Apache-2.0 */
/* options: what the command line and the environment say. */
#ifndef FG_WRAP_OPTIONS_H
#define FG_WRAP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"

struct options {
	const char *policy, *audit, *socket, *learn, *manifest;
	const char *tier, *pid1, *on_no_policy;
	int64_t policy_wait_ms, stop_grace_s, rest_grace_s;
	bool keep_ptrace, probe;
	const char *container, *image, *image_digest, *app_id;
	unsigned closed; /* bit n: descriptor n of 0..2 was closed */
};

#define OPTIONS_DEFAULTS                                                       \
	{                                                                      \
		.tier = "auto", .pid1 = "wrap", .on_no_policy = "open",        \
		.policy_wait_ms = 2000, .stop_grace_s = 5, .rest_grace_s = 5,  \
		.container = "", .image = "", .image_digest = "",              \
		.app_id = "",                                                  \
	}

/* Where the sidecar's volume shows its socket (fg-taskdef(5)). */
#define OPTIONS_SOCKET "/opt/fg/run/sidecar.sock"

extern const struct cli options_cli;

#endif
