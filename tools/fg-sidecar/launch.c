/* SPDX-License-Identifier: Apache-2.0 */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "launch_parent.h"

/* Keeps nothing of ours open, and dies with us. */
static void __attribute__((noreturn)) child(char **argv, int end)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};
	sigset_t none;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)sigaction(SIGPIPE, &usual, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(end, STDIN_FILENO) < 0 || dup2(end, STDOUT_FILENO) < 0)
		_exit(126);
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	(void)execvp(argv[0], argv);
	log_error("%s: %s", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

int
launch_here(struct launch *l)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	l->pid = fork();
	if (l->pid == 0)
		child(l->argv, ends[1]);
	if (l->pid < 0) {
		int error = errno;

		(void)close(ends[0]);
		(void)close(ends[1]);
		l->pid = 0;
		return -error;
	}
	l->end = ends[1];
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return ends[0];
}

int
launch_start(struct launch *l, struct err *e)
{
	int fd = l->parent < 0 ? launch_here(l) : launch_parent_ask(l->parent);

	if (fd < 0)
		return err_set(
		    e, ERR_TEMP, -fd, "%s: %s", l->argv[0], strerror(-fd));
	return fd;
}

void
launch_signal(struct launch *l, int signal)
{
	if (l->parent >= 0)
		launch_parent_signal(l->parent, signal);
	else if (l->pid > 0)
		(void)kill(l->pid, signal);
}

static void
dead(struct launch *l)
{
	l->pid = 0;
	(void)shutdown(l->end, SHUT_RDWR);
	(void)close(l->end);
}

void
launch_look(struct launch *l)
{
	if (l->pid > 0 && waitpid(l->pid, NULL, WNOHANG) == l->pid)
		dead(l);
}

void
launch_reap(struct launch *l)
{
	launch_signal(l, SIGKILL);
	if (l->pid > 0 && waitpid(l->pid, NULL, 0) == l->pid)
		dead(l);
}
