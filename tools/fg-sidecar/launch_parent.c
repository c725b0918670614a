/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message is one byte: 0, start it; else the signal for it. The answer to a
 * start is an errno, and the socket when that is 0.
 */
#include "launch_parent.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "trim.h"

enum { ASK_MS = 5000 };

/* ---- the child's side --------------------------------------------------- */

int
launch_parent_ask(int parent)
{
	unsigned char start = 0, error = 0;
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec io = {.iov_base = &error, .iov_len = 1};
	struct msghdr m = {.msg_iov = &io,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};
	struct pollfd p = {.fd = parent, .events = POLLIN};
	const struct cmsghdr *c;
	int fd;

	if (send(parent, &start, 1, MSG_NOSIGNAL) != 1 ||
	    poll(&p, 1, ASK_MS) != 1 ||
	    recvmsg(parent, &m, MSG_CMSG_CLOEXEC) != 1)
		return -EPIPE;
	if (error != 0)
		return -error;
	c = CMSG_FIRSTHDR(&m);
	if (c == NULL || c->cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

void
launch_parent_signal(int parent, int signal)
{
	unsigned char what = (unsigned char)signal;

	(void)send(parent, &what, 1, MSG_NOSIGNAL);
}

/* ---- the parent's ------------------------------------------------------- */

static void
answer(int to, unsigned char error, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec io = {.iov_base = &error, .iov_len = 1};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};
	struct cmsghdr *c;

	if (error == 0) {
		m.msg_control = control;
		m.msg_controllen = sizeof control;
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	(void)sendmsg(to, &m, MSG_NOSIGNAL);
}

/* False: the child is gone. */
static bool
heard(struct launch *l, int from)
{
	unsigned char what;
	int fd;

	if (recv(from, &what, 1, 0) != 1)
		return false;
	if (what != 0) {
		if (l->pid > 0)
			(void)kill(l->pid, what);
		return true;
	}
	fd = l->argv == NULL ? -ENOENT : launch_here(l);
	answer(from, (unsigned char)(fd < 0 ? -fd : 0), fd);
	if (fd >= 0)
		(void)close(fd);
	return true;
}

/* Reap; true, with its exit code, when it was the child. As process 1 of a
 * container we are given the orphans of others, too. */
static bool
reaped(struct launch *l, pid_t child, int *code)
{
	siginfo_t info;
	int st;

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
		    info.si_pid == 0)
			return false;
		if (info.si_pid == l->pid) {
			launch_look(l);
			continue;
		}
		if (waitpid(info.si_pid, &st, WNOHANG) != child)
			continue;
		*code = WIFEXITED(st) ? WEXITSTATUS(st) : ERR_TEMP;
		return true;
	}
}

static void
take_signals(int signals, pid_t child)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof info) == (ssize_t)sizeof info)
		if (info.ssi_signo != SIGCHLD)
			(void)kill(child, (int)info.ssi_signo);
}

static int
watch(struct launch *l, pid_t child, int from, int signals)
{
	struct pollfd p[] = {
	    {.fd = signals, .events = POLLIN}, {.fd = from, .events = POLLIN}};
	int code = ERR_TEMP;

	while (!reaped(l, child, &code)) {
		if (poll(p, 2, -1) < 0)
			continue;
		take_signals(signals, child);
		if (p[1].revents != 0 && !heard(l, from))
			p[1].fd = -1;
	}
	launch_reap(l);
	return code;
}

static int
become(uid_t uid, struct err *e)
{
	if (setgroups(0, NULL) == 0 && setresgid(uid, uid, uid) == 0 &&
	    setresuid(uid, uid, uid) == 0)
		return 0;
	return err_set(e, ERR_PERM, errno, "FG_EGRESS_UID: %u: %s",
	    (unsigned)uid, strerror(errno));
}

static int
as_child(struct launch *l, uid_t uid, int parent, struct err *e)
{
	sigset_t none;
	int r = become(uid, e);

	/* Not before: a change of user takes it back. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	l->parent = parent;
	return r;
}

int
launch_split(struct launch *l, uid_t uid, const char *socket, struct err *e)
{
	int ends[2], signals;
	sigset_t set;
	pid_t child;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signals < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0 ||
	    (child = fork()) < 0)
		return err_set(
		    e, ERR_TEMP, errno, "FG_EGRESS_UID: %s", strerror(errno));
	(void)close(ends[child == 0 ? 0 : 1]);
	if (child == 0) {
		(void)close(signals);
		return as_child(l, uid, ends[1], e);
	}
	l->parent = -1;
	trim();
	int code = watch(l, child, ends[0], signals);

	(void)unlink(socket);
	exit(code);
}
