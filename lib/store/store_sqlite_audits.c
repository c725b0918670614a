/* SPDX-License-Identifier: Apache-2.0 */
/* A page of audits, across the files of the days. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store_row.h"
#include "store_sqlite.h"
#include "store_walk.h"

/* ---- the days ------------------------------------------------------------ */

struct days {
	int32_t *v; /* owned */
	size_t n;
};

static void
days_free(struct days *d)
{
	free(d->v);
}

#define cleanup_days __attribute__((cleanup(days_free)))

static int
list(struct store_sqlite *s, struct days *d, struct err *e)
{
	int r = store_days_list(s->dir, &d->v, &d->n, e);

	if (r == 0)
		store_days_forget(&s->days, d->v, d->n);
	return r;
}

/* Is r about one file, so that the others can still be read? */
static bool
of_one_day(int r)
{
	return r == -EBADMSG || r == -ENOTSUP;
}

static int
newest(struct store_sqlite *s, const struct days *d, int64_t *id, struct err *e)
{
	struct store_sql *sql;
	int64_t row = 0;
	int r = 0;

	*id = 0;
	for (size_t i = d->n; i > 0 && row == 0; i--) {
		r = store_days_read(&s->days, d->v[i - 1], &sql, e);
		if (r == 1)
			r = store_sql_value(
			    sql, &row, e, "SELECT max(id) FROM event", "");
		if (r < 0 && !of_one_day(r))
			return r;
		if (r > 0 && row > 0)
			*id = store_days_id(d->v[i - 1], row);
	}
	return 0;
}

static int
walk_day(
    struct store_sqlite *s, struct store_walk *w, int32_t day, struct err *e)
{
	struct store_sql *sql;
	struct err why = {0};
	int r = store_days_read(&s->days, day, &sql, &why);

	if (r == 1)
		r = store_walk_day(w, sql, day, &why);
	if (of_one_day(r)) {
		if (w->page->damaged++ == 0)
			w->page->damage = why;
		return 0;
	}
	if (r < 0 && e != NULL)
		*e = why;
	return r;
}

/* Has the day anything behind the place where the page goes on? */
static bool
wanted(const struct store_query *q, int32_t day)
{
	int32_t from = store_days_id_day(q->after);

	return q->after == 0 || (q->oldest_first ? day >= from : day <= from);
}

int
store_sqlite_audits(struct store *base, const struct store_query *q,
    struct arena *a, struct store_page *ret, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	struct store_walk w = {.q = q, .page = ret, .a = a};
	cleanup_days struct days d = {0};
	int64_t last = 0;
	int r = list(s, &d, e);

	if (r == 0 && q->oldest_first)
		r = newest(s, &d, &last, e);
	for (size_t i = 0; r == 0 && i < d.n && !w.done; i++) {
		int32_t day = d.v[q->oldest_first ? i : d.n - 1 - i];

		if (wanted(q, day))
			r = walk_day(s, &w, day, e);
	}
	if (r < 0)
		return r;
	ret->more = w.done;
	/* All up to there was looked at, or is of no interest. */
	if (!w.done && ret->next < last)
		ret->next = last;
	return 0;
}

int
store_sqlite_audit(struct store *base, int64_t id, struct arena *a,
    struct store_row *ret, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int32_t day = store_days_id_day(id);
	struct store_sql *sql;
	int r;

	if (day < 1 || day > STORE_DAYS_LAST)
		return 0;
	r = store_days_read(&s->days, day, &sql, e);
	return r != 1 ? r : store_row_get(sql, day, id, a, ret, e);
}

int
store_sqlite_audit_newest(struct store *base, int64_t *id, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	cleanup_days struct days d = {0};
	int r = list(s, &d, e);

	*id = 0;
	return r != 0 ? r : newest(s, &d, id, e);
}

/* ---- counts -------------------------------------------------------------- */

struct counts {
	struct store_count *v; /* owned */
	size_t n, room;
};

