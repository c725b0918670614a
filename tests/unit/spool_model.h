/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_model: a spool on a disk in memory, and beside it a plain list of what
 * was put in, which every step is held against.
 */
#ifndef FG_TESTS_SPOOL_MODEL_H
#define FG_TESTS_SPOOL_MODEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "spool/spool.h"
#include "spool_disk.h"

enum { RECORDS_MAX = 40000, TELLERS_MAX = 1000, TOLD = 0xffffffff };

#define HOLDS(x)                                                               \
	do {                                                                   \
		if (!(x)) {                                                    \
			(void)fprintf(stderr,                                  \
			    "seed %llu, op %d: ", (unsigned long long)m.seed,  \
			    m.op);                                             \
			assert_true(x);                                        \
		}                                                              \
	} while (0)

struct made { /* a record that was appended */
	uint64_t position;
	uint32_t count, n;
	uint8_t priority;
	bool synced, delivered;
	bool unsure; /* it was not yet synced when the process ended */
};

static struct {
	uint64_t seed;
	int op;
	struct disk *disk;
	struct spool_io io;
	struct spool *spool;
	int64_t now;
	struct made made[RECORDS_MAX];
	size_t n;
	uint64_t newest;   /* position ever given */
	uint64_t reported; /* losses that arrived, told at these positions */
	uint64_t told[TELLERS_MAX];
	size_t tellers;
	uint64_t at_hand, twice; /* told, perhaps not acknowledged durably */
	uint64_t newest_saved;   /* before the spool was opened last */
	bool settled;            /* since opening the disk has been well once */
	bool crashed;            /* ever */
	unsigned char bytes[SPOOL_RECORD_MAX];
} m;

static const struct spool_limits limits = {
    .disk_bytes = 8 * SPOOL_SEGMENT_MIN,
    .segments = 8,
    .memory_bytes = SPOOL_MEMORY_MIN,
    .retry_ms = 100,
};

static inline uint64_t
pick(uint64_t below)
{
	return disk_random(m.disk, below);
}

/* The bytes of record i: its number, and what follows from that. */
static inline void
fill(size_t i, size_t n)
{
	uint32_t v = (uint32_t)i, x = v * 2654435761u + 1;

	for (size_t k = 4; k < n; k++) {
		x = x * 1664525u + 1013904223u;
		m.bytes[k] = (unsigned char)(x >> 24);
	}
	memcpy(m.bytes, &v, sizeof v);
}

static inline void
append(void)
{
	size_t i = m.n++, n = 4 + (size_t)pick(pick(16) == 0 ? 65533 : 1500);
	struct spool_record r = {.count = 1 + (uint32_t)pick(3),
	    .priority = (uint8_t)pick(SPOOL_PRIORITIES)};

	HOLDS(i < RECORDS_MAX);
	fill(i, n);
	r.data = str_make((const char *)m.bytes, n);
	HOLDS(spool_append(m.spool, &r, m.now, NULL) == 0);
	HOLDS(r.position > m.newest);
	m.newest = r.position;
	m.made[i] = (struct made){.position = r.position,
	    .count = r.count,
	    .n = (uint32_t)n,
	    .priority = r.priority};
}

static inline int
sync_all(void)
{
	int r = spool_sync(m.spool, m.now, NULL);

	for (size_t i = 0; r == 0 && i < m.n; i++)
		m.made[i].synced |= !m.made[i].unsure;
	return r;
}

/* The record that tells of losses: TOLD instead of a number, and the sum. */
static inline void
tell(void)
{
	struct spool_record r = {.priority = 3};
	bool any = spool_has_lost(m.spool);
	struct spool_lost l = spool_take_lost(m.spool);
	uint64_t sum = 0;
	uint32_t v = TOLD;

	HOLDS(l.unknown == 0);
	for (int p = 0; p < SPOOL_PRIORITIES; p++)
		sum += l.count[p];
	HOLDS(any == (sum > 0));
	if (!any)
		return;
	memcpy(m.bytes, &v, sizeof v);
	memcpy(m.bytes + 4, &sum, sizeof sum);
	r.count = (uint32_t)sum;
	r.data = str_make((const char *)m.bytes, 12);
	HOLDS(spool_append(m.spool, &r, m.now, NULL) == 0);
	HOLDS(r.position > m.newest);
	m.newest = r.position;
}

