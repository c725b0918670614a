/* SPDX-License-Identifier: Apache-2.0 */
/* spool_scan: the records of one segment file, what is damaged left out. */
#ifndef FG_SPOOL_SPOOL_SCAN_H
#define FG_SPOOL_SPOOL_SCAN_H

#include "spool_format.h"
#include "spool_io.h"

enum { SPOOL_SCAN_WINDOW = 72 * 1024 }; /* more than a record takes */

struct spool_scan {
	const struct spool_io *io;
	const struct spool_crc *crc;
	int fd;
	unsigned int priority;
	uint64_t at, end; /* offsets: of the next record, of the end */
	uint64_t good;    /* end of the last whole record */
	uint64_t weight;  /* of all records up to `at`, once one is known */
	bool known;       /* weight is */
	bool skipping;    /* since the last whole record some was damaged */
	uint64_t damage, unknown; /* what that came to */
	unsigned char *window;    /* SPOOL_SCAN_WINDOW bytes, the caller's */
	uint64_t window_at;
	size_t window_n;
};

/*
 * The next whole record: 1, *data its bytes in the window, valid until the
 * next call; 0: no more; -errno. A damaged record whose header is whole is
 * stepped over; otherwise the next header is looked for, in time linear in
 * the size of the file. What a gap weighed is known from the record after it.
 */
int spool_scan_next(
    struct spool_scan *sc, struct spool_entry *ret, const unsigned char **data);

/* a + b, UINT64_MAX at most. */
uint64_t spool_scan_sum(uint64_t a, uint64_t b);

#endif
