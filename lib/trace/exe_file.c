/* SPDX-License-Identifier: Apache-2.0 */
#include "exe_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"
#include "exe_elf.h"
#include "path.h"
#include "serve.h"
#include "sha256/sha256.h"
#include "sock.h"
#include "time/time.h"

#define TICK_NS INT64_C(50000000)

static int64_t
nanoseconds(const struct timespec *ts)
{
	return ts->tv_sec * INT64_C(1000000000) + ts->tv_nsec;
}

/* By its name and by what keeps it. */
static uint32_t
place_facts(const struct trace *t, const struct stat *st, struct str exe)
{
	uint32_t facts = 0;

	if (st->st_nlink == 0)
		facts |= EXE_DELETED;
	if (str_starts(exe, "/memfd:"))
		facts |= EXE_MEMFD;
	else if (st->st_dev != t->root_dev)
		facts |= EXE_VOLUME;
	if (str_starts(exe, "/dev/shm/"))
		facts |= EXE_TMPFS;
	return facts;
}

/* What does not change while the file does not. */
static uint32_t
file_facts(struct trace *t, const char *name, const struct stat *st)
{
	struct statfs fs;
	uint32_t facts = 0;

	if (st->st_dev != t->root_dev && statfs(name, &fs) == 0 &&
	    (uint32_t)fs.f_type == TMPFS_MAGIC)
		facts |= EXE_TMPFS;
	if (st->st_mode & (S_ISUID | S_ISGID) ||
	    getxattr(name, "security.capability", NULL, 0) > 0)
		facts |= EXE_SETUID;
	if (nanoseconds(&st->st_ctim) >= t->config.started_ns)
		facts |= EXE_MODIFIED | exe_elf_look(t, name);
	return facts;
}

static uint32_t
stdio_facts(struct trace *t, struct proc *p, pid_t tid)
{
	char name[32];
	struct stat st;
	uint32_t facts = 0;
	int fd;

	for (fd = 0; fd < 3; fd++) {
		(void)snprintf(
		    name, sizeof(name), "/proc/%d/fd/%d", (int)tid, fd);
		if (stat(name, &st) < 0)
			continue;
		if (S_ISSOCK(st.st_mode) && sock_inet(t, p, tid, fd))
			facts |= EXE_STDIO_SOCKET;
		/* Unix98 pseudo terminals, tty, console. */
		if (fd == 0 && S_ISCHR(st.st_mode)) {
			unsigned int major =
			    (unsigned int)(st.st_rdev >> 8) & 0xfff;

			if (major == 4 || major == 5 ||
			    (major >= 136 && major <= 143))
				facts |= EXE_TTY;
		}
	}
	return facts;
}

/* SHA-256 of an open file; false when it cannot be read. */
static bool
digest(struct trace *t, int fd, char hex[SHA256_HEX])
{
	unsigned char sum[SHA256_BYTES];
	struct sha256 s;
	ssize_t got;

	sha256_init(&s);
	while ((got = read(fd, t->block, sizeof(t->block))) > 0)
		sha256_add(&s, t->block, (size_t)got);
	if (got < 0)
		return false;
	sha256_end(&s, sum);
	sha256_hex(sum, hex);
	return true;
}

/* What is known of the file, as long as it does not change. */
static struct state_file *
file_of(struct trace *t, const char *name, const struct stat *st)
{
	struct state_file is = {.dev = st->st_dev,
	    .ino = st->st_ino,
	    .ctime_ns = (uint64_t)nanoseconds(&st->st_ctim),
	    .size = (uint64_t)st->st_size};
	struct state_file *at;

	at = &t->files[(is.ino ^ is.dev * 31) % STATE_FILES];
	if (at->known && at->dev == is.dev && at->ino == is.ino &&
	    at->ctime_ns == is.ctime_ns && at->size == is.size)
		return at;
	is.facts = file_facts(t, name, st);
	/* Within a tick of the clock it could change and look the same. */
	is.known = time_now_ns() - nanoseconds(&st->st_ctim) > TICK_NS;
	*at = is;
	return at;
}

static struct str
hash(struct trace *t, const char *name, struct state_file *file)
{
	cleanup_fd int fd = -1;

	if (file->hex[0] == '\0') {
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || !digest(t, fd, file->hex)) {
			file->hex[0] = '\0';
			return STR_NONE;
		}
	}
	memcpy(t->hex, file->hex, sizeof(t->hex));
	return str_make(t->hex, SHA256_HEX - 1);
}

void
exe_file_look(struct trace *t, struct proc *p, pid_t tid, struct exe_file *ret)
{
	struct state_file *file;
	char name[32];
	struct stat st;
	ssize_t n;

	*ret = (struct exe_file){0};
	(void)snprintf(name, sizeof(name), "/proc/%d/exe", (int)tid);
	n = path_link(name, t->exe, sizeof(t->exe));
	if (n > 0)
		ret->exe = str_make(t->exe, (size_t)n);
	ret->hidden = n == -EACCES;
	ret->facts = stdio_facts(t, p, tid);
	if (stat(name, &st) < 0)
		return;
	ret->dev = st.st_dev;
	ret->ino = st.st_ino;
	file = file_of(t, name, &st);
	ret->facts |= place_facts(t, &st, ret->exe) | file->facts;
	if (t->config.hash)
		ret->sha256 = hash(t, name, file);
}

bool
exe_file_differs(struct trace *t, pid_t tid, const struct exe_file *file,
    struct str cwd, struct str *name)
{
	char root[48 + STATE_PATH];
	struct stat st;
	size_t n = 0;

	if (t->script[0] != '/') {
		if (cwd.n + name->n + 2 > sizeof(t->script))
			return false;
		memmove(t->script + cwd.n + 1, t->script, name->n + 1);
		memcpy(t->script, cwd.p, cwd.n);
		t->script[cwd.n] = '/';
		n = cwd.n + 1;
	}
	n = path_clean(t->script, n + name->n, 0);
	*name = str_make(t->script, n);
	(void)snprintf(
	    root, sizeof(root), "/proc/%d/root%s", (int)tid, t->script);
	return stat(root, &st) < 0 || st.st_dev != file->dev ||
	       st.st_ino != file->ino;
}
