/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_received: received.db, which numbers came from which boot. It lags
 * behind the audit files, and says how far behind: their rows past that are
 * accounted when the store is opened. So it needs no fsync(2) of its own, and
 * can be made anew from them. Internal.
 */
#ifndef FG_STORE_STORE_RECEIVED_H
#define FG_STORE_STORE_RECEIVED_H

#include "store_days.h"
#include "store_ranges.h"
#include "store_sql.h"

enum {
	STORE_RECEIVED_BUCKETS = 16384,
	STORE_RECEIVED_KEPT = 16384, /* boots in memory, between appends */
	STORE_RECEIVED_BOOT = 16,    /* bytes */
};

/* A boot of an app. */
struct store_source {
	struct store_source *next;          /* of its bucket */
	struct store_source *newer, *older; /* by when it was asked for */
	struct store_ranges ranges;
	int32_t last_day; /* with an audit of it */
	int32_t app_day;  /* whose file has the app as app_row */
	int64_t app_row;
	bool dirty; /* received.db does not know all of it */
	unsigned char boot[STORE_RECEIVED_BOOT];
	size_t n;
	char app[]; /* n bytes */
};

struct store_received {
	struct store_sql sql;
	struct store_source **buckets; /* owned */
	uint64_t keys[3];              /* of the hash: boots are hostile */
	size_t n, n_dirty;
	struct store_source *newest, *oldest;
};

int store_received_open(
    struct store_received *r, const char *path, struct err *e);
void store_received_close(struct store_received *r);

/* The 16 bytes of a boot id, which is known to be one. */
void store_received_boot(
    struct str text, unsigned char to[STORE_RECEIVED_BOOT]);

/* That source, a new one if need be; good until the next _shrink or _drop. */
int store_received_source(struct store_received *r, struct str app,
    const unsigned char boot[STORE_RECEIVED_BOOT], struct store_source **ret,
    struct err *e);

/* An event of it, in the file of that day. 1: it is new; 0: a duplicate. */
int store_received_add(struct store_received *r, struct store_source *source,
    uint64_t seq, int32_t day, struct err *e);

/* Forget what is in memory, as if it had never been said. */
void store_received_drop(struct store_received *r);

/* Forget those longest not asked for, and not dirty, down to n. */
void store_received_shrink(struct store_received *r, size_t n);

/* How far a day is accounted; sealed: all of it, and it grows no more. */
struct store_received_mark {
	int64_t row;
	bool sealed;
};

/* 0 rows when nothing is known of the day. */
int store_received_mark(struct store_received *r, int32_t day,
    struct store_received_mark *ret, struct err *e);

/* Write all that is dirty, and that mark with it. */
int store_received_flush(struct store_received *r, int32_t day,
    struct store_received_mark mark, struct err *e);

/* Make durable what was flushed. */
int store_received_sync(struct store_received *r, struct err *e);

/* Forget the days before `oldest`, and boots with no audit since. */
int store_received_expire(
    struct store_received *r, int32_t oldest, struct err *e);

#endif
