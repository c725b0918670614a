/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "spool_state.h"

#define NAME "head"

/* Both slots are written at once, so that later ones need no new blocks. */
static int
create(struct spool *s)
{
	static const unsigned char zeros[SPOOL_FORMAT_HEAD];
	int r, fd = s->io->open(s->io->ctx, s->dir, NAME, false);

	if (fd == -ENOENT)
		fd = s->io->open(s->io->ctx, s->dir, NAME, true);
	if (fd < 0)
		return fd;
	r = spool_io_write(s->io, fd, zeros, sizeof zeros, 0);
	if (r == 0)
		r = s->io->sync(s->io->ctx, fd);
	if (r == 0)
		r = s->io->sync(s->io->ctx, s->dir);
	if (r < 0) {
		s->io->close(s->io->ctx, fd);
		return r;
	}
	s->head_fd = fd;
	return 0;
}

/*
 * What was read may be what a sync that failed left in memory, while the disk
 * has the other slot alone: it is written once more before that one is.
 */
static int
settle(struct spool *s)
{
	int r;

	if (!s->unsure)
		return 0;
	r = spool_io_write(
	    s->io, s->head_fd, s->loaded, sizeof s->loaded, s->loaded_at);
	if (r == 0)
		r = s->io->sync(s->io->ctx, s->head_fd);
	s->unsure = r < 0;
	return r;
}

int
spool_head_save(struct spool *s)
{
	unsigned char slot[SPOOL_FORMAT_SLOT];
	struct spool_head next = s->head;
	int r = s->head_fd < 0 ? create(s) : settle(s);

	if (r < 0)
		return r;
	/* The slot of the older version; a failed one is written again. */
	next.version++;
	spool_format_put_head(&s->crc, slot, &next);
	r = spool_io_write(s->io, s->head_fd, slot, sizeof slot,
	    (next.version & 1) * SPOOL_FORMAT_APART);
	if (r == 0)
		r = s->io->sync(s->io->ctx, s->head_fd);
	if (r < 0)
		return r;
	s->head = next;
	r = spool_segment_sweep(s);
	s->dirty = r < 0;
	return r;
}

int
spool_head_load(struct spool *s, bool *found)
{
	unsigned char slot[SPOOL_FORMAT_SLOT];
	struct spool_head h;
	bool written = false;
	int fd = s->io->open(s->io->ctx, s->dir, NAME, false);

	*found = false;
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return fd;
	for (unsigned int i = 0; i < 2; i++) {
		ssize_t n = spool_io_read(s->io, fd, slot, sizeof slot,
		    (uint64_t)i * SPOOL_FORMAT_APART);

		if (n < 0) {
			s->io->close(s->io->ctx, fd);
			return (int)n;
		}
		for (ssize_t k = 0; k < n; k++)
			written |= slot[k] != 0;
		if (n == (ssize_t)sizeof slot &&
		    spool_format_head(&s->crc, slot, &h) &&
		    (!*found || h.version > s->head.version)) {
			s->head = h;
			*found = s->unsure = true;
			memcpy(s->loaded, slot, sizeof slot);
			s->loaded_at = (uint64_t)i * SPOOL_FORMAT_APART;
		}
	}
	if (*found) {
		s->head_fd = fd;
		return 0;
	}
	s->io->close(s->io->ctx, fd);
	if (written)
		s->head.lost.unknown = 1;
	return 0;
}
