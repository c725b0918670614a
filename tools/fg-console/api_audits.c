/* SPDX-License-Identifier: Apache-2.0 */
#include "api_audits.h"

#include "audits_query.h"
#include "request.h"
#include "vendor.h"

enum {
	ARENA_MAX = 64 << 20,
	LOOK_MAX = 300000, /* rows for one answer */
	STEP = 200         /* rows of a piece of a download */
};

/* One row in the vendor's form; false: it cannot be read. */
static bool
put_audit(const struct store_row *row, struct jwrite *w)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	const struct jtree *t;

	if (a == NULL ||
	    jtree_parse(a, row->event.body, "", &t, NULL) != 0)
		return false;
	vendor_audit(t, w);
	return true;
}

/* As many as are asked for, unless too many rows are in between. */
static int
collect(struct request *r, struct store_query *q, struct jwrite *w,
    struct err *e)
{
	uint32_t looked = 0;

	while (q->limit > 0 && looked < LOOK_MAX) {
		cleanup_arena struct arena *a = arena_new(ARENA_MAX);
		struct store_page page;
		int error;

		if (a == NULL)
			return err_nomem(e);
		q->look = LOOK_MAX - looked;
		error = store_audits(r->w->store, q, a, &page, e);
		if (error != 0)
			return error;
		for (size_t i = 0; i < page.n; i++)
			(void)put_audit(&page.rows[i], w);
		looked += page.looked > 0 ? page.looked : 1;
		q->limit -= (uint32_t)page.n;
		q->skip -= page.skipped;
		q->after = page.next;
		if (!page.more)
			break;
	}
	return 0;
}

void
api_audits_list(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(REQUEST_ANSWER_MAX);
	struct store_query q;
	struct jwrite w;
	struct err e = {0};

	if (audits_query_read(r->arena, &r->query,
		(enum store_kind)r->route->kind, &q, &e) != 0) {
		request_bad(r, &e);
		return;
	}
	jwrite_init(&w, &b);
	jwrite_array(&w);
	if (collect(r, &q, &w, &e) != 0) {
		request_failed(r, &e);
		return;
	}
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 200, &b);
}

/* ---- CSV ---------------------------------------------------------------- */

struct download {
	struct request *r;
	struct store_query q;
	bool limited, begun;
	uint32_t left; /* when limited */
};

static void
put_line(const struct store_row *row, bool waas, struct buf *out)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	cleanup_buf struct buf json = BUF_MAX(1 << 20);
	const struct jtree *t;
	struct jwrite w;

	jwrite_init(&w, &json);
	if (a == NULL || !put_audit(row, &w) || jwrite_end_text(&w) != 0 ||
	    jtree_parse(a, buf_str(&json), "", &t, NULL) != 0)
		return;
	vendor_csv(t, waas, out);
}

/* Pieces are small; those of large rows are cut up. */
static bool
send(struct request *r, struct str s)
{
	bool room = true;

	while (s.n > 0) {
		room = httpd_piece(r->http, str_sub(s, 0, HTTPD_PIECE_MAX));
		s = str_sub(s, HTTPD_PIECE_MAX, s.n);
	}
	return room;
}

/* The next rows: 1: there is room for more; 0: wait; -1: that was all. */
static int
step(struct download *d)
{
	struct request *r = d->r;
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	cleanup_buf struct buf out = BUF_MAX(REQUEST_ANSWER_MAX);
	struct store_page page;
	struct err e = {0};
	bool room;

	if (!d->begun)
		vendor_csv(NULL, r->route->kind == STORE_WAAS, &out);
	d->begun = true;
	d->q.limit = d->limited && d->left < STEP ? d->left : STEP;
	if (a == NULL || store_audits(r->w->store, &d->q, a, &page, &e) != 0) {
		httpd_abort(r->http);
		request_free(r);
		return 0;
	}
	for (size_t i = 0; i < page.n; i++)
		put_line(&page.rows[i], r->route->kind == STORE_WAAS, &out);
	d->q.after = page.next;
	d->q.skip -= page.skipped;
	d->left -= d->limited ? (uint32_t)page.n : 0;
	room = send(r, buf_str(&out));
	if (!page.more || (d->limited && d->left == 0))
		return -1;
	return room;
}

static void
on_room(struct httpd_request *http, void *arg)
{
	struct download *d = arg;
	int n = step(d);

	while (n > 0)
		n = step(d);
	if (n < 0) {
		httpd_end(http);
		request_free(d->r);
	}
}

static void
on_gone(struct httpd_request *http, void *arg)
{
	struct download *d = arg;

	(void)http;
	request_free(d->r);
}

void
api_audits_download(struct request *r)
{
	static const struct httpd_field fields[] = {
	    {STR("Content-Type"), STR("text/csv; charset=utf-8")},
	    {STR("Content-Disposition"),
		STR("attachment; filename=\"audits.csv\"")},
	    {STR("Cache-Control"), STR("no-store")},
	    {STR("X-Content-Type-Options"), STR("nosniff")}};
	struct download *d = arena_alloc(r->arena, sizeof *d);
	const struct httpd_stream s = {
	    .room = on_room, .gone = on_gone, .arg = d};
	struct err e = {0};

	if (d == NULL) {
		request_refuse(r, 503, "out of memory");
		return;
	}
	d->r = r;
	if (audits_query_read(r->arena, &r->query,
		(enum store_kind)r->route->kind, &d->q, &e) != 0) {
		request_bad(r, &e);
		return;
	}
	d->limited = query_get(&r->query, "limit").p != NULL;
	d->left = d->q.limit;
	d->q.look = LOOK_MAX;
	httpd_begin(r->http, 200, fields, 4, &s);
}
