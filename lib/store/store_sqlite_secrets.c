/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "store_sqlite.h"

#define COLUMNS "id, sha256, app, by, note, created, expires, revoked, max_live"

static struct str
digest(const unsigned char sha256[STORE_DIGEST])
{
	return str_make((const char *)sha256, STORE_DIGEST);
}

static int
add(struct store_sqlite *s, const struct store_secret *x, struct err *e)
{
	int64_t n = 0;
	int r = store_sql_value(
	    &s->policy, &n, e, "SELECT 1 FROM secret WHERE id = ?", "t", x->id);

	if (r == 1)
		return err_set(e, ERR_NO, EEXIST, "that id is taken");
	if (r == 0)
		r = store_sql_value(
		    &s->policy, &n, e, "SELECT count(*) FROM secret", "");
	if (r < 0)
		return r;
	if (n >= STORE_HELD_MAX)
		return err_set(e, ERR_NO, E2BIG,
		    "there are %d enrolment secrets already", STORE_HELD_MAX);
	return store_sql_run(&s->policy, e,
	    "INSERT INTO secret(" COLUMNS ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "tbtttiiii", x->id, digest(x->sha256), x->app, x->by, x->note,
	    x->created_ms, x->expires_ms, x->revoked_ms, (int64_t)x->max_live);
}

int
store_sqlite_secret_add(
    struct store *base, const struct store_secret *secret, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int r = store_sqlite_begin(s, e);

	return r != 0 ? r : store_sqlite_end(s, add(s, secret, e), e);
}

/* How many boots other than `but` have live certificates, at most max. */
static int
live(struct store_sqlite *s, struct str secret, struct str but, int64_t now_ms,
    int64_t max, int64_t *ret, struct err *e)
{
	int r = store_sql_value(&s->policy, ret, e,
	    "SELECT count(*) FROM (SELECT DISTINCT boot FROM certificate "
	    "WHERE secret = ? AND boot <> ? AND not_after > ? LIMIT ?)",
	    "ttii", secret, but, now_ms, max);

	return r < 0 ? r : 0;
}

static int
take(struct store_sqlite *s, sqlite3_stmt *q, int64_t now_ms, struct arena *a,
    struct store_secret *ret, struct err *e)
{
	struct str sha256 = store_sql_text(q, 1);
	int64_t n = 0;
	int r;

	*ret = (struct store_secret){
	    .created_ms = sqlite3_column_int64(q, 5),
	    .expires_ms = sqlite3_column_int64(q, 6),
	    .revoked_ms = sqlite3_column_int64(q, 7),
	    .max_live = (uint32_t)sqlite3_column_int64(q, 8),
	};
	if (sha256.n != sizeof ret->sha256)
		return err_set(e, ERR_PERM, EBADMSG,
		    "%s: damaged: a malformed digest", s->policy.path);
	memcpy(ret->sha256, sha256.p, sizeof ret->sha256);
	if (!store_sql_keep(q, 0, a, &ret->id) ||
	    !store_sql_keep(q, 2, a, &ret->app) ||
	    !store_sql_keep(q, 3, a, &ret->by) ||
	    !store_sql_keep(q, 4, a, &ret->note))
		return err_nomem(e);
	r = live(s, ret->id, STR(""), now_ms, UINT32_MAX, &n, e);
	ret->live = (uint32_t)n;
	return r;
}

int
store_sqlite_secret_get(struct store *base, struct str id, int64_t now_ms,
    struct arena *a, struct store_secret *ret, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	sqlite3_stmt *q;
	int r = store_sql_get(&s->policy, &q, e,
	    "SELECT " COLUMNS " FROM secret WHERE id = ?", "t", id);

	if (r == 0)
		r = store_sql_step(&s->policy, q, e);
	if (r == 1) {
		r = take(s, q, now_ms, a, ret, e);
		r = r != 0 ? r : 1;
	}
	store_sql_put(&s->policy, q);
	return r;
}

int
store_sqlite_secret_list(struct store *base, struct str after, uint32_t limit,
    int64_t now_ms, struct arena *a, struct store_secret *ret, size_t *n,
    struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	sqlite3_stmt *q;
	int r = store_sql_get(&s->policy, &q, e,
	    "SELECT " COLUMNS " FROM secret WHERE id > ? ORDER BY id LIMIT ?",
	    "ti", after, (int64_t)limit);

	while (r == 0 && (r = store_sql_step(&s->policy, q, e)) == 1)
		r = take(s, q, now_ms, a, &ret[(*n)++], e);
	store_sql_put(&s->policy, q);
	return r;
}

static int
revoke(struct store_sqlite *s, struct str id, int64_t now_ms, struct err *e)
{
	int64_t revoked = 0;
	int r = store_sql_value(&s->policy, &revoked, e,
	    "SELECT revoked FROM secret WHERE id = ?", "t", id);

	if (r != 1 || revoked != 0)
		return r;
	r = store_sql_run(&s->policy, e,
	    "UPDATE secret SET revoked = ?2 WHERE id = ?1", "ti", id, now_ms);
	return r != 0 ? r : 1;
}

int
store_sqlite_secret_revoke(
    struct store *base, struct str id, int64_t now_ms, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int r = store_sqlite_begin(s, e);

	return r != 0 ? r : store_sqlite_end(s, revoke(s, id, now_ms, e), e);
}

/* ---- certificates -------------------------------------------------------- */

static int
keep(struct store_sqlite *s, const struct store_certificate *c,
    uint32_t max_live, struct err *e)
{
	int64_t n = 0;
	int r = store_sql_value(&s->policy, &n, e,
	    "SELECT 1 FROM certificate WHERE serial = ?", "t", c->serial);

	if (r == 1)
		return err_set(e, ERR_NO, EEXIST, "that serial is taken");
	n = 0;
	if (r == 0 && max_live > 0)
		r = live(s, c->secret, c->boot, c->issued_ms, max_live, &n, e);
	if (r < 0)
		return r;
	if (max_live > 0 && n >= max_live)
		return 0;
	r = store_sql_run(&s->policy, e,
	    "INSERT INTO certificate(serial, app, boot, secret, issued, "
	    "not_after) VALUES(?, ?, ?, ?, ?, ?)",
	    "ttttii", c->serial, c->app, c->boot, c->secret, c->issued_ms,
	    c->not_after_ms);
	return r != 0 ? r : 1;
}

int
store_sqlite_certificate_add(struct store *base,
    const struct store_certificate *c, uint32_t max_live, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int r = store_sqlite_begin(s, e);

	return r != 0 ? r : store_sqlite_end(s, keep(s, c, max_live, e), e);
}

int
store_sqlite_certificate_get(struct store *base, struct str serial,
    struct arena *a, struct store_certificate *ret, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	sqlite3_stmt *q;
	int r = store_sql_get(&s->policy, &q, e,
	    "SELECT serial, app, boot, secret, issued, not_after "
	    "FROM certificate WHERE serial = ?",
	    "t", serial);

	if (r == 0)
		r = store_sql_step(&s->policy, q, e);
	if (r == 1) {
		*ret = (struct store_certificate){
		    .issued_ms = sqlite3_column_int64(q, 4),
		    .not_after_ms = sqlite3_column_int64(q, 5),
		};
		if (!store_sql_keep(q, 0, a, &ret->serial) ||
		    !store_sql_keep(q, 1, a, &ret->app) ||
		    !store_sql_keep(q, 2, a, &ret->boot) ||
		    !store_sql_keep(q, 3, a, &ret->secret))
			r = err_nomem(e);
	}
	store_sql_put(&s->policy, q);
	return r;
}
