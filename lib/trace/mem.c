/* SPDX-License-Identifier: Apache-2.0 */
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fd.h"

enum { PAGE = 4096, FIRST = 512 };

static int
open_mem(pid_t tid, int flags)
{
	char name[32];
	int fd;

	(void)snprintf(name, sizeof(name), "/proc/%d/mem", (int)tid);
	fd = open(name, flags | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	return errno == EACCES || errno == EPERM ? -EREMOTEIO : -errno;
}

/* Where process_vm_readv(2) is refused, as by some sandboxes' filters. */
static ssize_t
read_file(pid_t tid, uint64_t from, void *to, size_t n)
{
	cleanup_fd int fd = open_mem(tid, O_RDONLY);
	ssize_t got;

	if (fd < 0)
		return fd;
	got = pread(fd, to, n, (off_t)from);
	if (got > 0)
		return got;
	return got == 0 || errno == EIO ? -EFAULT : -errno;
}

ssize_t
mem_read(struct trace *t, pid_t tid, uint64_t from, void *to, size_t n)
{
	struct iovec here = {to, n}, there;
	ssize_t got;

	there.iov_base = (void *)(uintptr_t)from;
	there.iov_len = n;
	if (t->no_readv)
		return read_file(tid, from, to, n);
	got = process_vm_readv(tid, &here, 1, &there, 1, 0);
	if (got >= 0)
		return got;
	if (errno == ENOSYS || errno == EPERM) {
		t->no_readv = errno == ENOSYS;
		return read_file(tid, from, to, n);
	}
	return -errno;
}

int
mem_get(struct trace *t, pid_t tid, uint64_t from, void *to, size_t n)
{
	ssize_t got = mem_read(t, tid, from, to, n);

	if (got < 0)
		return (int)got;
	return (size_t)got == n ? 0 : -EFAULT;
}

ssize_t
mem_text(struct trace *t, pid_t tid, uint64_t from, char *to, size_t n)
{
	size_t have = 0, part;
	ssize_t got;
	char *end;

	/* Page by page, as the next one may not be there. */
	while (have < n) {
		part = PAGE - (size_t)((from + have) % PAGE);
		if (have == 0 && part > FIRST)
			part = FIRST;
		if (part > n - have)
			part = n - have;
		got = mem_read(t, tid, from + have, to + have, part);
		if (got <= 0)
			return got < 0 ? got : -EFAULT;
		end = memchr(to + have, '\0', (size_t)got);
		if (end != NULL)
			return end - to;
		have += (size_t)got;
	}
	return -ENAMETOOLONG;
}

int
mem_put(struct trace *t, pid_t tid, uint64_t to, const void *from, size_t n)
{
	cleanup_fd int fd = open_mem(tid, O_WRONLY);

	(void)t;
	if (fd < 0)
		return fd;
	if (pwrite(fd, from, n, (off_t)to) != (ssize_t)n)
		return errno == EIO ? -EFAULT : -errno;
	return 0;
}
