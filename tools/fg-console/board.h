/* SPDX-License-Identifier: Apache-2.0 */
/*
 * board: memory that all processes share: counters, so that any worker can tell
 * them all (GET /metrics); each process adds to its own row.
 */
#ifndef FG_CONSOLE_BOARD_H
#define FG_CONSOLE_BOARD_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum board_count {
	BOARD_REQUESTS,
	BOARD_ERRORS_4XX,
	BOARD_ERRORS_5XX,
	BOARD_REFUSED,     /* by the HTTP parser */
	BOARD_BAD_TOKENS,  /* 401 */
	BOARD_FORBIDDEN,   /* 403 */
	BOARD_CONNECTIONS, /* now */
	BOARD_WAITING,     /* long polls, now */
	BOARD_HANDSHAKES_FAILED,
	BOARD_EVENTS_RECEIVED,
	BOARD_EVENTS_STORED,
	BOARD_EVENTS_DUPLICATE,
	BOARD_EVENTS_REJECTED,
	BOARD_BATCHES_BUSY, /* answered 503: the writer is behind */
	BOARD_COMMITS,
	BOARD_ENROLLED,
	BOARD_RENEWED,
	BOARD_ENROL_REFUSED,
	BOARD_POLICIES_SIGNED,
	BOARD_WORKER_STARTS,
	BOARD_DAMAGED_DAYS,
	BOARD_WRITER_ERRORS,
	BOARD_COUNTS
};

enum { BOARD_ROWS_MAX = 66 }; /* 64 workers, the writer, the parent */

struct board_row {
	_Atomic uint64_t n[BOARD_COUNTS];
};

struct board {
	_Atomic uint64_t keys; /* goes up when tokens or secrets changed */
	struct board_row rows[BOARD_ROWS_MAX];
};

/* Shared with every process that is forked from now on. */
int board_new(struct board **ret, struct err *e);

void board_add(struct board_row *row, enum board_count what, uint64_t n);
void board_set(struct board_row *row, enum board_count what, uint64_t n);
uint64_t board_sum(const struct board *b, enum board_count what);

/* As Prometheus reads them (text exposition format 0.0.4). */
void board_write(const struct board *b, struct buf *out);
void board_gauge(
    struct buf *out, const char *name, const char *help, uint64_t value);

#endif
