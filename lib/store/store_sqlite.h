/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_sqlite: a store in files of SQLite. policy.db has all but audits,
 * audit-YYYYMMDD.db the audits of a day, received.db what was received of
 * which boot. store.lock is held by the process that writes. Internal.
 */
#ifndef FG_STORE_STORE_SQLITE_H
#define FG_STORE_STORE_SQLITE_H

#include "store_days.h"
#include "store_ops.h"
#include "store_received.h"
#include "store_sql.h"
#include "store_today.h"

struct store_sqlite {
	struct store base;
	char *dir;
	int lock; /* the descriptor */
	struct store_sql policy;
	struct store_received received;
	struct store_days days;
	struct store_today today;
};

int store_sqlite_open(
    const char *dir, enum store_mode mode, struct store **ret, struct err *e);

/* The store of SQLite that s is. */
struct store_sqlite *store_sqlite_of(struct store *s);

extern const struct store_sql_schema store_sqlite_policy;

/* ---- the operations, by the file that has them --------------------------- */

/*
 * Begin a writing call on policy.db, and end it: a transaction of its own
 * unless one is open. r is what the call came to; it is returned, or why the
 * commit failed.
 */
int store_sqlite_begin(struct store_sqlite *s, struct err *e);
int store_sqlite_end(struct store_sqlite *s, int r, struct err *e);

int store_sqlite_document_put(struct store *s, const char *kind,
    const struct store_document *d, uint64_t expect, uint64_t *version,
    struct err *e);
int store_sqlite_document_get(struct store *s, const char *kind,
    uint64_t version, struct arena *a, struct store_document *ret,
    struct err *e);
int store_sqlite_document_newest(
    struct store *s, const char *kind, uint64_t *version, struct err *e);
int store_sqlite_document_versions(struct store *s, const char *kind,
    uint64_t before, uint32_t limit, struct arena *a, struct store_version *ret,
    size_t *n, struct err *e);

int store_sqlite_token_add(
    struct store *s, const struct store_token *t, struct err *e);
int store_sqlite_token_get(struct store *s, struct str id, struct arena *a,
    struct store_token *ret, struct err *e);
int store_sqlite_token_list(struct store *s, struct str after, uint32_t limit,
    struct arena *a, struct store_token *ret, size_t *n, struct err *e);
int store_sqlite_token_used(
    struct store *s, struct str id, int64_t now_ms, struct err *e);
int store_sqlite_token_revoke(
    struct store *s, struct str id, int64_t now_ms, struct err *e);

int store_sqlite_secret_add(
    struct store *s, const struct store_secret *secret, struct err *e);
int store_sqlite_secret_get(struct store *s, struct str id, int64_t now_ms,
    struct arena *a, struct store_secret *ret, struct err *e);
int store_sqlite_secret_list(struct store *s, struct str after, uint32_t limit,
    int64_t now_ms, struct arena *a, struct store_secret *ret, size_t *n,
    struct err *e);
int store_sqlite_secret_revoke(
    struct store *s, struct str id, int64_t now_ms, struct err *e);
int store_sqlite_certificate_add(struct store *s,
    const struct store_certificate *c, uint32_t max_live, struct err *e);
int store_sqlite_certificate_get(struct store *s, struct str serial,
    struct arena *a, struct store_certificate *ret, struct err *e);

int store_sqlite_app_put(
    struct store *s, const struct store_app *app, struct err *e);
int store_sqlite_app_get(struct store *s, struct str app, struct str boot,
    struct arena *a, struct store_app *ret, struct err *e);
int store_sqlite_app_list(struct store *s, struct str pattern, int64_t since_ms,
    struct store_app_key after, uint32_t limit, struct arena *a,
    struct store_app *ret, size_t *n, struct err *e);
int store_sqlite_app_count(
    struct store *s, int64_t since_ms, uint64_t *ret, struct err *e);

int store_sqlite_append(struct store *s, struct store_batch *batches, size_t n,
    int64_t now_ms, struct err *e);
int store_sqlite_audits(struct store *s, const struct store_query *q,
    struct arena *a, struct store_page *ret, struct err *e);
int store_sqlite_audit(struct store *s, int64_t id, struct arena *a,
    struct store_row *ret, struct err *e);
int store_sqlite_audit_newest(struct store *s, int64_t *id, struct err *e);
int store_sqlite_audit_counts(struct store *s, int64_t from_ms, int64_t to_ms,
    struct arena *a, struct store_count **ret, size_t *n, struct err *e);

int store_sqlite_backup(struct store *s, const char *path, struct err *e);
int store_sqlite_retain(struct store *s, const struct store_retention *keep,
    int64_t now_ms, struct store_removed *removed, struct err *e);
int store_sqlite_tidy(struct store *s, struct err *e);
int store_sqlite_stat(struct store *s, struct store_stat *ret, struct err *e);

#endif
