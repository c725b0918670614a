/* SPDX-License-Identifier: Apache-2.0 */
#include "api_events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "events_query.h"
#include "request.h"
#include "time/time.h"

enum {
	LOOK_MAX = 100000, /* rows for one answer */
	STEP = 64,         /* rows at once, of up to 64 KiB each */
	ENOUGH = 8 << 20, /* bytes of an answer: FG-Cursor goes on from there */
	WAIT_MAX_S = 55,
	TOGETHER_MS = 100, /* how often those who wait are looked after */
	ARENA_MAX = 64 << 20
};

/* What is asked; in the request's arena. */
struct asked {
	struct auditquery query;
	struct store_query store;
	int64_t wait_s;
};

struct event_wait {
	struct event_wait *next, **back;
	struct request *r;
	struct loop_timer timer, again;
};

/* ---- the question ------------------------------------------------------- */

static int
read_order(const struct query *q, struct asked *a, struct err *e)
{
	struct str order = query_get(q, "order");

	a->store.oldest_first = !str_eqz(order, "desc");
	if (order.p != NULL && !str_eqz(order, "desc") &&
	    !str_eqz(order, "asc"))
		return err_set(
		    e, ERR_PERM, EINVAL, "order: neither asc nor desc");
	return 0;
}

static int
read_numbers(const struct query *q, struct asked *a, struct err *e)
{
	int64_t limit = 50;
	int r = query_int(q, "limit", 1, STORE_PAGE_MAX, &limit, e);

	a->store.limit = (uint32_t)limit;
	if (r == 0)
		r = query_int(
		    q, "after", 0, (int64_t)1 << 53, &a->store.after, e);
	if (r == 0)
		r = query_int(q, "wait", 0, WAIT_MAX_S, &a->wait_s, e);
	if (r == 0 && a->wait_s > 0 && !a->store.oldest_first)
		r = err_set(e, ERR_PERM, EINVAL, "wait: only with order=asc");
	return r;
}

static int
read_asked(struct request *r, struct asked *a, struct err *e)
{
	const struct query *q = &r->query;
	int64_t now_ms = time_now_ms();
	int error = read_order(q, a, e);

	if (error == 0)
		error = read_numbers(q, a, e);
	auditquery_init(&a->query);
	for (size_t i = 0; i < q->n && error == 0; i++) {
		error = auditquery_add(
		    &a->query, q->all[i].name, q->all[i].value, now_ms, e);
		if (error < 0)
			err_prefix(e, "%.*s", STR_ARG(q->all[i].name));
		error = error < 0 ? error : 0;
	}
	if (error == 0)
		error = events_query_narrow(
		    r->arena, &a->query, &a->store.filter, e);
	return error;
}

/* ---- the answer --------------------------------------------------------- */

static void
put_event(const struct jtree *t, int64_t id, struct buf *out)
{
	char cursor[32];
	struct jwrite w;

	(void)snprintf(cursor, sizeof cursor, "%" PRId64, id);
	jwrite_init(&w, out);
	jwrite_object(&w);
	for (t = t->first; t != NULL; t = t->next) {
		jwrite_keys(&w, t->key);
		jtree_write(t, &w);
	}
	jwrite_kvz(&w, "cursor", cursor);
	jwrite_end(&w);
	buf_addc(out, '\n');
}

/* Those of a page that are asked for; how many. */
static uint32_t
put_page(const struct asked *a, const struct store_page *page, struct buf *out)
{
	uint32_t n = 0;

	for (size_t i = 0; i < page->n; i++) {
		const struct store_row *row = &page->rows[i];
		cleanup_arena struct arena *arena = arena_new(ARENA_MAX);
		const struct jtree *t;

		if (arena == NULL ||
		    jtree_parse(arena, row->event.body, "", &t, NULL) != 0 ||
		    !auditquery_match(&a->query, t))
			continue;
		put_event(t, row->id, out);
		n++;
	}
	return n;
}

/* Where the next question goes on. Newest first it ends with the last row. */
static int64_t
end_of(const struct asked *a, const struct store_page *page, int64_t after)
{
	if (a->store.oldest_first || page->more)
		return page->next;
	return page->n > 0 ? page->rows[page->n - 1].id : after;
}

