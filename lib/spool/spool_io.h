/* SPDX-License-Identifier: Apache-2.0 */
/* spool_io: every file operation of a spool, so that a test may be the disk. */
#ifndef FG_SPOOL_SPOOL_IO_H
#define FG_SPOOL_SPOOL_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * All return what their namesakes in section 2 of the manual do, but a negative
 * errno on failure. Short reads and writes and -EINTR are fine.
 */
struct spool_io {
	void *ctx; /* handed to each of them */
	/* The directory, made 0700 when it is not there, and locked. */
	int (*open_dir)(void *ctx, const char *path);
	/*
	 * name in dir, read and write. fresh: it must not be there; else it
	 * must be, as a regular file (-ELOOP otherwise).
	 */
	int (*open)(void *ctx, int dir, const char *name, bool fresh);
	int64_t (*size)(void *ctx, int fd);
	ssize_t (*pread)(void *ctx, int fd, void *p, size_t n, int64_t at);
	ssize_t (*pwrite)(
	    void *ctx, int fd, const void *p, size_t n, int64_t at);
	int (*truncate)(void *ctx, int fd, int64_t size);
	int (*sync)(void *ctx, int fd); /* of the directory's, too */
	int (*unlink)(void *ctx, int dir, const char *name);
	void (*close)(void *ctx, int fd);
	/* each() for every name in dir until it returns other than 0. */
	int (*list)(void *ctx, int dir, int (*each)(void *arg, const char *),
	    void *arg);
};

extern const struct spool_io spool_io_files; /* the real ones */

/* Read up to n bytes, fewer only at the end of the file. */
ssize_t spool_io_read(
    const struct spool_io *io, int fd, void *p, size_t n, uint64_t at);

/* Write all n bytes. 0, or -errno: then any part of them is written. */
int spool_io_write(
    const struct spool_io *io, int fd, const void *p, size_t n, uint64_t at);

#endif
