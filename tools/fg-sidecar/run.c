/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "health.h"
#include "initial.h"
#include "listen.h"
#include "options.h"
#include "policypack/policypack.h"
#include "serve.h"
#include "time/time.h"

enum { LAST_MS = 2000 }; /* for what is left to write at the end */

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
		r = initial_policy(packed, &text, &e);
		if (r == 0)
			r = policies_offer(&t->policies, buf_str(&text),
			    "FG_INITIAL_POLICY", &e);
	}
	if (r != 0) {
		log_error("%s", e.text);
		task_tell(t, EVENT_POLICY_REJECTED, EVENT_HIGH, e.text);
	}
	if (policies_read(&t->policies, &e) != 0) {
		log_error("%s", e.text);
		task_tell(t, EVENT_POLICY_REJECTED, EVENT_HIGH, e.text);
	}
}

/* All that was said is written, or LAST_MS are over. */
static void
finish(struct task *t)
{
	const struct timespec pause = {.tv_nsec = 10000000};
	int64_t until = time_monotonic_ms() + LAST_MS;

	task_tell(t, EVENT_EXIT, EVENT_INFO, "SIGTERM");
	task_flush(t, time_monotonic_ms());
	while (
	    t->audit.at < t->audit.waiting.n && time_monotonic_ms() < until) {
		(void)nanosleep(&pause, NULL);
		task_flush(t, time_monotonic_ms());
	}
}

static int
work(struct task *t, const struct options *o, struct err *e)
{
	cleanup_fd int listener = -1;
	int fd, r;

	fd = audit_open(o->audit, e);
	if (fd < 0)
		return fd;
	audit_init(&t->audit, fd,
	    strcmp(o->audit, "-") == 0 ? "standard output" : o->audit);
	r = policies_init(&t->policies, o->policy_dir, e);
	if (r != 0)
		return r;
	listener = listen_open(o->socket, e);
	if (listener < 0)
		return listener;
	t->open = strcmp(o->on_no_policy, "open") == 0;
	t->until_ms = time_monotonic_ms() + o->policy_wait_s * 1000;
	filewatch_open(&t->policies.file,
	    o->policy_dir == NULL ? NULL : t->policies.path,
	    time_monotonic_ms());
	task_tell(t, EVENT_START, EVENT_INFO, "");
	first_policies(t);
	r = serve(t, listener, o->stop_grace_s * 1000, e);
	(void)unlink(o->socket);
	if (r == 0)
		finish(t);
	return r;
}

int
run(void *opts, struct cli_rest rest, struct err *e)
{
	static struct task t;
	const struct options *o = opts;
	int r;

	(void)rest;
	if (o->health)
		return health_ask(o->socket, e);
	r = task_init(&t, o->app_id, e);
	if (r == 0)
		r = work(&t, o, e);
	task_free(&t);
	return r;
}
