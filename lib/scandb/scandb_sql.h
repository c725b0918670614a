/* SPDX-License-Identifier: Apache-2.0 */
/* scandb_sql: statements of the scan DB. Internal. */
#ifndef FG_SCANDB_SCANDB_SQL_H
#define FG_SCANDB_SCANDB_SQL_H

#include <sqlite3.h>

#include "base/str.h"
#include "scandb.h"

struct scandb {
	sqlite3 *sql;
	char *path;
};

/* The schema of SCANDB_VERSION. */
extern const char scandb_schema[];

enum { SCANDB_APPLICATION = 0x66677364 }; /* "fgsd" */

#define cleanup_statement __attribute__((cleanup(scandb_statement_freep)))

void scandb_statement_freep(sqlite3_stmt **s);

/* What SQLite says about rc, as an error of ours; returns a negative errno. */
int scandb_fail(const struct scandb *db, int rc, struct err *e);

int scandb_exec(struct scandb *db, const char *text, struct err *e);

/*
 * Prepare text and bind its parameters, a letter each in types: 's' const
 * char *, 't' struct str, 'i' int64_t.
 */
int scandb_prepare(struct scandb *db, sqlite3_stmt **ret, struct err *e,
    const char *text, const char *types, ...);

/* 1: a row; 0: no more. */
int scandb_step(struct scandb *db, sqlite3_stmt *s, struct err *e);

/* Prepare, bind and run a statement that yields no rows. */
int scandb_run(
    struct scandb *db, struct err *e, const char *text, const char *types, ...);

/* A column as text, borrowed until the next step; empty for NULL. */
struct str scandb_text(sqlite3_stmt *s, int column);

/* A digest from the file, or -EBADMSG. */
int scandb_digest(struct scandb *db, struct str text,
    char digest[IMAGEREF_DIGEST_MAX + 1], struct err *e);

/* os, arch and variant, from column on, or -EBADMSG. */
int scandb_platform(struct scandb *db, sqlite3_stmt *s, int column,
    struct oci_platform *p, struct err *e);

#endif
