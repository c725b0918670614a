/* SPDX-License-Identifier: Apache-2.0 */
/* launch_parent: what the two processes say to each other (seqpacket). */
#ifndef FG_SIDECAR_LAUNCH_PARENT_H
#define FG_SIDECAR_LAUNCH_PARENT_H

#include "launch.h"

/* Start it here (launch.c): our end of its socket, or -errno. */
int launch_here(struct launch *l);

/* Ask the parent to start it; its socket comes back. -errno. */
int launch_parent_ask(int parent);
void launch_parent_signal(int parent, int signal);

#endif
