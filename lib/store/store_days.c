/* SPDX-License-Identifier: Apache-2.0 */
#include "store_days.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "time/time.h"

enum {
	APPLICATION = 0x66676175, /* "fgau" */
	VERSION = 1,
	CACHE_KIB = 512,
	NAME = 17 /* bytes of "audit-20260102.db" */
};

/*
 * zone: what there is among 4096 rows, so that a query can pass over those
 * with nothing for it. hour: counts, of the hours since 1970 of receipt.
 */
const struct store_sql_schema store_days_schema = {
    .what = "an audit file",
    .application = APPLICATION,
    .version = VERSION,
    .text =
	"CREATE TABLE app(\n"
	"  id INTEGER PRIMARY KEY,\n"
	"  app TEXT NOT NULL UNIQUE) STRICT;\n"
	"CREATE TABLE event(\n"
	"  id INTEGER PRIMARY KEY,\n"
	"  app INTEGER NOT NULL,\n"
	"  boot BLOB NOT NULL,\n"
	"  seq INTEGER NOT NULL,\n"
	"  ts INTEGER NOT NULL,\n"
	"  received INTEGER NOT NULL,\n"
	"  kind INTEGER NOT NULL,\n"
	"  severity INTEGER NOT NULL,\n"
	"  action INTEGER NOT NULL,\n"
	"  name TEXT NOT NULL,\n"
	"  container TEXT NOT NULL,\n"
	"  image TEXT NOT NULL,\n"
	"  rule TEXT NOT NULL,\n"
	"  type TEXT NOT NULL,\n"
	"  body TEXT NOT NULL) STRICT;\n"
	"CREATE INDEX event_app ON event(app);\n"
	"CREATE TABLE zone(\n"
	"  id INTEGER PRIMARY KEY,\n"
	"  min_ts INTEGER NOT NULL,\n"
	"  max_ts INTEGER NOT NULL,\n"
	"  kinds INTEGER NOT NULL,\n"
	"  severities INTEGER NOT NULL,\n"
	"  actions INTEGER NOT NULL) STRICT;\n"
	"CREATE TABLE hour(\n"
	"  hour INTEGER NOT NULL,\n"
	"  kind INTEGER NOT NULL,\n"
	"  severity INTEGER NOT NULL,\n"
	"  action INTEGER NOT NULL,\n"
	"  n INTEGER NOT NULL,\n"
	"  PRIMARY KEY(hour, kind, severity, action))\n"
	"  STRICT, WITHOUT ROWID;\n"
	/* For people: names for numbers. */
	"CREATE VIEW audit AS SELECT\n"
	"  strftime('%Y-%m-%dT%H:%M:%fZ', e.ts / 1000.0, 'unixepoch')\n"
	"    AS ts,\n"
	"  strftime('%Y-%m-%dT%H:%M:%fZ', e.received / 1000.0,\n"
	"    'unixepoch') AS received,\n"
	"  a.app AS app,\n"
	"  ('[\"runtime\",\"waas\",\"lifecycle\",\"scan\",\"lost\"]'\n"
	"    ->> e.kind) AS kind,\n"
	"  ('[\"info\",\"low\",\"medium\",\"high\",\"critical\"]'\n"
	"    ->> e.severity) AS severity,\n"
	"  ('[\"allow\",\"alert\",\"prevent\",\"block\",\"ban\",\"none\"]'\n"
	"    ->> e.action) AS action,\n"
	"  e.name AS name, e.container AS container, e.image AS image,\n"
	"  e.rule AS rule, e.type AS type, lower(hex(e.boot)) AS boot,\n"
	"  e.seq AS seq, e.body AS body\n"
	"  FROM event e JOIN app a ON a.id = e.app;\n",
};

/* ---- days, ids, names ---------------------------------------------------- */

int32_t
store_days_of(int64_t ms)
{
	int64_t day = ms / STORE_DAYS_MS;

	return ms < 0 || day > STORE_DAYS_LAST ? 0 : (int32_t)day;
}

int64_t
store_days_id(int32_t day, int64_t row)
{
	return (int64_t)day << STORE_DAYS_ROW_BITS | row;
}

int32_t
store_days_id_day(int64_t id)
{
	int64_t day = id >> STORE_DAYS_ROW_BITS;

	return day > STORE_DAYS_LAST ? STORE_DAYS_LAST + 1 : (int32_t)day;
}

int64_t
store_days_id_row(int64_t id)
{
	return id & STORE_DAYS_ROWS;
}

bool
store_days_path(const char *dir, int32_t day, char to[STORE_DAYS_PATH])
{
	char text[TIME_TEXT];
	int n;

	if (!time_format((int64_t)day * (STORE_DAYS_MS / 1000), text))
		return false;
	n = snprintf(to, STORE_DAYS_PATH, "%s/audit-%.4s%.2s%.2s.db", dir, text,
	    text + 5, text + 8);
	return n > 0 && n < STORE_DAYS_PATH;
}

/* The day of a file of that name, 0 when it is none. */
static int32_t
day_of_name(struct str name)
{
	char text[TIME_TEXT];
	int64_t seconds;

	if (name.n != NAME || !str_starts(name, "audit-") ||
	    !str_ends(name, ".db"))
		return 0;
	(void)snprintf(text, sizeof text, "%.4s-%.2s-%.2sT00:00:00Z",
	    name.p + 6, name.p + 10, name.p + 12);
	if (!time_parse(str_of(text), &seconds) || seconds < 0)
		return 0;
	return store_days_of(seconds * 1000);
}

