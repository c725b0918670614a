/* SPDX-License-Identifier: Apache-2.0 */
/* policy.db, and the documents in it. */
#include <errno.h>
#include <string.h>

#include "store_sqlite.h"

enum { APPLICATION = 0x66677070, /* "fgpp" */ VERSION = 1 };

const struct store_sql_schema store_sqlite_policy = {
    .what = "a policy store",
    .application = APPLICATION,
    .version = VERSION,
    .text = "CREATE TABLE document(\n"
	    "  kind TEXT NOT NULL,\n"
	    "  version INTEGER NOT NULL,\n"
	    "  at INTEGER NOT NULL,\n"
	    "  who TEXT NOT NULL,\n"
	    "  note TEXT NOT NULL,\n"
	    "  sha256 TEXT NOT NULL,\n"
	    "  bytes INTEGER NOT NULL,\n"
	    "  body TEXT NOT NULL,\n"
	    "  PRIMARY KEY(kind, version)) STRICT;\n"
	    "CREATE TRIGGER document_changed BEFORE UPDATE ON document BEGIN\n"
	    "  SELECT raise(ABORT, 'a version stays as it is'); END;\n"
	    "CREATE TRIGGER document_gone BEFORE DELETE ON document BEGIN\n"
	    "  SELECT raise(ABORT, 'a version stays'); END;\n"
	    "CREATE TABLE token(\n"
	    "  id TEXT PRIMARY KEY,\n"
	    "  sha256 BLOB NOT NULL,\n"
	    "  name TEXT NOT NULL,\n"
	    "  scopes TEXT NOT NULL,\n"
	    "  by TEXT NOT NULL,\n"
	    "  created INTEGER NOT NULL,\n"
	    "  expires INTEGER NOT NULL,\n"
	    "  used INTEGER NOT NULL,\n"
	    "  revoked INTEGER NOT NULL) STRICT, WITHOUT ROWID;\n"
	    "CREATE TABLE secret(\n"
	    "  id TEXT PRIMARY KEY,\n"
	    "  sha256 BLOB NOT NULL,\n"
	    "  app TEXT NOT NULL,\n"
	    "  by TEXT NOT NULL,\n"
	    "  note TEXT NOT NULL,\n"
	    "  created INTEGER NOT NULL,\n"
	    "  expires INTEGER NOT NULL,\n"
	    "  revoked INTEGER NOT NULL,\n"
	    "  max_live INTEGER NOT NULL) STRICT, WITHOUT ROWID;\n"
	    "CREATE TABLE certificate(\n"
	    "  serial TEXT PRIMARY KEY,\n"
	    "  app TEXT NOT NULL,\n"
	    "  boot TEXT NOT NULL,\n"
	    "  secret TEXT NOT NULL,\n"
	    "  issued INTEGER NOT NULL,\n"
	    "  not_after INTEGER NOT NULL) STRICT, WITHOUT ROWID;\n"
	    "CREATE INDEX certificate_secret ON certificate(\n"
	    "  secret, boot, not_after);\n"
	    "CREATE INDEX certificate_not_after ON certificate(not_after);\n"
	    "CREATE TABLE app(\n"
	    "  app TEXT NOT NULL,\n"
	    "  boot TEXT NOT NULL,\n"
	    "  containers TEXT NOT NULL,\n"
	    "  version TEXT NOT NULL,\n"
	    "  address TEXT NOT NULL,\n"
	    "  first INTEGER NOT NULL,\n"
	    "  last INTEGER NOT NULL,\n"
	    "  runtime_version INTEGER NOT NULL,\n"
	    "  waas_version INTEGER NOT NULL,\n"
	    "  policy_age INTEGER NOT NULL,\n"
	    "  lost INTEGER NOT NULL,\n"
	    "  spooled INTEGER NOT NULL,\n"
	    "  PRIMARY KEY(app, boot)) STRICT, WITHOUT ROWID;\n"
	    "CREATE INDEX app_last ON app(last);\n"
	    "CREATE INDEX app_oldest ON app(app, last);\n",
};

#define ABOUT "version, at, who, note, sha256, bytes"

int
store_sqlite_document_newest(
    struct store *base, const char *kind, uint64_t *version, struct err *e)
{
	int64_t n = 0;
	int r = store_sql_value(&store_sqlite_of(base)->policy, &n, e,
	    "SELECT max(version) FROM document WHERE kind = ?", "s", kind);

