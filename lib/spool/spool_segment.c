/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spool_state.h"

enum { NAMES_TRIED = 16 };

struct spool_segment *
spool_segment_front(const struct spool_chain *c)
{
	struct spool_segment *seg = c->first;

	while (seg != NULL && seg->dead)
		seg = seg->next;
	return seg;
}

/* No more is appended to the last one. */
static void
seal(struct spool *s, struct spool_chain *c)
{
	if (c->fd >= 0)
		s->io->close(s->io->ctx, c->fd);
	c->fd = -1;
}

/* What was written but is not durable never was; it stays in memory. */
static int
give_up(struct spool *s, struct spool_chain *c, int r)
{
	struct spool_segment *seg = c->last;

	c->written = 0;
	c->end = seg->size;
	c->sum = seg->sum;
	seg->uncut = true;
	if (s->io->truncate(s->io->ctx, c->fd, (int64_t)seg->size) == 0) {
		s->disk_bytes -= seg->disk - seg->size;
		seg->disk = seg->size;
	}
	return r;
}

int
spool_segment_cut(struct spool *s, unsigned int p, struct spool_segment *seg)
{
	char name[SPOOL_FORMAT_NAME];
	int fd, r;

	if (!seg->uncut)
		return 0;
	spool_format_name(name, p, seg->link.id);
	fd = s->io->open(s->io->ctx, s->dir, name, false);
	if (fd < 0 && fd != -ENOENT)
		return fd;
	if (fd >= 0) {
		r = s->io->truncate(s->io->ctx, fd, (int64_t)seg->size);
		if (r == 0)
			r = s->io->sync(s->io->ctx, fd);
		s->io->close(s->io->ctx, fd);
		if (r < 0)
			return r;
	}
	s->disk_bytes -= seg->disk - seg->size;
	seg->disk = seg->size;
	seg->uncut = false;
	return 0;
}

/* Make what was written to chain p durable, and let it go from memory. */
static int
commit(struct spool *s, unsigned int p)
{
	struct spool_chain *c = &s->chains[p];
	struct spool_segment *seg = c->last;
	int r;

	if (c->written == 0)
		return 0;
	r = s->io->sync(s->io->ctx, c->fd);
	if (r == 0 && c->fresh)
		r = s->io->sync(s->io->ctx, s->dir);
	if (r < 0) {
		/* The kernel may forget what it could not write. */
		r = give_up(s, c, r);
		if (seg->first != 0)
			seal(s, c);
		return r;
	}
	c->fresh = false;
	seg->size = c->end;
	seg->sum = c->sum;
	for (; c->written > 0; c->written--) {
		if (seg->first == 0)
			seg->first = c->head->first;
		seg->last = c->head->last;
		seg->weight = spool_scan_sum(seg->weight, c->head->weight);
		spool_memory_drop(s, p, false);
	}
	return 0;
}

/* The weight of those records that are not acknowledged. */
static uint64_t
weight_left(struct spool *s, unsigned int p, const struct spool_segment *seg)
{
	const unsigned char *data;
	struct spool_scan sc = {.at = SPOOL_FORMAT_SEGMENT, .known = true};
	struct spool_entry x;
	uint64_t sum = 0;
	int r;

	if (seg->last <= s->head.acked)
		return 0;
	if (seg->first > s->head.acked)
		return seg->weight;
	if (spool_load_scan(s, p, seg, &sc) < 0)
		return seg->weight;
	while ((r = spool_scan_next(&sc, &x, &data)) > 0)
		if (x.position > s->head.acked && x.position >= seg->first &&
		    x.position <= seg->last)
			sum = spool_scan_sum(sum, x.count);
	s->io->close(s->io->ctx, sc.fd);
	return r < 0 || sum > seg->weight ? seg->weight : sum;
}

void
spool_segment_retire(struct spool *s, unsigned int p, struct spool_segment *seg)
{
	struct spool_lost *lost = &s->head.lost;

	if (s->chains[p].last == seg)
		seal(s, &s->chains[p]);
	lost->count[p] = spool_scan_sum(lost->count[p], weight_left(s, p, seg));
	lost->count[p] = spool_scan_sum(lost->count[p], seg->damage);
	lost->unknown = spool_scan_sum(lost->unknown, seg->unknown);
	s->head.floor[p] = seg->link.id + 1;
	seg->weight = seg->damage = seg->unknown = 0;
	seg->dead = true;
	s->dirty = true;
}

void
spool_segment_ack(struct spool *s)
{
	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++) {
		struct spool_chain *c = &s->chains[p];
		struct spool_segment *seg;

		while ((seg = spool_segment_front(c)) != NULL &&
		       (seg != c->last || c->fd < 0) &&
		       seg->last <= s->head.acked)
			spool_segment_retire(s, p, seg);
	}
}

int
spool_segment_sweep(struct spool *s)
{
	char name[SPOOL_FORMAT_NAME];

	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++) {
		struct spool_chain *c = &s->chains[p];
		struct spool_segment *seg;

		while ((seg = c->first) != NULL && seg->dead) {
			int r;

			spool_format_name(name, p, seg->link.id);
			r = s->io->unlink(s->io->ctx, s->dir, name);
			if (r < 0 && r != -ENOENT)
				return r;
			s->disk_bytes -= seg->disk;
			s->segments--;
			c->first = seg->next;
			if (c->first == NULL)
				c->last = NULL;
			free(seg);
		}
	}
	return 0;
}

/* Whose oldest segment goes for one of priority p? SPOOL_PRIORITIES: none's. */
static unsigned int
victim(const struct spool *s, unsigned int p)
{
	unsigned int lowest = SPOOL_PRIORITIES;

	for (unsigned int q = SPOOL_PRIORITIES; q-- > 0;) {
		const struct spool_segment *seg =
		    spool_segment_front(&s->chains[q]);

		if (seg == NULL)
			continue;
		if (seg->last <= s->head.acked && s->chains[q].written == 0)
			return q;
		if (q <= p)
			lowest = q;
	}
	return lowest;
}

