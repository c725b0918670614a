/* SPDX-License-Identifier: Apache-2.0 */
#include "forward.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kin.h"
#include "sig.h"

/* A handler has no argument of ours. */
static struct {
	struct forward_config config;
	pid_t self;
	_Atomic pid_t command, reporter;
	_Atomic int pidfd; /* of the command: its number may come again */
	_Atomic uint64_t kept;
	_Atomic uint32_t over; /* the command is gone */
	siginfo_t early[SIG_MAX + 1];
	siginfo_t stop;
} f;

/* Those that the kernel raises when this program itself goes wrong. */
static bool
is_fault(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE ||
	       sig == SIGILL || sig == SIGTRAP || sig == SIGSYS ||
	       sig == SIGABRT;
}

/* Those that the kernel sends to a terminal's process groups. */
static bool
is_terminal(int sig)
{
	return sig == SIGINT || sig == SIGQUIT || sig == SIGTSTP ||
	       sig == SIGTTIN || sig == SIGTTOU || sig == SIGHUP ||
	       sig == SIGCONT || sig == SIGWINCH;
}

static bool
is_end(int sig)
{
	return sig == SIGTERM || sig == SIGINT || sig == SIGHUP ||
	       sig == SIGQUIT;
}

static bool
has_sender(const siginfo_t *info)
{
	return info->si_code == SI_USER || info->si_code == SI_QUEUE ||
	       info->si_code == SI_TKILL;
}

static void
wake(void)
{
	(void)!write(f.config.wake, "", 1);
}

/*
 * A siginfo may be passed on only as one of sigqueue(3), of a timer and the
 * like; kill(2) makes its own.
 */
static void
send(int sig, siginfo_t *info)
{
	int fd = atomic_load(&f.pidfd);
	pid_t to = atomic_load(&f.command);
	bool plain = info->si_code >= 0 || info->si_code == SI_TKILL;

	if (fd >= 0 && syscall(SYS_pidfd_send_signal, fd, sig,
			   plain ? NULL : info, 0) == 0)
		return;
	if (to <= 0)
		return;
	if (plain)
		(void)kill(to, sig);
	else
		(void)syscall(SYS_rt_sigqueueinfo, to, sig, info);
}

/* Is it none of the command's business? */
static bool
is_ours(int sig, const siginfo_t *info)
{
	if (has_sender(info) && info->si_pid == f.self)
		return true;
	if (info->si_code == SI_KERNEL && sig == SIGXCPU)
		return true;
	if (info->si_code == SI_KERNEL && is_terminal(sig) &&
	    (!f.config.pid1 || sig == SIGTTIN || sig == SIGTTOU))
		return true;
	return !f.config.pid1 && has_sender(info) && info->si_pid > 0 &&
	       kin_descends(info->si_pid, f.self);
}

/* There is no command yet, or no longer. */
static void
nobody(int sig, const siginfo_t *info)
{
	pid_t reporter = atomic_load(&f.reporter);

	if (atomic_load(&f.over) != 0) {
		if (is_end(sig)) {
			atomic_store(&f.config.shared->hurry, 1);
			wake();
		}
		return;
	}
	if (is_end(sig)) {
		if (reporter > 0)
			(void)kill(reporter, SIGKILL);
		_exit(128 + sig);
	}
	f.early[sig] = *info;
	atomic_fetch_or(&f.kept, UINT64_C(1) << (sig - 1));
}

/* The first SIGTERM waits until the sidecar has let the proxy drain. */
static bool
waits(int sig, const siginfo_t *info)
{
	struct shared *s = f.config.shared;

	if (sig != SIGTERM || atomic_load(&s->connected) == 0 ||
	    atomic_load(&s->stopping) != 0)
		return false;
	f.stop = *info;
	atomic_store(&s->stopping, 1);
	wake();
	return true;
}

static void
handle(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)context;
	if (is_fault(sig) && (info->si_code > 0 || info->si_pid == f.self))
		sig_default(sig); /* and the instruction is tried again */
	else if (is_ours(sig, info))
		;
	else if (atomic_load(&f.command) <= 0)
		nobody(sig, info);
	else if (!waits(sig, info))
		send(sig, info);
	errno = saved;
}

void
forward_setup(const struct forward_config *config)
{
	f.config = *config;
	f.self = getpid();
	f.pidfd = -1;
	sig_handle(handle);
}

void
forward_reporter(pid_t reporter)
{
	atomic_store(&f.reporter, reporter);
}

void
forward_to(pid_t command)
{
	uint64_t kept;

	if (command == 0) {
		int fd = atomic_exchange(&f.pidfd, -1);

		atomic_store(&f.over, 1);
		atomic_store(&f.command, 0);
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	atomic_store(&f.pidfd, (int)syscall(SYS_pidfd_open, command, 0));
	atomic_store(&f.command, command);
	kept = atomic_exchange(&f.kept, 0);
	for (int sig = 1; sig <= SIG_MAX; sig++)
		if ((kept >> (sig - 1) & 1) != 0)
			send(sig, &f.early[sig]);
}

void
forward_stop(void)
{
	send(SIGTERM, &f.stop);
}