	*version = n > 0 ? (uint64_t)n : 0;
	return r < 0 ? r : 0;
}

/* 1: the newest version is this very text. */
static int
same_as_newest(struct store_sqlite *s, const char *kind, uint64_t newest,
    const struct store_document *d, struct err *e)
{
	int64_t one;

	return store_sql_value(&s->policy, &one, e,
	    "SELECT 1 FROM document WHERE kind = ? AND version = ? "
	    "AND sha256 = ? AND bytes = ?",
	    "sisi", kind, (int64_t)newest, d->about.sha256,
	    (int64_t)d->about.bytes);
}

static int
put(struct store_sqlite *s, const char *kind, const struct store_document *d,
    uint64_t expect, uint64_t *version, struct err *e)
{
	uint64_t newest = 0;
	int r = store_sqlite_document_newest(&s->base, kind, &newest, e);

	if (r == 0 && expect != STORE_ANY && expect != newest)
		r = err_set(e, ERR_NO, ESTALE,
		    "%s: version %llu was expected, the newest is %llu", kind,
		    (unsigned long long)expect, (unsigned long long)newest);
	if (r == 0)
		r = same_as_newest(s, kind, newest, d, e);
	if (r < 0)
		return r;
	*version = newest + (r == 0);
	if (r == 1)
		return 0;
	r = store_sql_run(&s->policy, e,
	    "INSERT INTO document(kind, " ABOUT ", body) "
	    "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
	    "siittsit", kind, (int64_t)*version, d->about.at_ms, d->about.who,
	    d->about.note, d->about.sha256, (int64_t)d->about.bytes, d->body);
	return r != 0 ? r : 1;
}

int
store_sqlite_document_put(struct store *base, const char *kind,
    const struct store_document *d, uint64_t expect, uint64_t *version,
    struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int r = store_sqlite_begin(s, e);

	if (r != 0)
		return r;
	return store_sqlite_end(s, put(s, kind, d, expect, version, e), e);
}

/* The columns of ABOUT. */
static bool
about(sqlite3_stmt *q, struct arena *a, struct store_version *ret)
{
	struct str hex = store_sql_text(q, 4);
	size_t n = hex.n < sizeof ret->sha256 ? hex.n : sizeof ret->sha256 - 1;

	*ret = (struct store_version){
	    .version = (uint64_t)sqlite3_column_int64(q, 0),
	    .at_ms = sqlite3_column_int64(q, 1),
	    .bytes = (uint64_t)sqlite3_column_int64(q, 5),
	};
	memcpy(ret->sha256, hex.p, n);
	return store_sql_keep(q, 2, a, &ret->who) &&
	       store_sql_keep(q, 3, a, &ret->note);
}

int
store_sqlite_document_get(struct store *base, const char *kind,
    uint64_t version, struct arena *a, struct store_document *ret,
    struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	sqlite3_stmt *q;
	int r = store_sql_get(&s->policy, &q, e,
	    "SELECT " ABOUT ", body FROM document WHERE kind = ?1 AND "
	    "version = iif(?2 > 0, ?2, (SELECT max(version) FROM document "
	    "WHERE kind = ?1))",
	    "si", kind, (int64_t)(version <= INT64_MAX ? version : INT64_MAX));

	if (r == 0)
		r = store_sql_step(&s->policy, q, e);
	if (r == 1 &&
	    (!about(q, a, &ret->about) || !store_sql_keep(q, 6, a, &ret->body)))
		r = err_nomem(e);
	store_sql_put(&s->policy, q);
	return r;
}

int
store_sqlite_document_versions(struct store *base, const char *kind,
    uint64_t before, uint32_t limit, struct arena *a, struct store_version *ret,
    size_t *n, struct err *e)
{
	struct store_sqlite *s = store_sqlite_of(base);
	int64_t below =
	    before == 0 || before > INT64_MAX ? INT64_MAX : (int64_t)before;
	sqlite3_stmt *q;
	int r = store_sql_get(&s->policy, &q, e,
	    "SELECT " ABOUT " FROM document WHERE kind = ? AND version < ? "
	    "ORDER BY version DESC LIMIT ?",
	    "sii", kind, below, (int64_t)limit);

	while (r == 0 && (r = store_sql_step(&s->policy, q, e)) == 1)
		r = about(q, a, &ret[(*n)++]) ? 0 : err_nomem(e);
	store_sql_put(&s->policy, q);
	return r;
}
