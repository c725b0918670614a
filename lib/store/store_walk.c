/* SPDX-License-Identifier: Apache-2.0 */
#include "store_walk.h"

#include <errno.h>
#include <string.h>

#include "store_row.h"
#include "store_words.h"

/* ---- which rows ---------------------------------------------------------- */

static bool
bit(sqlite3_stmt *q, int column, uint32_t set)
{
	return set == 0 || store_words_bit(set,
			       (unsigned)sqlite3_column_int(q, column) & 31);
}

static bool
words(sqlite3_stmt *q, int column, const struct store_words *w)
{
	return w->n == 0 || store_words_match(w, store_sql_text(q, column));
}

static bool
app_wanted(const struct store_walk *w, sqlite3_stmt *q)
{
	int64_t app;

	if (w->apps == NULL)
		return true;
	app = sqlite3_column_int64(q, STORE_ROW_APP);
	return app >= 0 && app < w->n_apps &&
	       (w->apps[app / 8] >> (app % 8) & 1) != 0;
}

static bool
fits(const struct store_walk *w, sqlite3_stmt *q)
{
	const struct store_filter *f = &w->q->filter;
	int64_t ts = sqlite3_column_int64(q, STORE_ROW_TS);

	return (f->from_ms == 0 || ts >= f->from_ms) &&
	       (f->to_ms == 0 || ts < f->to_ms) &&
	       bit(q, STORE_ROW_KIND, f->kinds) &&
	       bit(q, STORE_ROW_SEVERITY, f->severities) &&
	       bit(q, STORE_ROW_ACTION, f->actions) && app_wanted(w, q) &&
	       words(q, STORE_ROW_NAME, &f->names) &&
	       words(q, STORE_ROW_CONTAINER, &f->containers) &&
	       words(q, STORE_ROW_IMAGE, &f->images) &&
	       words(q, STORE_ROW_RULE, &f->rules) &&
	       words(q, STORE_ROW_TYPE, &f->types) &&
	       (f->search.n == 0 ||
		   store_words_within(
		       store_sql_text(q, STORE_ROW_BODY), f->search));
}

/* The row at the head of a stream. */
static int
look(struct store_walk *w, sqlite3_stmt *q, int64_t row, struct err *e)
{
	struct store_page *page = w->page;
	int r = 0;

	if (!fits(w, q)) {
		;
	} else if (page->skipped < w->q->skip) {
		page->skipped++;
	} else {
		r = store_row_take(
		    w->sql, w->day, q, w->a, &page->rows[page->n], e);
		if (r != 0)
			return r;
		w->bytes += page->rows[page->n++].event.body.n;
	}
	page->next = store_days_id(w->day, row);
	page->looked++;
	w->done = page->looked == w->q->look || page->n == w->q->limit ||
		  w->bytes >= STORE_PAGE_BYTES;
	return r;
}

/* ---- streams ------------------------------------------------------------- */

/* The first row that may be in the page, in the order asked for. */
static int64_t
begin_at(const struct store_walk *w)
{
	int64_t after = w->q->after;

	if (after != 0 && store_days_id_day(after) == w->day)
		return store_days_id_row(after) + (w->q->oldest_first ? 1 : -1);
	return w->q->oldest_first ? 1 : INT64_MAX;
}

static int
advance(struct store_walk *w, struct store_walk_stream *x, struct err *e)
{
	int r = store_sql_step(w->sql, x->s, e);

	x->row = r == 1 ? sqlite3_column_int64(x->s, STORE_ROW_ID) : 0;
	return r < 0 ? r : 0;
}

static int
open_all(struct store_walk *w, struct err *e)
{
	struct store_walk_stream *x = &w->streams[w->n++];
	const char *text = w->q->oldest_first
			       ? "SELECT " STORE_ROW_COLUMNS " FROM event "
				 "WHERE id >= ? ORDER BY id"
			       : "SELECT " STORE_ROW_COLUMNS " FROM event "
				 "WHERE id <= ? ORDER BY id DESC";
	int r = store_sql_get(w->sql, &x->s, e, text, "i", begin_at(w));

	return r != 0 ? r : advance(w, x, e);
}

