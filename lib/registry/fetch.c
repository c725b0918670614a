/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "backoff.h"
#include "fetch_send.h"
#include "status.h"
#include "warning.h"

static void start(struct registry_fetch *f);

/* ---- the table ---------------------------------------------------------- */

static size_t
bucket_of(
    enum registry_what what, const struct imageref *ref, const char *version)
{
	const char *parts[] = {ref->host, ref->repo, version};
	uint32_t h = 2166136261U + what; /* FNV-1a */

	for (size_t i = 0; i < 3; i++) {
		for (const char *p = parts[i]; *p != '\0'; p++)
			h = (h ^ (unsigned char)*p) * 16777619U;
	}
	return h % REGISTRY_BUCKETS;
}

static struct registry_fetch *
find(struct registry *r, enum registry_what what, const struct imageref *ref,
    const char *version)
{
	struct registry_fetch *f = r->fetches[bucket_of(what, ref, version)];

	while (f != NULL &&
	       (f->what != what || strcmp(f->ref.host, ref->host) != 0 ||
		   strcmp(f->ref.repo, ref->repo) != 0 ||
		   strcmp(f->version, version) != 0))
		f = f->next;
	return f;
}

static void
free_fetch(struct registry_fetch *f)
{
	client_call_reset(&f->call);
	buf_free(&f->url);
	if (f->authorization.p != NULL)
		explicit_bzero(f->authorization.p, f->authorization.n);
	buf_free(&f->authorization);
	buf_free(&f->scope);
	free(f);
}

void
registry_fetch_free_all(struct registry *r)
{
	for (size_t i = 0; i < REGISTRY_BUCKETS; i++) {
		struct registry_fetch *f = r->fetches[i], *next;

		for (; f != NULL; f = next) {
			next = f->next;
			free_fetch(f);
		}
		r->fetches[i] = NULL;
	}
}

void
registry_fetch_drop(struct registry_fetch *f)
{
	struct registry *r = f->registry;
	struct registry_fetch **at;

	if (--f->users > 0)
		return;
	/* Another image may be the same: keep some. */
	if (f->is_done && r->kept + f->call.body.n <= REGISTRY_KEEP_MAX) {
		r->kept += f->call.body.n;
		return;
	}
	at = &r->fetches[bucket_of(f->what, &f->ref, f->version)];
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	free_fetch(f);
}

/* ---- the end ------------------------------------------------------------ */

static void
tell(struct registry_fetch *f)
{
	struct registry_waiter *w = f->waiters, *next;

	f->waiters = NULL;
	f->users++; /* ready() may drop it */
	for (; w != NULL; w = next) {
		next = w->next;
		w->ready(w->arg, f);
	}
	registry_fetch_drop(f);
}

/* The first request of host is over: let those go that waited for it. */
static void
probed(struct registry_host *host)
{
	struct registry_fetch *f = host->waiting, *next;

	host->probing = false;
	host->waiting = NULL;
	for (; f != NULL; f = next) {
		next = f->next_waiting;
		start(f);
	}
}

/* Who set a mirror up wants to know why it did not answer. */
static void
add_mirror_error(struct registry_fetch *f)
{
	struct err last = f->err;

	if (f->mirror.kind != ERR_NONE)
		(void)err_set(&f->err, last.kind, EIO, "%s; its mirror: %s",
		    last.text, f->mirror.text);
}

/* This place has failed: the next one, or the end. */
static void
failed(struct registry_fetch *f)
{
	struct registry_host *host = f->endpoint.host;
	struct registry_endpoint next;

	if (registry_endpoint(f->registry, &f->ref, f->at + 1, &next, NULL) ==
	    1) {
		if (f->at == 0)
			f->mirror = f->err;
		f->at++;
		f->tries = 0;
		f->refusals = 0;
		start(f);
	} else {
		add_mirror_error(f);
		f->is_done = true;
		tell(f);
	}
	if (host != NULL && !host->known && host->probing)
		probed(host);
}

static void
succeeded(struct registry_fetch *f)
{
	f->r = 0;
	f->is_done = true;
	tell(f);
}

/* ---- the answer --------------------------------------------------------- */

/* Mirrors have the origin behind them: no second try. */
static bool
may_retry(const struct registry_fetch *f)
{
	return !f->endpoint.mirror && f->tries < REGISTRY_TRIES;
}

/* True: f was started again. e->kind is ERR_TEMP. */
static bool
retry(struct registry_fetch *f, struct err *e)
{
	unsigned ms;

	if (!may_retry(f) ||
	    !registry_retry_wait(f->registry, &f->call, f->tries, &ms, e))
		return false;
	registry_fetch_send(f, ms);
	return true;
}

