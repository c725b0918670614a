/* SPDX-License-Identifier: Apache-2.0 */
/* Policies from the Console: a long poll, again and again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "jtree/jtree.h"
#include "link.h"
#include "task.h"
#include "time/time.h"
#include "trim.h"

enum {
	WAIT_S = 55,
	TIMEOUT_MS = (WAIT_S + 20) * 1000,
	SOON_MS = 2000, /* an answer without news that came sooner is odd */
	TREE = 64,
};

static void done(struct httpc_call *call);

void
link_policy_ask(struct link *l, int64_t now_ms)
{
	buf_reset(&l->poll_fields);
	buf_addz(&l->poll_fields, "Accept: application/x-ndjson\r\n");
	if (l->etag[0] != '\0')
		buf_addf(&l->poll_fields, "If-None-Match: %s\r\n", l->etag);
	l->poll = (struct httpc_call){.method = "GET",
	    .path = "/api/v1/sidecar/policy?wait=55",
	    .fields = buf_str(&l->poll_fields),
	    .max = IDENTITY_POLICY_MAX,
	    .timeout_ms = TIMEOUT_MS,
	    .done = done,
	    .arg = l};
	l->polled_ms = now_ms;
	httpc_start(l->down, &l->poll, now_ms);
}

/* ---- what it says ------------------------------------------------------- */

static void
reject(struct link *l, const char *why)
{
	log_error("Console: %s%s", why,
	    policies_any(&l->task->policies) ? "; the last good policy stays"
					     : "");
	task_tell(l->task, EVENT_POLICY_REJECTED, EVENT_HIGH, why);
}

static int64_t
version(const struct jtree *t)
{
	double n = 0;

	(void)jtree_number(jtree_get(t, "version"), &n);
	return n > 0 && n < 9e15 ? (int64_t)n : 0;
}

static int
take_line(struct link *l, struct str line, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(TREE * (line.n + 1024));
	const struct jtree *t;
	struct str kind;
	int r = a == NULL ? err_nomem(e)
			  : jtree_parse(a, line, "the Console's policy", &t, e);

	if (r != 0)
		return r;
	kind = jtree_str(jtree_get(t, "kind"));
	if (!str_eqz(jtree_str(jtree_get(t, "type")), "policy"))
		return 0;
	if (str_eqz(kind, "waas")) {
		l->version_waas = version(t);
		return task_waas_policy(l->task, line, e);
	}
	if (!str_eqz(kind, "runtime"))
		return 0;
	r = policies_offer(&l->task->policies, line, "the Console's policy", e);
	if (r == 0)
		l->version_runtime = version(t);
	return r;
}

/* Each kind for itself: a bad one keeps no good one back. */
static bool
take(struct link *l, struct str body)
{
	struct str line, rest = body;
	bool good = true;

	while (rest.n > 0) {
		struct err e = {0};

		(void)str_cut(rest, '\n', &line, &rest);
		if (str_trim(line).n == 0 ||
		    take_line(l, str_trim(line), &e) == 0)
			continue;
		reject(l, e.text);
		good = false;
	}
	return good;
}

void
link_policy_load(struct link *l)
{
	struct identity_policy p = {0};
	struct err e = {0};
	char text[64];
	int r = identity_load_policy(&l->identity, &p, &e);

	if (r == 0 && take(l, buf_str(&p.body))) {
		memcpy(l->etag, p.etag, sizeof l->etag);
		l->confirmed_s = p.confirmed;
		(void)snprintf(text, sizeof text,
		    "of the Console, kept on disk, %lld s old",
		    (long long)link_policy_age(l, time_monotonic_ms()));
		task_tell(l->task, EVENT_POLICY_APPLIED, EVENT_INFO, text);
	} else if (r != 0 && r != -ENOENT) {
		reject(l, e.text);
	}
	buf_free(&p.body);
}

static bool
fits(struct str s)
{
	return s.n > 0 && s.n < IDENTITY_WORD_MAX;
}

static void
news(struct link *l, int64_t now_ms)
{
	struct identity_policy p = {.body = l->poll.body_in};
	struct str body = buf_str(&l->poll.body_in);
	struct str etag = STR_NONE, signature = STR_NONE;
	struct err e = {0};

	(void)httpc_field(&l->poll, "ETag", &etag);
	(void)httpc_field(&l->poll, "FG-Signature", &signature);
	if (identity_verify(&l->identity, body, signature, &e) != 0) {
		if (l->poll_later.tries == 0)
			reject(l, e.text);
		backoff_bad(&l->poll_later, now_ms, 0);
		return;
	}
	backoff_good(&l->poll_later);
	if (fits(etag))
		(void)snprintf(l->etag, sizeof l->etag, "%.*s", STR_ARG(etag));
	if (!take(l, body))
		return;
	l->confirmed_ms = now_ms;
	(void)snprintf(p.etag, sizeof p.etag, "%s", l->etag);
	if (fits(signature))
		(void)snprintf(p.signature, sizeof p.signature, "%.*s",
		    STR_ARG(signature));
	if (identity_save_policy(&l->identity, &p, &e) != 0)
		log_error("%s", e.text);
	l->status_due = true;
}

static void
nothing_new(struct link *l, int64_t now_ms)
{
	struct str etag;

	backoff_good(&l->poll_later);
	if (l->poll.status == 304) {
		l->confirmed_ms = now_ms;
		identity_touch_policy(&l->identity);
	} else if (httpc_field(&l->poll, "ETag", &etag) && fits(etag)) {
		(void)snprintf(l->etag, sizeof l->etag, "%.*s", STR_ARG(etag));
	}
	if (now_ms - l->polled_ms < SOON_MS)
		l->poll_later.due_ms = l->polled_ms + SOON_MS;
}

static void
done(struct httpc_call *call)
{
	struct link *l = call->arg;
	int64_t now_ms = time_monotonic_ms();

	link_heard(l, call);
	if (call->r == 0 && call->status == 200)
		news(l, now_ms);
	else if (call->r == 0 && (call->status == 304 || call->status == 204))
		nothing_new(l, now_ms);
	else
		backoff_bad(&l->poll_later, now_ms, link_retry_after(call));
	if (now_ms - l->status_ms > LINK_STATUS_OLD_MS)
		l->status_due = true;
	(void)link_rejected(l, call);
	httpc_call_reset(call);
	trim();
}
