/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "landlock/landlock.h"

static int secret = 7;

#define MUST(condition)                                                        \
	do {                                                                   \
		if (!(condition))                                              \
			return __LINE__ % 250 + 1;                             \
	} while (0)

static int
in_child(int (*function)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(function());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
enter(void)
{
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 1) {
		MUST(landlock_guard() == -EOPNOTSUPP);
		if (prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0, 0) < 0)
			return -1;
	}
	MUST(landlock_guard() == 0);
	return 0;
}

static int
kept_from_the_parent(void)
{
	struct iovec here = {&secret, sizeof(secret)}, there = here;
	pid_t parent = getppid();
	int entered = enter();

	/* No right to give up the right: another user's machine. */
	if (entered == -1)
		return 0;
	MUST(entered == 0);
	MUST(process_vm_readv(parent, &here, 1, &there, 1, 0) < 0 &&
	     errno == EPERM);
	MUST(process_vm_writev(parent, &here, 1, &there, 1, 0) < 0 &&
	     errno == EPERM);
	MUST(ptrace(PTRACE_SEIZE, parent, NULL, NULL) < 0 && errno == EPERM);
	MUST(kill(parent, SIGUSR1) == 0);
	return 0;
}

static void
keeps_memory_apart(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	(void)state;
	if (landlock_abi() < 2) {
		print_message("# machine: no Landlock\n");
		return;
	}
	assert_true(sigaction(SIGUSR1, &ignore, NULL) == 0);
	assert_int_equal(in_child(kept_from_the_parent), 0);
}

static int
everything_else(void)
{
	char dir[] = "/tmp/fg-landlock.XXXXXX";
	pid_t pid;
	int entered = enter(), status;

	if (entered == -1)
		return 0;
	MUST(entered == 0);
	MUST(mkdtemp(dir) != NULL && chdir(dir) == 0);
	MUST(mkdir("a", 0700) == 0 && mkdir("b", 0700) == 0);
	MUST(close(open("a/x", O_WRONLY | O_CREAT, 0600)) == 0);
	MUST(rename("a/x", "b/y") == 0);
	MUST(link("b/y", "a/z") == 0);
	MUST(unlink("a/z") == 0 && unlink("b/y") == 0);
	MUST(rmdir("a") == 0 && rmdir("b") == 0 && rmdir(dir) == 0);
	/* Those inside may trace each other. */
	pid = fork();
	if (pid == 0)
		for (;;)
			(void)pause();
	MUST(ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0);
	MUST(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid);
	return 0;
}

static void
takes_nothing_else(void **state)
{
	(void)state;
	if (landlock_abi() < 2) {
		print_message("# machine: no Landlock\n");
		return;
	}
	assert_int_equal(in_child(everything_else), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keeps_memory_apart),
	    cmocka_unit_test(takes_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
