/* SPDX-License-Identifier: Apache-2.0 */
#include "restart.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "exe.h"
#include "mem.h"

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

enum { VDSO_MAX = 16384, AUXV_MAX = 64 };

#if defined(__x86_64__)
static const unsigned char instruction[REGS_SYSCALL_SIZE] = {0x0f, 0x05};
#else
static const unsigned char instruction[REGS_SYSCALL_SIZE] = {1, 0, 0, 0xd4};
#endif

/*
 * What ends with EINTR when its process stops, or gets a signal that it ignores
 * but its tracer sees (signal(7)): of the socket calls those with a time limit
 * (SO_RCVTIMEO, SO_SNDTIMEO).
 */
static const long ended[] = {
#ifdef SYS_epoll_wait
    SYS_epoll_wait,
#endif
    SYS_epoll_pwait,
    SYS_epoll_pwait2,
    SYS_semop,
    SYS_semtimedop,
    SYS_rt_sigtimedwait,
    SYS_io_getevents,
    SYS_read,
    SYS_readv,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_recvmmsg,
    SYS_accept,
    SYS_accept4,
    SYS_connect,
    SYS_write,
    SYS_writev,
    SYS_sendto,
    SYS_sendmsg,
    SYS_sendmmsg,
    SYS_sendfile,
    SYS_splice,
    SYS_fallocate,
};

#define BIT(signal) (1ULL << ((signal)-1))

static uint64_t
mask(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at == NULL ? 0 : strtoull(at + strlen(name), NULL, 16);
}

/* Is a call to be made again that a signal, or a stop (0), has ended? */
static bool
in_vain(struct trace *t, pid_t tid, int signal)
{
	struct str text = exe_status(t, tid);
	uint64_t pending, ignored;

	if (text.n == 0)
		return false;
	pending = mask(text.p, "\nSigPnd:") | mask(text.p, "\nShdPnd:");
	if ((pending & ~mask(text.p, "\nSigBlk:")) != 0)
		return false;
	ignored = mask(text.p, "\nSigIgn:") |
		  ((BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGURG) | BIT(SIGWINCH)) &
		      ~mask(text.p, "\nSigCgt:"));
	return signal == 0 || (BIT(signal) & ignored) != 0;
}

void
restart_keep(struct trace *t, const struct task *task, int signal)
{
	uint64_t args[6];
	struct regs r;
	size_t i;
	int j;

	/* Where the result takes the place of an argument, that is lost. */
	if (REGS_RESULT_IS_ARG || regs_get(task->tid, &r) < 0 ||
	    regs_result(&r) != -EINTR)
		return;
	for (i = 0; i < sizeof(ended) / sizeof(ended[0]); i++)
		if (ended[i] == regs_nr(&r))
			break;
	if (i == sizeof(ended) / sizeof(ended[0]) ||
	    !in_vain(t, task->tid, signal))
		return;
	for (j = 0; j < 6; j++)
		args[j] = regs_arg(&r, j);
	regs_call(&r, regs_ip(&r) - REGS_SYSCALL_SIZE, regs_nr(&r), args);
	(void)regs_put(task->tid, &r);
}

int
restart_interrupt(struct task *task)
{
	if (ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL) < 0)
		return -errno;
	task->interrupted = true;
	return 0;
}

void
restart_after(struct trace *t, struct task *task)
{
	if (task->interrupted)
		restart_keep(t, task, 0);
	task->interrupted = false;
}

static bool
is_entry(struct trace *t, pid_t tid, uint64_t at)
{
	unsigned char there[REGS_SYSCALL_SIZE];

	return mem_get(t, tid, at, there, sizeof(there)) == 0 &&
	       memcmp(there, instruction, sizeof(there)) == 0;
}

/* Offset of one in the vdso, which is the same for all processes. */
static size_t
vdso_offset(void)
{
	const unsigned char *vdso =
	    (const unsigned char *)(uintptr_t)getauxval(AT_SYSINFO_EHDR);
	Elf64_Ehdr h;
	size_t n, i;

	if (vdso == NULL)
		return 0;
	memcpy(&h, vdso, sizeof(h));
	/* Its section headers come last. */
	n = h.e_shoff > 0 && h.e_shoff < VDSO_MAX ? h.e_shoff : 4096;
	for (i = 0; i + sizeof(instruction) <= n; i += 1)
		if (memcmp(vdso + i, instruction, sizeof(instruction)) == 0)
			return i;
	return 0;
}

static uint64_t
vdso_of(pid_t tid)
{
	uint64_t v[2 * AUXV_MAX];
	char name[32];
	cleanup_fd int fd = -1;
	ssize_t n;
	size_t i;

	(void)snprintf(name, sizeof(name), "/proc/%d/auxv", (int)tid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (n = read(fd, v, sizeof(v))) <= 0)
		return 0;
	for (i = 0; (i + 2) * sizeof(v[0]) <= (size_t)n; i += 2)
		if (v[i] == AT_SYSINFO_EHDR)
			return v[i + 1];
	return 0;
}

uint64_t
restart_entry(struct trace *t, pid_t tid, const struct regs *r)
{
	uint64_t at = regs_ip(r) - REGS_SYSCALL_SIZE, vdso;
	size_t offset;

	/* It stands behind one, or at one that is to be restarted. */
	if (is_entry(t, tid, at))
		return at;
	if (is_entry(t, tid, regs_ip(r)))
		return regs_ip(r);
	offset = vdso_offset();
	vdso = offset > 0 ? vdso_of(tid) : 0;
	return vdso > 0 && is_entry(t, tid, vdso + offset) ? vdso + offset : 0;
}
