/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing; transactions on policy.db. */
#include "store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"

enum { POLICY_CACHE_KIB = 1024 };

struct store_sqlite *
store_sqlite_of(struct store *s)
{
	return (struct store_sqlite *)(void *)s; /* its first member */
}

/* ---- transactions -------------------------------------------------------- */

int
store_sqlite_begin(struct store_sqlite *s, struct err *e)
{
	if (s->base.in_transaction)
		return 0;
	return store_sql_exec(&s->policy, "BEGIN IMMEDIATE", e);
}

int
store_sqlite_end(struct store_sqlite *s, int r, struct err *e)
{
	int rc;

	if (s->base.in_transaction)
		return r;
	rc = r < 0 ? r : store_sql_exec(&s->policy, "COMMIT", e);
	if (rc != 0)
		(void)store_sql_exec(&s->policy, "ROLLBACK", NULL);
	return rc != 0 ? rc : r;
}

static int
begin(struct store *base, struct err *e)
{
	return store_sql_exec(
	    &store_sqlite_of(base)->policy, "BEGIN IMMEDIATE", e);
}

static void
rollback(struct store *base)
{
	(void)store_sql_exec(&store_sqlite_of(base)->policy, "ROLLBACK", NULL);
}

static int
commit(struct store *base, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int r;

	/* A full disk, for one, makes SQLite roll back by itself. */
	if (sqlite3_get_autocommit(s->policy.db) != 0)
		return err_set(e, ERR_TEMP, EIO,
		    "%s: the transaction was rolled back", s->policy.path);
	r = store_sql_exec(&s->policy, "COMMIT", e);
	if (r != 0)
		rollback(base);
	return r;
}

/* ---- opening ------------------------------------------------------------- */

static void
sqlite_free(struct store *base)
{
	struct store_sqlite *s = store_sqlite_of(base);

	if (s->base.mode == STORE_WRITE && s->received.sql.db != NULL &&
	    !s->today.stale)
		(void)store_today_flush(s, NULL);
	store_sql_close(&s->today.sql);
	store_days_close(&s->days);
	store_received_close(&s->received);
	store_sql_close(&s->policy);
	fd_closep(&s->lock);
	free(s->dir);
	free(s);
}

static const struct store_ops ops = {
    .free = sqlite_free,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .backup = store_sqlite_backup,
    .retain = store_sqlite_retain,
    .tidy = store_sqlite_tidy,
    .stat = store_sqlite_stat,
    .document_put = store_sqlite_document_put,
    .document_get = store_sqlite_document_get,
    .document_newest = store_sqlite_document_newest,
    .document_versions = store_sqlite_document_versions,
    .token_add = store_sqlite_token_add,
    .token_get = store_sqlite_token_get,
    .token_list = store_sqlite_token_list,
    .token_used = store_sqlite_token_used,
    .token_revoke = store_sqlite_token_revoke,
    .secret_add = store_sqlite_secret_add,
    .secret_get = store_sqlite_secret_get,
    .secret_list = store_sqlite_secret_list,
    .secret_revoke = store_sqlite_secret_revoke,
    .certificate_add = store_sqlite_certificate_add,
    .certificate_get = store_sqlite_certificate_get,
    .app_put = store_sqlite_app_put,
    .app_get = store_sqlite_app_get,
    .app_list = store_sqlite_app_list,
    .app_count = store_sqlite_app_count,
    .append = store_sqlite_append,
    .audits = store_sqlite_audits,
    .audit = store_sqlite_audit,
    .audit_newest = store_sqlite_audit_newest,
    .audit_counts = store_sqlite_audit_counts,
};

/* Only the names of dir are too long for this, or errno tells. */
static int
path_in(
    const char *dir, const char *name, char to[STORE_DAYS_PATH], struct err *e)
{
	int n = snprintf(to, STORE_DAYS_PATH, "%s/%s", dir, name);

	if (n > 0 && n < STORE_DAYS_PATH)
		return 0;
	return err_set(e, ERR_PERM, ENAMETOOLONG, "%s: too long a name", dir);
}

static int
lock(struct store_sqlite *s, struct err *e)
{
	char path[STORE_DAYS_PATH];
	int r = path_in(s->dir, "store.lock", path, e);

	if (r != 0)
		return r;
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", path, strerror(errno));
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return err_set(e, ERR_TEMP, EBUSY,
		    "%s: another process writes to this store", s->dir);
	return err_set(e, ERR_PERM, errno, "%s: %s", path, strerror(errno));
}

static int
open_policy(struct store_sqlite *s, struct err *e)
{
	char path[STORE_DAYS_PATH];
	bool writes = s->base.mode == STORE_WRITE;
	int r = path_in(s->dir, "policy.db", path, e);

	if (r == 0)
		r = store_sql_open(&s->policy, &store_sqlite_policy, path,
		    writes ? STORE_SQL_CREATE : STORE_SQL_READ,
		    POLICY_CACHE_KIB, e);
	/* A backup that was put in its place is in another mode. */
	if (r == 0 && writes)
		r = store_sql_exec(&s->policy, "PRAGMA journal_mode = WAL", e);
	return r;
}

static int
open_received(struct store_sqlite *s, struct err *e)
{
	char path[STORE_DAYS_PATH];
	int r = path_in(s->dir, "received.db", path, e);

	if (r == 0)
		r = store_received_open(&s->received, path, e);
	if (r == -EBADMSG)
		err_prefix(e, "remove it, and it is made anew from the audits");
	if (r == 0)
		r = store_today_heal(s, e);
	return r;
}

int
store_sqlite_open(
    const char *dir, enum store_mode mode, struct store **ret, struct err *e)
{
	struct store_sqlite *s = calloc(1, sizeof *s);
	int r = 0;

	if (s == NULL)
		return err_nomem(e);
	s->base = (struct store){.ops = &ops, .mode = mode};
	s->lock = -1;
	s->dir = strdup(dir);
	s->days.dir = s->dir;
	if (s->dir == NULL)
		r = err_nomem(e);
	if (r == 0 && mode == STORE_WRITE)
		r = lock(s, e);
	if (r == 0 && mode == STORE_WRITE)
		store_days_sweep(dir);
	if (r == 0)
		r = open_policy(s, e);
	if (r == 0 && mode == STORE_WRITE)
		r = open_received(s, e);
	if (r != 0) {
		sqlite_free(&s->base);
		return r;
	}
	*ret = &s->base;
	return 0;
}
