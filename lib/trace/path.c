/* SPDX-License-Identifier: Apache-2.0 */
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "path_walk.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

ssize_t
path_link(const char *name, char *to, size_t n)
{
	ssize_t got = readlink(name, to, n - 1);

	if (got < 0)
		return -errno;
	to[got] = '\0';
	return got;
}

struct str
path_cwd(struct trace *t, pid_t tid)
{
	char name[32];
	ssize_t n;

	(void)snprintf(name, sizeof(name), "/proc/%d/cwd", (int)tid);
	n = path_link(name, t->cwd, sizeof(t->cwd));
	return n < 0 ? STR_NONE : str_make(t->cwd, (size_t)n);
}

struct str
path_of_fd(struct trace *t, pid_t tid, int fd, int which)
{
	char name[48];
	ssize_t n;

	(void)snprintf(name, sizeof(name), "/proc/%d/fd/%d", (int)tid, fd);
	n = path_link(name, t->path[which], sizeof(t->path[which]));
	return n < 0 ? STR_NONE : str_make(t->path[which], (size_t)n);
}

bool
path_guarded(const struct trace *t, struct str path)
{
	return t->dir_n > 0 && path.n >= t->dir_n &&
	       memcmp(path.p, t->dir, t->dir_n) == 0 &&
	       (path.n == t->dir_n || path.p[t->dir_n] == '/');
}

bool
path_guards(const struct trace *t, const struct path *p)
{
	return path_guarded(t, p->real) || path_guarded(t, p->given);
}

bool
path_above_guarded(const struct trace *t, struct str path)
{
	return path.n > 1 && path.n < t->dir_n && t->dir[path.n] == '/' &&
	       memcmp(path.p, t->dir, path.n) == 0;
}

bool
path_nowhere(const struct trace *t, const struct path *p)
{
	return t->no_name == -EBADF && !str_starts(p->real, "/");
}

bool
path_same_space(pid_t tid, const char *kind)
{
	char ours[32], theirs[32], to[2][32];

	(void)snprintf(ours, sizeof(ours), "/proc/self/ns/%s", kind);
	(void)snprintf(
	    theirs, sizeof(theirs), "/proc/%d/ns/%s", (int)tid, kind);
	if (path_link(ours, to[0], sizeof(to[0])) < 0 ||
	    path_link(theirs, to[1], sizeof(to[1])) < 0)
		return true;
	return strcmp(to[0], to[1]) == 0;
}

bool
path_in_proc(pid_t tid, const char *name)
{
	char theirs[STATE_PATH + 32];
	struct statfs fs;
	bool seen = statfs(name, &fs) == 0;

	if (seen && (uint32_t)fs.f_type == PROC_SUPER_MAGIC)
		return true;
	/* It may have mounts of its own. */
	(void)snprintf(
	    theirs, sizeof(theirs), "/proc/%d/root%s", (int)tid, name);
	if (statfs(theirs, &fs) == 0)
		return (uint32_t)fs.f_type == PROC_SUPER_MAGIC;
	return !seen && strncmp(name, "/proc/", 6) == 0;
}

size_t
path_clean(char *p, size_t n, size_t keep)
{
	size_t from = keep, to = keep, end, len;

	while (from < n) {
		while (from < n && p[from] == '/')
			from++;
		for (end = from; end < n && p[end] != '/'; end++)
			;
		len = end - from;
		if (len == 0 || (len == 1 && p[from] == '.')) {
			;
		} else if (len == 2 && p[from] == '.' && p[from + 1] == '.') {
			while (to > keep && p[--to] != '/')
				;
		} else {
			p[to++] = '/';
			memmove(p + to, p + from, len);
			to += len;
		}
		from = end;
	}
	if (to == 0)
		p[to++] = '/';
	p[to] = '\0';
	return to;
}

/*
 * Does `name` lead somewhere without a link on the way? 0 or -errno: -ELOOP:
 * there is one. Asking for a directory keeps the kernel from opening anything
 * where there is something else: half the price.
 */
