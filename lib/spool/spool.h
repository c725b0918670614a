/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: records that wait on the disk until somebody far away has them.
 * Bounded, checksummed, at least once.
 *
 * Each priority has a chain of append-only segment files in one directory; the
 * reader merges the chains by position. What is full loses the oldest segment
 * of the lowest priority, and how many that were is told, exactly.
 *
 * What spool_sync() said 0 to is read again after a crash at any point, in
 * order, with the same bytes and positions, until it is acknowledged or lost
 * to a bound and counted. Appended records that were not yet synced may be
 * gone after a crash; while the process runs they are not.
 *
 * A disk that fails (ENOSPC, EIO, EROFS) leaves the records in memory, where
 * they can be read and acknowledged as ever, and is tried again later: it then
 * gets all that is there. Not for several threads at once.
 */
#ifndef FG_SPOOL_SPOOL_H
#define FG_SPOOL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "spool_io.h"

enum {
	SPOOL_PRIORITIES = 4,              /* 0 is the lowest: goes first */
	SPOOL_RECORD_MAX = 64 * 1024,      /* bytes of a record */
	SPOOL_SEGMENTS_MIN = 8,            /* bounds on struct spool_limits */
	SPOOL_SEGMENTS_MAX = 4096,         /* ... */
	SPOOL_SEGMENT_MIN = 160 * 1024,    /* disk_bytes / segments, at least */
	SPOOL_MEMORY_MIN = 8 * 144 * 1024, /* memory_bytes, at least */
	SPOOL_BATCH_RECORDS_MAX = 64 * 1024 /* of spool_read() */
};

struct spool; /* opaque */

#define cleanup_spool __attribute__((cleanup(spool_freep)))

struct spool_limits {
	uint64_t disk_bytes;   /* of all files of the spool together */
	uint32_t segments;     /* number of segment files */
	uint64_t memory_bytes; /* for records not yet on the disk; beside it
				* one batch and 288 KiB are used */
	uint32_t retry_ms;     /* how long a failed disk is left alone */
};

struct spool_record {
	/*
	 * Grows from record to record, never 0; never given twice, crash or
	 * not, unless the disk could not be written from spool_open() on.
	 */
	uint64_t position;
	uint32_t count;   /* events that it stands for: its weight */
	uint8_t priority; /* below SPOOL_PRIORITIES */
	struct str data;  /* SPOOL_RECORD_MAX bytes at most; opaque */
};

struct spool_batch {
	const struct spool_record *records; /* owned by the spool: valid until
					     * the next call of any kind */
	size_t n;
};

/* Weights that were lost, at most UINT64_MAX each. */
struct spool_lost {
	uint64_t count[SPOOL_PRIORITIES];
	uint64_t unknown; /* damaged places of which nothing more is known */
};

/* What is there; for metrics and tests. */
struct spool_stat {
	uint64_t disk_bytes;   /* never above the limit once open */
	uint64_t memory_bytes; /* taken for records, never above the limit */
	uint32_t segments;     /* never above the limit once open */
	uint64_t damaged;      /* weight found damaged in segments still there,
				* acknowledged or not; becomes a loss when
				* they go */
	int disk_error;        /* 0, or the errno that the disk fails with */
};

/*
 * Open the spool in the directory dir, made (0700) when it is not there; its
 * parent must be. Files are 0600. Of the directory only "head" and names like
 * "p1-00000000000000a3.seg" are the spool's, others are let be; what is no
 * regular file is too. It is locked (flock(2)) until spool_free().
 *
 * All segments are read once: torn tails are cut off, damaged places skipped
 * and counted. That the disk cannot be written is no error here.
 *
 * io is what the files are reached by (spool_io_files for real ones) and must
 * outlive the spool. -EWOULDBLOCK, ERR_TEMP: another process has it;
 * -EINVAL, ERR_USAGE: a limit; else what opening said, ERR_PERM or ERR_TEMP.
 */
int spool_open(const char *dir, const struct spool_limits *limits,
    const struct spool_io *io, struct spool **ret, struct err *e);

/* Without spool_sync() what is in memory is lost; NULL is fine. */
void spool_free(struct spool *s);
void spool_freep(struct spool **s);

/*
 * Take a record into memory; r->position is set. now_ms is the caller's clock
 * of whatever origin, milliseconds, monotonic. When memory is full it goes to
 * the disk first, as by spool_sync(); when that fails, the oldest records in
 * memory of the lowest priority go, the new one itself when all others stand
 * above it. -EINVAL: too large, or no such priority. -EOVERFLOW after 2^40
 * records since the spool was opened.
 */
int spool_append(
    struct spool *s, struct spool_record *r, int64_t now_ms, struct err *e);

/*
 * Make all that was appended durable: 0 when it is. Otherwise -errno, ERR_TEMP;
 * the records stay readable, in memory. After a failure the disk is tried
 * again when retry_ms have passed; until then the answer is the same error.
 */
int spool_sync(struct spool *s, int64_t now_ms, struct err *e);

/*
 * The records behind the position `after` (0: all) that are not acknowledged,
 * oldest first: at most max_records, and at most max_bytes of data, but one
 * record in any case. What is not yet synced is among them. An empty batch: no
 * more. -EIO and the like, ERR_TEMP: a segment could not be read now.
 */
int spool_read(struct spool *s, uint64_t after, size_t max_records,
    size_t max_bytes, struct spool_batch *ret, struct err *e);

/*
 * All records up to and with this position are done. One write and one
 * fdatasync(2) of 256 bytes; segments that are done are unlinked. On an error
 * (ERR_TEMP) it holds for this process all the same, and becomes durable by
 * the next spool_sync() that succeeds. -EINVAL: no such position yet.
 */
int spool_ack(
    struct spool *s, uint64_t position, int64_t now_ms, struct err *e);

/*
 * What was lost since the last call. The record appended next has to tell of
 * it, with the sum as its count: until that one is durable, the losses are
 * found again by spool_open() after a crash; from then on they are not. While
 * it is not durable, there is nothing new to take. Losses of records in memory
 * are themselves durable with the next spool_sync(). Told twice is only what
 * spool_ack() could not write before the crash.
 */
struct spool_lost spool_take_lost(struct spool *s);

/* Would spool_take_lost() give anything but zeros? */
bool spool_has_lost(const struct spool *s);

void spool_stat(const struct spool *s, struct spool_stat *ret);

#endif