static int
add_count(struct counts *c, const struct store_count *one)
{
	if (c->n == c->room) {
		size_t room = c->room == 0 ? 256 : c->room * 2;
		struct store_count *v = realloc(c->v, room * sizeof *v);

		if (v == NULL)
			return -ENOMEM;
		c->v = v;
		c->room = room;
	}
	c->v[c->n++] = *one;
	return 0;
}

enum { HOUR_MS = 60 * 60 * 1000 };

static int
take_count(
    struct counts *c, struct store_sql *sql, sqlite3_stmt *q, struct err *e)
{
	int kind = sqlite3_column_int(q, 1),
	    severity = sqlite3_column_int(q, 2);
	int action = sqlite3_column_int(q, 3);
	struct store_count one = {
	    .hour_ms = sqlite3_column_int64(q, 0) * HOUR_MS,
	    .n = (uint64_t)sqlite3_column_int64(q, 4),
	};

	if (kind < 0 || kind >= STORE_KINDS || severity < 0 ||
	    severity >= STORE_SEVERITIES || action < 0 ||
	    action >= STORE_ACTIONS)
		return err_set(e, ERR_PERM, EBADMSG,
		    "%s: damaged: a malformed count", sql->path);
	one.kind = (enum store_kind)kind;
	one.severity = (enum store_severity)severity;
	one.action = (enum store_action)action;
	return add_count(c, &one) != 0 ? err_nomem(e) : 0;
}

static int
count_day(struct store_sqlite *s, int32_t day, int64_t from_ms, int64_t to_ms,
    struct counts *c, struct err *e)
{
	struct store_sql *sql;
	sqlite3_stmt *q;
	int r = store_days_read(&s->days, day, &sql, e);

	if (r != 1)
		return r;
	r = store_sql_get(sql, &q, e,
	    "SELECT hour, kind, severity, action, n FROM hour "
	    "WHERE hour BETWEEN ? AND ?",
	    "ii", from_ms / HOUR_MS, (to_ms - 1) / HOUR_MS);
	while (r == 0 && (r = store_sql_step(sql, q, e)) == 1)
		r = take_count(c, sql, q, e);
	store_sql_put(sql, q);
	return r;
}

static int
by_hour(const void *a, const void *b)
{
	const struct store_count *x = a, *y = b;

	if (x->hour_ms != y->hour_ms)
		return x->hour_ms < y->hour_ms ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->severity != y->severity)
		return x->severity < y->severity ? -1 : 1;
	return (x->action > y->action) - (x->action < y->action);
}

/* In order, and one of each: an hour may have audits in two files. */
static void
settle(struct counts *c)
{
	size_t n = 0;

	if (c->n > 0)
		qsort(c->v, c->n, sizeof *c->v, by_hour);
	for (size_t i = 0; i < c->n; i++) {
		if (n > 0 && by_hour(&c->v[n - 1], &c->v[i]) == 0)
			c->v[n - 1].n += c->v[i].n;
		else
			c->v[n++] = c->v[i];
	}
	c->n = n;
}

int
store_sqlite_audit_counts(struct store *base, int64_t from_ms, int64_t to_ms,
    struct arena *a, struct store_count **ret, size_t *n, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	cleanup_days struct days d = {0};
	struct counts c = {0};
	int r = list(s, &d, e);

	for (size_t i = 0; r == 0 && i < d.n; i++) {
		if (d.v[i] < from_ms / STORE_DAYS_MS)
			continue;
		r = count_day(s, d.v[i], from_ms, to_ms, &c, e);
		r = of_one_day(r) ? 0 : r;
	}
	if (r == 0 && c.n > 0) {
		settle(&c);
		*ret = arena_alloc(a, c.n * sizeof *c.v);
		if (*ret == NULL)
			r = err_nomem(e);
		else
			memcpy(*ret, c.v, c.n * sizeof *c.v);
		*n = r == 0 ? c.n : 0;
	}
	free(c.v);
	return r;
}
