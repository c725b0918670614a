/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_disk: a disk in memory that loses what was not synced when it crashes,
 * and fails when told to. Sectors that were written but not synced survive a
 * crash or not, each for itself; so do names. A sync that fails forgets what
 * it had to write, as the kernel does.
 */
#ifndef FG_TESTS_SPOOL_DISK_H
#define FG_TESTS_SPOOL_DISK_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/spool_io.h"

enum {
	DISK_FILES = 512,
	DISK_FILE_MAX = 1 << 20,
	DISK_SECTOR = 512,
	DISK_SECTORS = DISK_FILE_MAX / DISK_SECTOR,
	DISK_DIR = 1000000
};

struct disk_file {
	char name[32];
	bool linked, was_linked; /* now; as of the last sync of the directory */
	size_t size, was_size;
	unsigned char *now, *was;
	bool dirty[DISK_SECTORS];
};

struct disk {
	struct disk_file files[DISK_FILES];
	uint64_t seed;
	size_t capacity; /* bytes of all files; then ENOSPC */
	int error;       /* all changes fail with it, but for a full disk */
	bool no_sync;    /* syncs fail with EIO */
	long crash_in;   /* changes until the crash; negative: none */
	bool stopped;    /* it has crashed: nothing works */
	int open;        /* descriptors */
};

static inline uint64_t
disk_random(struct disk *d, uint64_t below)
{
	d->seed ^= d->seed << 13;
	d->seed ^= d->seed >> 7;
	d->seed ^= d->seed << 17;
	return (d->seed >> 11) % below;
}

/* Does this change happen? *torn: in part. */
static inline int
disk_change(struct disk *d, bool *torn)
{
	*torn = false;
	if (d->stopped)
		return -EIO;
	if (d->error != 0)
		return -d->error;
	if (d->crash_in >= 0 && d->crash_in-- == 0) {
		d->stopped = *torn = true;
		return disk_random(d, 2) != 0 ? -EIO : 0;
	}
	return 0;
}

static inline int
disk_open_dir(void *ctx, const char *path)
{
	struct disk *d = ctx;

	(void)path;
	d->open++;
	return DISK_DIR;
}

static inline struct disk_file *
disk_find(struct disk *d, const char *name)
{
	for (int i = 0; i < DISK_FILES; i++)
		if (d->files[i].linked && strcmp(d->files[i].name, name) == 0)
			return &d->files[i];
	return NULL;
}

static inline struct disk_file *
disk_new(struct disk *d, const char *name)
{
	struct disk_file *f = d->files;

	while (f < d->files + DISK_FILES && (f->linked || f->was_linked))
		f++;
	if (f == d->files + DISK_FILES)
		return NULL;
	free(f->now);
	free(f->was);
	memset(f, 0, sizeof *f);
	(void)snprintf(f->name, sizeof f->name, "%s", name);
	f->now = calloc(1, DISK_FILE_MAX);
	f->was = calloc(1, DISK_FILE_MAX);
	if (f->now == NULL || f->was == NULL)
		abort();
	f->linked = true;
	return f;
}

static inline int
disk_open(void *ctx, int dir, const char *name, bool fresh)
{
	struct disk *d = ctx;
	struct disk_file *f = disk_find(d, name);
	bool torn;
	int r;

	(void)dir;
	if (d->stopped)
		return -EIO;
	if (fresh && f != NULL)
		return -EEXIST;
	if (!fresh && f == NULL)
		return -ENOENT;
	if (fresh) {
		r = disk_change(d, &torn);
		if (r == 0)
			f = disk_new(d, name);
		if (r < 0 || f == NULL || torn)
			return r < 0 ? r : -EIO;
	}
	d->open++;
	return (int)(f - d->files);
}

static inline int64_t
disk_size(void *ctx, int fd)
{
	struct disk *d = ctx;

	return d->stopped ? -EIO : (int64_t)d->files[fd].size;
}

static inline ssize_t
disk_read(void *ctx, int fd, void *p, size_t n, int64_t at)
{
	struct disk *d = ctx;
	const struct disk_file *f = &d->files[fd];

	if (d->stopped)
		return -EIO;
	if ((size_t)at >= f->size)
		return 0;
	if (n > f->size - (size_t)at)
		n = f->size - (size_t)at;
	if (n > 1 && disk_random(d, 8) == 0)
		n = 1 + (size_t)disk_random(d, n);
	memcpy(p, f->now + at, n);
	return (ssize_t)n;
}

static inline size_t
disk_used(const struct disk *d)
{
	size_t sum = 0;

	for (int i = 0; i < DISK_FILES; i++)
		sum += d->files[i].linked ? d->files[i].size : 0;
	return sum;
}

