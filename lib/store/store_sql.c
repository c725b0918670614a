/* SPDX-License-Identifier: Apache-2.0 */
/* Statements. */
#include "store_sql.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

/*
 * The system's error beneath, where that tells more. SQLite does not keep it
 * of a COMMIT, nor of a -shm file that cannot grow.
 */
static int
fail_io(const struct store_sql *sql, int rc, int code, struct err *e)
{
	if (sql->db != NULL && sqlite3_system_errno(sql->db) != 0)
		code = sqlite3_system_errno(sql->db);
	if (code == ENOSPC || code == EDQUOT || code == EFBIG)
		return err_set(
		    e, ERR_TEMP, ENOSPC, "%s: the disk is full", sql->path);
	return err_set(e, ERR_PERM, EIO, "%s: %s (%d)%s%s", sql->path,
	    sqlite3_errmsg(sql->db), rc, code != 0 ? ": " : "",
	    code != 0 ? strerror(code) : "");
}

int
store_sql_fail(const struct store_sql *sql, int rc, struct err *e)
{
	int code = errno;

	switch (rc & 0xff) { /* the primary code */
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_TEMP, EBUSY,
		    "%s: another process holds it", sql->path);
	case SQLITE_NOMEM:
		return err_nomem(e);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(e, ERR_PERM, EBADMSG,
		    "%s: damaged, or not %s: %s", sql->path, sql->schema->what,
		    sqlite3_errmsg(sql->db));
	case SQLITE_CANTOPEN:
		return err_set(e, ERR_PERM, ENXIO, "%s: %s", sql->path,
		    sqlite3_errmsg(sql->db));
	case SQLITE_READONLY:
		return err_set(
		    e, ERR_PERM, EROFS, "%s: not writable", sql->path);
	case SQLITE_FULL:
		return err_set(
		    e, ERR_TEMP, ENOSPC, "%s: the disk is full", sql->path);
	default:
		return fail_io(sql, rc, code, e);
	}
}

int
store_sql_exec(struct store_sql *sql, const char *text, struct err *e)
{
	int rc;

	errno = 0;
	rc = sqlite3_exec(sql->db, text, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : store_sql_fail(sql, rc, e);
}

/* ---- statements ---------------------------------------------------------- */

static int
bind_str(sqlite3_stmt *s, int at, struct str t, bool bytes)
{
	const char *p = t.p != NULL ? t.p : "";

	if (t.n > INT_MAX)
		return SQLITE_TOOBIG;
	if (bytes)
		return sqlite3_bind_blob(s, at, p, (int)t.n, SQLITE_STATIC);
	return sqlite3_bind_text(s, at, p, (int)t.n, SQLITE_STATIC);
}

static int
bind_all(sqlite3_stmt *s, const char *types, va_list ap)
{
	int rc = SQLITE_OK;

	for (int at = 1; rc == SQLITE_OK && *types != '\0'; types++, at++) {
		if (*types == 's')
			rc = bind_str(
			    s, at, str_of(va_arg(ap, const char *)), false);
		else if (*types == 'i')
			rc = sqlite3_bind_int64(s, at, va_arg(ap, int64_t));
		else
			rc = bind_str(
			    s, at, va_arg(ap, struct str), *types == 'b');
	}
	return rc;
}

/* One that is kept and free, or a new one; kept while there is room. */
static int
prepare(struct store_sql *sql, const char *text, sqlite3_stmt **ret)
{
	int rc;

	for (size_t i = 0; i < sql->n_kept; i++) {
		struct store_sql_statement *k = &sql->kept[i];

		if (k->text == text && !k->used) {
			k->used = true;
			*ret = k->s;
			return SQLITE_OK;
		}
	}
	rc = sqlite3_prepare_v3(
	    sql->db, text, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL);
	if (rc == SQLITE_OK && sql->n_kept < STORE_SQL_KEPT)
		sql->kept[sql->n_kept++] =
		    (struct store_sql_statement){text, *ret, true};
	return rc;
}

static int
vget(struct store_sql *sql, sqlite3_stmt **ret, struct err *e, const char *text,
    const char *types, va_list ap)
{
	int rc;

	*ret = NULL;
	rc = prepare(sql, text, ret);
	if (rc == SQLITE_OK)
		rc = bind_all(*ret, types, ap);
	if (rc == SQLITE_OK)
		return 0;
	rc = store_sql_fail(sql, rc, e);
	store_sql_put(sql, *ret);
	*ret = NULL;
	return rc;
}

int
store_sql_get(struct store_sql *sql, sqlite3_stmt **ret, struct err *e,
    const char *text, const char *types, ...)
{
	va_list ap;
	int r;

	va_start(ap, types);
	r = vget(sql, ret, e, text, types, ap);
	va_end(ap);
	return r;
}

int
store_sql_bind(struct store_sql *sql, sqlite3_stmt *s, struct err *e,
    const char *types, ...)
{
	va_list ap;
	int rc;

	(void)sqlite3_reset(s);
	va_start(ap, types);
	rc = bind_all(s, types, ap);
	va_end(ap);
	return rc == SQLITE_OK ? 0 : store_sql_fail(sql, rc, e);
}

void
store_sql_put(struct store_sql *sql, sqlite3_stmt *s)
{
	if (s == NULL)
		return;
	(void)sqlite3_reset(s);
	for (size_t i = 0; i < sql->n_kept; i++) {
		if (sql->kept[i].s == s) {
			sql->kept[i].used = false;
			return;
		}
	}
	(void)sqlite3_finalize(s);
}

void
store_sql_putp(struct store_sql_use *use)
{
	store_sql_put(use->sql, use->s);
	use->s = NULL;
}

int
store_sql_step(struct store_sql *sql, sqlite3_stmt *s, struct err *e)
{
	int rc;

	errno = 0;
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : store_sql_fail(sql, rc, e);
}

int
store_sql_run(struct store_sql *sql, struct err *e, const char *text,
    const char *types, ...)
{
	sqlite3_stmt *s;
	va_list ap;
	int r;

	va_start(ap, types);
	r = vget(sql, &s, e, text, types, ap);
	va_end(ap);
	if (r == 0)
		r = store_sql_step(sql, s, e);
	store_sql_put(sql, s);
	return r < 0 ? r : 0;
}

int
store_sql_value(struct store_sql *sql, int64_t *ret, struct err *e,
    const char *text, const char *types, ...)
{
	sqlite3_stmt *s;
	va_list ap;
	int r;

	va_start(ap, types);
	r = vget(sql, &s, e, text, types, ap);
	va_end(ap);
	if (r == 0)
		r = store_sql_step(sql, s, e);
	if (r == 1)
		*ret = sqlite3_column_int64(s, 0);
	store_sql_put(sql, s);
	return r;
}

struct str
store_sql_text(sqlite3_stmt *s, int column)
{
	const char *p = sqlite3_column_blob(s, column);

	if (p == NULL)
		return STR("");
	return str_make(p, (size_t)sqlite3_column_bytes(s, column));
}

bool
store_sql_keep(sqlite3_stmt *s, int column, struct arena *a, struct str *ret)
{
	*ret = arena_str(a, store_sql_text(s, column));
	return ret->p != NULL;
}
