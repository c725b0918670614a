/* SPDX-License-Identifier: Apache-2.0 */
#include "kin.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/num.h"

enum { DEPTH_MAX = 256, STAT_MAX = 512, NAME_MAX_DIGITS = 10 };

struct stat_line {
	pid_t ppid;
	char state;
};

/* "/proc/PID/stat" without stdio, since a signal handler wants it. */
static void
stat_path(pid_t pid, char to[32])
{
	char digits[NAME_MAX_DIGITS + 1], *at = to;
	int n = 0;

	memcpy(at, "/proc/", 6);
	at += 6;
	for (; pid > 0; pid /= 10)
		digits[n++] = (char)('0' + pid % 10);
	while (n > 0)
		*at++ = digits[--n];
	memcpy(at, "/stat", 6);
}

/* "PID (COMM) STATE PPID …"; COMM may hold anything, ")" too. proc(5). */
static bool
read_stat(pid_t pid, struct stat_line *ret)
{
	char path[32], text[STAT_MAX];
	const char *at;
	ssize_t n;
	int fd;

	stat_path(pid, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof text);
	(void)close(fd);
	at = n <= 0 ? NULL : memrchr(text, ')', (size_t)n);
	if (at == NULL || text + n - at < 6)
		return false;
	*ret = (struct stat_line){.state = at[2]};
	for (at += 4; at < text + n && *at >= '0' && *at <= '9'; at++)
		ret->ppid = ret->ppid * 10 + (*at - '0');
	return true;
}

bool
kin_descends(pid_t pid, pid_t from)
{
	struct stat_line line;

	for (int depth = 0; depth < DEPTH_MAX && pid > 0; depth++) {
		if (!read_stat(pid, &line))
			return false;
		if (line.ppid == from)
			return true;
		pid = line.ppid;
	}
	return false;
}

bool
kin_only_child(pid_t but)
{
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	char text[64];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
	int64_t pid;

	if (fd >= 0)
		(void)close(fd);
	return n > 0 &&
	       num_parse(
		   str_trim(str_make(text, (size_t)n)), 1, INT32_MAX, &pid) &&
	       (pid_t)pid == but;
}

/* What getdents64(2) fills in. */
struct entry {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

static bool
is_rest(pid_t pid, pid_t but)
{
	pid_t self = getpid();
	struct stat_line line;

	if (pid == self || pid == but || !read_stat(pid, &line))
		return false;
	if (line.state == 'Z' || line.state == 'X')
		return false;
	return self == 1 || kin_descends(pid, self);
}

static unsigned
signal_entries(const char *at, const char *end, pid_t but, int sig)
{
	unsigned found = 0;

	while (at < end) {
		const struct entry *entry = (const void *)at;
		int64_t pid;

		at += entry->len;
		if (!num_parse(str_of(entry->name), 1, INT32_MAX, &pid) ||
		    !is_rest((pid_t)pid, but))
			continue;
		found++;
		if (sig != 0)
			(void)kill((pid_t)pid, sig);
	}
	return found;
}

unsigned
kin_signal(pid_t but, int sig)
{
	static _Alignas(8) char entries[16384];
	int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unsigned found = 0;
	long n;

	if (fd < 0)
		return 0;
	while ((n = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0)
		found += signal_entries(entries, entries + n, but, sig);
	(void)close(fd);
	return found;
}
