/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forward: what this process is told by a signal is told to the command, with
 * the value that came with it. All of it is done in the handler, so that
 * whoever waits for children need not be woken.
 */
#ifndef FG_WRAP_FORWARD_H
#define FG_WRAP_FORWARD_H

#include <stdbool.h>
#include <sys/types.h>

#include "shared.h"

struct forward_config {
	struct shared *shared;
	int wake; /* the pipe to the reporter */
	/*
	 * The command has a process group of its own, so the terminal's
	 * signals do not reach it by themselves; and it may mean us when it
	 * signals process 1.
	 */
	bool pid1;
};

/*
 * From now on, with everything still blocked. Before forward_to() signals are
 * kept, and those that end a process end this one with 128 + n.
 */
void forward_setup(const struct forward_config *config);

/* Whom forward_setup() takes along when it ends; 0: nobody. */
void forward_reporter(pid_t reporter);

/* Who gets them; those that were kept go out. 0: nobody any more. */
void forward_to(pid_t command);

/* The SIGTERM that waited for the sidecar goes on its way. */
void forward_stop(void);

#endif
