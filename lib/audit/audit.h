/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit: lines to a file, a pipe or a terminal, from a process that must
 * never wait for whoever reads them.
 */
#ifndef FG_AUDIT_AUDIT_H
#define FG_AUDIT_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { AUDIT_WAITING_MAX = 1 << 20 }; /* bytes that wait to be written */

struct audit {
	int fd; /* -1: none */
	const char *what;
	bool regular;       /* a file: write(2) does not wait for a reader */
	struct buf waiting; /* lines; those before `at` are written */
	size_t at;
	uint64_t added;   /* bytes of lines that were ever taken, */
	uint64_t written; /* and that are written, or lost after all */
	bool failing, told;
	int error;        /* of the last write that failed */
	uint64_t lost;    /* events without room, not yet reported */
	int64_t retry_ms; /* when to try again */
};

/*
 * The descriptor for --audit: "-", "fd:N" (both duplicated) or the name of a
 * file, which is appended to. Close-on-exec, above 2. ERR_PERM.
 */
int audit_open(const char *name, struct err *e);

void audit_init(struct audit *a, int fd, const char *what);

/* Add a line (with its newline) that stands for `count` events. */
void audit_line(struct audit *a, struct str line, uint64_t count);

/*
 * Write what can be written without waiting. A write that fails is tried again
 * after a second. ERR_TEMP for the first one that fails, for the caller to
 * say; 0 for those after it.
 */
int audit_flush(struct audit *a, int64_t now_ms, struct err *e);

/* Must the reporter poll for room (POLLOUT)? */
bool audit_wants_room(const struct audit *a);

/* When to call audit_flush() again; INT64_MAX: never. */
int64_t audit_next(const struct audit *a);

/* Events lost since the last call, while it works again; else 0. */
uint64_t audit_take_lost(struct audit *a);

void audit_free(struct audit *a);

#endif
