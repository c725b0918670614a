/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a database: made, opened, looked at, removed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "store_sql.h"

enum { PATH_BYTES = 8 * 1024 };

void
store_sql_close(struct store_sql *sql)
{
	for (size_t i = 0; i < sql->n_kept; i++)
		(void)sqlite3_finalize(sql->kept[i].s);
	(void)sqlite3_close(sql->db);
	free(sql->path);
	*sql = (struct store_sql){0};
}

/* What readers stand in the way of is left for another time. */
int
store_sql_write_back(struct store_sql *sql, struct err *e)
{
	int r;

	(void)sqlite3_busy_timeout(sql->db, 0);
	r = store_sql_exec(sql, "PRAGMA wal_checkpoint(TRUNCATE)", e);
	(void)sqlite3_busy_timeout(sql->db, STORE_SQL_LOCKED_MS);
	return r == -EBUSY ? 0 : r;
}

/* ---- names --------------------------------------------------------------- */

static int
unlink_one(const char *path, const char *suffix, struct err *e)
{
	struct buf name = BUF_MAX(PATH_BYTES);
	int r = 0;

	buf_addz(&name, path);
	buf_addz(&name, suffix);
	if (buf_error(&name) == 0 && unlink(buf_z(&name)) != 0 &&
	    errno != ENOENT)
		r = err_set(e, ERR_PERM, errno, "%s: %s", buf_z(&name),
		    strerror(errno));
	buf_free(&name);
	return r;
}

/*
 * The file first: its logs alone are nothing that anybody opens. (Those of a
 * name that comes again would be taken for its own.)
 */
int
store_sql_unlink(const char *path, struct err *e)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof suffixes / sizeof *suffixes;
	     i++)
		r = unlink_one(path, suffixes[i], e);
	return r;
}

