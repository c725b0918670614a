/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spool_state.h"

enum { BATCH_BYTES_MAX = 16 * 1024 * 1024, FAILURES_MAX = 3 };

/* Where the reading of one chain stands. */
struct cursor {
	struct spool_segment *seg;
	struct spool_scan sc;
	bool open;
	const struct spool_chunk *chunk; /* behind the segments */
	size_t chunk_at;
	uint64_t after; /* positions up to here are not wanted */
	bool have;
	struct spool_entry entry;
	const unsigned char *data;
};

static void
close_segment(struct spool *s, struct cursor *u)
{
	if (u->open)
		s->io->close(s->io->ctx, u->sc.fd);
	u->open = false;
}

static int
open_segment(struct spool *s, unsigned int p, struct cursor *u)
{
	const struct spool_chain *c = &s->chains[p];
	int r;

	memset(&u->sc, 0, sizeof u->sc);
	u->sc.at = SPOOL_FORMAT_SEGMENT;
	u->sc.known = true;
	if (c->hint_id == u->seg->link.id && c->hint <= u->after) {
		u->sc.at = c->hint_at;
		u->sc.weight = c->hint_sum;
	}
	r = spool_load_scan(s, p, u->seg, &u->sc);
	u->open = r == 0;
	return r;
}

/* Damage that came since it was written or loaded is counted once. */
static void
count_damage(struct spool_segment *seg, struct spool_scan *sc, uint64_t upto)
{
	if (upto > seg->checked) {
		seg->damage = spool_scan_sum(seg->damage, sc->damage);
		seg->unknown = spool_scan_sum(seg->unknown, sc->unknown);
		seg->weight -=
		    sc->damage < seg->weight ? sc->damage : seg->weight;
		seg->checked = upto;
	}
	sc->damage = sc->unknown = 0;
}

/* Nothing more can be had from it: the rest is damaged. */
static void
end_segment(struct spool *s, struct cursor *u)
{
	if (u->sc.weight < u->seg->sum && u->sc.known)
		u->sc.damage =
		    spool_scan_sum(u->sc.damage, u->seg->sum - u->sc.weight);
	count_damage(u->seg, &u->sc, u->seg->size);
	close_segment(s, u);
	u->seg = u->seg->next;
}

/* The next record of the segment at hand: 1; 0: look on; -errno. */
static int
from_segment(struct spool *s, unsigned int p, struct cursor *u)
{
	int r;

	if (!u->open && (u->seg->dead || u->seg->last <= u->after)) {
		u->seg = u->seg->next;
		return 0;
	}
	r = u->open ? 0 : open_segment(s, p, u);
	if (r == 0)
		r = spool_scan_next(&u->sc, &u->entry, &u->data);
	if (r < 0) {
		if (r == -ENOMEM || r == -EMFILE || r == -ENFILE ||
		    ++u->seg->failures < FAILURES_MAX)
			return r;
		end_segment(s, u);
		return 0;
	}
	if (r == 0) {
		end_segment(s, u);
		return 0;
	}
	count_damage(u->seg, &u->sc, u->sc.at);
	return u->entry.position > u->after &&
	       u->entry.position <= u->seg->last;
}

static bool
from_memory(struct cursor *u)
{
	while (u->chunk != NULL) {
		const unsigned char *p = u->chunk->bytes + u->chunk_at;

		if (u->chunk_at >= u->chunk->n) {
			u->chunk = u->chunk->next;
			u->chunk_at = 0;
			continue;
		}
		spool_format_get(p, &u->entry);
		u->data = p + SPOOL_FORMAT_RECORD;
		u->chunk_at += spool_format_size(u->entry.n);
		if (u->entry.position > u->after)
			return true;
	}
	return false;
}

static int
advance(struct spool *s, unsigned int p, struct cursor *u)
{
	int r = 0;

	while (u->seg != NULL && r == 0)
		r = from_segment(s, p, u);
	if (r < 0)
		return r;
	u->have = r > 0 || from_memory(u);
	return 0;
}

static int
grow(struct spool *s, size_t records, size_t bytes)
{
	void *p;

	if (records > s->records_max) {
		p = reallocarray(s->records, records, sizeof *s->records);
		if (p == NULL)
			return -ENOMEM;
		s->records = p;
		s->records_max = records;
	}
	if (bytes > s->bytes_max) {
		p = malloc(bytes);
		if (p == NULL)
			return -ENOMEM;
		free(s->bytes);
		s->bytes = p;
		s->bytes_max = bytes;
	}
	return 0;
}

/* Copy u's record to the batch, which has `used` bytes of data. */
static void
put(struct spool *s, unsigned int p, struct cursor *u, size_t n, size_t used)
{
	struct spool_chain *c = &s->chains[p];
	unsigned char *to = s->bytes + used;

	if (u->entry.n > 0)
		memcpy(to, u->data, u->entry.n);
	s->records[n] = (struct spool_record){
	    .position = u->entry.position,
	    .count = u->entry.count,
	    .priority = (uint8_t)p,
	    .data = {(const char *)to, u->entry.n},
	};
	u->after = u->entry.position;
	if (u->open) {
		c->hint_id = u->seg->link.id;
		c->hint = u->entry.position;
		c->hint_at = u->sc.at;
		c->hint_sum = u->sc.weight;
	}
}

static int
merge(struct spool *s, struct cursor u[SPOOL_PRIORITIES], size_t max_records,
    size_t max_bytes, size_t *n)
{
	size_t used = 0;
	int r = 0;

	for (unsigned int p = 0; r == 0 && p < SPOOL_PRIORITIES; p++)
		r = advance(s, p, &u[p]);
	while (r == 0 && *n < max_records) {
		unsigned int least = SPOOL_PRIORITIES;

		for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++)
			if (u[p].have &&
			    (least == SPOOL_PRIORITIES ||
				u[p].entry.position < u[least].entry.position))
				least = p;
		if (least == SPOOL_PRIORITIES ||
		    (*n > 0 && u[least].entry.n > max_bytes - used))
			break;
		put(s, least, &u[least], *n, used);
		used += u[least].entry.n;
		if (used > max_bytes)
			max_bytes = used;
		++*n;
		r = advance(s, least, &u[least]);
	}
	return r;
}

int
spool_read(struct spool *s, uint64_t after, size_t max_records,
    size_t max_bytes, struct spool_batch *ret, struct err *e)
{
	struct cursor u[SPOOL_PRIORITIES];
	size_t n = 0;
	int r;

	if (max_records > SPOOL_BATCH_RECORDS_MAX)
		max_records = SPOOL_BATCH_RECORDS_MAX;
	if (max_bytes > BATCH_BYTES_MAX)
		max_bytes = BATCH_BYTES_MAX;
	if (after < s->head.acked)
		after = s->head.acked;
	memset(u, 0, sizeof u);
	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++) {
		u[p].seg = s->chains[p].first;
		u[p].chunk = s->chains[p].head;
		u[p].after = after;
	}
	r = grow(s, max_records,
	    max_bytes < SPOOL_RECORD_MAX ? SPOOL_RECORD_MAX : max_bytes);
	if (r == 0)
		r = merge(s, u, max_records, max_bytes, &n);
	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++)
		close_segment(s, &u[p]);
	if (r < 0 && n == 0)
		return err_set(
		    e, ERR_TEMP, -r, "%s: %s", s->path, strerror(-r));
	*ret = (struct spool_batch){s->records, n};
	return 0;
}
