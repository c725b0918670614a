/* SPDX-License-Identifier: Apache-2.0 */
#include "spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spool_state.h"

static int
fail(const struct spool *s, int r, struct err *e)
{
	return err_set(e, ERR_TEMP, -r, "%s: %s", s->path, strerror(-r));
}

static int
check_limits(const struct spool_limits *l, struct err *e)
{
	if (l->segments < SPOOL_SEGMENTS_MIN ||
	    l->segments > SPOOL_SEGMENTS_MAX)
		return err_set(e, ERR_USAGE, EINVAL,
		    "%u spool segments: not %d to %d", l->segments,
		    SPOOL_SEGMENTS_MIN, SPOOL_SEGMENTS_MAX);
	if (l->disk_bytes / l->segments < SPOOL_SEGMENT_MIN ||
	    l->disk_bytes > INT64_MAX / 4)
		return err_set(e, ERR_USAGE, EINVAL,
		    "%llu bytes for a spool of %u segments: not at least %d "
		    "each",
		    (unsigned long long)l->disk_bytes, l->segments,
		    SPOOL_SEGMENT_MIN);
	if (l->memory_bytes < SPOOL_MEMORY_MIN)
		return err_set(e, ERR_USAGE, EINVAL,
		    "%llu bytes of memory for a spool: less than %d",
		    (unsigned long long)l->memory_bytes, SPOOL_MEMORY_MIN);
	return 0;
}

/* What the disk cannot take now waits in memory. */
static void
disk_failed(struct spool *s, int r, int64_t now_ms)
{
	s->error = -r;
	s->failed_at = now_ms;
}

static bool
is_left_alone(const struct spool *s, int64_t now_ms)
{
	return s->error != 0 && now_ms >= s->failed_at &&
	       now_ms - s->failed_at < s->limits.retry_ms;
}

static int
start(struct spool *s, struct err *e)
{
	bool found;
	int r = spool_head_load(s, &found);

	if (r < 0)
		return err_set(
		    e, ERR_PERM, -r, "%s/head: %s", s->path, strerror(-r));
	r = spool_load(s, e);
	if (r < 0)
		return r;
	r = spool_head_save(s);
	if (r == 0)
		r = spool_segment_room(s, SPOOL_PRIORITIES - 1, 0, 0);
	if (r < 0)
		s->error = -r;
	/* The caller's clock is not known yet: the next call tries again. */
	s->failed_at = INT64_MAX;
	return 0;
}

int
spool_open(const char *dir, const struct spool_limits *limits,
    const struct spool_io *io, struct spool **ret, struct err *e)
{
	cleanup_spool struct spool *s = NULL;
	size_t n = strlen(dir) + 1;
	int r = check_limits(limits, e);

	if (r < 0)
		return r;
	s = calloc(1, sizeof *s + n);
	if (s == NULL)
		return err_nomem(e);
	memcpy(s->path, dir, n);
	s->io = io;
	s->limits = *limits;
	s->segment_bytes = limits->disk_bytes / limits->segments * 2;
	s->chunks_max =
	    (size_t)(limits->memory_bytes / sizeof(struct spool_chunk));
	s->disk_bytes = SPOOL_FORMAT_HEAD;
	s->head_fd = -1;
	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++)
		s->chains[p].fd = -1;
	spool_crc_init(&s->crc);
	s->dir = io->open_dir(io->ctx, dir);
	if (s->dir == -EWOULDBLOCK)
		return err_set(e, ERR_TEMP, EWOULDBLOCK,
		    "%s: another process uses this spool", dir);
	if (s->dir < 0)
		return err_set(
		    e, ERR_PERM, -s->dir, "%s: %s", dir, strerror(-s->dir));
	r = start(s, e);
	if (r < 0)
		return r;
	*ret = s;
	s = NULL;
	return 0;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	spool_segment_free(s);
	spool_memory_free(s);
	if (s->head_fd >= 0)
		s->io->close(s->io->ctx, s->head_fd);
	if (s->dir >= 0)
		s->io->close(s->io->ctx, s->dir);
	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++)
		free(s->chains[p].window);
	free(s->records);
	free(s->bytes);
	free(s);
}

void
spool_freep(struct spool **s)
{
	spool_free(*s);
}

static int
flush(struct spool *s)
{
	int r = s->dirty ? spool_head_save(s) : 0;

	for (unsigned int p = SPOOL_PRIORITIES; r == 0 && p-- > 0;)
		r = spool_segment_flush(s, p);
	if (r == 0 && s->dirty)
		r = spool_head_save(s);
	return r;
}

