/* SPDX-License-Identifier: Apache-2.0 */
/* store_row: a row of an audit file as an audit. Internal. */
#ifndef FG_STORE_STORE_ROW_H
#define FG_STORE_STORE_ROW_H

#include "store_audits.h"
#include "store_days.h"

#define STORE_ROW_COLUMNS                                                      \
	"id, app, ts, kind, severity, action, name, container, image, rule, "  \
	"type, body, received, boot, seq"

/* The columns, by their numbers. */
enum store_row_column {
	STORE_ROW_ID,
	STORE_ROW_APP,
	STORE_ROW_TS,
	STORE_ROW_KIND,
	STORE_ROW_SEVERITY,
	STORE_ROW_ACTION,
	STORE_ROW_NAME,
	STORE_ROW_CONTAINER,
	STORE_ROW_IMAGE,
	STORE_ROW_RULE,
	STORE_ROW_TYPE,
	STORE_ROW_BODY,
	STORE_ROW_RECEIVED,
	STORE_ROW_BOOT,
	STORE_ROW_SEQ
};

/*
 * The audit that q, which selects STORE_ROW_COLUMNS, stands at. 0; -EBADMSG: it
 * is none.
 */
int store_row_take(struct store_sql *sql, int32_t day, sqlite3_stmt *q,
    struct arena *a, struct store_row *ret, struct err *e);

/* 1: the audit of that id; 0: there is none. */
int store_row_get(struct store_sql *sql, int32_t day, int64_t id,
    struct arena *a, struct store_row *ret, struct err *e);

#endif