/* What there is, into out; a->store.after goes on. */
static int
collect(struct request *r, struct asked *a, struct buf *out, struct err *e)
{
	struct store_query q = a->store;
	uint32_t looked = 0, left = q.limit;
	int error = 0;

	while (left > 0 && looked < LOOK_MAX && out->n < ENOUGH) {
		cleanup_arena struct arena *arena = arena_new(ARENA_MAX);
		struct store_page page;

		if (arena == NULL)
			return err_nomem(e);
		q.limit = left < STEP ? left : STEP;
		q.look = LOOK_MAX - looked;
		error = store_audits(r->w->store, &q, arena, &page, e);
		if (error != 0)
			return error;
		request_note_damage(r, &page);
		looked += page.looked > 0 ? page.looked : 1;
		left -= put_page(a, &page, out);
		q.after = end_of(a, &page, q.after);
		if (!page.more)
			break;
	}
	a->store.after = q.after;
	return 0;
}

static void
answer(struct request *r, const struct asked *a, const struct buf *out)
{
	struct httpd_field f;
	char cursor[32];

	(void)snprintf(cursor, sizeof cursor, "%" PRId64, a->store.after);
	f = (struct httpd_field){STR("FG-Cursor"), str_of(cursor)};
	if (buf_error(out) != 0)
		request_refuse(r, 503, "out of memory");
	else
		request_answer(r, 200, "application/x-ndjson", &f,
		    a->store.after > 0, buf_str(out));
}

/* ---- those who wait ----------------------------------------------------- */

static void
unlink_wait(struct event_wait *wait, struct worker *w)
{
	*wait->back = wait->next;
	if (wait->next != NULL)
		wait->next->back = wait->back;
	loop_cancel(&wait->timer);
	loop_cancel(&wait->again);
	board_add(w->row, BOARD_WAITING, (uint64_t)-1);
	free(wait);
}

/* Look again; true: answered. over: with nothing, too. */
static bool
look(struct request *r, bool over)
{
	cleanup_buf struct buf out = BUF_MAX(REQUEST_ANSWER_MAX);
	struct asked *a = r->state;
	struct err e = {0};

	if (collect(r, a, &out, &e) != 0) {
		request_failed(r, &e);
		return true;
	}
	if (out.n == 0 && !over)
		return false;
	answer(r, a, &out);
	return true;
}

static void
finish(struct event_wait *wait)
{
	struct request *r = wait->r;

	unlink_wait(wait, r->w);
	(void)look(r, true);
}

static void
on_timer(struct loop_timer *t)
{
	finish(LOOP_OF(t, struct event_wait, timer));
}

static void
on_again(struct loop_timer *t)
{
	struct event_wait *wait = LOOP_OF(t, struct event_wait, again);
	struct worker *w = wait->r->w;

	if (look(wait->r, false))
		unlink_wait(wait, w);
}

static void
on_gone(struct httpd_request *http, void *arg)
{
	struct event_wait *wait = arg;
	struct request *r = wait->r;

	(void)http;
	unlink_wait(wait, r->w);
	request_free(r);
}

static void
begin_wait(struct request *r, int64_t seconds)
{
	struct event_wait *wait = calloc(1, sizeof *wait);
	struct worker *w = r->w;

	if (wait == NULL) {
		request_refuse(r, 503, "out of memory");
		return;
	}
	wait->r = r;
	wait->next = w->events;
	wait->back = &w->events;
	if (wait->next != NULL)
		wait->next->back = &wait->next;
	w->events = wait;
	wait->timer.due = on_timer;
	wait->again.due = on_again;
	board_add(w->row, BOARD_WAITING, 1);
	loop_at(w->loop, &wait->timer, loop_now_ms(w->loop) + seconds * 1000);
	httpd_on_gone(r->http, on_gone, wait);
}

void
api_events_stored(struct worker *w)
{
	for (struct event_wait *x = w->events; x != NULL; x = x->next)
		if (x->again.in == NULL)
			loop_at(w->loop, &x->again,
			    loop_now_ms(w->loop) + TOGETHER_MS);
}

void
api_events_drain(struct worker *w)
{
	while (w->events != NULL)
		finish(w->events);
}

void
api_events_get(struct request *r)
{
	struct asked *a = arena_alloc(r->arena, sizeof *a);
	struct err e = {0};

	if (a == NULL) {
		request_refuse(r, 503, "out of memory");
		return;
	}
	r->state = a;
	if (read_asked(r, a, &e) != 0)
		request_bad(r, &e);
	else if (!look(r, a->wait_s == 0 || r->w->draining))
		begin_wait(r, a->wait_s);
}
