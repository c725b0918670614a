/* SPDX-License-Identifier: Apache-2.0 */
/* Retention, backup, figures. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "store_sqlite.h"

/* How long an expired certificate is still known. */
#define CERTIFICATE_MS ((int64_t)STORE_DAYS_MS)

/* ---- retention ----------------------------------------------------------- */

static uint64_t
total(const struct store_sqlite *s, const int32_t *days, size_t n)
{
	uint64_t bytes = 0, logs;

	for (size_t i = 0; i < n; i++)
		bytes += store_days_bytes(s->dir, days[i], &logs);
	return bytes;
}

static int
remove_days(struct store_sqlite *s, const struct store_retention *keep,
    int32_t today, const int32_t *days, size_t n, struct store_removed *removed,
    struct err *e)
{
	uint64_t left = total(s, days, n), logs;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n && days[i] < today; i++) {
		uint64_t bytes = store_days_bytes(s->dir, days[i], &logs);
		bool old = keep->days > 0 &&
			   (int64_t)days[i] <= (int64_t)today - keep->days;

		if (!old && (keep->bytes == 0 || left <= keep->bytes))
			break;
		r = store_days_remove(&s->days, days[i], e);
		if (r != 0)
			break;
		left -= bytes;
		removed->days++;
		removed->bytes += bytes;
	}
	return r;
}

static int
expire_policy(struct store_sqlite *s, const struct store_retention *keep,
    int64_t now_ms, struct err *e)
{
	int r = store_sqlite_begin(s, e);

	if (r != 0)
		return r;
	r = store_sql_run(&s->policy, e,
	    "DELETE FROM certificate WHERE not_after < ?", "i",
	    now_ms - CERTIFICATE_MS);
	if (r == 0 && keep->days > 0)
		r = store_sql_run(&s->policy, e,
		    "DELETE FROM app WHERE last < ?", "i",
		    now_ms - (int64_t)keep->days * STORE_DAYS_MS);
	return store_sqlite_end(s, r, e);
}

int
store_sqlite_retain(struct store *base, const struct store_retention *keep,
    int64_t now_ms, struct store_removed *removed, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int32_t today = store_today_day(s, now_ms), *days = NULL;
	size_t n = 0;
	int r = store_days_list(s->dir, &days, &n, e);

	if (r == 0 && today > 0)
		r = remove_days(s, keep, today, days, n, removed, e);
	if (r == 0 && removed->days > 0)
		r = store_sql_sync_names(s->policy.path, e);
	if (r == 0 && removed->days > 0)
		r = store_received_expire(&s->received,
		    removed->days < n ? days[removed->days] : today, e);
	free(days);
	if (r == 0)
		r = expire_policy(s, keep, now_ms, e);
	if (r == 0)
		store_days_sweep(s->dir);
	return r;
}

/* ---- backup -------------------------------------------------------------- */

static int
sync_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;

	if (fd < 0 || fsync(fd) != 0)
		r = err_set(
		    e, ERR_PERM, errno, "%s: %s", path, strerror(errno));
	fd_closep(&fd);
	return r;
}

/* Into `beside`, an empty file of ours that nobody else may read. */
static int
copy(struct store_sqlite *s, const char *beside, struct err *e)
{
	int fd = open(beside,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", beside, strerror(errno));
	fd_closep(&fd);
	return store_sql_run(&s->policy, e, "VACUUM INTO ?", "s", beside);
}

int
store_sqlite_backup(struct store *base, const char *path, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	struct buf beside = BUF_MAX(STORE_DAYS_PATH);
	int r;

	buf_addf(&beside, "%s.new", path);
	if (buf_error(&beside) != 0)
		return err_set(
		    e, ERR_PERM, ENAMETOOLONG, "%s: too long a name", path);
	r = copy(s, buf_z(&beside), e);
	if (r == 0)
		r = sync_file(buf_z(&beside), e);
	if (r == 0 && rename(buf_z(&beside), path) != 0)
		r = err_set(
		    e, ERR_PERM, errno, "%s: %s", path, strerror(errno));
	if (r == 0)
		r = store_sql_sync_names(path, e);
	else
		(void)unlink(buf_z(&beside));
	buf_free(&beside);
	return r;
}

/* ---- idle ---------------------------------------------------------------- */

int
store_sqlite_tidy(struct store *base, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int32_t *days = NULL;
	size_t n = 0;
	int r = store_days_list(s->dir, &days, &n, e);

	if (r == 0)
		store_days_forget(&s->days, days, n);
	free(days);
	if (r != 0 || base->mode != STORE_WRITE)
		return r;
	if (!s->today.stale)
		r = store_today_flush(s, e);
	if (r == 0)
		r = store_sql_write_back(&s->received.sql, e);
	if (r == 0 && s->today.day != 0)
		r = store_sql_write_back(&s->today.sql, e);
	return r != 0 ? r : store_sql_write_back(&s->policy, e);
}

/* ---- figures ------------------------------------------------------------- */

static uint64_t
size_of(const char *path, const char *suffix)
{
	char name[STORE_DAYS_PATH + 8];
	struct stat st;
	int n = snprintf(name, sizeof name, "%s%s", path, suffix);

	if (n <= 0 || n >= (int)sizeof name || stat(name, &st) != 0)
		return 0;
	return st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

int
store_sqlite_stat(struct store *base, struct store_stat *ret, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int32_t *days = NULL;
	size_t n = 0;
	uint64_t logs;
	int r = store_days_list(s->dir, &days, &n, e);

	*ret = (struct store_stat){0};
	if (r != 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		ret->bytes += store_days_bytes(s->dir, days[i], &logs);
		ret->log_bytes += logs;
	}
	ret->days = (uint32_t)n;
	if (n > 0)
		ret->oldest_ms = (int64_t)days[0] * STORE_DAYS_MS;
	free(days);
	logs = size_of(s->policy.path, "-wal");
	ret->log_bytes += logs;
	ret->policy_bytes = size_of(s->policy.path, "") + logs;
	return 0;
}
