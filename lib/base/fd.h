/* SPDX-License-Identifier: Apache-2.0 */
/* fd: whole inputs in, whole outputs out, every failure told. */
#ifndef FG_BASE_FD_H
#define FG_BASE_FD_H

#include <stddef.h>

#include "buf.h"
#include "err.h"

#define cleanup_fd __attribute__((cleanup(fd_closep)))

/* close(2) when *fd >= 0; *fd becomes -1, errno stays. */
void fd_closep(int *fd);

/*
 * Open path for reading, close-on-exec. Returns the descriptor, or a negative
 * errno with e set: a directory is an error here (EISDIR), not at read time.
 * Errors of this module call an empty path `""`.
 */
int fd_open(const char *path, struct err *e);

/* The same with O_NONBLOCK: it waits for nobody at the other end of a FIFO. */
int fd_open_now(const char *path, struct err *e);

/*
 * Append all of fd to b, up to b->max (more: EFBIG, "larger than N bytes").
 * what names the input in errors: a path, or "standard input".
 */
int fd_read_all(int fd, const char *what, struct buf *b, struct err *e);

/*
 * Read the file path, or standard input when path is NULL or "-". *what gets
 * the name to use in later messages.
 */
int fd_read_input(
    const char *path, struct buf *b, const char **what, struct err *e);

/* Write all n bytes; restarted after EINTR and short writes. */
int fd_write_all(
    int fd, const char *what, const void *p, size_t n, struct err *e);

/* Write all of s to standard output. */
int fd_write_stdout(struct str s, struct err *e);

/*
 * Put s into the file path: written beside it under a temporary name, synced
 * and renamed, so that path holds the old bytes or all of the new ones; the
 * target of a symbolic link is what is replaced. A path that is no regular
 * file, or lies in /dev or /proc (/dev/stderr, a FIFO), is appended to. mode
 * is for a new file, before the umask.
 */
int fd_save(const char *path, struct str s, unsigned int mode, struct err *e);

/* Open /dev/null on those of descriptors 0 to 2 that are closed. */
int fd_sanitise(struct err *e);

#endif
