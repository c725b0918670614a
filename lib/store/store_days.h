/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_days: the audit files, one for each day. An audit's id is its day, in
 * days since 1970, and its row in that file. Internal.
 */
#ifndef FG_STORE_STORE_DAYS_H
#define FG_STORE_STORE_DAYS_H

#include <stdint.h>

#include "store_sql.h"

enum {
	STORE_DAYS_OPEN = 8,        /* files that are kept open to read */
	STORE_DAYS_LAST = 131071,   /* the last day: in the year 2328 */
	STORE_DAYS_ROW_BITS = 36,   /* rows of a day */
	STORE_DAYS_ZONE_BITS = 12,  /* rows of a zone */
	STORE_DAYS_MS = 86400000,   /* of a day */
	STORE_DAYS_PATH = 4096 + 32 /* bytes of a path */
};

#define STORE_DAYS_ROWS (((int64_t)1 << STORE_DAYS_ROW_BITS) - 1)

struct store_days_file {
	struct store_sql sql;
	int32_t day; /* 0: nothing is open here */
	uint64_t used;
	uint64_t device, inode;
};

struct store_days {
	const char *dir; /* borrowed */
	struct store_days_file open[STORE_DAYS_OPEN];
	uint64_t clock; /* of `used` */
};

extern const struct store_sql_schema store_days_schema;

int32_t store_days_of(int64_t ms);
int64_t store_days_id(int32_t day, int64_t row);
int32_t store_days_id_day(int64_t id);
int64_t store_days_id_row(int64_t id);

/* False: longer than STORE_DAYS_PATH. */
bool store_days_path(const char *dir, int32_t day, char to[STORE_DAYS_PATH]);

/* The days that have a file, in order. *ret is to be freed. */
int store_days_list(const char *dir, int32_t **ret, size_t *n, struct err *e);

/*
 * The file of a day, to read; good until the next call. 1; 0: there is none
 * (any more).
 */
int store_days_read(
    struct store_days *d, int32_t day, struct store_sql **ret, struct err *e);

/* Close those that are not among these days (any more). */
void store_days_forget(struct store_days *d, const int32_t *days, size_t n);
void store_days_close(struct store_days *d);

/* Bytes of a day's file and its logs; of the logs alone in *logs. */
uint64_t store_days_bytes(const char *dir, int32_t day, uint64_t *logs);

/* Remove the file of a day. */
int store_days_remove(struct store_days *d, int32_t day, struct err *e);

/* Remove what an interrupted removal or making has left. */
void store_days_sweep(const char *dir);

#endif
