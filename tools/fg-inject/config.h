/* SPDX-License-Identifier: Apache-2.0 */
/* config: options and the files they name as an inject_config, checked. */
#ifndef FG_INJECT_CONFIG_H
#define FG_INJECT_CONFIG_H

#include "options.h"

struct config {
	struct inject_config inject;
	struct stamp_config stamp;             /* n_given 0: no --app-id */
	struct buf console_ca, initial_policy; /* what inject borrows */
};

/* ERR_USAGE for values that make no sense, ERR_PERM for files. */
int config_read(struct config *c, const struct options *o, struct err *e);
void config_free(struct config *c);

#endif
