/* SPDX-License-Identifier: Apache-2.0 */
#include "filewatch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/fd.h"
#include "time/time.h"

enum {
	PIPE_STEP = 16384,
	IN_FOLDER = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO,
	IN_TARGET = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB,
};

/*
 * The folder tells of names; the file itself of writes, wherever a symbolic
 * link leads. Each call follows the links anew.
 */
static int
watch(struct filewatch *f)
{
	const char *slash = strrchr(f->path, '/');
	char folder[PATH_MAX] = ".";
	size_t n = slash == NULL ? 0 : (size_t)(slash - f->path);

	if (n >= sizeof folder)
		return -ENAMETOOLONG;
	if (slash != NULL) {
		memcpy(folder, f->path, n + 1);
		folder[n == 0 ? 1 : n] = '\0';
	}
	(void)inotify_add_watch(f->fd, f->path, IN_TARGET);
	if (inotify_add_watch(f->fd, folder, IN_FOLDER | IN_MASK_ADD) < 0)
		return -errno;
	return 0;
}

void
filewatch_open(struct filewatch *f, const char *path, int64_t now_ms)
{
	*f = (struct filewatch){.path = path,
	    .fd = -1,
	    .begin_ms = path == NULL ? INT64_MAX : now_ms + FILEWATCH_BEGIN_MS,
	    .changed_ms = INT64_MAX};
}

int
filewatch_begin(struct filewatch *f, int64_t now_ms, struct err *e)
{
	bool told = f->told;
	int r;

	if (now_ms < f->begin_ms)
		return 0;
	if (f->fd < 0)
		f->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	r = f->fd < 0 ? -errno : watch(f);
	f->begin_ms = r == 0 ? INT64_MAX : now_ms + FILEWATCH_RETRY_MS;
	f->told = r != 0;
	/* It may have changed while nobody watched. */
	f->first_ms = f->changed_ms = now_ms - FILEWATCH_REST_MS;
	if (r != 0 && !told)
		return err_set(e, ERR_PERM, -r, "%s: cannot be watched: %s",
		    f->path, strerror(-r));
	return 0;
}

/* fd does not wait; the end is when nobody has it open for writing. */
static int
read_pipe(
    int fd, const char *path, int64_t wait_ms, struct buf *b, struct err *e)
{
	const int64_t until = time_monotonic_ms() + wait_ms;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until - time_monotonic_ms();
		char *to = buf_reserve(b, PIPE_STEP);
		ssize_t n;

		if (to == NULL)
			return err_set(e, ERR_PERM, EFBIG,
			    "%s: larger than %zu bytes", path, b->max);
		if (left <= 0)
			return err_set(e, ERR_TEMP, ETIMEDOUT,
			    "%s: no end of it came in %lld ms", path,
			    (long long)wait_ms);
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, to, PIPE_STEP);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return err_set(e, ERR_PERM, errno, "%s: %s", path,
			    strerror(errno));
		if (n == 0)
			return 0;
		b->n += n > 0 ? (size_t)n : 0;
	}
}

int
filewatch_read(
    struct filewatch *f, int64_t wait_ms, struct buf *b, struct err *e)
{
	cleanup_fd int fd = -1;

	f->changed_ms = INT64_MAX;
	if (stat(f->path, &f->seen) != 0)
		f->seen = (struct stat){0};
	fd = fd_open_now(f->path, e);
	if (fd < 0)
		return fd;
	(void)fstat(fd, &f->seen);
	if (S_ISREG(f->seen.st_mode))
		return fd_read_all(fd, f->path, b, e);
	if (wait_ms > 0)
		return read_pipe(fd, f->path, wait_ms, b, e);
	return err_set(e, ERR_PERM, EINVAL,
	    "%s: not a regular file; what is none is read at the start only",
	    f->path);
}

void
filewatch_poll(struct filewatch *f, int64_t now_ms)
{
	char events[4096];

	while (read(f->fd, events, sizeof events) > 0) {
		if (f->changed_ms == INT64_MAX)
			f->first_ms = now_ms;
		f->changed_ms = now_ms;
	}
	if (watch(f) != 0) /* the folder is gone */
		f->begin_ms = now_ms;
}

/* When the changes have come to rest; INT64_MAX: there are none. */
static int64_t
at_rest(const struct filewatch *f)
{
	int64_t latest = f->first_ms + FILEWATCH_REST_MAX_MS;
	int64_t at;

	if (f->changed_ms == INT64_MAX)
		return INT64_MAX;
	at = f->changed_ms + FILEWATCH_REST_MS;
	return at < latest ? at : latest;
}

int64_t
filewatch_next(const struct filewatch *f)
{
	int64_t at = at_rest(f);

	return at < f->begin_ms ? at : f->begin_ms;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool
filewatch_changed(struct filewatch *f, int64_t now_ms)
{
	struct stat now = {0};

	if (at_rest(f) > now_ms)
		return false;
	f->changed_ms = INT64_MAX;
	(void)stat(f->path, &now);
	return now.st_dev != f->seen.st_dev || now.st_ino != f->seen.st_ino ||
	       now.st_size != f->seen.st_size ||
	       !same_time(now.st_ctim, f->seen.st_ctim) ||
	       !same_time(now.st_mtim, f->seen.st_mtim);
}
