/* SPDX-License-Identifier: Apache-2.0 */
#include "store_today.h"

#include <errno.h>
#include <stdlib.h>

#include "store_sqlite.h"

enum {
	CACHE_KIB = 8 * 1024,
	AHEAD_DAYS = 2 /* see store_today_day() */
};

/*
 * Days do not go back: who follows the audits goes by their ids. But a file
 * that a clock gone astray has made far in the future is no reason to fill it
 * for years.
 */
int32_t
store_today_day(const struct store_sqlite *s, int64_t now_ms)
{
	int32_t day = store_days_of(now_ms), newest = s->today.newest;

	return day != 0 && newest > day && newest - day <= AHEAD_DAYS ? newest
								      : day;
}

/* ---- received.db, behind --------------------------------------------------
 */

int
store_today_flush(struct store_sqlite *s, struct err *e)
{
	struct store_today *t = &s->today;
	struct store_received_mark mark = {.row = t->row};
	int r;

	if (t->day == 0 || t->row == t->accounted)
		return 0;
	r = store_received_flush(&s->received, t->day, mark, e);
	if (r == 0)
		t->accounted = t->row;
	return r;
}

static int
damaged(const struct store_sql *sql, struct err *e)
{
	return err_set(
	    e, ERR_PERM, EBADMSG, "%s: damaged: a malformed row", sql->path);
}

static int
account_row(struct store_sqlite *s, int32_t day, struct store_sql *sql,
    sqlite3_stmt *q, struct err *e)
{
	struct str app = store_sql_text(q, 1), boot = store_sql_text(q, 2);
	unsigned char bytes[STORE_RECEIVED_BOOT];
	struct store_source *source;
	int r;

	if (app.n == 0 || app.n > STORE_APP_MAX || boot.n != sizeof bytes ||
	    sqlite3_column_int64(q, 3) < 0)
		return damaged(sql, e);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)boot.p[i];
	r = store_received_source(&s->received, app, bytes, &source, e);
	if (r == 0)
		r = store_received_add(&s->received, source,
		    (uint64_t)sqlite3_column_int64(q, 3), day, e);
	return r < 0 ? r : 0;
}

/* The rows behind mark->row, which moves on to the last of them. */
static int
account_rows(struct store_sqlite *s, int32_t day, struct store_sql *sql,
    struct store_received_mark *mark, struct err *e)
{
	sqlite3_stmt *q;
	int64_t flushed = mark->row;
	int r = store_sql_get(sql, &q, e,
	    "SELECT e.id, a.app, e.boot, e.seq FROM event e "
	    "JOIN app a ON a.id = e.app WHERE e.id > ? ORDER BY e.id",
	    "i", mark->row);

	while (r == 0 && (r = store_sql_step(sql, q, e)) == 1) {
		r = account_row(s, day, sql, q, e);
		mark->row = sqlite3_column_int64(q, 0);
		if (r != 0 || mark->row - flushed < STORE_TODAY_LAG)
			continue;
		r = store_received_flush(&s->received, day, *mark, e);
		store_received_shrink(&s->received, STORE_RECEIVED_KEPT);
		flushed = mark->row;
	}
	store_sql_put(sql, q);
	return r;
}

static int
heal_day(struct store_sqlite *s, int32_t day, bool newest, struct err *e)
{
	struct store_received_mark mark;
	struct store_sql *sql;
	int64_t last = 0;
	int r = store_received_mark(&s->received, day, &mark, e);

	if (r != 0 || mark.sealed)
		return r;
	r = store_days_read(&s->days, day, &sql, e);
	if (r != 1)
		return r;
	r = store_sql_value(sql, &last, e, "SELECT max(id) FROM event", "");
	if (r < 0)
		return r;
	/* An older copy was put in its place: what comes now is new. */
	if (mark.row > last)
		mark.row = last;
	r = account_rows(s, day, sql, &mark, e);
	mark.sealed = !newest;
	if (r == 0)
		r = store_received_flush(&s->received, day, mark, e);
	return r;
}

int
store_today_heal(struct store_sqlite *s, struct err *e)
{
	int32_t *days = NULL;
	size_t n = 0;
	int r = store_days_list(s->dir, &days, &n, e);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = heal_day(s, days[i], i + 1 == n, e);
	if (r == 0)
		s->today.newest = n > 0 ? days[n - 1] : 0;
	free(days);
	store_received_shrink(&s->received, STORE_RECEIVED_KEPT);
	return r;
}

/* ---- the file -------------------------------------------------------------
 */

static int
seal(struct store_sqlite *s, struct err *e)
{
	struct store_today *t = &s->today;
	struct store_received_mark mark = {t->row, true};
	int r;

	if (t->day == 0)
		return 0;
	r = store_received_flush(&s->received, t->day, mark, e);
	if (r != 0)
		return r;
	/* The last to close it would; but that may be a reader, who cannot. */
	(void)store_sql_write_back(&t->sql, NULL);
	store_sql_close(&t->sql);
	t->day = 0;
	return 0;
}

static int
open_day(struct store_sqlite *s, int32_t day, struct err *e)
{
	struct store_today *t = &s->today;
	struct store_received_mark mark = {0};
	char path[STORE_DAYS_PATH];
	int r;

	if (!store_days_path(s->dir, day, path))
		return err_set(
		    e, ERR_PERM, ENAMETOOLONG, "%s: too long a name", s->dir);
	r = store_sql_open(
	    &t->sql, &store_days_schema, path, STORE_SQL_CREATE, CACHE_KIB, e);
	if (r == 0)
		r = store_sql_value(
		    &t->sql, &mark.row, e, "SELECT max(id) FROM event", "");
	/* What was sealed is open again; a crash must find that. */
	if (r >= 0)
		r = store_received_flush(&s->received, day, mark, e);
	if (r == 0)
		r = store_received_sync(&s->received, e);
	if (r != 0) {
		store_sql_close(&t->sql);
		return r;
	}
	t->day = day;
	t->row = t->accounted = mark.row;
	if (t->newest < day)
		t->newest = day;
	return 0;
}

/* After an append that failed: what it has left in memory is not so. */
static int
recover(struct store_sqlite *s, struct err *e)
{
	struct store_today *t = &s->today;
	int r;

	store_received_drop(&s->received);
	store_sql_close(&t->sql);
	t->day = 0;
	r = store_today_heal(s, e);
	if (r == 0)
		t->stale = false;
	return r;
}

int
store_today_ready(struct store_sqlite *s, int64_t now_ms, struct err *e)
{
	struct store_today *t = &s->today;
	int32_t day;
	int r = 0;

	if (t->stale)
		r = recover(s, e);
	day = store_today_day(s, now_ms);
	if (r == 0 && day == 0)
		r = err_set(e, ERR_PERM, EINVAL,
		    "the clock is at %lld ms, before 1970-01-02 or after 2328",
		    (long long)now_ms);
	if (r == 0 && t->day != 0 && t->day != day)
		r = seal(s, e);
	if (r == 0 && t->day == 0)
		r = open_day(s, day, e);
	if (r == 0 && t->row - t->accounted >= STORE_TODAY_LAG)
		r = store_today_flush(s, e);
	if (r == 0)
		store_received_shrink(&s->received, STORE_RECEIVED_KEPT);
	return r;
}