static void
no_answer(struct registry_fetch *f)
{
	struct registry_host *host = f->endpoint.host;

	f->r = f->call.r;
	f->err = f->call.err;
	/* A second time as slow would be too long. */
	if (f->err.kind == ERR_TEMP && (!f->call.timed_out || f->tries < 2) &&
	    retry(f, &f->err))
		return;
	/* Nobody there: the other images need not find that out, too. */
	if (f->call.status == 0 && !host->known) {
		host->down = true;
		host->why = f->err;
	}
	failed(f);
}

/* Do what the host's kind said: send, wait, or fail. */
static void
obey(struct registry_fetch *f, int verdict)
{
	if (verdict == REGISTRY_AUTH_GO)
		registry_fetch_send(f, 0);
	if (verdict < 0) {
		f->r = verdict;
		failed(f);
	}
}

static void
refused(struct registry_fetch *f)
{
	f->tries = 0; /* refusals are counted on their own */
	obey(f, f->endpoint.host->auth->authorise(f, &f->call, &f->err));
}

static void
answered(struct registry_fetch *f)
{
	long status = f->call.status;

	if (status == 401) {
		refused(f);
		return;
	}
	if (status >= 200 && status < 300) {
		f->r = registry_fetch_check(f, &f->err);
		if (f->r == 0)
			succeeded(f);
		else
			failed(f);
		return;
	}
	if (f->what == REGISTRY_HEAD &&
	    (status == 400 || status == 405 || status == 501)) {
		f->no_head = true;
		succeeded(f);
		return;
	}
	f->r = registry_status_error(f->endpoint.host, &f->call, &f->err);
	if (!registry_worth_retrying(status) || !retry(f, &f->err))
		failed(f);
}

static void
on_done(struct client_call *call)
{
	struct registry_fetch *f = call->arg;
	struct registry_host *host = f->endpoint.host;
	bool first = !host->known;

	if (call->r != 0) {
		no_answer(f);
		return;
	}
	host->known = true;
	registry_warning_tell(f->registry->cfg, host, call);
	answered(f);
	if (first)
		probed(host);
}

/* ---- the start ---------------------------------------------------------- */

static void
authorise(struct registry_fetch *f)
{
	buf_reset(&f->authorization);
	obey(f, f->endpoint.host->auth->authorise(f, NULL, &f->err));
}

static void
start(struct registry_fetch *f)
{
	struct registry_host *host;
	int r = registry_endpoint(
	    f->registry, &f->ref, f->at, &f->endpoint, &f->err);

	if (r != 1) {
		f->r = r;
		f->is_done = true;
		tell(f);
		return;
	}
	host = f->endpoint.host;
	if (host->down) {
		f->r = -EIO;
		f->err = host->why;
		failed(f);
	} else if (!host->known && host->probing) {
		f->next_waiting = host->waiting;
		host->waiting = f;
	} else {
		host->probing = !host->known;
		authorise(f);
	}
}

void
registry_fetch_resume(struct registry_fetch *f, const struct err *e)
{
	if (e == NULL) {
		authorise(f);
		return;
	}
	f->r = -EACCES;
	f->err = *e;
	failed(f);
}

static struct registry_fetch *
new_fetch(struct registry *r, enum registry_what what,
    const struct imageref *ref, const char *version)
{
	struct registry_fetch *f = calloc(1, sizeof *f);
	size_t bucket = bucket_of(what, ref, version);

	if (f == NULL)
		return NULL;
	f->registry = r;
	f->what = what;
	f->ref = *ref;
	(void)memccpy(f->version, version, '\0', sizeof f->version - 1);
	registry_fetch_setup(f, on_done);
	f->next = r->fetches[bucket];
	r->fetches[bucket] = f;
	return f;
}

int
registry_fetch_get(struct registry *r, enum registry_what what,
    const struct imageref *ref, const char *version, struct registry_waiter *w)
{
	struct registry_fetch *f = find(r, what, ref, version);
	bool found = f != NULL;

	if (!found)
		f = new_fetch(r, what, ref, version);
	if (f == NULL)
		return -ENOMEM;
	if (f->is_done && f->users == 0)
		r->kept -= f->call.body.n;
	f->users++;
	if (f->is_done) {
		w->ready(w->arg, f);
		return 0;
	}
	w->next = f->waiters;
	f->waiters = w;
	if (!found)
		start(f);
	return 0;
}
