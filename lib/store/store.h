/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: what the Console keeps. Documents with all their versions, tokens,
 * enrolment secrets and the certificates that came from them, the tasks that
 * were seen, and the audits. store_documents.h and its neighbours have a part
 * each; here is what they share.
 *
 * One process writes, any number of others read at the same time. What a
 * writing call said 0 (or 1) to is on the disk. A store belongs to the process
 * that opened it, and to one thread at a time.
 *
 * Times are milliseconds since 1970; the caller has the clock. Strings that
 * come back lie in the arena that was given. All calls may fail with ERR_TEMP
 * (locked by another process for 5 s; the disk is full: -ENOSPC) or ERR_PERM
 * (damaged: -EBADMSG; of a newer version: -ENOTSUP; I/O). A call that failed
 * has changed nothing.
 */
#ifndef FG_STORE_STORE_H
#define FG_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
	STORE_ID_MAX = 64,       /* bytes of the id of a token or secret */
	STORE_TEXT_MAX = 1024,   /* of a name, note, who, scopes, pattern */
	STORE_APP_MAX = 512,     /* of an App ID */
	STORE_BOOT = 32,         /* hexadecimal digits of a boot id */
	STORE_LIST_MAX = 1000,   /* of what one call lists */
	STORE_HELD_MAX = 100000, /* tokens, or secrets, that are kept */
	STORE_DIGEST = 32,       /* bytes of SHA-256 */
};

struct store; /* opaque */

#define cleanup_store __attribute__((cleanup(store_freep)))

enum store_mode {
	STORE_READ,  /* it must be there; writing calls are -EROFS, ERR_PERM */
	STORE_WRITE, /* it is made when it is not; -EBUSY, ERR_TEMP: another
		      * process writes to it */
};

/*
 * Open the store of the directory dir, which must be there. A writer brings in
 * order what a crash has left: that takes time for what was stored last, no
 * more than some thousand audits.
 */
int store_open(
    const char *dir, enum store_mode mode, struct store **ret, struct err *e);

/* Close it; what was left to do in the background is done. */
void store_free(struct store *s);
void store_freep(struct store **s);

/*
 * Writing calls, of all but audits, between these two are one transaction:
 * durable all together by store_commit(), or gone by store_rollback(). Without
 * them each is one of its own. Reading calls see what was written. They do not
 * nest.
 */
int store_begin(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);

/*
 * Write a copy of all but the audits to the file path, as of one moment, while
 * others read; it replaces the file there, at once. Not between store_begin()
 * and store_commit().
 */
int store_backup(struct store *s, const char *path, struct err *e);

/* How long audits, and what else grows by itself, is kept. 0: no bound. */
struct store_retention {
	uint32_t days;  /* of receipt, today's included */
	uint64_t bytes; /* of all audits on the disk */
};

struct store_removed {
	uint32_t days;  /* days of audits that went */
	uint64_t bytes; /* of them */
};

/*
 * Remove the oldest days of audits until the bounds are kept, never today's;
 * expired certificates, and tasks not seen for so many days. Quick whatever
 * the days hold. removed may be NULL.
 */
int store_retain(struct store *s, const struct store_retention *keep,
    int64_t now_ms, struct store_removed *removed, struct err *e);

/* To be called by a writer with nothing to do: logs are written back. */
int store_tidy(struct store *s, struct err *e);

/* What is there; for metrics. */
struct store_stat {
	uint64_t bytes;        /* of the audits on the disk, logs included */
	uint64_t log_bytes;    /* of logs that are not written back yet */
	uint64_t policy_bytes; /* of all else */
	uint32_t days;         /* that have audits */
	int64_t oldest_ms;     /* when the oldest of them began; 0: none */
};

int store_stat(struct store *s, struct store_stat *ret, struct err *e);

#endif
