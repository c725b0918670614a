/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUT = STDIN_FILENO };

/* close_range(2), which musl has no name for; without it they stay open. */
static void
close_others(void)
{
	(void)close(STDOUT_FILENO);
#ifdef SYS_close_range
	(void)syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
#endif
}

static void __attribute__((noreturn))
in_child(void (*work)(int out, const void *arg), const void *arg, int out)
{
	sigset_t none;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(out, OUT) < 0)
		_exit(1);
	close_others();
	work(OUT, arg);
	_exit(0);
}

int
child_start(void (*work)(int out, const void *arg), const void *arg, pid_t *pid,
    struct err *e)
{
	int ends[2], error;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, ERR_TEMP, errno, "pipe: %s", strerror(errno));
	child = fork();
	if (child == 0)
		in_child(work, arg, ends[1]);
	error = errno;
	(void)close(ends[1]);
	if (child < 0) {
		(void)close(ends[0]);
		return err_set(e, ERR_TEMP, error, "fork: %s", strerror(error));
	}
	*pid = child;
	return ends[0];
}

void
child_end(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
