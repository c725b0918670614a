/* SPDX-License-Identifier: Apache-2.0 */
#include "store_received.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "store_audits.h"

enum {
	APPLICATION = 0x66677263, /* "fgrc" */
	VERSION = 1,
	CACHE_KIB = 1024,
	PACKED_MAX = 16 * STORE_RANGES_MAX
};

static const struct store_sql_schema schema = {
    .what = "a file of what was received",
    .application = APPLICATION,
    .version = VERSION,
    .text = "CREATE TABLE source(\n"
	    "  app TEXT NOT NULL,\n"
	    "  boot BLOB NOT NULL,\n"
	    "  last_day INTEGER NOT NULL,\n"
	    "  ranges BLOB NOT NULL,\n"
	    "  PRIMARY KEY(app, boot)) STRICT, WITHOUT ROWID;\n"
	    "CREATE TABLE accounted(\n"
	    "  day INTEGER PRIMARY KEY,\n"
	    "  row INTEGER NOT NULL,\n"
	    "  sealed INTEGER NOT NULL) STRICT;\n",
};

int
store_received_open(struct store_received *r, const char *path, struct err *e)
{
	int rc;

	*r = (struct store_received){0};
	r->buckets =
	    calloc(STORE_RECEIVED_BUCKETS, sizeof(struct store_source *));
	if (r->buckets == NULL)
		return err_nomem(e);
	if (getrandom(r->keys, sizeof r->keys, 0) != sizeof r->keys)
		return err_set(e, ERR_TEMP, EAGAIN, "no random bytes");
	rc = store_sql_open(
	    &r->sql, &schema, path, STORE_SQL_CREATE, CACHE_KIB, e);
	if (rc == 0)
		rc = store_sql_exec(&r->sql, "PRAGMA synchronous = NORMAL", e);
	return rc;
}

void
store_received_close(struct store_received *r)
{
	if (r->buckets != NULL)
		store_received_drop(r);
	free(r->buckets);
	r->buckets = NULL;
	store_sql_close(&r->sql);
}

