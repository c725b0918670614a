/* SPDX-License-Identifier: Apache-2.0 */
#include "store_sqlite.h"
#include "store_words.h"

#define COLUMNS                                                                \
	"app, boot, containers, version, address, first, last, "               \
	"runtime_version, waas_version, policy_age, lost, spooled"

/* What does not fit SQLite's numbers comes from no real task. */
static int64_t
number(uint64_t n)
{
	return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static int
put(struct store_sqlite *s, const struct store_app *a, struct err *e)
{
	return store_sql_run(&s->policy, e,
	    "INSERT INTO app(" COLUMNS ") "
	    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT(app, boot) DO UPDATE SET "
	    "containers = excluded.containers, version = excluded.version, "
	    "address = excluded.address, last = excluded.last, "
	    "runtime_version = excluded.runtime_version, "
	    "waas_version = excluded.waas_version, "
	    "policy_age = excluded.policy_age, lost = excluded.lost, "
	    "spooled = excluded.spooled",
	    "tttttiiiiiii", a->app, a->boot, a->containers, a->version,
	    a->address, a->first_ms, a->last_ms, number(a->runtime_version),
	    number(a->waas_version), number(a->policy_age_s), number(a->lost),
	    number(a->spooled));
}

static int
forget_oldest(struct store_sqlite *s, struct str app, struct err *e)
{
	return store_sql_run(&s->policy, e,
	    "DELETE FROM app WHERE app = ?1 AND boot IN (SELECT boot FROM app "
	    "WHERE app = ?1 ORDER BY last DESC LIMIT -1 OFFSET ?2)",
	    "ti", app, (int64_t)STORE_TASKS_MAX);
}

int
store_sqlite_app_put(
    struct store *base, const struct store_app *app, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int r = store_sqlite_begin(s, e);

	if (r != 0)
		return r;
	r = put(s, app, e);
	if (r == 0)
		r = forget_oldest(s, app->app, e);
	return store_sqlite_end(s, r, e);
}

static int
take(sqlite3_stmt *q, struct arena *a, struct store_app *ret, struct err *e)
{
	*ret = (struct store_app){
	    .first_ms = sqlite3_column_int64(q, 5),
	    .last_ms = sqlite3_column_int64(q, 6),
	    .runtime_version = (uint64_t)sqlite3_column_int64(q, 7),
	    .waas_version = (uint64_t)sqlite3_column_int64(q, 8),
	    .policy_age_s = (uint64_t)sqlite3_column_int64(q, 9),
	    .lost = (uint64_t)sqlite3_column_int64(q, 10),
	    .spooled = (uint64_t)sqlite3_column_int64(q, 11),
	};
	if (!store_sql_keep(q, 0, a, &ret->app) ||
	    !store_sql_keep(q, 1, a, &ret->boot) ||
	    !store_sql_keep(q, 2, a, &ret->containers) ||
	    !store_sql_keep(q, 3, a, &ret->version) ||
	    !store_sql_keep(q, 4, a, &ret->address))
		return err_nomem(e);
	return 0;
}

int
store_sqlite_app_get(struct store *base, struct str app, struct str boot,
    struct arena *a, struct store_app *ret, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	sqlite3_stmt *q;
	int r = store_sql_get(&s->policy, &q, e,
	    "SELECT " COLUMNS " FROM app WHERE app = ? AND boot = ?", "tt", app,
	    boot);

	if (r == 0)
		r = store_sql_step(&s->policy, q, e);
	if (r == 1) {
		r = take(q, a, ret, e);
		r = r != 0 ? r : 1;
	}
	store_sql_put(&s->policy, q);
	return r;
}

int
store_sqlite_app_list(struct store *base, struct str pattern, int64_t since_ms,
    struct store_app_key after, uint32_t limit, struct arena *a,
    struct store_app *ret, size_t *n, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	const struct store_words words = {&pattern, pattern.n > 0};
	sqlite3_stmt *q;
	int r = store_sql_get(&s->policy, &q, e,
	    "SELECT " COLUMNS " FROM app WHERE (app, boot) > (?, ?) "
	    "AND last >= ? ORDER BY app, boot",
	    "tti", after.app, after.boot, since_ms);

	while (r == 0 && *n < limit &&
	       (r = store_sql_step(&s->policy, q, e)) == 1) {
		r = 0;
		if (store_words_match(&words, store_sql_text(q, 0)))
			r = take(q, a, &ret[(*n)++], e);
	}
	store_sql_put(&s->policy, q);
	return r;
}

int
store_sqlite_app_count(
    struct store *base, int64_t since_ms, uint64_t *ret, struct err *e)
{
	int64_t n = 0;
	int r = store_sql_value(&store_sqlite_of(base)->policy, &n, e,
	    "SELECT count(*) FROM app WHERE last >= ?", "i", since_ms);

	*ret = (uint64_t)n;
	return r < 0 ? r : 0;
}