/* ---- the list of them ---------------------------------------------------- */

static int
by_day(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct list {
	int32_t *v;
	size_t n, room;
};

static int
add(struct list *l, int32_t day)
{
	if (l->n == l->room) {
		size_t room = l->room == 0 ? 64 : l->room * 2;
		int32_t *v = realloc(l->v, room * sizeof *v);

		if (v == NULL)
			return -ENOMEM;
		l->v = v;
		l->room = room;
	}
	l->v[l->n++] = day;
	return 0;
}

int
store_days_list(const char *dir, int32_t **ret, size_t *n, struct err *e)
{
	struct list l = {0};
	DIR *d = opendir(dir);
	const struct dirent *entry;
	int r = 0;

	if (d == NULL)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", dir, strerror(errno));
	while (r == 0 && (entry = readdir(d)) != NULL) {
		int32_t day = day_of_name(str_of(entry->d_name));

		if (day > 0)
			r = add(&l, day);
	}
	(void)closedir(d);
	if (r != 0) {
		free(l.v);
		return err_nomem(e);
	}
	if (l.n > 0)
		qsort(l.v, l.n, sizeof *l.v, by_day);
	*ret = l.v;
	*n = l.n;
	return 0;
}

/* ---- open files ---------------------------------------------------------- */

static void
shut(struct store_days_file *f)
{
	store_sql_close(&f->sql);
	*f = (struct store_days_file){0};
}

void
store_days_close(struct store_days *d)
{
	for (size_t i = 0; i < STORE_DAYS_OPEN; i++)
		shut(&d->open[i]);
}

void
store_days_forget(struct store_days *d, const int32_t *days, size_t n)
{
	for (size_t i = 0; i < STORE_DAYS_OPEN; i++) {
		struct store_days_file *f = &d->open[i];

		if (f->day != 0 &&
		    bsearch(&f->day, days, n, sizeof *days, by_day) == NULL)
			shut(f);
	}
}

/* The one that has the day, or the one to open it in. */
static struct store_days_file *
place(struct store_days *d, int32_t day)
{
	struct store_days_file *oldest = &d->open[0];

	for (size_t i = 0; i < STORE_DAYS_OPEN; i++) {
		if (d->open[i].day == day)
			return &d->open[i];
		if (d->open[i].used < oldest->used)
			oldest = &d->open[i];
	}
	shut(oldest);
	return oldest;
}

int
store_days_read(
    struct store_days *d, int32_t day, struct store_sql **ret, struct err *e)
{
	struct store_days_file *f = place(d, day);
	char path[STORE_DAYS_PATH];
	struct stat st;
	int r;

	if (!store_days_path(d->dir, day, path))
		return 0;
	if (stat(path, &st) != 0) {
		shut(f);
		return 0;
	}
	if (f->day == day && (f->device != st.st_dev || f->inode != st.st_ino))
		shut(f); /* another file has its name now */
	if (f->day != day) {
		r = store_sql_open(&f->sql, &store_days_schema, path,
		    STORE_SQL_READ, CACHE_KIB, e);
		if (r != 0)
			return r == -ENOENT ? 0 : r;
		f->day = day;
		f->device = st.st_dev;
		f->inode = st.st_ino;
	}
	f->used = ++d->clock;
	*ret = &f->sql;
	return 1;
}

/* ---- sizes, removal ------------------------------------------------------ */

static uint64_t
size_of(const char *path, const char *suffix)
{
	char name[STORE_DAYS_PATH + 8];
	struct stat st;

	(void)snprintf(name, sizeof name, "%s%s", path, suffix);
	return stat(name, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size
						      : 0;
}

uint64_t
store_days_bytes(const char *dir, int32_t day, uint64_t *logs)
{
	char path[STORE_DAYS_PATH];

	*logs = 0;
	if (!store_days_path(dir, day, path))
		return 0;
	*logs = size_of(path, "-wal");
	return size_of(path, "") + *logs;
}

int
store_days_remove(struct store_days *d, int32_t day, struct err *e)
{
	char path[STORE_DAYS_PATH];

	for (size_t i = 0; i < STORE_DAYS_OPEN; i++)
		if (d->open[i].day == day)
			shut(&d->open[i]);
	if (!store_days_path(d->dir, day, path))
		return 0;
	return store_sql_unlink(path, e);
}

/*
 * audit-….db.new and its logs; and the logs of a day without a file, which a
 * reader makes when it opens a file just as that is removed.
 */
static void
sweep_one(const char *dir, const char *name)
{
	char path[STORE_DAYS_PATH];
	struct str n = str_of(name);
	size_t keep = NAME;
	struct stat st;
	int wrote;

	if (n.n <= NAME || day_of_name(str_sub(n, 0, NAME)) == 0)
		return;
	wrote = snprintf(path, sizeof path, "%s/%.*s", dir, (int)keep, name);
	if (wrote <= 0 || wrote >= STORE_DAYS_PATH)
		return;
	if (str_starts(str_sub(n, NAME, n.n), ".new")) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, name);
		(void)unlink(path);
	} else if (stat(path, &st) != 0 && errno == ENOENT) {
		(void)store_sql_unlink(path, NULL);
	}
}

void
store_days_sweep(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;

	if (d == NULL)
		return;
	while ((entry = readdir(d)) != NULL)
		sweep_one(dir, entry->d_name);
	(void)closedir(d);
}
