/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filewatch: a file that is watched by inotify(7), however it is changed: in
 * place, by a rename over it, or by a symbolic link that is swapped.
 */
#ifndef FG_FILEWATCH_FILEWATCH_H
#define FG_FILEWATCH_FILEWATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Changes are let come to rest for so long; but in a folder where something
 * always happens that would never be.
 *
 * To end with an open inotify descriptor takes the kernel some 15 ms, so that
 * it is opened only for commands that live longer than BEGIN_MS; the file is
 * looked at once more then.
 */
enum {
	FILEWATCH_REST_MS = 50,
	FILEWATCH_REST_MAX_MS = 500,
	FILEWATCH_BEGIN_MS = 100,
	FILEWATCH_RETRY_MS = 1000, /* while its folder is not there */
};

struct filewatch {
	const char *path; /* NULL: none */
	int fd;           /* of inotify, to poll for POLLIN; -1: not yet */
	int64_t begin_ms; /* when to start to watch; INT64_MAX: done */
	bool told;        /* that it cannot be watched */
	int64_t first_ms, changed_ms; /* of the changes not yet looked at */
	struct stat seen;             /* when it was last read */
};

/* For path; NULL: nothing is ever watched. */
void filewatch_open(struct filewatch *f, const char *path, int64_t now_ms);

/*
 * When it is time to, start to watch, or try it again. Not being able to is
 * an error, which is told once, until it works again.
 */
int filewatch_begin(struct filewatch *f, int64_t now_ms, struct err *e);

/*
 * Its text into b. It counts as read, also when that failed. What is no
 * regular file (a pipe) is waited for, wait_ms at most; with 0 it is refused,
 * since whoever can put one there must not be able to hold up the reporter.
 * ERR_PERM, ERR_TEMP (ETIMEDOUT).
 */
int filewatch_read(
    struct filewatch *f, int64_t wait_ms, struct buf *b, struct err *e);

/* POLLIN on fd: something happened. */
void filewatch_poll(struct filewatch *f, int64_t now_ms);

/* When to call the two others; INT64_MAX: never. */
int64_t filewatch_next(const struct filewatch *f);

/* Did it change, and come to rest? Then read it. */
bool filewatch_changed(struct filewatch *f, int64_t now_ms);

#endif
