/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <errno.h>

#include "check.h"
#include "learn.h"
#include "options.h"
#include "replay.h"

static int
usage(struct err *e, const char *what, const char *text)
{
	return err_set(e, ERR_USAGE, EINVAL, "%s: %s", what, text);
}

int
run(void *opts, struct cli_rest rest, struct err *e)
{
	const struct options *o = opts;
	const char *path = rest.n > 0 ? rest.argv[0] : NULL;

	if (o->check != NULL && o->replay != NULL)
		return usage(e, "--replay", "not with --check");
	if (o->learn && (o->check != NULL || o->replay != NULL))
		return usage(e, "--learn", "not with --check or --replay");
	if (o->learn && o->jq != NULL)
		return usage(e, "--jq",
		    "not with --learn, which prints a "
		    "policy, no records");
	if (o->learn)
		return learn_run(o, path, e);
	if (o->check == NULL && o->replay == NULL)
		return err_set(e, ERR_USAGE, EINVAL,
		    "one of --check, --replay and --learn is missing");
	if (o->check != NULL && rest.n > 0)
		return usage(e, path, "no FILE is taken with --check");
	return o->check != NULL ? check_run(o, e) : replay_run(o, path, e);
}
