/* SPDX-License-Identifier: Apache-2.0 */
/* The task's certificate: the first one by the secret, the next by the last. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "jtree/jtree.h"
#include "jwrite/jwrite.h"
#include "link.h"
#include "pki/pki.h"
#include "task.h"
#include "time/time.h"

enum { TREE = 64, JITTER_PART = 10, TIMEOUT_MS = 30000 };

static void
write_request(struct link *l, bool first, struct str csr)
{
	const struct event_source *s = &l->task->source;
	struct jwrite w;

	buf_reset(&l->call_body);
	jwrite_init(&w, &l->call_body);
	jwrite_record(&w, first ? "enrol" : "renew");
	if (first)
		jwrite_kv(&w, "app_id", s->app_id);
	jwrite_kv(&w, "boot", first ? s->boot : str_of(l->identity.boot));
	if (first)
		jwrite_kvz(&w, "version", FG_VERSION);
	jwrite_kv(&w, "csr", csr);
	jwrite_end(&w);
	if (jwrite_end_text(&w) != 0)
		l->call_body.error = ENOMEM;
}

void
link_enrol(struct link *l, enum link_job job, int64_t now_ms)
{
	cleanup_buf struct buf csr = BUF_MAX(PKI_CSR_MAX);
	struct err e = {0};
	int r;

	/* A certificate that was refused is not shown again. */
	r = job == LINK_ENROL ? link_connect(l, &e) : 0;
	pki_wipe(&l->new_key);
	if (r == 0)
		r = pki_key_new(&l->new_key, &e);
	if (r == 0)
		r = pki_csr_new(buf_str(&l->new_key), &csr, &e);
	write_request(l, job == LINK_ENROL, buf_str(&csr));
	buf_reset(&l->call_fields);
	buf_addz(&l->call_fields, "Content-Type: application/json\r\n");
	if (job == LINK_ENROL)
		buf_addf(&l->call_fields, "Authorization: Bearer %.*s\r\n",
		    STR_ARG(l->cfg.secret));
	if (r == 0 &&
	    (buf_error(&l->call_fields) != 0 || buf_error(&l->call_body) != 0))
		r = err_nomem(&e);
	if (r != 0) {
		log_error("%s", e.text);
		backoff_bad(&l->enrol_later, now_ms, 0);
		return;
	}
	link_post(l, job,
	    job == LINK_ENROL ? "/api/v1/sidecar/enrol"
			      : "/api/v1/sidecar/renew",
	    TIMEOUT_MS, now_ms);
}

/* ---- the answer --------------------------------------------------------- */

/* The reason of an error record, or its message. */
static void
reason(const struct httpc_call *call, char *to, size_t n)
{
	struct str body = buf_str(&call->body_in), why;
	cleanup_arena struct arena *a = arena_new(TREE * (body.n + 1024));
	const struct jtree *t;

	(void)snprintf(to, n, "%u", call->status);
	if (a == NULL || jtree_parse(a, str_trim(body), "", &t, NULL) != 0)
		return;
	why = jtree_str(jtree_get(t, "reason"));
	if (why.n == 0)
		why = jtree_str(jtree_get(t, "msg"));
	if (why.n > 0)
		(void)snprintf(to, n, "%u, %.*s", call->status,
		    (int)(why.n < 200 ? why.n : 200), why.p);
}

static void
refused(struct link *l)
{
	char why[256];

	/* Others will do: too many, not yet, the Console's own trouble. */
	if (l->call.r != 0 || l->call.status == 429 || l->call.status == 408 ||
	    l->call.status >= 500 || l->told_refused)
		return;
	reason(&l->call, why, sizeof why);
	log_error("the Console refused us: %s", why);
	task_tell(l->task, EVENT_CONSOLE_REFUSED, EVENT_HIGH, why);
	l->told_refused = true;
}

/* It was made so long ago, by whatever clock. */
static void
plan(struct link *l, int64_t now_ms, int64_t past_s)
{
	const struct identity *x = &l->identity;
	int64_t half = x->renew_at - x->made, rest = x->not_after - x->renew_at;

	l->renew_ms = now_ms + (past_s < half ? half - past_s : 0) * 1000 +
		      backoff_random(rest * 1000 / JITTER_PART);
	l->dead_ms = now_ms + (half + rest - past_s) * 1000;
}

void
link_plan_renewal(struct link *l, int64_t now_ms)
{
	const struct identity *x = &l->identity;
	int64_t past = time_now_ms() / 1000 - x->made;

	if (identity_any(x))
		plan(l, now_ms, past > 0 ? past : 0);
}

static void
taken(struct link *l, bool first, int64_t now_ms)
{
	char text[TIME_TEXT + 32], when[TIME_TEXT];
	struct err e = {0};

	if (link_connect(l, &e) != 0) {
		log_error("%s", e.text);
		identity_forget(&l->identity);
		backoff_bad(&l->enrol_later, now_ms, 0);
		return;
	}
	/* Made now, whatever the Console's clock says. */
	plan(l, now_ms, 0);
	(void)time_format(l->identity.not_after, when);
	(void)snprintf(text, sizeof text, "until %s", when);
	log_note(1, "certificate %s", text);
	task_tell(l->task,
	    first ? EVENT_CONSOLE_ENROLLED : EVENT_CONSOLE_RENEWED, EVENT_INFO,
	    text);
	l->told_refused = false;
	l->status_due = true;
	backoff_good(&l->poll_later);
}

void
link_enrolled(struct link *l, int64_t now_ms)
{
	bool first = !identity_any(&l->identity);
	struct err e = {0};

	if (l->call.r != 0 || l->call.status != 200) {
		if (!first && link_rejected(l, &l->call))
			return;
		refused(l);
		return;
	}
	if (identity_take(&l->identity, buf_str(&l->new_key),
		first ? l->task->source.boot : str_of(l->identity.boot),
		str_trim(buf_str(&l->call.body_in)), &e) != 0) {
		log_error("%s", e.text);
		backoff_bad(&l->enrol_later, now_ms, 0);
		return;
	}
	pki_wipe(&l->new_key);
	taken(l, first, now_ms);
}
