/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spool_state.h"

enum { FOUND_MAX = 4 * SPOOL_SEGMENTS_MAX };

struct found {
	struct named {
		uint64_t id;
		unsigned int priority;
	} * at;
	size_t n;
};

int
spool_load_scan(struct spool *s, unsigned int p,
    const struct spool_segment *seg, struct spool_scan *sc)
{
	struct spool_chain *c = &s->chains[p];
	char name[SPOOL_FORMAT_NAME];

	if (c->window == NULL)
		c->window = malloc(SPOOL_SCAN_WINDOW);
	if (c->window == NULL)
		return -ENOMEM;
	spool_format_name(name, p, seg->link.id);
	sc->fd = s->io->open(s->io->ctx, s->dir, name, false);
	if (sc->fd < 0)
		return sc->fd;
	sc->io = s->io;
	sc->crc = &s->crc;
	sc->priority = p;
	sc->window = c->window;
	sc->end = seg->size;
	sc->good = sc->at;
	return 0;
}

static int
note(void *arg, const char *name)
{
	struct found *f = arg;
	unsigned int p;
	uint64_t id;

	if (!spool_format_named(name, &p, &id))
		return 0;
	if (f->n == FOUND_MAX)
		return -E2BIG;
	f->at[f->n].priority = p;
	f->at[f->n].id = id;
	f->n++;
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* What the beginning of next says about the segment before it. */
static void
look_back(const struct spool *s, unsigned int p, struct spool_segment *seg,
    bool linked, bool torn)
{
	struct spool_segment *last = s->chains[p].last;
	bool known =
	    linked && last != NULL && seg->link.previous == last->link.id;

	if (last != NULL && last->dead)
		return;
	if (known && seg->link.previous_weight > last->sum)
		last->damage = spool_scan_sum(
		    last->damage, seg->link.previous_weight - last->sum);
	else if (!known && torn)
		last->unknown = spool_scan_sum(last->unknown, 1);
	/* One is missing altogether. */
	if (linked && !known && seg->link.previous != 0 &&
	    seg->link.previous >= s->head.floor[p])
		seg->unknown = spool_scan_sum(seg->unknown, 1);
}

/*
 * Read all records of seg; true when none could not be read. *told: the one
 * that tells of losses is among them, or among those that count as damaged.
 */
static bool
scan(struct spool *s, unsigned int p, struct spool_segment *seg,
    uint64_t newest, bool *told, bool *torn)
{
	struct spool_scan sc = {.at = SPOOL_FORMAT_SEGMENT, .known = true};
	const unsigned char *data;
	uint64_t damage = 0;
	struct spool_entry x;
	int r = spool_load_scan(s, p, seg, &sc);

	if (r == 0) {
		while ((r = spool_scan_next(&sc, &x, &data)) > 0) {
			*told |= x.position == s->head.taken_by ||
				 (sc.damage > damage && s->head.taken_in == p &&
				     newest < s->head.taken_by &&
				     s->head.taken_by < x.position);
			damage = sc.damage;
			if (x.position <= newest)
				continue;
			newest = seg->last = x.position;
			if (seg->first == 0)
				seg->first = x.position;
			seg->weight = spool_scan_sum(seg->weight, x.count);
		}
		s->io->close(s->io->ctx, sc.fd);
	}
	seg->damage = sc.damage;
	seg->unknown = spool_scan_sum(seg->unknown, sc.unknown);
	seg->size = seg->checked = sc.good;
	seg->sum = sc.weight;
	*torn = sc.skipping;
	if (r < 0)
		seg->unknown = spool_scan_sum(seg->unknown, 1);
	return r == 0;
}

static void
enlist(struct spool *s, unsigned int p, struct spool_segment *seg)
{
	struct spool_chain *c = &s->chains[p];

	if (c->last == NULL)
		c->first = seg;
	else
		c->last->next = seg;
	c->last = seg;
	s->segments++;
	s->disk_bytes += seg->disk;
}

struct loading {
	uint64_t newest[SPOOL_PRIORITIES];
	bool torn[SPOOL_PRIORITIES];   /* the last one's tail is */
	bool read[SPOOL_PRIORITIES];   /* to its end */
	bool linked[SPOOL_PRIORITIES]; /* its beginning is whole */
	bool told;
};

static int
load_one(struct spool *s, unsigned int p, uint64_t id, struct loading *l)
{
	unsigned char start[SPOOL_FORMAT_SEGMENT];
	struct spool_segment *seg;
	char name[SPOOL_FORMAT_NAME];
	bool linked;
	int64_t size;
	int fd;

	spool_format_name(name, p, id);
	fd = s->io->open(s->io->ctx, s->dir, name, false);
	if (fd < 0)
		return fd == -ELOOP || fd == -ENOENT ? 0 : fd;
	size = s->io->size(s->io->ctx, fd);
	seg = calloc(1, sizeof *seg);
	if (size < 0 || seg == NULL) {
		s->io->close(s->io->ctx, fd);
		free(seg);
		return size < 0 ? (int)size : -ENOMEM;
	}
	linked = spool_io_read(s->io, fd, start, sizeof start, 0) ==
		     (ssize_t)sizeof start &&
		 spool_format_link(&s->crc, start, &seg->link) &&
		 seg->link.id == id;
	s->io->close(s->io->ctx, fd);
	if (!linked)
		seg->link = (struct spool_link){0, 0, 0};
	seg->link.id = id;
	seg->disk = seg->size = (uint64_t)size;
	seg->dead = id < s->head.floor[p];
	if (!seg->dead) {
		look_back(s, p, seg, linked, l->torn[p]);
		l->linked[p] = linked;
		l->read[p] =
		    scan(s, p, seg, l->newest[p], &l->told, &l->torn[p]);
		if (seg->last != 0)
			l->newest[p] = seg->last;
	}
	enlist(s, p, seg);
	return 0;
}

/*
 * Cut the last segment's torn tail off; append to it again when that was done
 * and its beginning is whole.
 */
static void
resume(struct spool *s, unsigned int p, bool linked)
{
	struct spool_chain *c = &s->chains[p];
	struct spool_segment *seg = c->last;
	char name[SPOOL_FORMAT_NAME];
	int fd;

	seg->uncut = seg->disk > seg->size;
	if (spool_segment_cut(s, p, seg) < 0 || !linked ||
	    seg->size >= s->segment_bytes)
		return;
	spool_format_name(name, p, seg->link.id);
	fd = s->io->open(s->io->ctx, s->dir, name, false);
	if (fd < 0)
		return;
	c->fd = fd;
	c->fresh = true;
	c->end = seg->size;
	c->sum = seg->sum;
}

static int
start_counting(struct spool *s, const struct loading *l, const struct found *f)
{
	struct spool_head *h = &s->head;
	uint64_t newest = h->acked;

	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++) {
		if (l->newest[p] > newest)
			newest = l->newest[p];
		if (h->floor[p] > s->next_id)
			s->next_id = h->floor[p];
	}
	if (f->n > 0 && f->at[f->n - 1].id >= s->next_id)
		s->next_id = f->at[f->n - 1].id + 1;
	if (s->next_id == 0)
		s->next_id = 1;
	if (newest >> SPOOL_FORMAT_EPOCH_SHIFT > h->epoch)
		h->epoch = newest >> SPOOL_FORMAT_EPOCH_SHIFT;
	h->epoch++;
	if (h->epoch > SPOOL_FORMAT_POSITION_MAX >> SPOOL_FORMAT_EPOCH_SHIFT)
		return -EOVERFLOW;
	s->next_position = h->epoch << SPOOL_FORMAT_EPOCH_SHIFT;
	/* Was the record that tells of what had been lost ever there? */
	if (h->taken_by != 0 && !l->told && h->taken_by > h->acked) {
		struct spool_lost *a = &h->lost, *b = &h->taken;

		for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++)
			a->count[p] = spool_scan_sum(a->count[p], b->count[p]);
		a->unknown = spool_scan_sum(a->unknown, b->unknown);
	}
	h->taken_by = 0;
	memset(&h->taken, 0, sizeof h->taken);
	s->dirty = true;
	return 0;
}

int
spool_load(struct spool *s, struct err *e)
{
	struct found f = {calloc(FOUND_MAX, sizeof *f.at), 0};
	struct loading l;
	int r;

	if (f.at == NULL)
		return err_nomem(e);
	memset(&l, 0, sizeof l);
	r = s->io->list(s->io->ctx, s->dir, note, &f);
	if (r == 0)
		qsort(f.at, f.n, sizeof *f.at, by_id);
	for (size_t i = 0; r == 0 && i < f.n; i++)
		r = load_one(s, f.at[i].priority, f.at[i].id, &l);
	if (r == 0)
		r = start_counting(s, &l, &f);
	free(f.at);
	if (r < 0)
		return err_set(e, r == -ENOMEM ? ERR_TEMP : ERR_PERM, -r,
		    "%s: %s", s->path, strerror(-r));
	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++) {
		struct spool_segment *last = s->chains[p].last;

		if (last != NULL && !last->dead && l.read[p])
			resume(s, p, l.linked[p]);
	}
	spool_segment_ack(s);
	return 0;
}