static inline ssize_t
disk_write(void *ctx, int fd, const void *p, size_t n, int64_t at)
{
	struct disk *d = ctx;
	struct disk_file *f = &d->files[fd];
	size_t end = (size_t)at + n, used = disk_used(d) - f->size;
	bool torn;
	int r = disk_change(d, &torn);

	if (r < 0 && !torn)
		return r;
	if (end > DISK_FILE_MAX)
		return -EFBIG;
	if (torn || (n > 1 && disk_random(d, 16) == 0))
		n = 1 + (size_t)disk_random(d, n); /* short */
	end = (size_t)at + n;
	if (end > f->size && used + end > d->capacity) {
		if (used + (size_t)at >= d->capacity)
			return -ENOSPC;
		n = d->capacity - used - (size_t)at;
		end = (size_t)at + n;
	}
	memcpy(f->now + at, p, n);
	if (end > f->size)
		f->size = end;
	for (size_t i = (size_t)at / DISK_SECTOR; i * DISK_SECTOR < end; i++)
		f->dirty[i] = true;
	return torn ? -EIO : (ssize_t)n;
}

static inline int
disk_truncate(void *ctx, int fd, int64_t size)
{
	struct disk *d = ctx;
	struct disk_file *f = &d->files[fd];
	bool torn;
	int r = disk_change(d, &torn);

	if (r < 0)
		return r;
	if ((size_t)size < f->size)
		memset(f->now + size, 0, f->size - (size_t)size);
	f->size = (size_t)size;
	return torn ? -EIO : 0;
}

static inline int
disk_sync(void *ctx, int fd)
{
	struct disk *d = ctx;
	struct disk_file *f = &d->files[fd == DISK_DIR ? 0 : fd];
	bool torn;
	int r = disk_change(d, &torn);

	if (r < 0 || torn)
		return r < 0 ? r : -EIO;
	if (fd == DISK_DIR) {
		for (int i = 0; i < DISK_FILES && !d->no_sync; i++)
			d->files[i].was_linked = d->files[i].linked;
		return d->no_sync ? -EIO : 0;
	}
	for (size_t i = 0; i < DISK_SECTORS; i++) {
		if (f->dirty[i] && !d->no_sync)
			memcpy(f->was + i * DISK_SECTOR,
			    f->now + i * DISK_SECTOR, DISK_SECTOR);
		f->dirty[i] = false;
	}
	if (d->no_sync)
		return -EIO;
	f->was_size = f->size;
	return 0;
}

static inline int
disk_unlink(void *ctx, int dir, const char *name)
{
	struct disk *d = ctx;
	struct disk_file *f = disk_find(d, name);
	bool torn;
	int r = disk_change(d, &torn);

	(void)dir;
	if (r < 0)
		return r;
	if (f == NULL)
		return -ENOENT;
	f->linked = false;
	return torn ? -EIO : 0;
}

static inline void
disk_close(void *ctx, int fd)
{
	struct disk *d = ctx;

	(void)fd;
	d->open--;
}

static inline int
disk_list(void *ctx, int dir, int (*each)(void *, const char *), void *arg)
{
	struct disk *d = ctx;
	int r = d->stopped ? -EIO : 0;

	(void)dir;
	for (int i = 0; r == 0 && i < DISK_FILES; i++)
		if (d->files[i].linked)
			r = each(arg, d->files[i].name);
	return r;
}

/* The machine starts again with what the disk has kept. */
static inline void
disk_crash(struct disk *d)
{
	for (int i = 0; i < DISK_FILES; i++) {
		struct disk_file *f = &d->files[i];
		size_t least = f->size < f->was_size ? f->size : f->was_size;
		size_t most = f->size > f->was_size ? f->size : f->was_size;

		if (f->linked != f->was_linked)
			f->linked = disk_random(d, 2) != 0;
		f->was_linked = f->linked;
		if (f->now == NULL)
			continue;
		for (size_t k = 0; k < DISK_SECTORS; k++) {
			if (f->dirty[k] && disk_random(d, 2) != 0)
				memcpy(f->was + k * DISK_SECTOR,
				    f->now + k * DISK_SECTOR, DISK_SECTOR);
			f->dirty[k] = false;
		}
		f->size = least + (size_t)disk_random(d, most - least + 1);
		memset(f->was + f->size, 0, DISK_FILE_MAX - f->size);
		f->was_size = f->size;
		memcpy(f->now, f->was, DISK_FILE_MAX);
	}
	d->stopped = false;
	d->crash_in = -1;
	d->open = 0;
}

static inline struct spool_io
disk_io(struct disk *d)
{
	return (struct spool_io){.ctx = d,
	    .open_dir = disk_open_dir,
	    .open = disk_open,
	    .size = disk_size,
	    .pread = disk_read,
	    .pwrite = disk_write,
	    .truncate = disk_truncate,
	    .sync = disk_sync,
	    .unlink = disk_unlink,
	    .close = disk_close,
	    .list = disk_list};
}

static inline struct disk *
disk_make(uint64_t seed)
{
	struct disk *d = calloc(1, sizeof *d);

	if (d == NULL)
		abort();
	d->seed = seed * 2654435761u + 88172645463325252u;
	d->capacity = SIZE_MAX / 2;
	d->crash_in = -1;
	return d;
}

static inline void
disk_free(struct disk *d)
{
	for (int i = 0; i < DISK_FILES; i++) {
		free(d->files[i].now);
		free(d->files[i].was);
	}
	free(d);
}

#endif
