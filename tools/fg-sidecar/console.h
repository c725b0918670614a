/* SPDX-License-Identifier: Apache-2.0 */
/* console: what options and environment say of the Console. */
#ifndef FG_SIDECAR_CONSOLE_H
#define FG_SIDECAR_CONSOLE_H

#include <stdbool.h>
#include <sys/types.h>

#include "launch.h"
#include "link.h"
#include "options.h"
#include "task.h"

struct console {
	bool use;              /* there is one */
	struct buf ca, secret; /* as the options say; or borrowed below */
	uid_t uid;             /* FG_EGRESS_UID; 0: none */
	struct link_config cfg;
	struct link link;
};

/* ERR_USAGE, ERR_PERM. */
int console_read(struct console *c, const struct options *o, struct err *e);

/*
 * The directory is made; where FG_EGRESS_UID is set, what follows runs under
 * that user, in a child (launch_split()). ERR_PERM, ERR_TEMP.
 */
int console_become(struct console *c, const struct options *o, struct launch *l,
    struct err *e);

/* The link. t->link is set. */
int console_open(
    struct console *c, struct task *t, const struct options *o, struct err *e);

void console_free(struct console *c);

#endif
