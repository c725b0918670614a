/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "console.h"
#include "health.h"
#include "initial.h"
#include "listen.h"
#include "options.h"
#include "policypack/policypack.h"
#include "serve.h"
#include "time/time.h"

enum { LAST_MS = 2000 }; /* for what is left to write at the end */

static void
reject(struct task *t, const struct err *e)
{
	log_error("%s", e->text);
	task_tell(t, EVENT_POLICY_REJECTED, EVENT_HIGH, e->text);
}

/*
 * What is wrong with the first policies is told, and no reason to end: the
 * containers that wait for us need us more than we need those.
 */
static void
first_policies(struct task *t)
{
	cleanup_buf struct buf text = BUF_MAX(POLICYPACK_TEXT_MAX);
	const char *packed = getenv("FG_INITIAL_POLICY");
	struct err e = {0};
	int r = 0;

	if (packed != NULL && packed[0] != '\0') {
		r = initial_policy(packed, "runtime", &text, &e);
		if (r == 0)
			r = policies_offer(&t->policies, buf_str(&text),
			    "FG_INITIAL_POLICY", &e);
		if (r != 0)
			reject(t, &e);
		buf_reset(&text);
		if (initial_policy(packed, "waas", &text, NULL) == 0 &&
		    waas_policy(&t->waas, buf_str(&text), &e) != 0)
			reject(t, &e);
	}
	if (policies_read(&t->policies, &e) != 0)
		reject(t, &e);
}

/* All that was said is written, or LAST_MS are over. */
static void
finish(struct task *t)
{
	const struct timespec pause = {.tv_nsec = 10000000};
	int64_t until = time_monotonic_ms() + LAST_MS;

	while (outbox_finish(&t->outbox, time_monotonic_ms()) != 0 &&
	       time_monotonic_ms() < until)
		(void)nanosleep(&pause, NULL);
}

static int
begin(struct task *t, const struct options *o, struct console *c, struct err *e)
{
	int r = policies_init(&t->policies, c->use ? NULL : o->policy_dir, e);

	if (r == 0)
		r = c->use ? outbox_open_spool(&t->outbox, o->data, e)
			   : outbox_open_file(&t->outbox,
				 o->audit == NULL ? "-" : o->audit, e);
	if (r == 0)
		r = containers_open(
		    &t->containers, getenv("ECS_CONTAINER_METADATA_URI_V4"), e);
	if (r != 0)
		return r;
	t->open = strcmp(o->on_no_policy, "open") == 0;
	t->alerts.dir = o->alerts;
	t->until_ms = time_monotonic_ms() + o->policy_wait_s * 1000;
	filewatch_open(&t->policies.file,
	    c->use || o->policy_dir == NULL ? NULL : t->policies.path,
	    time_monotonic_ms());
	task_tell(t, EVENT_START, EVENT_INFO, "");
	first_policies(t);
	return c->use ? console_open(c, t, o, e) : 0;
}

static int
work(struct task *t, const struct options *o, struct launch *l, struct err *e)
{
	static struct console console;
	cleanup_fd int listener = -1;
	int r = console_read(&console, o, e);

	if (r != 0)
		return r;
	listener = listen_open(o->socket, e);
	if (listener < 0)
		return listener;
	waas_init(&t->waas, l->argv == NULL ? NULL : l);
	if (console.use)
		r = console_become(&console, o, l, e);
	if (r == 0)
		r = begin(t, o, &console, e);
	if (r == 0)
		r = serve(t, listener, o->stop_grace_s * 1000, e);
	(void)unlink(o->socket);
	if (r == 0)
		finish(t);
	link_free(&console.link);
	console_free(&console);
	return r;
}

/* Keys and secrets are in memory: they are in no core, and for no debugger. */
static void
keep_to_ourselves(void)
{
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int
run(void *opts, struct cli_rest rest, struct err *e)
{
	static struct task t;
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	const struct options *o = opts;
	struct launch launch = {.parent = -1};
	int r;

	if (o->health)
		return health_ask(o->socket, e);
	keep_to_ourselves();
	/* A reader of audits that goes is one that may come back. */
	(void)sigaction(SIGPIPE, &ignore, NULL);
	if (rest.n > 0) {
		launch.argv = calloc(rest.n + 1, sizeof *launch.argv);
		if (launch.argv == NULL)
			return err_nomem(e);
		memcpy(launch.argv, rest.argv, rest.n * sizeof *launch.argv);
	}
	r = task_init(&t, o->app_id, e);
	if (r == 0)
		r = work(&t, o, &launch, e);
	task_free(&t);
	free(launch.argv);
	return r;
}
