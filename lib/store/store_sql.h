/* SPDX-License-Identifier: Apache-2.0 */
/* store_sql: a database file of SQLite, and statements on it. Internal. */
#ifndef FG_STORE_STORE_SQL_H
#define FG_STORE_STORE_SQL_H

#include <sqlite3.h>

#include "base/arena.h"
#include "store.h"

enum {
	STORE_SQL_KEPT = 32, /* prepared statements of a file */
	STORE_SQL_LOCKED_MS = 5000,
};

/* What a file holds. */
struct store_sql_schema {
	const char *what; /* "an audit file", for errors */
	const char *text;
	int32_t application; /* PRAGMA application_id */
	int32_t version;     /* PRAGMA user_version */
};

struct store_sql_statement {
	const char *text; /* static: found again by its address */
	sqlite3_stmt *s;
	bool used;
};

struct store_sql {
	sqlite3 *db;
	char *path;
	const struct store_sql_schema *schema;
	struct store_sql_statement kept[STORE_SQL_KEPT];
	size_t n_kept;
};

enum store_sql_how {
	STORE_SQL_READ,   /* the file must be there */
	STORE_SQL_WRITE,  /* ... */
	STORE_SQL_CREATE, /* it is made, whole or not at all, if it is not */
};

/*
 * Open the file path. -ENOENT, ERR_PERM: not there. cache_kib: memory for
 * pages. On an error *sql is as store_sql_close() leaves it.
 */
int store_sql_open(struct store_sql *sql, const struct store_sql_schema *schema,
    const char *path, enum store_sql_how how, unsigned cache_kib,
    struct err *e);
void store_sql_close(struct store_sql *sql);

/* What SQLite says about rc, as an error of ours; returns a negative errno. */
int store_sql_fail(const struct store_sql *sql, int rc, struct err *e);

int store_sql_exec(struct store_sql *sql, const char *text, struct err *e);

/*
 * A statement, to be given back by store_sql_put() or cleanup_sql. Parameters
 * are bound by a letter each in types: 's' const char *, 't' struct str, 'b' a
 * struct str as bytes, 'i' int64_t; what they point to must stay. text must be
 * a string constant.
 */
int store_sql_get(struct store_sql *sql, sqlite3_stmt **ret, struct err *e,
    const char *text, const char *types, ...);

/* Bind anew, what was bound before counts no more. */
int store_sql_bind(struct store_sql *sql, sqlite3_stmt *s, struct err *e,
    const char *types, ...);

struct store_sql_use {
	struct store_sql *sql;
	sqlite3_stmt *s;
};

#define cleanup_sql __attribute__((cleanup(store_sql_putp)))

void store_sql_put(struct store_sql *sql, sqlite3_stmt *s);
void store_sql_putp(struct store_sql_use *use);

/* 1: a row; 0: no more. */
int store_sql_step(struct store_sql *sql, sqlite3_stmt *s, struct err *e);

/* Bind and run a statement that yields no rows. */
int store_sql_run(struct store_sql *sql, struct err *e, const char *text,
    const char *types, ...);

/* The first column of the first row: 1, with *ret set, or 0 without a row. */
int store_sql_value(struct store_sql *sql, int64_t *ret, struct err *e,
    const char *text, const char *types, ...);

/* A column as text or bytes, borrowed until the next step; empty for NULL. */
struct str store_sql_text(sqlite3_stmt *s, int column);

/* The same in a. False: no memory. */
bool store_sql_keep(
    sqlite3_stmt *s, int column, struct arena *a, struct str *ret);

/* Write the log back into the file, as far as that goes without waiting. */
int store_sql_write_back(struct store_sql *sql, struct err *e);

/* Remove the file path with the logs beside it; what is not there is fine. */
int store_sql_unlink(const char *path, struct err *e);

/* Make the names in the directory of path durable. */
int store_sql_sync_names(const char *path, struct err *e);

#endif
