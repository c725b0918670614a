/* SPDX-License-Identifier: Apache-2.0 */
#include "spool_io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int
open_dir(void *ctx, const char *path)
{
	int fd, code;

	(void)ctx;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	code = errno;
	(void)close(fd);
	return -code;
}

static int
open_file(void *ctx, int dir, const char *name, bool fresh)
{
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	struct stat st;
	int fd;

	(void)ctx;
	if (fresh)
		flags |= O_CREAT | O_EXCL;
	fd = openat(dir, name, flags, 0600);
	if (fd < 0 && errno == EROFS)
		fd = openat(dir, name, (flags & ~O_RDWR) | O_RDONLY);
	if (fd < 0)
		return errno == EISDIR || errno == ENXIO ? -ELOOP : -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	(void)close(fd);
	return -ELOOP;
}

static int64_t
file_size(void *ctx, int fd)
{
	struct stat st;

	(void)ctx;
	return fstat(fd, &st) < 0 ? -errno : st.st_size;
}

static ssize_t
read_at(void *ctx, int fd, void *p, size_t n, int64_t at)
{
	ssize_t r = pread(fd, p, n, at);

	(void)ctx;
	return r < 0 ? -errno : r;
}

static ssize_t
write_at(void *ctx, int fd, const void *p, size_t n, int64_t at)
{
	ssize_t r = pwrite(fd, p, n, at);

	(void)ctx;
	return r < 0 ? -errno : r;
}

static int
cut(void *ctx, int fd, int64_t size)
{
	(void)ctx;
	return ftruncate(fd, size) < 0 ? -errno : 0;
}

/* fdatasync(2) also writes what is needed to find the data: the size. */
static int
sync_data(void *ctx, int fd)
{
	(void)ctx;
	return fdatasync(fd) < 0 ? -errno : 0;
}

static int
remove_file(void *ctx, int dir, const char *name)
{
	(void)ctx;
	return unlinkat(dir, name, 0) < 0 ? -errno : 0;
}

static void
close_file(void *ctx, int fd)
{
	(void)ctx;
	(void)close(fd);
}

static int
list(void *ctx, int dir, int (*each)(void *arg, const char *), void *arg)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *d;
	DIR *names;
	int r = 0;

	(void)ctx;
	if (fd < 0)
		return -errno;
	names = fdopendir(fd);
	if (names == NULL) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	for (errno = 0; r == 0 && (d = readdir(names)) != NULL; errno = 0)
		r = each(arg, d->d_name);
	if (r == 0 && errno != 0)
		r = -errno;
	(void)closedir(names);
	return r;
}

const struct spool_io spool_io_files = {
    .open_dir = open_dir,
    .open = open_file,
    .size = file_size,
    .pread = read_at,
    .pwrite = write_at,
    .truncate = cut,
    .sync = sync_data,
    .unlink = remove_file,
    .close = close_file,
    .list = list,
};

ssize_t
spool_io_read(const struct spool_io *io, int fd, void *p, size_t n, uint64_t at)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = io->pread(io->ctx, fd, (char *)p + done, n - done,
		    (int64_t)(at + done));

		if (r == 0)
			break;
		if (r > 0)
			done += (size_t)r;
		else if (r != -EINTR)
			return r;
	}
	return (ssize_t)done;
}

int
spool_io_write(
    const struct spool_io *io, int fd, const void *p, size_t n, uint64_t at)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = io->pwrite(io->ctx, fd, (const char *)p + done,
		    n - done, (int64_t)(at + done));

		if (r == 0)
			return -EIO;
		if (r > 0)
			done += (size_t)r;
		else if (r != -EINTR)
			return (int)r;
	}
	return 0;
}
