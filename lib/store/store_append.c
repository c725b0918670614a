/* SPDX-License-Identifier: Apache-2.0 */
/* Many batches into the audit file of today, in one transaction. */
#include <errno.h>
#include <string.h>

#include "store_sqlite.h"

/* ---- what the file knows of its rows ------------------------------------- */

static int
put_zone(struct store_today *t, struct err *e)
{
	const struct store_today_zone *z = &t->zone;

	if (z->id < 0)
		return 0;
	return store_sql_run(&t->sql, e,
	    "INSERT INTO zone(id, min_ts, max_ts, kinds, severities, actions) "
	    "VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET "
	    "min_ts = min(min_ts, excluded.min_ts), "
	    "max_ts = max(max_ts, excluded.max_ts), "
	    "kinds = kinds | excluded.kinds, "
	    "severities = severities | excluded.severities, "
	    "actions = actions | excluded.actions",
	    "iiiiii", z->id, z->min_ts, z->max_ts, (int64_t)z->kinds,
	    (int64_t)z->severities, (int64_t)z->actions);
}

/* The event became a row: count it, and add it to its zone. */
static int
tally(struct store_today *t, const struct store_event *ev, struct err *e)
{
	int64_t id = t->row >> STORE_DAYS_ZONE_BITS;
	struct store_today_zone *z = &t->zone;
	int r = 0;

	t->counts[ev->kind][ev->severity][ev->action]++;
	if (z->id != id) {
		r = put_zone(t, e);
		*z = (struct store_today_zone){
		    .id = id, .min_ts = ev->ts_ms, .max_ts = ev->ts_ms};
	}
	if (ev->ts_ms < z->min_ts)
		z->min_ts = ev->ts_ms;
	if (ev->ts_ms > z->max_ts)
		z->max_ts = ev->ts_ms;
	z->kinds |= 1u << ev->kind;
	z->severities |= 1u << ev->severity;
	z->actions |= 1u << ev->action;
	return r;
}

static int
put_count(struct store_today *t, int64_t hour, int kind, int severity,
    int action, struct err *e)
{
	return store_sql_run(&t->sql, e,
	    "INSERT INTO hour(hour, kind, severity, action, n) "
	    "VALUES(?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
	    "n = n + excluded.n",
	    "iiiii", hour, (int64_t)kind, (int64_t)severity, (int64_t)action,
	    (int64_t)t->counts[kind][severity][action]);
}

static int
put_counts(struct store_today *t, int64_t hour, struct err *e)
{
	int r = 0;

	for (int k = 0; k < STORE_KINDS; k++)
		for (int v = 0; v < STORE_SEVERITIES; v++)
			for (int a = 0; r == 0 && a < STORE_ACTIONS; a++)
				if (t->counts[k][v][a] > 0)
					r = put_count(t, hour, k, v, a, e);
	return r;
}

/* ---- rows ---------------------------------------------------------------- */

/* The number of the app in this file. */
static int
app_row(struct store_today *t, struct store_source *source, struct str app,
    struct err *e)
{
	int r;

	if (source->app_day == t->day)
		return 0;
	r = store_sql_value(&t->sql, &source->app_row, e,
	    "SELECT id FROM app WHERE app = ?", "t", app);
	if (r == 0) {
		r = store_sql_run(
		    &t->sql, e, "INSERT INTO app(app) VALUES(?)", "t", app);
		source->app_row = sqlite3_last_insert_rowid(t->sql.db);
	}
	if (r < 0)
		return r;
	source->app_day = t->day;
	return 0;
}

static int
insert(struct store_today *t, const struct store_source *source,
    const struct store_event *ev, int64_t now_ms, struct err *e)
{
	if (t->row == STORE_DAYS_ROWS)
		return err_set(e, ERR_TEMP, ENOSPC, "%s: full until tomorrow",
		    t->sql.path);
	t->row++;
	return store_sql_run(&t->sql, e,
	    "INSERT INTO event(id, app, boot, seq, ts, received, kind, "
	    "severity, action, name, container, image, rule, type, body) "
	    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "iibiiiiiitttttt", t->row, source->app_row,
	    str_make((const char *)source->boot, sizeof source->boot),
	    (int64_t)ev->seq, ev->ts_ms, now_ms, (int64_t)ev->kind,
	    (int64_t)ev->severity, (int64_t)ev->action, ev->name, ev->container,
	    ev->image, ev->rule, ev->type, ev->body);
}

static int
append_one(struct store_sqlite *s, const struct store_event *ev, int64_t now_ms,
    unsigned char *answer, struct err *e)
{
	unsigned char boot[STORE_RECEIVED_BOOT];
	struct store_source *source;
	int r;

	*answer = STORE_REFUSED;
	if (!store_event_ok(ev))
		return 0;
	store_received_boot(ev->boot, boot);
	r = store_received_source(&s->received, ev->app, boot, &source, e);
	if (r == 0)
		r = store_received_add(
		    &s->received, source, ev->seq, s->today.day, e);
	if (r < 0)
		return r;
	*answer = r == 1 ? STORE_NEW : STORE_DUPLICATE;
	if (r == 0)
		return 0;
	r = app_row(&s->today, source, ev->app, e);
	if (r == 0)
		r = insert(&s->today, source, ev, now_ms, e);
	return r != 0 ? r : tally(&s->today, ev, e);
}

static int
append_all(struct store_sqlite *s, struct store_batch *batches, size_t n,
    int64_t now_ms, struct err *e)
{
	struct store_today *t = &s->today;
	int r = 0;

	t->zone.id = -1;
	memset(t->counts, 0, sizeof t->counts);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; r == 0 && j < batches[i].n; j++)
			r = append_one(s, &batches[i].events[j], now_ms,
			    &batches[i].answers[j], e);
	if (r == 0)
		r = put_zone(t, e);
	if (r == 0)
		r = put_counts(t, now_ms / (60 * 60 * 1000), e);
	return r;
}

int
store_sqlite_append(struct store *base, struct store_batch *batches, size_t n,
    int64_t now_ms, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	struct store_today *t = &s->today;
	int r = store_today_ready(s, now_ms, e);

	if (r == 0)
		r = store_sql_exec(&t->sql, "BEGIN IMMEDIATE", e);
	if (r != 0)
		return r;
	r = append_all(s, batches, n, now_ms, e);
	if (r == 0)
		r = store_sql_exec(&t->sql, "COMMIT", e);
	if (r != 0) {
		(void)store_sql_exec(&t->sql, "ROLLBACK", NULL);
		t->stale = true;
	}
	return r;
}
