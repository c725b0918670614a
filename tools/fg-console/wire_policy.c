/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "request.h"

enum { ETAG_MAX = 64 };

/* Somebody who waits; small, since there may be ten thousand. */
struct policy_wait {
	struct policy_wait *next, **back;
	struct policy_app *app;
	struct httpd_request *http;
	char etag[ETAG_MAX]; /* that he has; "": none */
	struct loop_timer timer;
	bool over; /* he waits for the writer alone */
};

/* What tasks of an App ID get. */
struct policy_app {
	struct policy_app *next;
	struct worker *w;
	char *etag, *body, *signature; /* NULL: never asked */
	size_t body_n;
	bool fresh, asked, again; /* again: it changed while it was asked */
	struct policy_wait *waits;
	size_t n;
	char name[]; /* n bytes */
};

static struct policy_app **
bucket(struct worker *w, struct str app)
{
	uint64_t h = 14695981039346656037ULL;

	for (size_t i = 0; i < app.n; i++)
		h = (h ^ (unsigned char)app.p[i]) * 1099511628211ULL;
	return &w->apps[(h ^ h >> 32) % WORKER_APPS];
}

static struct policy_app *
find(struct worker *w, struct str app)
{
	struct policy_app **head = bucket(w, app), *p;

	for (p = *head; p != NULL; p = p->next)
		if (str_eq(str_make(p->name, p->n), app))
			return p;
	p = calloc(1, sizeof *p + app.n);
	if (p == NULL)
		return NULL;
	p->w = w;
	p->n = app.n;
	memcpy(p->name, app.p, app.n);
	p->next = *head;
	*head = p;
	return p;
}

static void
empty(struct policy_app *p)
{
	free(p->etag);
	free(p->body);
	free(p->signature);
	p->etag = p->body = p->signature = NULL;
	p->body_n = 0;
	p->fresh = false;
}

/* ---- answers ------------------------------------------------------------ */

static void
unlink_wait(struct policy_wait *wait)
{
	*wait->back = wait->next;
	if (wait->next != NULL)
		wait->next->back = wait->back;
	loop_cancel(&wait->timer);
	board_add(wait->app->w->row, BOARD_WAITING, (uint64_t)-1);
	free(wait);
}

static void
give(struct policy_app *p, struct httpd_request *http, bool same)
{
	struct httpd_field fields[5];
	size_t n = 0;

	fields[n++] =
	    (struct httpd_field){STR("Cache-Control"), STR("no-store")};
	if (p->etag != NULL)
		fields[n++] =
		    (struct httpd_field){STR("ETag"), str_of(p->etag)};
	if (same || p->body_n == 0) {
		httpd_answer(http, same ? 304 : 204, fields, n, STR(""));
		return;
	}
	fields[n++] = (struct httpd_field){
	    STR("Content-Type"), STR("application/x-ndjson")};
	fields[n++] =
	    (struct httpd_field){STR("FG-Signature"), str_of(p->signature)};
	httpd_answer(http, 200, fields, n, str_make(p->body, p->body_n));
}

static bool
has_it(const struct policy_wait *wait)
{
	return wait->app->etag != NULL &&
	       strcmp(wait->etag, wait->app->etag) == 0;
}

static void
settle(struct policy_wait *wait)
{
	bool same = has_it(wait);

	if (same && !wait->over)
		return;
	give(wait->app, wait->http, same);
	unlink_wait(wait);
}

static void
settle_all(struct policy_app *p, unsigned failed)
{
	struct policy_wait *wait, *next;

	for (wait = p->waits; wait != NULL; wait = next) {
		next = wait->next;
		if (failed == 0) {
			settle(wait);
		} else {
			httpd_error(wait->http, failed, "try again");
			unlink_wait(wait);
		}
	}
}

/* ---- asking the writer -------------------------------------------------- */

static void ask(struct policy_app *p);

static char *
copy(struct str s)
{
	return strndup(s.p, s.n);
}