static int
open_app(struct store_walk *w, int64_t app, struct err *e)
{
	struct store_walk_stream *x = &w->streams[w->n++];
	const char *text = w->q->oldest_first
			       ? "SELECT " STORE_ROW_COLUMNS " FROM event "
				 "WHERE app = ? AND id >= ? ORDER BY id"
			       : "SELECT " STORE_ROW_COLUMNS " FROM event "
				 "WHERE app = ? AND id <= ? ORDER BY id DESC";
	int r = store_sql_get(w->sql, &x->s, e, text, "ii", app, begin_at(w));

	return r != 0 ? r : advance(w, x, e);
}

static void
close_all(struct store_walk *w)
{
	for (size_t i = 0; i < w->n; i++)
		store_sql_put(w->sql, w->streams[i].s);
	w->n = 0;
}

/* ---- which apps ---------------------------------------------------------- */

struct chosen {
	int64_t ids[STORE_WALK_STREAMS];
	size_t n;
	bool many; /* more than that */
};

static void
choose(struct chosen *c, int64_t id)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->ids[i] == id)
			return;
	if (c->n < STORE_WALK_STREAMS)
		c->ids[c->n++] = id;
	else
		c->many = true;
}

/* By their names alone; 0 when a word has a '*', or they are too many. */
static int
choose_by_name(struct store_walk *w, struct chosen *c, struct err *e)
{
	const struct store_words *apps = &w->q->filter.apps;
	int64_t id;

	for (size_t i = 0; i < apps->n; i++)
		if (apps->n > STORE_WALK_STREAMS ||
		    store_words_wild(apps->v[i]))
			return 0;
	for (size_t i = 0; i < apps->n; i++) {
		int r = store_sql_value(w->sql, &id, e,
		    "SELECT id FROM app WHERE app = ?", "t", apps->v[i]);

		if (r < 0)
			return r;
		if (r == 1)
			choose(c, id);
	}
	return 1;
}

/* All that fit; as bits too, when there is room for them. */
static int
choose_by_pattern(
    struct store_walk *w, struct chosen *c, unsigned char *bits, struct err *e)
{
	sqlite3_stmt *q;
	int r = store_sql_get(w->sql, &q, e, "SELECT id, app FROM app", "");

	while (r == 0 && (r = store_sql_step(w->sql, q, e)) == 1) {
		int64_t id = sqlite3_column_int64(q, 0);

		r = 0;
		if (!store_words_match(
			&w->q->filter.apps, store_sql_text(q, 1)))
			continue;
		choose(c, id);
		if (bits != NULL && id >= 0 && id < w->n_apps)
			bits[id / 8] |= (unsigned char)(1u << (id % 8));
	}
	store_sql_put(w->sql, q);
	return r;
}

static int
choose_many(struct store_walk *w, struct chosen *c, struct err *e)
{
	unsigned char *bits;
	int64_t last = 0;
	int r =
	    store_sql_value(w->sql, &last, e, "SELECT max(id) FROM app", "");

	if (r < 0)
		return r;
	if (last < 0 || last > STORE_DAYS_ROWS)
		return err_set(e, ERR_PERM, EBADMSG,
		    "%s: damaged: a malformed row", w->sql->path);
	w->n_apps = last + 1;
	bits = arena_alloc(w->a, (size_t)w->n_apps / 8 + 1);
	if (bits == NULL)
		return err_nomem(e);
	w->apps = bits;
	return choose_by_pattern(w, c, bits, e);
}

static int
open_streams(struct store_walk *w, struct err *e)
{
	struct chosen c = {0};
	int r;

	if (w->q->filter.apps.n == 0)
		return open_all(w, e);
	r = choose_by_name(w, &c, e);
	if (r == 0)
		r = choose_by_pattern(w, &c, NULL, e);
	if (r >= 0 && c.many) {
		r = choose_many(w, &c, e);
		return r != 0 ? r : open_all(w, e);
	}
	for (size_t i = 0; r >= 0 && i < c.n; i++)
		r = open_app(w, c.ids[i], e);
	return r < 0 ? r : 0;
}

