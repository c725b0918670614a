/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reporter: the process that does whatever takes time or memory: JSON, files,
 * the sidecar's socket, policies.
 */
#ifndef FG_WRAP_REPORTER_H
#define FG_WRAP_REPORTER_H

#include "options.h"
#include "shared.h"

struct reporter_config {
	struct shared *shared;
	const struct options *options;
	const char *hello; /* line for the sidecar */
	const char *command;
	pid_t supervisor;
	pid_t top;  /* what we were started as: it, or the command */
	int wake;   /* read end of the pipe from the supervisor */
	int audit;  /* descriptor, or -1 */
	bool again; /* an earlier one has died */
};

/*
 * In a process of its own. It first stops itself, when there is a policy or
 * none will come, to be continued when the command runs.
 */
_Noreturn void reporter_run(const struct reporter_config *config);

#endif