static int
straight(struct trace *t, const char *name, bool stay)
{
	struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
	    .resolve = RESOLVE_NO_SYMLINKS};
	long fd;

	if (t->no_openat2)
		return -ELOOP;
	if (stay)
		how.flags |= O_NOFOLLOW;
	fd = syscall(SYS_openat2, AT_FDCWD, name, &how, sizeof(how));
	if (fd >= 0)
		return close((int)fd);
	if (errno == ENOTDIR)
		return 0;
	if (errno == ENOSYS || errno == EPERM) {
		t->no_openat2 = true;
		return -ELOOP;
	}
	return -errno;
}

/* The same for its directory, after which its last part does not matter. */
static int
straight_dir(struct trace *t, char *name, size_t n)
{
	size_t slash = str_rchr(str_make(name, n), '/');
	char c;
	int error;

	if (slash == 0 || slash == n)
		return 0;
	c = name[slash];
	name[slash] = '\0';
	error = straight(t, name, false);
	name[slash] = c;
	return error;
}

static bool
ends_plain(const char *name, size_t n)
{
	size_t last = n - str_rchr(str_make(name, n), '/');

	return !(last == 1 || (last == 2 && name[n - 1] == '.') ||
		 (last == 3 && name[n - 1] == '.' && name[n - 2] == '.'));
}

/* True when `name` has no links, or only its last part is missing. */
static bool
is_straight(
    struct trace *t, char *name, size_t n, enum path_last last, bool *exists)
{
	int error;

	*exists = false;
	if (last == PATH_NAME && ends_plain(name, n))
		return straight_dir(t, name, n) == 0;
	error = straight(t, name, last != PATH_FOLLOW);
	*exists = error == 0;
	return error == 0 || (error == -ENOENT && ends_plain(name, n) &&
				 straight_dir(t, name, n) == 0);
}

/* Where the name starts: root or directory, in t->path[which]. */
static size_t
start(
    struct trace *t, const struct call *c, int which, int dirfd, size_t *root_n)
{
	char *to = t->path[which], link[48];
	struct str dir;
	ssize_t n = 0;

	*root_n = 0;
	if (t->roots_vary) {
		(void)snprintf(
		    link, sizeof(link), "/proc/%d/root", (int)c->tid);
		n = path_link(link, to, STATE_PATH);
		if (n > 1)
			*root_n = (size_t)n;
	}
	if (t->raw[which][0] == '/')
		return *root_n;
	t->no_name = -ENAMETOOLONG;
	if (dirfd == AT_FDCWD) {
		dir = path_cwd(t, c->tid);
		if (dir.n > 0)
			memcpy(to, dir.p, dir.n);
	} else {
		dir = path_of_fd(t, c->tid, dirfd, which);
		if (dir.n == 0 && errno == ENOENT)
			t->no_name = -EBADF;
	}
	if (dir.n < *root_n)
		*root_n = 0;
	return dir.n;
}

void
path_find(struct trace *t, const struct call *c, int which, int dirfd,
    enum path_last last, struct path *ret)
{
	char *name = t->path[which], *given = t->given[which];
	size_t root_n, n, raw_n = strlen(t->raw[which]);
	bool ok;

	n = start(t, c, which, dirfd, &root_n);
	if (n == 0 && t->raw[which][0] != '/' && root_n == 0) {
		/* A directory that has no name: deeper than PATH_MAX. */
		memcpy(given, t->raw[which], raw_n + 1);
		ret->real = ret->given = str_make(given, raw_n);
		ret->exists = false;
		return;
	}
	if (raw_n > 0) {
		if (t->raw[which][0] != '/')
			name[n++] = '/';
		memcpy(name + n, t->raw[which], raw_n);
		n += raw_n;
	}
	name[n] = '\0';
	memcpy(given, name, n + 1);
	ok = n > 0 && name[0] == '/';
	if (ok && is_straight(t, name, n, last, &ret->exists)) {
		n = path_clean(name, n, root_n);
		ret->real = ret->given = str_make(name, n);
		return;
	}
	ret->given = str_make(given, path_clean(given, n, root_n));
	if (ok)
		n = path_walk(t, c, which, root_n, last, &ret->exists);
	ret->real = str_make(name, n);
}