int
store_sql_sync_names(const char *path, struct err *e)
{
	struct str p = str_of(path);
	size_t slash = str_rchr(p, '/');
	struct buf dir = BUF_MAX(PATH_BYTES);
	int fd, r = 0;

	if (slash == p.n)
		buf_addz(&dir, ".");
	else
		buf_adds(&dir, str_sub(p, 0, slash == 0 ? 1 : slash));
	fd = open(buf_z(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		r = err_set(
		    e, ERR_PERM, errno, "%s: %s", buf_z(&dir), strerror(errno));
	fd_closep(&fd);
	buf_free(&dir);
	return r;
}

/* ---- opening ------------------------------------------------------------- */

static int
pragma(struct store_sql *sql, const char *text, int64_t *ret, struct err *e)
{
	int r = store_sql_value(sql, ret, e, text, "");

	return r < 0 ? r : 0;
}

static int
check(struct store_sql *sql, struct err *e)
{
	int64_t application = 0, version = 0;
	int r = pragma(sql, "PRAGMA application_id", &application, e);

	if (r == 0)
		r = pragma(sql, "PRAGMA user_version", &version, e);
	if (r != 0)
		return r;
	if (application != sql->schema->application || version < 1)
		return err_set(e, ERR_PERM, EBADMSG, "%s: not %s", sql->path,
		    sql->schema->what);
	if (version > sql->schema->version)
		return err_set(e, ERR_PERM, ENOTSUP,
		    "%s: %s of version %lld; this program knows up to %d",
		    sql->path, sql->schema->what, (long long)version,
		    sql->schema->version);
	return 0;
}

static int
configure(struct store_sql *sql, unsigned cache_kib, struct err *e)
{
	char text[64];
	int rc = sqlite3_extended_result_codes(sql->db, 1);

	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(sql->db, STORE_SQL_LOCKED_MS);
	/* The file may be somebody else's work. */
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(
		    sql->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(
		    sql->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (rc != SQLITE_OK)
		return store_sql_fail(sql, rc, e);
	(void)snprintf(text, sizeof text, "PRAGMA cache_size = -%u", cache_kib);
	rc = store_sql_exec(sql, text, e);
	return rc != 0 ? rc
		       : store_sql_exec(sql,
			     "PRAGMA temp_store = MEMORY;"
			     "PRAGMA synchronous = FULL;"
			     "PRAGMA journal_size_limit = 67108864;"
			     "PRAGMA wal_autocheckpoint = 4000;"
			     "PRAGMA cell_size_check = ON;",
			     e);
}

static int
open_file(struct store_sql *sql, const struct store_sql_schema *schema,
    const char *path, int flags, unsigned cache_kib, struct err *e)
{
	int rc;

	*sql = (struct store_sql){.path = strdup(path), .schema = schema};
	if (sql->path == NULL)
		return err_nomem(e);
	rc = sqlite3_open_v2(path, &sql->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (sql->db == NULL)
		return err_nomem(e);
	if (rc != SQLITE_OK)
		return store_sql_fail(sql, rc, e);
	return configure(sql, cache_kib, e);
}

/* An empty file that nobody else may read. */
static int
make_empty(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int r = 0;

	if (fd < 0)
		r = err_set(e, errno == ENOSPC ? ERR_TEMP : ERR_PERM, errno,
		    "%s: %s", path, strerror(errno));
	fd_closep(&fd);
	return r;
}

static int
fill(struct store_sql *sql, struct err *e)
{
	char text[96];
	int r = store_sql_exec(
	    sql, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;", e);

	if (r == 0)
		r = store_sql_exec(sql, "BEGIN IMMEDIATE", e);
	if (r == 0)
		r = store_sql_exec(sql, sql->schema->text, e);
	if (r != 0)
		return r;
	(void)snprintf(text, sizeof text,
	    "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
	    sql->schema->application, sql->schema->version);
	r = store_sql_exec(sql, text, e);
	return r != 0
		   ? r
		   : store_sql_exec(sql, "PRAGMA wal_checkpoint(TRUNCATE)", e);
}

/* All of it beside its place, then there: nobody sees half a file. */
static int
create(const struct store_sql_schema *schema, const char *path, struct err *e)
{
	struct store_sql sql = {0};
	struct buf beside = BUF_MAX(PATH_BYTES);
	int r;

	buf_addf(&beside, "%s.new", path);
	if (buf_error(&beside) != 0)
		return err_set(
		    e, ERR_PERM, ENAMETOOLONG, "%s: too long a name", path);
	r = store_sql_unlink(buf_z(&beside), e);
	if (r == 0)
		r = store_sql_unlink(path, e); /* logs of an older one */
	if (r == 0)
		r = make_empty(buf_z(&beside), e);
	if (r == 0)
		r = open_file(&sql, schema, buf_z(&beside),
		    SQLITE_OPEN_READWRITE, 512, e);
	if (r == 0)
		r = fill(&sql, e);
	store_sql_close(&sql);
	if (r == 0 && rename(buf_z(&beside), path) != 0)
		r = err_set(
		    e, ERR_PERM, errno, "%s: %s", path, strerror(errno));
	if (r == 0)
		r = store_sql_sync_names(path, e);
	if (r != 0)
		(void)store_sql_unlink(buf_z(&beside), NULL);
	buf_free(&beside);
	return r;
}

static int
look(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(
		    e, ERR_PERM, EINVAL, "%s: not a regular file", path);
	return 0;
}

int
store_sql_open(struct store_sql *sql, const struct store_sql_schema *schema,
    const char *path, enum store_sql_how how, unsigned cache_kib, struct err *e)
{
	int r = look(path, how == STORE_SQL_CREATE ? NULL : e);

	*sql = (struct store_sql){0};
	if (r == -ENOENT && how == STORE_SQL_CREATE)
		r = create(schema, path, e);
	else if (r != 0 && how == STORE_SQL_CREATE)
		return look(path, e);
	if (r == 0)
		r = open_file(sql, schema, path,
		    how == STORE_SQL_READ ? SQLITE_OPEN_READONLY
					  : SQLITE_OPEN_READWRITE,
		    cache_kib, e);
	if (r == 0)
		r = check(sql, e);
	if (r != 0)
		store_sql_close(sql);
	return r;
}
