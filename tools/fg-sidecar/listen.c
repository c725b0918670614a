/* SPDX-License-Identifier: Apache-2.0 */
#include "listen.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"

enum { BACKLOG = 128 };

static int
address(const char *path, struct sockaddr_un *to, struct err *e)
{
	size_t n = strlen(path);

	*to = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (n == 0 || n >= sizeof to->sun_path)
		return err_set(e, ERR_USAGE, ENAMETOOLONG,
		    "--socket: %zu bytes; 1 to %zu can be bound", n,
		    sizeof to->sun_path - 1);
	memcpy(to->sun_path, path, n + 1);
	return 0;
}

static int
wrong(const char *path, int error, struct err *e)
{
	return err_set(
	    e, ERR_PERM, error, "--socket: %s: %s", path, strerror(error));
}

int
listen_connect(const char *path, struct err *e)
{
	cleanup_fd int fd = -1;
	struct sockaddr_un to;
	int r = address(path, &to, e);

	if (r != 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return wrong(path, errno, e);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		return err_set(
		    e, ERR_TEMP, errno, "%s: %s", path, strerror(errno));
	r = fd;
	fd = -1;
	return r;
}

/* The directory, when its own parent is there. */
static void
make_folder(const char *path)
{
	char folder[sizeof((struct sockaddr_un *)0)->sun_path];
	size_t n = str_rchr(str_of(path), '/');

	if (n == 0 || n >= sizeof folder || path[n] == '\0')
		return;
	memcpy(folder, path, n);
	folder[n] = '\0';
	(void)mkdir(folder, 0755);
}

/* What is there already: a socket that somebody left, or not ours to touch. */
static int
clear(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) != 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return wrong(path, ENOTSOCK, e);
	fd = listen_connect(path, NULL);
	if (fd >= 0) {
		(void)close(fd);
		return wrong(path, EADDRINUSE, e);
	}
	return unlink(path) != 0 ? wrong(path, errno, e) : 0;
}

int
listen_open(const char *path, struct err *e)
{
	cleanup_fd int fd = -1;
	struct sockaddr_un at;
	int r = address(path, &at, e);

	if (r == 0)
		r = clear(path, e);
	if (r != 0)
		return r;
	make_folder(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
	    chmod(path, 0666) != 0 || listen(fd, BACKLOG) != 0)
		return wrong(path, errno, e);
	r = fd;
	fd = -1;
	return r;
}
