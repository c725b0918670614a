/* SPDX-License-Identifier: Apache-2.0 */
/* What the requests to the Console have in common. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "link.h"
#include "task.h"
#include "time/time.h"
#include "trim.h"

static void done(struct httpc_call *call);

int
link_connect(struct link *l, struct err *e)
{
	bool named = identity_any(&l->identity);
	const struct httpc_config http = {
	    .url = l->cfg.url, .proxy = l->cfg.proxy};
	struct httpc_config cfg = http;
	struct tls_client_config tls;
	int r;

	httpc_free(l->down);
	httpc_free(l->up);
	tls_context_free(l->tls);
	l->down = l->up = NULL;
	l->tls = NULL;
	httpc_call_reset(&l->poll);
	/* The system's CAs count only where none were pinned. */
	buf_reset(&l->ca);
	buf_adds(&l->ca, l->cfg.ca);
	buf_addc(&l->ca, '\n');
	if (named)
		buf_adds(&l->ca, buf_str(&l->identity.ca));
	tls = (struct tls_client_config){
	    .ca = l->cfg.ca.n > 0 ? buf_str(&l->ca) : STR_NONE,
	    .cert = named ? buf_str(&l->identity.certificate) : STR_NONE,
	    .key = named ? buf_str(&l->identity.key) : STR_NONE};
	r = tls_client_new(&tls, &l->tls, e);
	cfg.tls = l->tls;
	if (r == 0)
		r = httpc_new(&cfg, &l->down, e);
	if (r == 0)
		r = httpc_new(&cfg, &l->up, e);
	/* What was under way is dropped. */
	l->job = LINK_NOTHING;
	if (r != 0) {
		httpc_free(l->down);
		l->down = NULL;
	}
	return r;
}

void
link_post(struct link *l, enum link_job job, const char *path,
    unsigned timeout_ms, int64_t now_ms)
{
	l->job = job;
	l->call = (struct httpc_call){.method = "POST",
	    .path = path,
	    .fields = buf_str(&l->call_fields),
	    .body = job == LINK_AUDITS ? buf_str(&l->batch.packed)
				       : buf_str(&l->call_body),
	    .max = IDENTITY_POLICY_MAX,
	    .timeout_ms = timeout_ms,
	    .done = done,
	    .arg = l};
	httpc_start(l->up, &l->call, now_ms);
}

int64_t
link_retry_after(const struct httpc_call *call)
{
	struct str value;
	int64_t s = 0;

	if (httpc_field(call, "Retry-After", &value))
		(void)num_parse(value, 0, BACKOFF_TOLD_MAX_S, &s);
	return s;
}

static void
tell_lost(struct link *l, const struct httpc_call *call)
{
	int64_t age = link_policy_age(l, time_monotonic_ms());
	char why[ERR_TEXT_MAX], text[ERR_TEXT_MAX + 64];

	if (call->r != 0)
		(void)snprintf(why, sizeof why, "%s", call->err.text);
	else
		(void)snprintf(why, sizeof why, "it answers %u", call->status);
	if (age >= 0)
		(void)snprintf(text, sizeof text,
		    "%s; the policy is %lld s old", why, (long long)age);
	else
		(void)snprintf(text, sizeof text, "%s", why);
	log_error("Console: %s", text);
	task_tell(l->task, EVENT_CONSOLE_LOST, EVENT_MEDIUM, text);
	l->told_lost = true;
	l->lost_ms = time_monotonic_ms();
}

static void
tell_back(struct link *l)
{
	char text[64];

	(void)snprintf(text, sizeof text, "after %lld s",
	    (long long)(time_monotonic_ms() - l->lost_ms) / 1000);
	task_tell(l->task, EVENT_CONSOLE_BACK, EVENT_INFO, text);
	l->told_lost = false;
}

void
link_heard(struct link *l, const struct httpc_call *call)
{
	bool bad = call->r != 0 || call->status >= 500 || call->status == 404 ||
		   call->status == 405 ||
		   (call->status / 100 == 3 && call->status != 304);

	if (bad && !l->told_lost)
		tell_lost(l, call);
	else if (!bad && l->told_lost)
		tell_back(l);
	l->was_up |= !bad;
	if (call->r == 0 && (call->status / 100 == 2 || call->status == 304) &&
	    l->job != LINK_ENROL)
		backoff_good(&l->enrol_later);
}

bool
link_rejected(struct link *l, const struct httpc_call *call)
{
	bool rejected =
	    call->r == -EACCES ||
	    (call->r == 0 && (call->status == 401 || call->status == 403));

	if (!rejected || l->cfg.secret.n == 0)
		return rejected;
	log_note(
	    1, "the Console does not take our certificate (%u)", call->status);
	identity_forget(&l->identity);
	/* Soon, whatever failed before; not so if it comes to nothing. */
	backoff_bad(&l->enrol_later, time_monotonic_ms(), 0);
	return true;
}

static void
done(struct httpc_call *call)
{
	struct link *l = call->arg;
	int64_t now_ms = time_monotonic_ms();
	enum link_job job = l->job;
	bool good = call->r == 0 && call->status / 100 == 2;

	link_heard(l, call);
	l->job = LINK_NOTHING;
	if (good)
		backoff_good(&l->later);
	else
		backoff_bad(job == LINK_ENROL || job == LINK_RENEW
				? &l->enrol_later
				: &l->later,
		    now_ms, link_retry_after(call));
	if (l->stopping)
		link_stop(l, now_ms);
	if (job == LINK_AUDITS)
		link_audits_sent(l, now_ms);
	else if (job != LINK_STATUS)
		link_enrolled(l, now_ms);
	else if (!good) {
		l->status_due = true;
		(void)link_rejected(l, call);
	}
	httpc_call_reset(&l->call);
	if (outbox_due(&l->task->outbox) == INT64_MAX)
		trim();
}
