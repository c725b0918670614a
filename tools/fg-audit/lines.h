/* SPDX-License-Identifier: Apache-2.0 */
/* lines: bytes as they come, cut into lines, whatever they hold. */
#ifndef FG_AUDIT_LINES_H
#define FG_AUDIT_LINES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { LINES_READ = 64 * 1024 }; /* bytes that lines_read() takes at a time */

struct lines {
	struct buf buf;
	size_t at;          /* first byte of buf not handed out */
	size_t seen;        /* bytes behind it that hold no LF */
	bool skipping;      /* what is too long, until its LF */
	unsigned long line; /* number of the line last handed out, from 1 */
};

void lines_init(struct lines *l);
void lines_free(struct lines *l);

/* Read some of fd. The number of bytes, 0 at its end, or -errno with e. */
ssize_t lines_read(struct lines *l, int fd, const char *what, struct err *e);

enum lines_next {
	LINES_NONE,     /* no whole line is there */
	LINES_ONE,      /* *line is the next one, without its end */
	LINES_TOO_LONG, /* there was one, of more than NDJSON_LINE_MAX bytes */
};

/* *line borrows until the next call of lines_read(). */
enum lines_next lines_next(struct lines *l, struct str *line);

/* Is there a line without an end? It is forgotten, and counted. */
bool lines_rest(struct lines *l);

#endif