int
spool_sync(struct spool *s, int64_t now_ms, struct err *e)
{
	int r;

	if (spool_memory_lowest(s) == SPOOL_PRIORITIES && !s->dirty)
		return 0;
	if (is_left_alone(s, now_ms))
		return fail(s, -s->error, e);
	r = flush(s);
	if (r < 0) {
		disk_failed(s, r, now_ms);
		return fail(s, r, e);
	}
	s->error = 0;
	return 0;
}

/* Memory for n more bytes of priority p, whatever it takes. NULL: none. */
static struct spool_chunk *
make_room(struct spool *s, unsigned int p, size_t n, int64_t now_ms)
{
	struct spool_chunk *k = spool_memory_chunk(s, p, n);

	if (k == NULL && spool_sync(s, now_ms, NULL) == 0)
		k = spool_memory_chunk(s, p, n);
	while (k == NULL) {
		unsigned int lowest = spool_memory_lowest(s);

		if (lowest > p)
			break;
		spool_memory_drop(s, lowest, true);
		k = spool_memory_chunk(s, p, n);
	}
	return k;
}

int
spool_append(
    struct spool *s, struct spool_record *r, int64_t now_ms, struct err *e)
{
	unsigned int p = r->priority;
	struct spool_chunk *k;
	size_t n;

	if (r->data.n > SPOOL_RECORD_MAX || p >= SPOOL_PRIORITIES)
		return err_set(e, ERR_PERM, EINVAL,
		    "%s: a record of %zu bytes, priority %u", s->path,
		    r->data.n, p);
	if (s->next_position >> SPOOL_FORMAT_EPOCH_SHIFT != s->head.epoch)
		return err_set(
		    e, ERR_PERM, EOVERFLOW, "%s: no more positions", s->path);
	n = spool_format_size(r->data.n);
	r->position = s->next_position++;
	if (r->position == s->head.taken_by) {
		s->head.taken_in = p;
		s->dirty = true;
	}
	k = make_room(s, p, n, now_ms);
	if (k == NULL) {
		s->head.lost.count[p] =
		    spool_scan_sum(s->head.lost.count[p], r->count);
		s->dirty = true;
		spool_memory_told(s, p, r->position, r->position);
		return 0;
	}
	spool_format_put(&s->crc, k->bytes + k->n, r);
	k->n += n;
	k->weight += r->count;
	if (k->first == 0)
		k->first = r->position;
	k->last = r->position;
	return 0;
}

int
spool_ack(struct spool *s, uint64_t position, int64_t now_ms, struct err *e)
{
	int r;

	if (position >= s->next_position)
		return err_set(e, ERR_PERM, EINVAL,
		    "%s: position %llu acknowledged, which there is not",
		    s->path, (unsigned long long)position);
	if (position <= s->head.acked)
		return 0;
	s->head.acked = position;
	s->dirty = true;
	spool_memory_ack(s);
	spool_segment_ack(s);
	if (is_left_alone(s, now_ms))
		return fail(s, -s->error, e);
	r = spool_head_save(s);
	if (r < 0) {
		disk_failed(s, r, now_ms);
		return fail(s, r, e);
	}
	return 0;
}

bool
spool_has_lost(const struct spool *s)
{
	const struct spool_lost *l = &s->head.lost;
	bool any = l->unknown > 0;

	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++)
		any |= l->count[p] > 0;
	return any && s->head.taken_by == 0;
}

struct spool_lost
spool_take_lost(struct spool *s)
{
	struct spool_lost l = s->head.lost;

	if (!spool_has_lost(s))
		return (struct spool_lost){{0}, 0};
	s->head.taken = l;
	s->head.taken_by = s->next_position;
	s->head.taken_in = SPOOL_PRIORITIES;
	memset(&s->head.lost, 0, sizeof s->head.lost);
	s->dirty = true;
	return l;
}

void
spool_stat(const struct spool *s, struct spool_stat *ret)
{
	*ret = (struct spool_stat){
	    .disk_bytes = s->disk_bytes,
	    .memory_bytes = s->chunks * sizeof(struct spool_chunk),
	    .segments = s->segments,
	    .disk_error = s->error,
	};
	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++)
		for (const struct spool_segment *seg = s->chains[p].first;
		     seg != NULL; seg = seg->next)
			ret->damaged =
			    spool_scan_sum(ret->damaged, seg->damage);
}
