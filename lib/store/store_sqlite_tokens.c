/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "store_sqlite.h"

#define COLUMNS "id, sha256, name, scopes, by, created, expires, used, revoked"

static struct str
digest(const unsigned char sha256[STORE_DIGEST])
{
	return str_make((const char *)sha256, STORE_DIGEST);
}

static int
add(struct store_sqlite *s, const struct store_token *t, struct err *e)
{
	int64_t n = 0;
	int r = store_sql_value(
	    &s->policy, &n, e, "SELECT 1 FROM token WHERE id = ?", "t", t->id);

	if (r == 1)
		return err_set(e, ERR_NO, EEXIST, "that id is taken");
	if (r == 0)
		r = store_sql_value(
		    &s->policy, &n, e, "SELECT count(*) FROM token", "");
	if (r < 0)
		return r;
	if (n >= STORE_HELD_MAX)
		return err_set(e, ERR_NO, E2BIG, "there are %d tokens already",
		    STORE_HELD_MAX);
	return store_sql_run(&s->policy, e,
	    "INSERT INTO token(" COLUMNS ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "tbtttiiii", t->id, digest(t->sha256), t->name, t->scopes, t->by,
	    t->created_ms, t->expires_ms, t->used_ms, t->revoked_ms);
}

int
store_sqlite_token_add(
    struct store *base, const struct store_token *t, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int r = store_sqlite_begin(s, e);

	return r != 0 ? r : store_sqlite_end(s, add(s, t, e), e);
}

/* 0, or what is wrong with the row. */
static int
take(struct store_sqlite *s, sqlite3_stmt *q, struct arena *a,
    struct store_token *ret, struct err *e)
{
	struct str sha256 = store_sql_text(q, 1);

	*ret = (struct store_token){
	    .created_ms = sqlite3_column_int64(q, 5),
	    .expires_ms = sqlite3_column_int64(q, 6),
	    .used_ms = sqlite3_column_int64(q, 7),
	    .revoked_ms = sqlite3_column_int64(q, 8),
	};
	if (sha256.n != sizeof ret->sha256)
		return err_set(e, ERR_PERM, EBADMSG,
		    "%s: damaged: a malformed digest", s->policy.path);
	memcpy(ret->sha256, sha256.p, sizeof ret->sha256);
	if (!store_sql_keep(q, 0, a, &ret->id) ||
	    !store_sql_keep(q, 2, a, &ret->name) ||
	    !store_sql_keep(q, 3, a, &ret->scopes) ||
	    !store_sql_keep(q, 4, a, &ret->by))
		return err_nomem(e);
	return 0;
}

int
store_sqlite_token_get(struct store *base, struct str id, struct arena *a,
    struct store_token *ret, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	sqlite3_stmt *q;
	int r = store_sql_get(&s->policy, &q, e,
	    "SELECT " COLUMNS " FROM token WHERE id = ?", "t", id);

	if (r == 0)
		r = store_sql_step(&s->policy, q, e);
	if (r == 1) {
		r = take(s, q, a, ret, e);
		r = r != 0 ? r : 1;
	}
	store_sql_put(&s->policy, q);
	return r;
}

int
store_sqlite_token_list(struct store *base, struct str after, uint32_t limit,
    struct arena *a, struct store_token *ret, size_t *n, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	sqlite3_stmt *q;
	int r = store_sql_get(&s->policy, &q, e,
	    "SELECT " COLUMNS " FROM token WHERE id > ? ORDER BY id LIMIT ?",
	    "ti", after, (int64_t)limit);

	while (r == 0 && (r = store_sql_step(&s->policy, q, e)) == 1)
		r = take(s, q, a, &ret[(*n)++], e);
	store_sql_put(&s->policy, q);
	return r;
}

int
store_sqlite_token_used(
    struct store *base, struct str id, int64_t now_ms, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int64_t day = now_ms - now_ms % STORE_DAYS_MS, one;
	int r = store_sql_value(&s->policy, &one, e,
	    "SELECT 1 FROM token WHERE id = ? AND used < ?", "ti", id, day);

	if (r != 1)
		return r;
	r = store_sqlite_begin(s, e);
	if (r != 0)
		return r;
	return store_sqlite_end(s,
	    store_sql_run(&s->policy, e,
		"UPDATE token SET used = ?2 WHERE id = ?1", "ti", id, day),
	    e);
}

static int
revoke(struct store_sqlite *s, struct str id, int64_t now_ms, struct err *e)
{
	int64_t revoked = 0;
	int r = store_sql_value(&s->policy, &revoked, e,
	    "SELECT revoked FROM token WHERE id = ?", "t", id);

	if (r != 1 || revoked != 0)
		return r;
	r = store_sql_run(&s->policy, e,
	    "UPDATE token SET revoked = ?2 WHERE id = ?1", "ti", id, now_ms);
	return r != 0 ? r : 1;
}

int
store_sqlite_token_revoke(
    struct store *base, struct str id, int64_t now_ms, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int r = store_sqlite_begin(s, e);

	return r != 0 ? r : store_sqlite_end(s, revoke(s, id, now_ms, e), e);
}
