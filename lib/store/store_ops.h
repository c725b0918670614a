/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_ops: what a kind of store has to be able to do. The calls of the
 * public headers look at their arguments and hand on to these, which have the
 * same contracts. Internal.
 */
#ifndef FG_STORE_STORE_OPS_H
#define FG_STORE_STORE_OPS_H

#include "store.h"
#include "store_apps.h"
#include "store_audits.h"
#include "store_documents.h"
#include "store_secrets.h"
#include "store_tokens.h"

struct store_ops {
	void (*free)(struct store *s);
	int (*begin)(struct store *s, struct err *e);
	int (*commit)(struct store *s, struct err *e);
	void (*rollback)(struct store *s);
	int (*backup)(struct store *s, const char *path, struct err *e);
	int (*retain)(struct store *s, const struct store_retention *keep,
	    int64_t now_ms, struct store_removed *removed, struct err *e);
	int (*tidy)(struct store *s, struct err *e);
	int (*stat)(struct store *s, struct store_stat *ret, struct err *e);

	/* about: all but version is filled in. */
	int (*document_put)(struct store *s, const char *kind,
	    const struct store_document *d, uint64_t expect, uint64_t *version,
	    struct err *e);
	int (*document_get)(struct store *s, const char *kind, uint64_t version,
	    struct arena *a, struct store_document *ret, struct err *e);
	int (*document_newest)(struct store *s, const char *kind,
	    uint64_t *version, struct err *e);
	int (*document_versions)(struct store *s, const char *kind,
	    uint64_t before, uint32_t limit, struct arena *a,
	    struct store_version *ret, size_t *n, struct err *e);

	int (*token_add)(
	    struct store *s, const struct store_token *t, struct err *e);
	int (*token_get)(struct store *s, struct str id, struct arena *a,
	    struct store_token *ret, struct err *e);
	int (*token_list)(struct store *s, struct str after, uint32_t limit,
	    struct arena *a, struct store_token *ret, size_t *n, struct err *e);
	int (*token_used)(
	    struct store *s, struct str id, int64_t now_ms, struct err *e);
	int (*token_revoke)(
	    struct store *s, struct str id, int64_t now_ms, struct err *e);

	int (*secret_add)(
	    struct store *s, const struct store_secret *secret, struct err *e);
	int (*secret_get)(struct store *s, struct str id, int64_t now_ms,
	    struct arena *a, struct store_secret *ret, struct err *e);
	int (*secret_list)(struct store *s, struct str after, uint32_t limit,
	    int64_t now_ms, struct arena *a, struct store_secret *ret,
	    size_t *n, struct err *e);
	int (*secret_revoke)(
	    struct store *s, struct str id, int64_t now_ms, struct err *e);
	int (*certificate_add)(struct store *s,
	    const struct store_certificate *c, uint32_t max_live,
	    struct err *e);
	int (*certificate_get)(struct store *s, struct str serial,
	    struct arena *a, struct store_certificate *ret, struct err *e);

	int (*app_put)(
	    struct store *s, const struct store_app *app, struct err *e);
	int (*app_get)(struct store *s, struct str app, struct str boot,
	    struct arena *a, struct store_app *ret, struct err *e);
	int (*app_list)(struct store *s, struct str pattern, int64_t since_ms,
	    struct store_app_key after, uint32_t limit, struct arena *a,
	    struct store_app *ret, size_t *n, struct err *e);
	int (*app_count)(
	    struct store *s, int64_t since_ms, uint64_t *ret, struct err *e);

	int (*append)(struct store *s, struct store_batch *batches, size_t n,
	    int64_t now_ms, struct err *e);
	int (*audits)(struct store *s, const struct store_query *q,
	    struct arena *a, struct store_page *ret, struct err *e);
	int (*audit)(struct store *s, int64_t id, struct arena *a,
	    struct store_row *ret, struct err *e);
	int (*audit_newest)(struct store *s, int64_t *id, struct err *e);
	int (*audit_counts)(struct store *s, int64_t from_ms, int64_t to_ms,
	    struct arena *a, struct store_count **ret, size_t *n,
	    struct err *e);
};

struct store {
	const struct store_ops *ops;
	enum store_mode mode;
	bool in_transaction; /* between store_begin() and its end */
};

/* 0, or -EROFS for a store that is open for reading. */
int store_writable(const struct store *s, struct err *e);

/* 0, or -EINVAL: a text of 0 to max bytes (1 to max with `needed`) it is not.
 */
int store_text_ok(
    struct str text, const char *what, size_t max, bool needed, struct err *e);

/*
 * Room for a list of limit items of size bytes, and whether limit is one of
 * STORE_LIST_MAX. 0 with *ret set, else an error.
 */
int store_list_room(
    uint32_t limit, size_t size, struct arena *a, void *ret, struct err *e);

/* Is it as struct store_event says? */
bool store_event_ok(const struct store_event *ev);
bool store_event_boot_ok(struct str boot);

#endif
