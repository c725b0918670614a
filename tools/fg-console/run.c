/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include "base/fd.h"
#include "data.h"
#include "options.h"
#include "parent.h"
#include "route_print.h"

int
run(void *opts, struct cli_rest rest, struct err *e)
{
	const struct options *o = opts;
	cleanup_fd int lock = -1;
	int r;

	(void)rest;
	if (o->routes)
		return route_print(e);
	if (o->data == NULL)
		return cli_usage(e, "--data", "required, or FG_CONSOLE_DATA");
	lock = data_lock(o->data, e);
	if (lock < 0)
		return lock;
	/* In a child: keys are then in no memory that lives on. */
	r = parent_child(o, data_prepare, e);
	return r != 0 || o->init_only || o->admin_token ? r : parent_run(o, e);
}
