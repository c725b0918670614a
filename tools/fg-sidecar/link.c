/* SPDX-License-Identifier: Apache-2.0 */
#include "link.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "task.h"
#include "time/time.h"

enum { DRAIN_PAUSE_MS = 500 };

int
link_open(struct link *l, const struct link_config *cfg, struct task *t,
    struct err *e)
{
	struct err ignored = {0};
	int64_t now_ms = time_monotonic_ms();
	int r;

	*l = (struct link){.task = t,
	    .cfg = *cfg,
	    .ca = BUF_MAX(LINK_CA_MAX + IDENTITY_TEXT_MAX),
	    .poll_fields = BUF_MAX(1024),
	    .call_fields = BUF_MAX(LINK_SECRET_MAX + 1024),
	    .call_body = BUF_MAX(IDENTITY_TEXT_MAX),
	    .new_key = BUF_MAX(IDENTITY_TEXT_MAX),
	    .batch = {.lines = BUF_MAX(2 * OUTBOX_BATCH_BYTES),
		.packed = BUF_MAX(2 * OUTBOX_BATCH_BYTES),
		.most = OUTBOX_BATCH_RECORDS},
	    .renew_ms = INT64_MAX,
	    .dead_ms = INT64_MAX,
	    .version_runtime = -1,
	    .version_waas = -1};
	r = identity_open(&l->identity, cfg->data, e);
	if (r != 0)
		return r;
	r = identity_load(&l->identity, &ignored);
	if (r == 0 && identity_any(&l->identity) &&
	    time_now_ms() / 1000 >= l->identity.not_after)
		identity_forget(&l->identity);
	else if (r != 0 && r != -ENOENT)
		log_error("%s", ignored.text);
	r = link_connect(l, e);
	if (r != 0 && identity_any(&l->identity)) {
		log_error("%s", e->text);
		identity_forget(&l->identity);
		r = link_connect(l, e);
	}
	if (r != 0)
		return r;
	link_policy_load(l);
	link_plan_renewal(l, now_ms);
	l->start_ms = now_ms + (cfg->spread && !identity_any(&l->identity)
				       ? backoff_random(LINK_SPREAD_MS)
				       : 0);
	l->status_due = true;
	return 0;
}

void
link_free(struct link *l)
{
	httpc_free(l->down);
	httpc_free(l->up);
	tls_context_free(l->tls);
	identity_free(&l->identity);
	httpc_call_reset(&l->poll);
	httpc_call_reset(&l->call);
	buf_free(&l->ca);
	buf_free(&l->poll_fields);
	buf_free(&l->call_fields);
	buf_free(&l->call_body);
	buf_free(&l->new_key);
	buf_free(&l->batch.lines);
	buf_free(&l->batch.packed);
	*l = (struct link){0};
}

/* ---- what is next ------------------------------------------------------- */

static int64_t
later_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* It is the next one, if it is due before the one so far. */
static void
consider(enum link_job *job, int64_t *due, enum link_job other, int64_t when,
    const struct backoff *ladder)
{
	if (when == INT64_MAX || later_of(when, ladder->due_ms) >= *due)
		return;
	*job = other;
	*due = later_of(when, ladder->due_ms);
}

/*
 * When which job of `up` is due; INT64_MAX: none. Audits that are not taken
 * must not keep a certificate from being renewed.
 */
static int64_t
up_due(const struct link *l, enum link_job *job)
{
	int64_t due = INT64_MAX;

	*job = LINK_NOTHING;
	if (identity_any(&l->identity)) {
		consider(job, &due, LINK_RENEW, l->renew_ms, &l->enrol_later);
		consider(job, &due, LINK_AUDITS, outbox_due(&l->task->outbox),
		    &l->later);
		consider(job, &due, LINK_STATUS,
		    l->status_due ? l->status_ms : INT64_MAX, &l->later);
	} else if (l->cfg.secret.n > 0) {
		consider(job, &due, LINK_ENROL, 0, &l->enrol_later);
	}
	return due == INT64_MAX ? due : later_of(due, l->start_ms);
}

static int64_t
down_due(const struct link *l)
{
	if (!identity_any(&l->identity) || l->stopping)
		return INT64_MAX;
	return later_of(l->poll_later.due_ms, l->start_ms);
}

int64_t
link_next(const struct link *l)
{
	enum link_job job;
	int64_t up, down;

	if (l->up == NULL)
		return l->later.due_ms;
	up = l->job == LINK_NOTHING ? up_due(l, &job) : httpc_next(l->up);
	down = httpc_idle(l->down) ? down_due(l) : httpc_next(l->down);
	return up < down ? up : down;
}

void
link_ask(const struct link *l, struct pollfd fds[LINK_FDS])
{
	if (l->up == NULL)
		return;
	httpc_ask(l->down, &fds[0]);
	httpc_ask(l->up, &fds[1]);
}

static void
start_up(struct link *l, int64_t now_ms)
{
	enum link_job job;

	/* Nobody takes it any more, and not all say so. */
	if (l->job == LINK_NOTHING && now_ms >= l->dead_ms &&
	    identity_any(&l->identity) && l->cfg.secret.n > 0)
		identity_forget(&l->identity);
	if (l->job != LINK_NOTHING || up_due(l, &job) > now_ms)
		return;
	if (job == LINK_AUDITS)
		(void)link_audits_send(l, now_ms);
	else if (job == LINK_STATUS)
		link_status_send(l, now_ms);
	else
		link_enrol(l, job, now_ms);
}

/* There was no memory for a connection. */
static void
again(struct link *l, int64_t now_ms)
{
	if (now_ms >= l->later.due_ms && link_connect(l, NULL) != 0)
		backoff_bad(&l->later, now_ms, 0);
}

void
link_work(struct link *l, const struct pollfd fds[LINK_FDS], int64_t now_ms)
{
	if (l->up == NULL) {
		again(l, now_ms);
		return;
	}
	httpc_work(l->down, fds[0].revents, now_ms);
	if (l->up == NULL)
		return;
	httpc_work(l->up, fds[1].revents, now_ms);
	if (l->up == NULL)
		return;
	start_up(l, now_ms);
	if (l->up != NULL && httpc_idle(l->down) && down_due(l) <= now_ms)
		link_policy_ask(l, now_ms);
}

/* ---- what others ask ---------------------------------------------------- */

void
link_report(struct link *l)
{
	l->status_due = true;
}

static void
soon(struct backoff *b, int64_t now_ms)
{
	b->tries = 0;
	if (b->due_ms > now_ms + DRAIN_PAUSE_MS)
		b->due_ms = now_ms + DRAIN_PAUSE_MS;
}

void
link_stop(struct link *l, int64_t now_ms)
{
	l->stopping = true;
	l->start_ms = 0;
	soon(&l->later, now_ms);
	soon(&l->enrol_later, now_ms);
	l->task->outbox.urgent = true;
}

bool
link_drained(const struct link *l)
{
	return l->job != LINK_AUDITS &&
	       outbox_due(&l->task->outbox) == INT64_MAX;
}

int64_t
link_policy_age(const struct link *l, int64_t now_ms)
{
	int64_t age;

	if (l->confirmed_ms > 0)
		return (now_ms - l->confirmed_ms) / 1000;
	if (l->confirmed_s == 0)
		return -1;
	age = time_now_ms() / 1000 - l->confirmed_s;
	return age > 0 ? age : 0;
}
