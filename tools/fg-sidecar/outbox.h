/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox: events on their way out: into a file where there is no Console, else
 * into a spool on the disk until the Console has them.
 */
#ifndef FG_SIDECAR_OUTBOX_H
#define FG_SIDECAR_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/audit.h"
#include "event/event.h"
#include "spool/spool.h"

enum {
	OUTBOX_SYNC_MS = 100,   /* an event waits so long for the disk */
	OUTBOX_BATCH_MS = 1000, /* and so long for others to go with */
	OUTBOX_BATCH_BYTES = 256 * 1024,
	OUTBOX_BATCH_RECORDS = 8192,
};

struct outbox {
	struct audit audit;
	struct spool *spool; /* NULL: the audit */
	uint64_t added;      /* mark of the last event */
	uint64_t safe;       /* those up to it will survive us */
	int64_t sync_ms;     /* when to make them durable; INT64_MAX: never */
	bool told;           /* that the disk fails */
	uint64_t refused;    /* the spool would not take them */
	/* What was not read yet: bytes; since when; is there no time to wait?
	 */
	uint64_t bytes;
	int64_t first_ms;
	bool urgent;
};

/* Events go to the file of --audit. ERR_PERM. */
int outbox_open_file(struct outbox *o, const char *name, struct err *e);

/* Events go to DIR/spool. ERR_PERM, ERR_TEMP. */
int outbox_open_spool(struct outbox *o, const char *dir, struct err *e);

void outbox_free(struct outbox *o);

/*
 * Take a line, its newline included, that stands for `count` events. o->added
 * is its mark: when o->safe has come that far it may be acknowledged.
 */
void outbox_put(struct outbox *o, struct str line, uint64_t count,
    enum event_severity severity, int64_t now_ms);

/* Does it take more? Else the senders keep what they have. */
bool outbox_has_room(const struct outbox *o);

/* Write, and make durable what has waited long enough. */
void outbox_work(struct outbox *o, int64_t now_ms);

/* The same for all there is. 0, -EAGAIN: some is left, try again. */
int outbox_finish(struct outbox *o, int64_t now_ms);

/* When to call outbox_work() again; INT64_MAX: never. */
int64_t outbox_next(const struct outbox *o);

/* Does the file have to be polled for POLLOUT? */
bool outbox_wants_room(const struct outbox *o);

/* Events lost since the last call, and why; 0: none, or not yet to be told. */
uint64_t outbox_take_lost(struct outbox *o, const char **why);

/* When to read a batch for the Console; INT64_MAX: there is none. */
int64_t outbox_due(const struct outbox *o);

/*
 * The oldest events that the Console has not got, at most max of them and
 * OUTBOX_BATCH_BYTES; as spool_read().
 */
int outbox_read(struct outbox *o, size_t max, struct spool_batch *ret,
    int64_t now_ms, struct err *e);

/* What was read was not taken: it is to be read again. */
void outbox_again(struct outbox *o, int64_t now_ms);

/* The Console has all up to that position. */
void outbox_done(struct outbox *o, uint64_t position, int64_t now_ms);

#endif
