/* SPDX-License-Identifier: Apache-2.0 */
#include "waas.h"

#include <errno.h>
#include <signal.h>

#include "base/log.h"

void
waas_init(struct waas *w, struct launch *launch)
{
	*w = (struct waas){
	    .launch = launch, .policy = BUF_MAX(WAAS_POLICY_MAX + 1)};
}

void
waas_free(struct waas *w)
{
	buf_free(&w->policy);
}

int
waas_policy(struct waas *w, struct str line, struct err *e)
{
	if (line.n > WAAS_POLICY_MAX)
		return err_set(e, ERR_PERM, E2BIG,
		    "a WAAS policy of more than %d bytes", WAAS_POLICY_MAX);
	w->policy.max = WAAS_POLICY_MAX + 1;
	buf_reset(&w->policy);
	buf_adds(&w->policy, line);
	buf_addc(&w->policy, '\n');
	w->changes++;
	return buf_error(&w->policy) != 0 ? err_nomem(e) : 0;
}

int64_t
waas_next(const struct waas *w)
{
	if (w->launch == NULL || w->ended)
		return INT64_MAX;
	if (w->running)
		return w->stopping ? w->kill_ms : INT64_MAX;
	return w->later.due_ms;
}

int
waas_work(struct waas *w, int64_t now_ms)
{
	struct err e = {0};
	int fd;

	if (waas_next(w) > now_ms)
		return -1;
	if (w->running) {
		log_error("fg-waas does not end; it is killed");
		launch_signal(w->launch, SIGKILL);
		w->kill_ms = INT64_MAX;
		return -1;
	}
	fd = launch_start(w->launch, &e);
	if (fd < 0) {
		log_error("%s", e.text);
		backoff_bad(&w->later, now_ms, 0);
		return -1;
	}
	w->running = true;
	w->started_ms = now_ms;
	return fd;
}

void
waas_look(struct waas *w)
{
	if (w->launch != NULL)
		launch_look(w->launch);
}

void
waas_gone(struct waas *w, int64_t now_ms)
{
	w->running = false;
	launch_reap(w->launch);
	w->ended = w->stopping;
	if (now_ms - w->started_ms >= WAAS_GOOD_MS)
		backoff_good(&w->later);
	backoff_bad(&w->later, now_ms, 0);
}

void
waas_stop(struct waas *w, int64_t now_ms)
{
	if (w->launch == NULL || w->stopping)
		return;
	w->stopping = true;
	w->kill_ms = now_ms + WAAS_DRAIN_MS;
	if (w->running)
		launch_signal(w->launch, SIGTERM);
	else
		w->ended = true;
}

bool
waas_over(const struct waas *w)
{
	return w->launch == NULL || w->ended;
}
