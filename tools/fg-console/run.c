/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <malloc.h>

#include "base/fd.h"
#include "data.h"
#include "listener.h"
#include "options.h"
#include "parent.h"
#include "route_print.h"

/*
 * Batches come and go by the megabyte: what is free again is the system's, or
 * the largest moment of each process would stay with it.
 */
static void
hold_no_memory(void)
{
	enum { LARGE = 1024 * 1024 };

	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
	(void)mallopt(M_TRIM_THRESHOLD, 2 * LARGE);
}

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
	/* Before the first start: its token is shown once. */
	r = listener_check(o->listen, e);
	if (r != 0)
		return r;
	hold_no_memory();
	lock = data_lock(o->data, e);
	if (lock < 0)
		return lock;
	/* In a child: keys are then in no memory that lives on. */
	r = parent_child(o, data_prepare, e);
	return r != 0 || o->init_only || o->admin_token ? r : parent_run(o, e);
}
