/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch: another program, with a socket as its standard input and output. It
 * is started here, or, where this process gave its rights up, by its parent.
 */
#ifndef FG_SIDECAR_LAUNCH_H
#define FG_SIDECAR_LAUNCH_H

#include <sys/types.h>

#include "base/err.h"

struct launch {
	char **argv; /* NULL at its end */
	int parent;  /* a socket to whoever starts it for us; -1: we do */
	pid_t pid;   /* 0: it does not run, or is not ours */
	int end;     /* its end of the socket, as long as it runs */
};

/* Our end of its socket, which does not block. ERR_TEMP. */
int launch_start(struct launch *l, struct err *e);

void launch_signal(struct launch *l, int signal);

/*
 * After SIGCHLD: if it is dead its socket is brought to its end, which others
 * that it has left behind may hold.
 */
void launch_look(struct launch *l);

/* Its socket is closed: whatever is left of it goes. */
void launch_reap(struct launch *l);

/* ---- the parent --------------------------------------------------------- */

/*
 * Go on in a child under another user: returns 0 there, with l->parent set.
 * The parent stays to start l->argv (which may be NULL), hands signals on, and
 * never returns: it removes the file `socket` and exits as the child did.
 */
int launch_split(
    struct launch *l, uid_t uid, const char *socket, struct err *e);

#endif
