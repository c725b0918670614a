/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "time/time.h"

enum { MIB = 1 << 20, DISK_MIB = 64 };

/* The parts of a disk of 20 GiB and a task of half a GiB that we may have. */
static const struct spool_limits limits = {
    .disk_bytes = (uint64_t)DISK_MIB * MIB,
    .segments = DISK_MIB,
    .memory_bytes = 2 * MIB,
    .retry_ms = 1000,
};

int
outbox_open_file(struct outbox *o, const char *name, struct err *e)
{
	int fd = audit_open(name, e);

	*o = (struct outbox){.sync_ms = INT64_MAX, .first_ms = INT64_MAX};
	if (fd < 0)
		return fd;
	audit_init(
	    &o->audit, fd, strcmp(name, "-") == 0 ? "standard output" : name);
	return 0;
}

int
outbox_open_spool(struct outbox *o, const char *dir, struct err *e)
{
	char path[4096];
	int r;

	/* What an earlier life left is looked for at once. */
	*o = (struct outbox){.sync_ms = INT64_MAX, .audit.fd = -1};
	if (snprintf(path, sizeof path, "%s/spool", dir) >= (int)sizeof path)
		return err_set(e, ERR_PERM, ENAMETOOLONG, "--data: %s",
		    strerror(ENAMETOOLONG));
	r = spool_open(path, &limits, &spool_io_files, &o->spool, e);
	if (r != 0)
		err_prefix(e, "--data");
	return r;
}

void
outbox_free(struct outbox *o)
{
	spool_free(o->spool);
	o->spool = NULL;
	audit_free(&o->audit);
}

/* The lowest goes first when there is no room for all. */
static uint8_t
priority(enum event_severity severity)
{
	static const uint8_t of[] = {[EVENT_INFO] = 0,
	    [EVENT_LOW] = 1,
	    [EVENT_MEDIUM] = 1,
	    [EVENT_HIGH] = 2,
	    [EVENT_CRITICAL] = 3};

	return of[severity];
}

static void
spool_line(struct outbox *o, struct str line, uint64_t count,
    enum event_severity severity, int64_t now_ms)
{
	struct spool_record r = {
	    .count = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX,
	    .priority = priority(severity),
	    .data = str_sub(line, 0, line.n - 1)};

	if (spool_append(o->spool, &r, now_ms, NULL) != 0) {
		o->refused += count;
		return;
	}
	o->added = r.position;
	o->bytes += line.n;
	if (o->first_ms == INT64_MAX)
		o->first_ms = now_ms;
	if (severity == EVENT_CRITICAL) {
		o->urgent = true;
		o->sync_ms = now_ms;
	} else if (o->sync_ms == INT64_MAX) {
		o->sync_ms = now_ms + OUTBOX_SYNC_MS;
	}
}

void
outbox_put(struct outbox *o, struct str line, uint64_t count,
    enum event_severity severity, int64_t now_ms)
{
	if (o->spool != NULL) {
		spool_line(o, line, count, severity, now_ms);
		return;
	}
	audit_line(&o->audit, line, count);
	o->added = o->audit.added;
}

/* A spool always has room: it loses what is least worth, and says so. */
bool
outbox_has_room(const struct outbox *o)
{
	const struct audit *a = &o->audit;

	return o->spool != NULL || a->waiting.n - a->at < a->waiting.max / 2;
}

/*
 * While the disk fails nothing is acknowledged but what the Console has; it is
 * all in memory, and the senders have it, too.
 */
static int
sync_now(struct outbox *o, int64_t now_ms)
{
	struct err e = {0};
	uint64_t all = o->added;
	int r = spool_sync(o->spool, now_ms, &e);

	if (r == 0) {
		o->safe = all;
		o->sync_ms = INT64_MAX;
		o->told = false;
		return 0;
	}
	if (!o->told)
		log_error("%s; events stay in memory while it lasts", e.text);
	o->told = true;
	o->sync_ms = now_ms + limits.retry_ms;
	return -EAGAIN;
}

void
outbox_work(struct outbox *o, int64_t now_ms)
{
	struct err e;

	if (o->spool == NULL) {
		if (audit_flush(&o->audit, now_ms, &e) != 0)
			log_error("%s", e.text);
		o->safe = o->audit.written;
	} else if (now_ms >= o->sync_ms) {
		(void)sync_now(o, now_ms);
	}
}

int
outbox_finish(struct outbox *o, int64_t now_ms)
{
	if (o->spool != NULL)
		return o->sync_ms == INT64_MAX ? 0 : sync_now(o, now_ms);
	outbox_work(o, now_ms);
	return o->audit.at < o->audit.waiting.n ? -EAGAIN : 0;
}

int64_t
outbox_next(const struct outbox *o)
{
	return o->spool != NULL ? o->sync_ms : audit_next(&o->audit);
}

bool
outbox_wants_room(const struct outbox *o)
{
	return o->spool == NULL && audit_wants_room(&o->audit);
}

static uint64_t
lost_of_spool(struct outbox *o, const char **why)
{
	struct spool_lost lost;
	uint64_t sum = o->refused;

	if (sum == 0 && !spool_has_lost(o->spool))
		return 0;
	lost = spool_take_lost(o->spool);
	for (size_t i = 0; i < SPOOL_PRIORITIES; i++)
		sum += lost.count[i];
	*why = "the spool was full";
	if (sum == o->refused && lost.unknown > 0) {
		*why = "the spool was damaged; how many they were is not known";
		sum += lost.unknown;
	}
	o->refused = 0;
	return sum;
}

uint64_t
outbox_take_lost(struct outbox *o, const char **why)
{
	if (o->spool != NULL)
		return lost_of_spool(o, why);
	*why = "the audit took no more";
	return audit_take_lost(&o->audit);
}

int64_t
outbox_due(const struct outbox *o)
{
	if (o->first_ms == INT64_MAX)
		return INT64_MAX;
	return o->urgent || o->bytes >= OUTBOX_BATCH_BYTES
		   ? 0
		   : o->first_ms + OUTBOX_BATCH_MS;
}

int
outbox_read(struct outbox *o, size_t max, struct spool_batch *ret,
    int64_t now_ms, struct err *e)
{
	int r = spool_read(o->spool, 0,
	    max < OUTBOX_BATCH_RECORDS ? max : OUTBOX_BATCH_RECORDS,
	    OUTBOX_BATCH_BYTES, ret, e);

	if (r != 0 ||
	    (ret->n > 0 && ret->records[ret->n - 1].position < o->added)) {
		/* There is more. */
		o->first_ms = now_ms - (r == 0 ? OUTBOX_BATCH_MS : 0);
		return r;
	}
	o->first_ms = INT64_MAX;
	o->bytes = 0;
	o->urgent = false;
	return 0;
}

void
outbox_again(struct outbox *o, int64_t now_ms)
{
	o->first_ms = now_ms - OUTBOX_BATCH_MS;
}

void
outbox_done(struct outbox *o, uint64_t position, int64_t now_ms)
{
	struct err e = {0};

	if (spool_ack(o->spool, position, now_ms, &e) != 0)
		log_note(1, "%s", e.text);
	if (position > o->safe)
		o->safe = position;
}
