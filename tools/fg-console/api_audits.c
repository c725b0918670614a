/* SPDX-License-Identifier: Apache-2.0 */
#include "api_audits.h"

#include "audits_query.h"
#include "request.h"
#include "vendor.h"

enum {
	ARENA_MAX = 64 << 20,
	LOOK_MAX = 100000, /* rows for one answer, or a piece of one */
	STEP = 200,        /* rows that a download reads at a time */
	PIECE_MAX = 64 * 1024
};

/* One row in the vendor's form; false: it cannot be read. */
static bool
put_audit(const struct store_row *row, struct jwrite *w)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	const struct jtree *t;

	if (a == NULL || jtree_parse(a, row->event.body, "", &t, NULL) != 0)
		return false;
	vendor_audit(t, w);
	return true;
}

/* As many as are asked for, unless too many rows are in between. */
static int
collect(
    struct request *r, struct store_query *q, struct jwrite *w, struct err *e)
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
		request_note_damage(r, &page);
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
	bool limited, begun, all;
	uint32_t left;  /* when limited */
	struct buf out; /* lines, sent up to `at` */
	size_t at;
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

/* The lines of the next rows; false: they cannot be had. */
static bool
next_lines(struct download *d)
{
	struct request *r = d->r;
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	struct store_page page;
	struct err e = {0};

	buf_reset(&d->out);
	d->at = 0;
	if (!d->begun)
		vendor_csv(NULL, r->route->kind == STORE_WAAS, &d->out);
	d->begun = true;
	d->q.limit = d->limited && d->left < STEP ? d->left : STEP;
	if (a == NULL || store_audits(r->w->store, &d->q, a, &page, &e) != 0)
		return false;
	request_note_damage(r, &page);
	for (size_t i = 0; i < page.n; i++)
		put_line(&page.rows[i], r->route->kind == STORE_WAAS, &d->out);
	d->q.after = page.next;
	d->q.skip -= page.skipped;
	d->left -= d->limited ? (uint32_t)page.n : 0;
	d->all = !page.more || (d->limited && d->left == 0);
	return buf_error(&d->out) == 0;
}

/* Send what there is; false: the peer takes no more for now. */
static bool
send(struct download *d)
{
	bool room = true;

	while (room && d->at < d->out.n) {
		struct str piece =
		    str_sub(buf_str(&d->out), d->at, d->at + PIECE_MAX);

		room = httpd_piece(d->r->http, piece);
		d->at += piece.n;
	}
	return room;
}

static void
forget(struct download *d)
{
	buf_free(&d->out);
	request_free(d->r);
}

static void
on_room(struct httpd_request *http, void *arg)
{
	struct download *d = arg;

	while (send(d)) {
		if (d->all) {
			httpd_end(http);
			forget(d);
			return;
		}
		if (!next_lines(d)) {
			httpd_abort(http);
			forget(d);
			return;
		}
	}
}

static void
on_gone(struct httpd_request *http, void *arg)
{
	(void)http;
	forget(arg);
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
	d->out = BUF_MAX(REQUEST_ANSWER_MAX);
	d->limited = query_get(&r->query, "limit").p != NULL;
	d->left = d->q.limit;
	d->q.look = LOOK_MAX;
	httpd_begin(r->http, 200, fields, 4, &s);
}