void
store_received_boot(struct str text, unsigned char to[STORE_RECEIVED_BOOT])
{
	for (size_t i = 0; i < STORE_RECEIVED_BOOT; i++) {
		unsigned byte = 0;

		for (size_t j = 2 * i; j < 2 * i + 2; j++) {
			char c = text.p[j];

			byte = byte << 4 |
			       (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
		}
		to[i] = (unsigned char)byte;
	}
}

/* ---- in memory ----------------------------------------------------------- */

static uint64_t
fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static size_t
bucket(
    const struct store_received *r, struct str app, const unsigned char *boot)
{
	uint64_t word[2], h = r->keys[2];

	memcpy(word, boot, sizeof word);
	for (size_t i = 0; i < app.n; i++)
		h = (h ^ (unsigned char)app.p[i]) * 0x100000001b3u;
	h ^= fold(word[0] ^ r->keys[0], word[1] ^ r->keys[1]);
	return fold(h, r->keys[0] | 1) % STORE_RECEIVED_BUCKETS;
}

static struct str
app_of(const struct store_source *s)
{
	return str_make(s->app, s->n);
}

static void
take_out(struct store_received *r, struct store_source *s)
{
	if (s->newer != NULL)
		s->newer->older = s->older;
	else
		r->newest = s->older;
	if (s->older != NULL)
		s->older->newer = s->newer;
	else
		r->oldest = s->newer;
}

static void
put_first(struct store_received *r, struct store_source *s)
{
	s->newer = NULL;
	s->older = r->newest;
	if (r->newest != NULL)
		r->newest->newer = s;
	else
		r->oldest = s;
	r->newest = s;
}

static struct store_source *
known(struct store_received *r, size_t at, struct str app,
    const unsigned char *boot)
{
	struct store_source *s = r->buckets[at];

	while (s != NULL && (memcmp(s->boot, boot, STORE_RECEIVED_BOOT) != 0 ||
				!str_eq(app_of(s), app)))
		s = s->next;
	if (s != NULL && s != r->newest) {
		take_out(r, s);
		put_first(r, s);
	}
	return s;
}

static void
forget(struct store_received *r, struct store_source *s)
{
	struct store_source **p = &r->buckets[bucket(r, app_of(s), s->boot)];

	while (*p != s)
		p = &(*p)->next;
	*p = s->next;
	take_out(r, s);
	r->n--;
	if (s->dirty)
		r->n_dirty--;
	store_ranges_free(&s->ranges);
	free(s);
}

void
store_received_drop(struct store_received *r)
{
	while (r->oldest != NULL)
		forget(r, r->oldest);
}

void
store_received_shrink(struct store_received *r, size_t n)
{
	struct store_source *s = r->oldest, *newer;

	for (; s != NULL && r->n > n; s = newer) {
		newer = s->newer;
		if (!s->dirty)
			forget(r, s);
	}
}

/* ---- sources ------------------------------------------------------------- */

static int
load(struct store_received *r, struct store_source *s, struct err *e)
{
	sqlite3_stmt *q;
	int rc = store_sql_get(&r->sql, &q, e,
	    "SELECT last_day, ranges FROM source WHERE app = ? AND boot = ?",
	    "tb", app_of(s), str_make((const char *)s->boot, sizeof s->boot));

	if (rc == 0)
		rc = store_sql_step(&r->sql, q, e);
	if (rc == 1) {
		s->last_day = sqlite3_column_int(q, 0);
		rc = store_ranges_unpack(store_sql_text(q, 1), &s->ranges);
		if (rc == -EBADMSG)
			rc = err_set(e, ERR_PERM, EBADMSG,
			    "%s: damaged: no such ranges", r->sql.path);
		else if (rc != 0)
			rc = err_nomem(e);
	}
	store_sql_put(&r->sql, q);
	return rc;
}

int
store_received_source(struct store_received *r, struct str app,
    const unsigned char boot[STORE_RECEIVED_BOOT], struct store_source **ret,
    struct err *e)
{
	size_t at = bucket(r, app, boot);
	struct store_source *s = known(r, at, app, boot);
	int rc;

	*ret = s;
	if (s != NULL)
		return 0;
	s = calloc(1, sizeof *s + app.n);
	if (s == NULL)
		return err_nomem(e);
	memcpy(s->boot, boot, sizeof s->boot);
	memcpy(s->app, app.p, app.n);
	s->n = app.n;
	rc = load(r, s, e);
	if (rc != 0) {
		free(s);
		return rc;
	}
	s->next = r->buckets[at];
	r->buckets[at] = s;
	put_first(r, s);
	r->n++;
	*ret = s;
	return 0;
}

int
store_received_add(struct store_received *r, struct store_source *source,
    uint64_t seq, int32_t day, struct err *e)
{
	int rc = store_ranges_add(&source->ranges, seq);

	if (rc < 0)
		return err_nomem(e);
	if (rc == 0)
		return 0;
	if (!source->dirty) {
		source->dirty = true;
		r->n_dirty++;
	}
	if (source->last_day < day)
		source->last_day = day;
	return 1;
}

/* ---- on the disk --------------------------------------------------------- */

static int
put_source(struct store_received *r, const struct store_source *s,
    struct buf *packed, struct err *e)
{
	buf_reset(packed);
	store_ranges_pack(&s->ranges, packed);
	if (buf_error(packed) != 0)
		return err_nomem(e);
	return store_sql_run(&r->sql, e,
	    "INSERT INTO source(app, boot, last_day, ranges) "
	    "VALUES(?, ?, ?, ?) ON CONFLICT(app, boot) DO UPDATE SET "
	    "last_day = excluded.last_day, ranges = excluded.ranges",
	    "tbib", app_of(s), str_make((const char *)s->boot, sizeof s->boot),
	    (int64_t)s->last_day, buf_str(packed));
}

static int
put_dirty(struct store_received *r, struct err *e)
{
	struct buf packed = BUF_MAX(PACKED_MAX);
	size_t left = r->n_dirty;
	int rc = 0;

	for (struct store_source *s = r->newest; rc == 0 && left > 0;
	     s = s->older) {
		if (!s->dirty)
			continue;
		rc = put_source(r, s, &packed, e);
		left--;
	}
	buf_free(&packed);
	return rc;
}

static void
all_clean(struct store_received *r)
{
	for (struct store_source *s = r->newest; s != NULL && r->n_dirty > 0;
	     s = s->older) {
		if (s->dirty)
			r->n_dirty--;
		s->dirty = false;
	}
}

int
store_received_flush(struct store_received *r, int32_t day,
    struct store_received_mark mark, struct err *e)
{
	int rc = store_sql_exec(&r->sql, "BEGIN IMMEDIATE", e);

	if (rc != 0)
		return rc;
	rc = put_dirty(r, e);
	if (rc == 0)
		rc = store_sql_run(&r->sql, e,
		    "INSERT INTO accounted(day, row, sealed) VALUES(?, ?, ?) "
		    "ON CONFLICT(day) DO UPDATE SET row = excluded.row, "
		    "sealed = excluded.sealed",
		    "iii", (int64_t)day, mark.row, (int64_t)mark.sealed);
	if (rc == 0)
		rc = store_sql_exec(&r->sql, "COMMIT", e);
	if (rc != 0)
		(void)store_sql_exec(&r->sql, "ROLLBACK", NULL);
	else
		all_clean(r);
	return rc;
}

int
store_received_mark(struct store_received *r, int32_t day,
    struct store_received_mark *ret, struct err *e)
{
	sqlite3_stmt *q;
	int rc = store_sql_get(&r->sql, &q, e,
	    "SELECT row, sealed FROM accounted WHERE day = ?", "i",
	    (int64_t)day);

	*ret = (struct store_received_mark){0};
	if (rc == 0)
		rc = store_sql_step(&r->sql, q, e);
	if (rc == 1)
		*ret = (struct store_received_mark){
		    sqlite3_column_int64(q, 0), sqlite3_column_int(q, 1) != 0};
	store_sql_put(&r->sql, q);
	return rc < 0 ? rc : 0;
}

int
store_received_sync(struct store_received *r, struct err *e)
{
	return store_sql_exec(&r->sql, "PRAGMA wal_checkpoint(TRUNCATE)", e);
}

int
store_received_expire(struct store_received *r, int32_t oldest, struct err *e)
{
	int rc = store_sql_exec(&r->sql, "BEGIN IMMEDIATE", e);

	if (rc != 0)
		return rc;
	rc = store_sql_run(&r->sql, e, "DELETE FROM source WHERE last_day < ?",
	    "i", (int64_t)oldest);
	if (rc == 0)
		rc = store_sql_run(&r->sql, e,
		    "DELETE FROM accounted WHERE day < ?", "i",
		    (int64_t)oldest);
	if (rc == 0)
		rc = store_sql_exec(&r->sql, "COMMIT", e);
	if (rc != 0)
		(void)store_sql_exec(&r->sql, "ROLLBACK", NULL);
	else
		store_received_shrink(r, 0); /* what is gone as well */
	return rc;
}