static void
answered(void *arg, const struct reply *reply)
{
	struct policy_app *p = arg;
	struct parcel in = reply->payload;
	char etag[ETAG_MAX];
	struct str hash, body;

	p->asked = false;
	if (reply->status >= 400) {
		settle_all(p, reply->status);
		return;
	}
	empty(p);
	hash = parcel_str(&in);
	(void)snprintf(etag, sizeof etag, "\"%.*s\"", STR_ARG(hash));
	body = parcel_str(&in);
	p->etag = strdup(etag);
	p->body = malloc(body.n + 1);
	p->signature = copy(parcel_str(&in));
	if (p->etag == NULL || p->body == NULL || p->signature == NULL) {
		empty(p);
		settle_all(p, 503);
		return;
	}
	memcpy(p->body, body.p, body.n);
	p->body_n = body.n;
	p->fresh = !p->again;
	settle_all(p, 0);
	if (p->again && p->waits != NULL)
		ask(p);
	p->again = false;
}

static void
ask(struct policy_app *p)
{
	cleanup_buf struct buf b = BUF_MAX(1024);

	if (p->asked) {
		p->again = true;
		return;
	}
	p->again = false;
	parcel_put(&b, str_make(p->name, p->n));
	if (buf_error(&b) == 0 &&
	    call_writer(p->w, MESSAGE_POLICY, buf_str(&b), answered, p) == 0)
		p->asked = true;
	else
		settle_all(p, 503);
}

void
wire_policy_changed(struct worker *w)
{
	struct policy_app *p, **at;

	for (size_t i = 0; i < WORKER_APPS; i++) {
		at = &w->apps[i];
		while ((p = *at) != NULL) {
			p->fresh = false;
			if (p->waits != NULL || p->asked) {
				ask(p);
				at = &p->next;
				continue;
			}
			*at = p->next;
			empty(p);
			free(p);
		}
	}
}

/* ---- who comes, waits, and goes ----------------------------------------- */

static void
on_timer(struct loop_timer *t)
{
	struct policy_wait *wait = LOOP_OF(t, struct policy_wait, timer);

	wait->over = true;
	if (wait->app->fresh)
		settle(wait);
}

static void
on_gone(struct httpd_request *http, void *arg)
{
	struct policy_wait *wait = arg;

	(void)http;
	unlink_wait(wait);
}

static struct policy_wait *
new_wait(struct policy_app *p, struct request *r, int64_t seconds)
{
	struct policy_wait *wait = calloc(1, sizeof *wait);

	if (wait == NULL)
		return NULL;
	wait->app = p;
	wait->http = r->http;
	if (r->etag.n < sizeof wait->etag)
		memcpy(wait->etag, r->etag.p, r->etag.n);
	wait->over = seconds == 0;
	wait->timer.due = on_timer;
	wait->next = p->waits;
	wait->back = &p->waits;
	if (wait->next != NULL)
		wait->next->back = &wait->next;
	p->waits = wait;
	board_add(r->w->row, BOARD_WAITING, 1);
	loop_at(
	    r->w->loop, &wait->timer, loop_now_ms(r->w->loop) + seconds * 1000);
	httpd_on_gone(wait->http, on_gone, wait);
	return wait;
}

void
wire_policy_get(struct request *r)
{
	struct worker *w = r->w;
	struct policy_wait *wait;
	struct policy_app *p;
	int64_t seconds = 0;
	struct err e = {0};

	if (query_int(&r->query, "wait", 0, WIRE_POLICY_WAIT_MAX, &seconds,
		&e) != 0) {
		request_bad(r, &e);
		return;
	}
	p = find(w, r->app);
	wait = p == NULL ? NULL : new_wait(p, r, w->draining ? 0 : seconds);
	if (wait == NULL) {
		request_refuse(r, 503, "out of memory");
		return;
	}
	request_free(r);
	if (p->fresh)
		settle(wait);
	else if (!p->asked)
		ask(p);
}

void
wire_policy_drain(struct worker *w)
{
	struct policy_wait *wait, *next;

	for (size_t i = 0; i < WORKER_APPS; i++)
		for (struct policy_app *p = w->apps[i]; p != NULL; p = p->next)
			for (wait = p->waits; wait != NULL; wait = next) {
				next = wait->next;
				wait->over = true;
				if (p->fresh)
					settle(wait);
			}
}

void
wire_policy_free(struct worker *w)
{
	struct policy_app *p, *next;

	for (size_t i = 0; i < WORKER_APPS; i++) {
		for (p = w->apps[i]; p != NULL; p = next) {
			next = p->next;
			while (p->waits != NULL)
				unlink_wait(p->waits);
			empty(p);
			free(p);
		}
		w->apps[i] = NULL;
	}
}