/* ---- zones --------------------------------------------------------------- */

static uint32_t
mask(uint32_t set)
{
	return set == 0 ? UINT32_MAX : set;
}

/*
 * The next zone, `from` or behind it, that may have a row for the query. 1; 0:
 * there is none.
 */
static int
next_zone(struct store_walk *w, int64_t from, int64_t *ret, struct err *e)
{
	const struct store_filter *f = &w->q->filter;
	const char *text =
	    w->q->oldest_first
		? "SELECT id FROM zone WHERE id >= ? AND max_ts >= ? "
		  "AND min_ts < ? AND (kinds & ?) <> 0 "
		  "AND (severities & ?) <> 0 AND (actions & ?) <> 0 "
		  "ORDER BY id LIMIT 1"
		: "SELECT id FROM zone WHERE id <= ? AND max_ts >= ? "
		  "AND min_ts < ? AND (kinds & ?) <> 0 "
		  "AND (severities & ?) <> 0 AND (actions & ?) <> 0 "
		  "ORDER BY id DESC LIMIT 1";

	return store_sql_value(w->sql, ret, e, text, "iiiiii", from,
	    f->from_ms == 0 ? INT64_MIN : f->from_ms,
	    f->to_ms == 0 ? INT64_MAX : f->to_ms, (int64_t)mask(f->kinds),
	    (int64_t)mask(f->severities), (int64_t)mask(f->actions));
}

/*
 * The stream has come to a zone that was not looked up. 1: its row is worth a
 * look; 0: it stands elsewhere now.
 */
static int
enter_zone(struct store_walk *w, struct store_walk_stream *x, struct err *e)
{
	int64_t here = x->row >> STORE_DAYS_ZONE_BITS, zone = 0, row;
	int r = next_zone(w, here, &zone, e);

	if (r < 0)
		return r;
	if (r == 0) {
		x->row = 0;
		return 0;
	}
	w->zone = zone;
	if (zone == here)
		return 1;
	row = zone << STORE_DAYS_ZONE_BITS;
	if (!w->q->oldest_first)
		row += ((int64_t)1 << STORE_DAYS_ZONE_BITS) - 1;
	r = store_sql_bind(w->sql, x->s, e, "i", row);
	return r != 0 ? r : advance(w, x, e);
}

static bool
by_zones(const struct store_walk *w)
{
	const struct store_filter *f = &w->q->filter;

	return f->from_ms != 0 || f->to_ms != 0 || f->kinds != 0 ||
	       f->severities != 0 || f->actions != 0;
}

/* ---- the day ------------------------------------------------------------- */

/* The stream whose row comes first. */
static struct store_walk_stream *
first(struct store_walk *w)
{
	struct store_walk_stream *best = NULL;

	for (size_t i = 0; i < w->n; i++) {
		struct store_walk_stream *x = &w->streams[i];

		if (x->row != 0 &&
		    (best == NULL || (w->q->oldest_first ? x->row < best->row
							 : x->row > best->row)))
			best = x;
	}
	return best;
}

static int
walk(struct store_walk *w, struct err *e)
{
	struct store_walk_stream *x;
	int r = 0;

	while (r == 0 && !w->done && (x = first(w)) != NULL) {
		if (w->zoned && x->row >> STORE_DAYS_ZONE_BITS != w->zone) {
			r = enter_zone(w, x, e);
			if (r != 1)
				continue;
		}
		r = look(w, x->s, x->row, e);
		if (r == 0 && !w->done)
			r = advance(w, x, e);
	}
	return r;
}

int
store_walk_day(
    struct store_walk *w, struct store_sql *sql, int32_t day, struct err *e)
{
	int r;

	w->sql = sql;
	w->day = day;
	w->apps = NULL;
	w->zone = -1;
	r = open_streams(w, e);
	/* One stream of all rows. */
	w->zoned = by_zones(w) && (w->apps != NULL || w->q->filter.apps.n == 0);
	if (r == 0)
		r = walk(w, e);
	close_all(w);
	return r;
}
