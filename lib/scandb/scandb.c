/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing. */
#include "scandb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scandb_sql.h"
#include "url/url.h"

enum { LOCKED_MS = 5000, URI_MAX = 16 * 1024 };

static int
pragma(struct scandb *db, const char *text, int64_t *ret, struct err *e)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	int r = scandb_prepare(db, &s, e, text, "");

	if (r == 0)
		r = scandb_step(db, s, e);
	*ret = r == 1 ? sqlite3_column_int64(s, 0) : 0;
	return r < 0 ? r : 0;
}

/* A new file; two processes may be at it at once. */
static int
create(struct scandb *db, struct err *e)
{
	int64_t version;
	char text[96];
	int r = scandb_exec(db, "BEGIN IMMEDIATE", e);

	if (r == 0)
		r = pragma(db, "PRAGMA user_version", &version, e);
	if (r == 0 && version == 0)
		r = scandb_exec(db, scandb_schema, e);
	if (r != 0)
		return r;
	(void)snprintf(text, sizeof text,
	    "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
	    SCANDB_APPLICATION, SCANDB_VERSION);
	return scandb_exec(db, text, e);
}

struct header {
	int64_t application, version, tables;
};

/* All of one moment: another process may be creating the file. */
static int
read_header(struct scandb *db, struct header *h, struct err *e)
{
	int r = scandb_exec(db, "BEGIN", e);

	if (r == 0)
		r = pragma(db, "PRAGMA application_id", &h->application, e);
	if (r == 0)
		r = pragma(db, "PRAGMA user_version", &h->version, e);
	if (r == 0)
		r = pragma(
		    db, "SELECT count(*) FROM sqlite_schema", &h->tables, e);
	return r != 0 ? r : scandb_exec(db, "COMMIT", e);
}

static int
check(struct scandb *db, enum scandb_mode mode, struct err *e)
{
	struct header h;
	int r = read_header(db, &h, e);

	if (r != 0)
		return r;
	if (mode == SCANDB_WRITE && h.application == 0 && h.version == 0 &&
	    h.tables == 0)
		return create(db, e);
	if (h.application != SCANDB_APPLICATION || h.version < 1)
		return err_set(
		    e, ERR_PERM, EINVAL, "%s: not a scan DB", db->path);
	if (h.version > SCANDB_VERSION)
		return err_set(e, ERR_PERM, ENOTSUP,
		    "%s: a scan DB of version %lld; this program knows up "
		    "to %d",
		    db->path, (long long)h.version, SCANDB_VERSION);
	return 0;
}

/*
 * Readers and a writer at once; and after a power cut the last answers may be
 * asked for again. Not now if another process is at the file: it works in the
 * other mode, too, and the next one to write will do it.
 */
static int
set_journal(struct scandb *db, struct err *e)
{
	int r = scandb_exec(
	    db, "PRAGMA synchronous = NORMAL; PRAGMA journal_mode = WAL;", e);

	return r == -EBUSY ? 0 : r;
}

static int
configure(struct scandb *db)
{
	int rc = sqlite3_extended_result_codes(db->sql, 1);

	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(db->sql, LOCKED_MS);
	/* The file may be somebody else's work. */
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(
		    db->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(
		    db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return rc;
}

static int
open_file(struct scandb *db, const char *name, int flags, struct err *e)
{
	int rc = sqlite3_open_v2(name, &db->sql, flags, NULL);

	if (rc == SQLITE_OK)
		rc = configure(db);
	if (rc == SQLITE_OK || db->sql != NULL)
		return rc == SQLITE_OK ? 0 : scandb_fail(db, rc, e);
	return err_nomem(e);
}

/*
 * A WAL file on a read-only medium, or in a directory that is closed to us,
 * cannot be opened as such (its -shm file cannot be made). Without a -wal file
 * nobody is writing to it.
 */
static int
open_immutable(struct scandb *db, struct err *e)
{
	struct buf uri = BUF_MAX(URI_MAX);
	struct str path = str_of(db->path);
	int r;

	buf_addz(&uri, "file:");
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '/')
			buf_addc(&uri, '/');
		else
			url_encode(str_sub(path, i, i + 1), &uri);
	}
	buf_addz(&uri, "?immutable=1");
	(void)sqlite3_close(db->sql);
	db->sql = NULL;
	r = open_file(
	    db, buf_z(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, e);
	buf_free(&uri);
	return r != 0 ? r : check(db, SCANDB_READ, e);
}

static bool
has_wal(const char *path)
{
	struct buf wal = BUF_MAX(URI_MAX);
	bool there;

	buf_addf(&wal, "%s-wal", path);
	there = access(buf_z(&wal), F_OK) == 0;
	buf_free(&wal);
	return there;
}

int
scandb_open(
    const char *path, enum scandb_mode mode, struct scandb **ret, struct err *e)
{
	cleanup_scandb struct scandb *db = calloc(1, sizeof *db);
	int flags = mode == SCANDB_WRITE
			? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
			: SQLITE_OPEN_READONLY;
	struct stat st;
	int r;

	if (db == NULL || (db->path = strdup(path)) == NULL)
		return err_nomem(e);
	if (mode == SCANDB_READ && access(path, R_OK) != 0)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", path, strerror(errno));
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(
		    e, ERR_PERM, EISDIR, "%s: %s", path, strerror(EISDIR));
	r = open_file(db, path, flags | SQLITE_OPEN_NOMUTEX, e);
	if (r == 0)
		r = check(db, mode, e);
	if (r == 0 && mode == SCANDB_WRITE)
		r = set_journal(db, e);
	if ((r == -ENXIO || r == -EROFS) && mode == SCANDB_READ &&
	    !has_wal(path))
		r = open_immutable(db, e);
	if (r != 0)
		return r;
	*ret = db;
	db = NULL;
	return 0;
}

void
scandb_free(struct scandb *db)
{
	if (db == NULL)
		return;
	(void)sqlite3_close(db->sql);
	free(db->path);
	free(db);
}

void
scandb_freep(struct scandb **db)
{
	scandb_free(*db);
	*db = NULL;
}
