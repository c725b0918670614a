/* SPDX-License-Identifier: Apache-2.0 */
/* store_walk: a query's way through the rows of a day. Internal. */
#ifndef FG_STORE_STORE_WALK_H
#define FG_STORE_STORE_WALK_H

#include "store_audits.h"
#include "store_days.h"

enum { STORE_WALK_STREAMS = 16 }; /* apps that are merged */

/* Rows in order: those of one app, or all of them. */
struct store_walk_stream {
	sqlite3_stmt *s;
	int64_t row; /* that it stands at; 0: at its end */
};

struct store_walk {
	const struct store_query *q;
	struct store_page *page;
	struct arena *a;
	size_t bytes; /* of the page's bodies */
	bool done;    /* the page is full, or enough was looked at */

	/* Of the day at hand. */
	struct store_sql *sql;
	int32_t day;
	struct store_walk_stream streams[STORE_WALK_STREAMS];
	size_t n;
	const unsigned char *apps; /* bits of those wanted; NULL: all */
	int64_t n_apps;
	bool zoned;   /* rows are passed over by zones */
	int64_t zone; /* that was found worth looking at; -1: none yet */
};

/* Add what the day has for the page. -EBADMSG when it is damaged. */
int store_walk_day(
    struct store_walk *w, struct store_sql *sql, int32_t day, struct err *e);

#endif