int
spool_segment_room(struct spool *s, unsigned int p, uint64_t n, uint32_t files)
{
	while (s->disk_bytes + n > s->limits.disk_bytes ||
	       s->segments + files > s->limits.segments) {
		unsigned int q = victim(s, p);
		int r = 0;

		if (q == SPOOL_PRIORITIES && !s->dirty)
			return 1;
		if (q < SPOOL_PRIORITIES) {
			r = commit(s, q);
			if (r == 0)
				spool_segment_retire(
				    s, q, spool_segment_front(&s->chains[q]));
		}
		if (r == 0)
			r = spool_head_save(s);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
begin_file(struct spool *s, unsigned int p, uint64_t *id)
{
	char name[SPOOL_FORMAT_NAME];
	int fd = -EEXIST;

	for (int i = 0; fd == -EEXIST && i < NAMES_TRIED; i++) {
		if (s->next_id >= SPOOL_FORMAT_ID_MAX)
			return -EOVERFLOW;
		*id = s->next_id++;
		spool_format_name(name, p, *id);
		fd = s->io->open(s->io->ctx, s->dir, name, true);
	}
	return fd;
}

static int
begin(struct spool *s, unsigned int p)
{
	struct spool_chain *c = &s->chains[p];
	struct spool_segment *seg = calloc(1, sizeof *seg);
	int fd;

	if (seg == NULL)
		return -ENOMEM;
	fd = begin_file(s, p, &seg->link.id);
	if (fd < 0) {
		free(seg);
		return fd;
	}
	if (c->last != NULL && !c->last->dead) {
		seg->link.previous = c->last->link.id;
		seg->link.previous_weight = c->last->sum;
	}
	if (c->last == NULL)
		c->first = seg;
	else
		c->last->next = seg;
	c->last = seg;
	c->fd = fd;
	c->fresh = true;
	seg->size = seg->disk = seg->checked = SPOOL_FORMAT_SEGMENT;
	c->end = SPOOL_FORMAT_SEGMENT;
	c->sum = 0;
	s->disk_bytes += seg->disk;
	s->segments++;
	return 0;
}

/* Give the records of k their place behind what weighs sum; the new sum. */
static uint64_t
seal_records(const struct spool *s, struct spool_chunk *k, uint64_t sum)
{
	struct spool_entry x;

	for (size_t at = 0; at < k->n; at += spool_format_size(x.n)) {
		spool_format_seal(&s->crc, k->bytes + at, sum);
		spool_format_get(k->bytes + at, &x);
		sum = spool_scan_sum(sum, x.count);
	}
	return sum;
}

static int
append(struct spool *s, unsigned int p, struct spool_chunk *k)
{
	struct spool_chain *c = &s->chains[p];
	unsigned char start[SPOOL_FORMAT_SEGMENT];
	uint64_t sum = seal_records(s, k, c->sum);
	int r = 0;

	if (c->end + k->n > c->last->disk) {
		s->disk_bytes += c->end + k->n - c->last->disk;
		c->last->disk = c->end + k->n;
	}
	if (c->end == SPOOL_FORMAT_SEGMENT) {
		spool_format_put_link(&s->crc, start, &c->last->link);
		r = spool_io_write(s->io, c->fd, start, sizeof start, 0);
	}
	if (r == 0)
		r = spool_io_write(s->io, c->fd, k->bytes, k->n, c->end);
	if (r < 0)
		return give_up(s, c, r);
	c->end += k->n;
	c->sum = sum;
	c->written++;
	return 0;
}

/* A place for the chunk k: 0; 1: there is none; -errno. */
static int
place(struct spool *s, unsigned int p, const struct spool_chunk *k)
{
	struct spool_chain *c = &s->chains[p];
	int r = 0;

	/* Else what is begun behind it, when torn, would make it a loss. */
	if (c->last != NULL && !c->last->dead)
		r = spool_segment_cut(s, p, c->last);
	if (r < 0)
		return r;
	if (c->fd >= 0 && c->end + k->n > s->segment_bytes) {
		r = commit(s, p);
		if (r < 0)
			return r;
		seal(s, c);
	}
	if (c->fd >= 0) {
		r = spool_segment_room(s, p, k->n, 0);
		/* It may be the one that had to go. */
		if (r != 0 || c->fd >= 0)
			return r;
	}
	r = spool_segment_room(s, p, SPOOL_FORMAT_SEGMENT + k->n, 1);
	return r != 0 ? r : begin(s, p);
}

int
spool_segment_flush(struct spool *s, unsigned int p)
{
	struct spool_chain *c = &s->chains[p];
	int r = 0;

	for (;;) {
		struct spool_chunk *k = c->head;

		for (size_t i = 0; i < c->written; i++)
			k = k->next;
		if (k == NULL)
			return commit(s, p);
		r = place(s, p, k);
		if (r == 0)
			r = append(s, p, k);
		if (r > 0) {
			r = commit(s, p);
			if (r == 0)
				spool_memory_drop(s, p, true);
		}
		if (r < 0)
			break;
	}
	/* Nothing of it counts as written when something else failed. */
	if (c->fd >= 0 && c->written > 0)
		(void)give_up(s, c, r);
	return r;
}

void
spool_segment_free(struct spool *s)
{
	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++) {
		struct spool_chain *c = &s->chains[p];

		seal(s, c);
		while (c->first != NULL) {
			struct spool_segment *next = c->first->next;

			free(c->first);
			c->first = next;
		}
	}
}
