/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pt-syscall COMMAND...
 *
 * Runs a command the way of tracers without a filter: PTRACE_SYSCALL, so that
 * every system call of the tree stops at its entry and its exit, where nothing
 * is done but to ask which one it is. Exits as the command does.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
		  PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		  PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL
};

static unsigned long stops;

/* The signal that the tracee shall have now. */
static int
signal_of(pid_t pid, int status)
{
	int event = status >> 16, signal = WSTOPSIG(status);
	struct __ptrace_syscall_info info;

	if (signal == (SIGTRAP | 0x80)) {
		stops++;
		(void)ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
		return 0;
	}
	return event != 0 ? 0 : signal;
}

static int
serve(pid_t child)
{
	int status, result = 125;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid < 0)
			continue;
		if (!WIFSTOPPED(status)) {
			if (pid == child)
				result = WIFEXITED(status)
					     ? WEXITSTATUS(status)
					     : 128 + WTERMSIG(status);
			continue;
		}
		if (status >> 16 == PTRACE_EVENT_STOP &&
		    WSTOPSIG(status) != SIGTRAP)
			(void)ptrace(PTRACE_LISTEN, pid, NULL, NULL);
		else
			(void)ptrace(
			    PTRACE_SYSCALL, pid, NULL, signal_of(pid, status));
	}
	return result;
}

int
main(int argc, char **argv)
{
	int go[2];
	char byte;
	pid_t pid;

	if (argc < 2 || pipe(go) < 0 || (pid = fork()) < 0)
		return 125;
	if (pid == 0) {
		(void)close(go[1]);
		(void)!read(go[0], &byte, 1);
		(void)close(go[0]);
		(void)execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (ptrace(PTRACE_SEIZE, pid, NULL, OPTIONS) < 0) {
		perror("pt-syscall: PTRACE_SEIZE");
		return 125;
	}
	(void)close(go[0]);
	(void)close(go[1]);
	/* From the pipe on: the child sleeps in read(2) until now. */
	(void)ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	return serve(pid);
}
