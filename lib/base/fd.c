/* SPDX-License-Identifier: Apache-2.0 */
#include "fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 64 * 1024 };

void
fd_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

/* The kind of error that an errno from a file operation is. */
static int
fail(struct err *e, const char *what, int code)
{
	enum err_kind kind = ERR_PERM;

	if (code == ENOMEM || code == EMFILE || code == ENFILE)
		kind = ERR_TEMP;
	if (what[0] == '\0')
		what = "\"\""; /* a path; a line without it names nothing */
	return err_set(e, kind, code, "%s: %s", what, strerror(code));
}

static int
open_by(const char *path, int flags, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
	struct stat st;

	if (fd < 0)
		return fail(e, path, errno);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		fd_closep(&fd);
		return fail(e, path, EISDIR);
	}
	return fd;
}

int
fd_open(const char *path, struct err *e)
{
	return open_by(path, 0, e);
}

int
fd_open_now(const char *path, struct err *e)
{
	return open_by(path, O_NONBLOCK, e);
}

/* One byte more than the bound decides whether the input ends there. */
static int
expect_end(int fd, const char *what, size_t max, struct err *e)
{
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail(e, what, errno);
	if (n > 0)
		return err_set(
		    e, ERR_PERM, EFBIG, "%s: larger than %zu bytes", what, max);
	return 0;
}

int
fd_read_all(int fd, const char *what, struct buf *b, struct err *e)
{
	for (;;) {
		size_t room = b->max - b->n;
		size_t step = room < READ_STEP ? room : READ_STEP;
		char *to = buf_reserve(b, step);
		ssize_t n;

		if (to == NULL)
			return fail(e, what, -buf_error(b));
		if (step == 0)
			return expect_end(fd, what, b->max, e);
		n = read(fd, to, step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(e, what, errno);
		b->n += (size_t)n;
		b->p[b->n] = '\0';
		if (n == 0)
			return 0;
	}
}

int
fd_read_input(const char *path, struct buf *b, const char **what, struct err *e)
{
	cleanup_fd int fd = -1;

	if (path == NULL || strcmp(path, "-") == 0) {
		*what = "standard input";
		return fd_read_all(STDIN_FILENO, *what, b, e);
	}
	*what = path;
	fd = fd_open(path, e);
	if (fd < 0)
		return fd;
	return fd_read_all(fd, path, b, e);
}

int
fd_write_all(int fd, const char *what, const void *p, size_t n, struct err *e)
{
	const char *at = p;

	while (n > 0) {
		ssize_t done = write(fd, at, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return fail(e, what, errno);
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

int
fd_write_stdout(struct str s, struct err *e)
{
	return fd_write_all(STDOUT_FILENO, "standard output", s.p, s.n, e);
}

static int
save_directly(const char *path, struct str s, struct err *e)
{
	cleanup_fd int fd =
	    open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return fail(e, path, errno);
	return fd_write_all(fd, path, s.p, s.n, e);
}

static int
save_beside(
    const char *path, char *temp, struct str s, mode_t mode, struct err *e)
{
	cleanup_fd int fd = mkostemp(temp, O_CLOEXEC);
	int r;

	if (fd < 0)
		return fail(e, path, errno);
	r = fd_write_all(fd, path, s.p, s.n, e);
	if (r == 0 && fchmod(fd, mode) != 0)
		r = fail(e, path, errno);
	if (r == 0 && fsync(fd) != 0)
		r = fail(e, path, errno);
	if (r == 0 && rename(temp, path) != 0)
		r = fail(e, path, errno);
	if (r != 0)
		(void)unlink(temp);
	return r;
}

/* It can only be read by setting it. */
static mode_t
current_umask(void)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	return mask;
}

/*
 * Names such as /dev/stderr lead to whatever the descriptor has open: it is
 * written to, behind what is there, and the name itself is never replaced.
 */
static bool
is_kernel_name(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 ||
	       strncmp(path, "/proc/", 6) == 0;
}

static int
save_regular(const char *path, struct str s, mode_t mode, struct err *e)
{
	cleanup_buf struct buf temp = BUF_MAX(PATH_MAX);

	buf_addf(&temp, "%s.XXXXXX", path);
	if (buf_error(&temp) != 0)
		return fail(e, path, ENAMETOOLONG);
	return save_beside(path, temp.p, s, mode, e);
}

int
fd_save(const char *path, struct str s, unsigned int mode, struct err *e)
{
	char target[PATH_MAX];
	struct stat st;
	bool exists = stat(path, &st) == 0;

	if (is_kernel_name(path) || (exists && !S_ISREG(st.st_mode)))
		return save_directly(path, s, e);
	if (!exists)
		return save_regular(
		    path, s, (mode_t)mode & ~current_umask(), e);
	/* A symbolic link stays one: its target is what is replaced. */
	if (realpath(path, target) == NULL)
		return fail(e, path, errno);
	return save_regular(target, s, st.st_mode & 0777, e);
}

int
fd_sanitise(struct err *e)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest free number is fd: those below are open. */
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return fail(e, "/dev/null", errno);
	}
	return 0;
}
