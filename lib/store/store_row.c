/* SPDX-License-Identifier: Apache-2.0 */
/* A row of an audit file as an audit. */
#include <errno.h>

#include "store_received.h"
#include "store_row.h"

static bool
is_row(sqlite3_stmt *q)
{
	return (unsigned)sqlite3_column_int(q, STORE_ROW_KIND) < STORE_KINDS &&
	       (unsigned)sqlite3_column_int(q, STORE_ROW_SEVERITY) <
		   STORE_SEVERITIES &&
	       (unsigned)sqlite3_column_int(q, STORE_ROW_ACTION) <
		   STORE_ACTIONS &&
	       sqlite3_column_bytes(q, STORE_ROW_BOOT) == STORE_RECEIVED_BOOT;
}

static struct str
hexadecimal(struct arena *a, struct str bytes)
{
	static const char digits[] = "0123456789abcdef";
	char text[STORE_BOOT];

	for (size_t i = 0; i < bytes.n && i < sizeof text / 2; i++) {
		text[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
		text[2 * i + 1] = digits[bytes.p[i] & 15];
	}
	return arena_str(a, str_make(text, sizeof text));
}

static int
app_text(struct store_sql *sql, int64_t id, struct arena *a, struct str *ret,
    struct err *e)
{
	sqlite3_stmt *q;
	int r = store_sql_get(
	    sql, &q, e, "SELECT app FROM app WHERE id = ?", "i", id);

	if (r == 0)
		r = store_sql_step(sql, q, e);
	if (r == 0)
		r = err_set(e, ERR_PERM, EBADMSG,
		    "%s: damaged: a row of an app that is not there",
		    sql->path);
	if (r == 1)
		r = store_sql_keep(q, 0, a, ret) ? 0 : err_nomem(e);
	store_sql_put(sql, q);
	return r;
}

int
store_row_take(struct store_sql *sql, int32_t day, sqlite3_stmt *q,
    struct arena *a, struct store_row *ret, struct err *e)
{
	struct store_event *ev = &ret->event;

	if (!is_row(q))
		return err_set(e, ERR_PERM, EBADMSG,
		    "%s: damaged: a malformed row", sql->path);
	*ret = (struct store_row){
	    .id = store_days_id(day, sqlite3_column_int64(q, STORE_ROW_ID)),
	    .received_ms = sqlite3_column_int64(q, STORE_ROW_RECEIVED),
	};
	ev->seq = (uint64_t)sqlite3_column_int64(q, STORE_ROW_SEQ);
	ev->ts_ms = sqlite3_column_int64(q, STORE_ROW_TS);
	ev->kind = (enum store_kind)sqlite3_column_int(q, STORE_ROW_KIND);
	ev->severity =
	    (enum store_severity)sqlite3_column_int(q, STORE_ROW_SEVERITY);
	ev->action = (enum store_action)sqlite3_column_int(q, STORE_ROW_ACTION);
	ev->boot = hexadecimal(a, store_sql_text(q, STORE_ROW_BOOT));
	if (ev->boot.p == NULL ||
	    !store_sql_keep(q, STORE_ROW_NAME, a, &ev->name) ||
	    !store_sql_keep(q, STORE_ROW_CONTAINER, a, &ev->container) ||
	    !store_sql_keep(q, STORE_ROW_IMAGE, a, &ev->image) ||
	    !store_sql_keep(q, STORE_ROW_RULE, a, &ev->rule) ||
	    !store_sql_keep(q, STORE_ROW_TYPE, a, &ev->type) ||
	    !store_sql_keep(q, STORE_ROW_BODY, a, &ev->body))
		return err_nomem(e);
	return app_text(
	    sql, sqlite3_column_int64(q, STORE_ROW_APP), a, &ev->app, e);
}

int
store_row_get(struct store_sql *sql, int32_t day, int64_t id, struct arena *a,
    struct store_row *ret, struct err *e)
{
	sqlite3_stmt *q;
	int r = store_sql_get(sql, &q, e,
	    "SELECT " STORE_ROW_COLUMNS " FROM event WHERE id = ?", "i",
	    store_days_id_row(id));

	if (r == 0)
		r = store_sql_step(sql, q, e);
	if (r == 1) {
		r = store_row_take(sql, day, q, a, ret, e);
		r = r != 0 ? r : 1;
	}
	store_sql_put(sql, q);
	return r;
}
