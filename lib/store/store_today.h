/* SPDX-License-Identifier: Apache-2.0 */
/* store_today: the audit file that is written to. Internal. */
#ifndef FG_STORE_STORE_TODAY_H
#define FG_STORE_STORE_TODAY_H

#include "store_audits.h"
#include "store_sql.h"

enum {
	/* Rows after which received.db is brought up to date. */
	STORE_TODAY_LAG = 8192,
};

/* What a zone holds; to be added to the file. */
struct store_today_zone {
	int64_t id; /* -1: nothing yet */
	int64_t min_ts, max_ts;
	uint32_t kinds, severities, actions;
};

struct store_today {
	struct store_sql sql;
	int32_t day;       /* 0: none is open */
	int32_t newest;    /* of the days that have a file */
	int64_t row;       /* the last one */
	int64_t accounted; /* received.db knows it up to here */
	bool stale;        /* what is in memory is of an append that failed */
	struct store_today_zone zone;
	uint32_t counts[STORE_KINDS][STORE_SEVERITIES]
		       [STORE_ACTIONS]; /* to add */
};

struct store_sqlite;

/*
 * Account rows that received.db does not know of: what a crash has left, or
 * all of them if it was made anew.
 */
int store_today_heal(struct store_sqlite *s, struct err *e);

/* Have the file for now_ms open, and received.db not too far behind. */
int store_today_ready(struct store_sqlite *s, int64_t now_ms, struct err *e);

/* Bring received.db up to date. */
int store_today_flush(struct store_sqlite *s, struct err *e);

/* The day that audits of now_ms go to. 0: no day that can be. */
int32_t store_today_day(const struct store_sqlite *s, int64_t now_ms);

#endif
