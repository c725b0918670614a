/* SPDX-License-Identifier: Apache-2.0 */
#include "scandb_sql.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

void
scandb_statement_freep(sqlite3_stmt **s)
{
	(void)sqlite3_finalize(*s);
	*s = NULL;
}

int
scandb_fail(const struct scandb *db, int rc, struct err *e)
{
	switch (rc & 0xff) { /* the primary code */
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_TEMP, EBUSY,
		    "%s: another process holds the scan DB", db->path);
	case SQLITE_NOMEM:
		return err_nomem(e);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(e, ERR_PERM, EBADMSG,
		    "%s: damaged, or not a scan DB: %s", db->path,
		    sqlite3_errmsg(db->sql));
	case SQLITE_CANTOPEN:
		return err_set(e, ERR_PERM, ENXIO, "%s: %s", db->path,
		    sqlite3_errmsg(db->sql));
	case SQLITE_READONLY:
		return err_set(
		    e, ERR_PERM, EROFS, "%s: not writable", db->path);
	case SQLITE_FULL:
		return err_set(
		    e, ERR_PERM, ENOSPC, "%s: the disk is full", db->path);
	default:
		return err_set(e, ERR_PERM, EIO, "%s: %s", db->path,
		    sqlite3_errmsg(db->sql));
	}
}

int
scandb_exec(struct scandb *db, const char *text, struct err *e)
{
	int rc = sqlite3_exec(db->sql, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : scandb_fail(db, rc, e);
}

static int
bind_text(sqlite3_stmt *s, int at, struct str t)
{
	if (t.n > INT_MAX)
		return SQLITE_TOOBIG;
	return sqlite3_bind_text(
	    s, at, t.p != NULL ? t.p : "", (int)t.n, SQLITE_STATIC);
}

static int
bind_all(sqlite3_stmt *s, const char *types, va_list ap)
{
	int rc = SQLITE_OK;

	for (int at = 1; rc == SQLITE_OK && *types != '\0'; types++, at++) {
		if (*types == 's')
			rc = bind_text(s, at, str_of(va_arg(ap, const char *)));
		else if (*types == 't')
			rc = bind_text(s, at, va_arg(ap, struct str));
		else
			rc = sqlite3_bind_int64(s, at, va_arg(ap, int64_t));
	}
	return rc;
}

static int
vprepare(struct scandb *db, sqlite3_stmt **ret, struct err *e, const char *text,
    const char *types, va_list ap)
{
	int rc = sqlite3_prepare_v2(db->sql, text, -1, ret, NULL);

	if (rc == SQLITE_OK)
		rc = bind_all(*ret, types, ap);
	return rc == SQLITE_OK ? 0 : scandb_fail(db, rc, e);
}

int
scandb_prepare(struct scandb *db, sqlite3_stmt **ret, struct err *e,
    const char *text, const char *types, ...)
{
	va_list ap;
	int r;

	va_start(ap, types);
	r = vprepare(db, ret, e, text, types, ap);
	va_end(ap);
	return r;
}

int
scandb_step(struct scandb *db, sqlite3_stmt *s, struct err *e)
{
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : scandb_fail(db, rc, e);
}

int
scandb_run(
    struct scandb *db, struct err *e, const char *text, const char *types, ...)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	va_list ap;
	int r;

	va_start(ap, types);
	r = vprepare(db, &s, e, text, types, ap);
	va_end(ap);
	return r != 0 ? r : scandb_step(db, s, e);
}

struct str
scandb_text(sqlite3_stmt *s, int column)
{
	const char *p = (const char *)sqlite3_column_text(s, column);

	if (p == NULL)
		return STR("");
	return str_make(p, (size_t)sqlite3_column_bytes(s, column));
}

/* ---- what a foreign hand may have written ------------------------------- */

int
scandb_digest(struct scandb *db, struct str text,
    char digest[IMAGEREF_DIGEST_MAX + 1], struct err *e)
{
	if (!imageref_digest_ok(text))
		return err_set(e, ERR_PERM, EBADMSG,
		    "%s: damaged: a malformed digest", db->path);
	memcpy(digest, text.p, text.n);
	digest[text.n] = '\0';
	return 0;
}

static int
take_part(struct scandb *db, struct str text, char part[OCI_PLATFORM_PART],
    struct err *e)
{
	if (text.n >= OCI_PLATFORM_PART)
		return err_set(e, ERR_PERM, EBADMSG,
		    "%s: damaged: a malformed platform", db->path);
	memcpy(part, text.p, text.n);
	part[text.n] = '\0';
	return 0;
}

int
scandb_platform(struct scandb *db, sqlite3_stmt *s, int column,
    struct oci_platform *p, struct err *e)
{
	int r = take_part(db, scandb_text(s, column), p->os, e);

	if (r == 0)
		r = take_part(db, scandb_text(s, column + 1), p->arch, e);
	if (r == 0)
		r = take_part(db, scandb_text(s, column + 2), p->variant, e);
	return r;
}