/* Is it what was put in? Its number, or RECORDS_MAX when it tells. */
static inline size_t
check(const struct spool_record *r)
{
	uint32_t v;

	HOLDS(r->data.n >= 4);
	memcpy(&v, r->data.p, sizeof v);
	if (v == TOLD) {
		HOLDS(r->data.n == 12);
		return RECORDS_MAX;
	}
	HOLDS(v < m.n);
	HOLDS(r->position == m.made[v].position);
	HOLDS(r->count == m.made[v].count);
	HOLDS(r->priority == m.made[v].priority);
	HOLDS(r->data.n == m.made[v].n);
	fill(v, r->data.n);
	HOLDS(memcmp(r->data.p, m.bytes, r->data.n) == 0);
	return v;
}

/* A sum of losses; one that comes again is known by its position. */
static inline void
told(const struct spool_record *r)
{
	uint64_t sum;

	for (size_t i = 0; i < m.tellers; i++)
		if (m.told[i] == r->position)
			return;
	HOLDS(m.tellers < TELLERS_MAX);
	m.told[m.tellers++] = r->position;
	memcpy(&sum, r->data.p + 4, sizeof sum);
	m.reported += sum;
	m.at_hand += sum;
}

/* Read from the beginning, acknowledge all or some. */
static inline size_t
consume(size_t max_records, size_t max_bytes, bool ack)
{
	struct spool_batch b = {NULL, 0};
	uint64_t last = 0;
	size_t upto, sum = 0;

	if (spool_read(m.spool, 0, max_records, max_bytes, &b, NULL) != 0)
		return 0;
	HOLDS(b.n <= max_records);
	upto = ack ? b.n : b.n == 0 ? 0 : (size_t)pick(b.n);
	for (size_t i = 0; i < b.n; i++) {
		size_t v = check(&b.records[i]);

		HOLDS(b.records[i].position > last);
		last = b.records[i].position;
		sum += b.records[i].data.n;
		HOLDS(sum <= max_bytes || b.n == 1);
		if (i >= upto)
			continue;
		if (v < RECORDS_MAX) {
			HOLDS(!m.made[v].delivered || m.crashed);
			m.made[v].delivered = true;
		} else {
			told(&b.records[i]);
		}
	}
	if (upto > 0 &&
	    spool_ack(m.spool, b.records[upto - 1].position, m.now, NULL) != 0)
		m.twice += m.at_hand;
	m.at_hand = 0;
	return b.n;
}

static inline void
check_bounds(void)
{
	struct spool_stat st;
	size_t files = 0;

	spool_stat(m.spool, &st);
	HOLDS(st.memory_bytes <= limits.memory_bytes);
	m.settled |= st.disk_error == 0;
	for (int i = 0; i < DISK_FILES; i++)
		files += m.disk->files[i].linked;
	if (!m.settled || m.disk->stopped)
		return;
	HOLDS(disk_used(m.disk) <= limits.disk_bytes);
	HOLDS(files <= limits.segments + 1);
}

static inline void
reopen(bool crash)
{
	spool_free(m.spool);
	m.spool = NULL;
	if (crash)
		disk_crash(m.disk);
	HOLDS(m.disk->open == 0);
	for (size_t i = 0; i < m.n; i++)
		m.made[i].unsure |= !m.made[i].synced;
	m.disk->crash_in = -1;
	/* A head that was never saved gives its positions once more. */
	if (!m.settled)
		m.newest = m.newest_saved;
	for (size_t i = 0; i < m.tellers; i++)
		if (m.told[i] > m.newest)
			m.told[i] = 0;
	m.newest_saved = m.newest;
	m.settled = false;
	m.crashed = true;
	HOLDS(spool_open("/s", &limits, &m.io, &m.spool, NULL) == 0);
	check_bounds();
}

static inline void
well(void)
{
	m.disk->capacity = SIZE_MAX / 2;
	m.disk->error = 0;
	m.disk->no_sync = false;
}

/* All that is left comes out; then every record is accounted for. */
static inline void
finish(void)
{
	uint64_t least = 0, most = 0;
	struct spool_stat st;
	size_t n;

	well();
	m.disk->crash_in = -1;
	do {
		m.now += 1000;
		tell();
		HOLDS(sync_all() == 0);
		n = consume(5000, 4 << 20, true);
	} while (n > 0 || spool_has_lost(m.spool));
	spool_stat(m.spool, &st);
	m.reported += st.damaged;
	for (size_t i = 0; i < m.n; i++) {
		if (!m.made[i].delivered && m.made[i].synced)
			least += m.made[i].count;
		if (!m.made[i].delivered)
			most += m.made[i].count;
	}
	if (m.reported < least || m.reported > most + m.twice)
		(void)fprintf(stderr, "lost %llu..%llu, told %llu\n",
		    (unsigned long long)least, (unsigned long long)most,
		    (unsigned long long)m.reported);
	HOLDS(m.reported >= least && m.reported <= most + m.twice);
}

#endif
