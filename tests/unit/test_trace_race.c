/* SPDX-License-Identifier: Apache-2.0 */
/* Names that change between the verdict and the call. */
#include "trace_run.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/uio.h>

enum { TRIES = 20000, FIRSTS = 300 };

static volatile char name[16] = "a-good";
static volatile int stop;

/* For the kernel to look at. */
static const char *
plain(volatile const char *p)
{
	return (const char *)(uintptr_t)p;
}

static void
set(volatile char *to, const char *word)
{
	int i;

	for (i = 0; i < 4; i++)
		to[i] = word[i];
}

static void
pause_a_little(int n)
{
	volatile int i;

	for (i = 0; i < n; i++)
		;
}

static void *
flip(void *arg)
{
	while (!stop) {
		set(name + 2, "evil");
		pause_a_little(100);
		set(name + 2, "good");
		pause_a_little(100);
	}
	return arg;
}

static int
flip_in_child(void *arg)
{
	(void)flip(arg);
	_exit(0);
}

/* How often which of the two was opened, by what the kernel says. */
static int
try_opens(int tries)
{
	char link[64], real[256];
	int i, fd, good = 0, denied = 0;
	ssize_t n;

	for (i = 0; i < tries; i++) {
		fd = open(plain(name), O_WRONLY);
		if (fd < 0) {
			denied += errno == EPERM;
			continue;
		}
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, real, sizeof(real) - 1);
		MUST(n > 4);
		MUST(memcmp(real + n - 4, "good", 4) == 0);
		good++;
		(void)close(fd);
	}
	/* Neither side is refused for good. */
	MUST(good > tries / 100);
	MUST(denied > tries / 100);
	return 0;
}

static int
make_files(void)
{
	MUST(open("a-good", O_WRONLY | O_CREAT, 0600) >= 0);
	MUST(mkdir("keep", 0700) == 0);
	return 0;
}

/* The forbidden file is made before anything is watched. */
static void
make_evil(void)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/a-evil", run_dir);
	assert_true(creat(path, 0600) >= 0);
}

static int
race_by_thread(void)
{
	pthread_t thread;

	MUST(make_files() == 0);
	MUST(pthread_create(&thread, NULL, flip, NULL) == 0);
	return try_opens(TRIES);
}

static int
race_by_shared_memory(void)
{
	void *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status, result;
	pid_t pid;

	MUST(make_files() == 0);
	MUST(stack != MAP_FAILED);
	pid = clone(
	    flip_in_child, (char *)stack + 65536, CLONE_VM | SIGCHLD, NULL);
	MUST(pid > 0);
	result = try_opens(TRIES / 4);
	stop = 1;
	MUST(waitpid(pid, &status, 0) == pid);
	return result;
}

/* The parent sleeps in vfork(2); the child's memory is its parent's threads'.
 */
static int
race_in_vfork(void)
{
	pthread_t thread;
	volatile pid_t pid;
	int status;

	MUST(make_files() == 0);
	MUST(pthread_create(&thread, NULL, flip, NULL) == 0);
	pid = vfork();
	if (pid == 0)
		_exit(try_opens(TRIES / 4));
	MUST(waitpid(pid, &status, 0) == pid);
	return WEXITSTATUS(status);
}

static int
race_by_writev(void)
{
	char evil[] = "evil", good[] = "good";
	struct iovec ours = {evil, 4},
		     theirs = {(void *)(uintptr_t)(name + 2), 4};
	pid_t parent = getpid(), pid;
	int status, result;

	MUST(make_files() == 0);
	pid = fork();
	while (pid == 0) {
		ours.iov_base = evil;
		if (process_vm_writev(parent, &ours, 1, &theirs, 1, 0) < 0)
			_exit(1);
		pause_a_little(100);
		ours.iov_base = good;
		if (process_vm_writev(parent, &ours, 1, &theirs, 1, 0) < 0)
			_exit(1);
		pause_a_little(100);
	}
	result = try_opens(TRIES / 4);
	(void)kill(pid, SIGKILL);
	MUST(waitpid(pid, &status, 0) == pid);
	return result;
}

/*
 * A name that is removed again and again, until somebody whom nobody has seen
 * write turns it, once, into a forbidden one.
 */
static int
remove_until_refused(void)
{
	char evil[] = "evil";
	struct iovec ours = {evil, 4},
		     theirs = {(void *)(uintptr_t)(name + 2), 4};
	pid_t parent = getpid(), pid;
	volatile unsigned *turns = mmap(NULL, sizeof(*turns),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, i, fd;

	MUST(turns != MAP_FAILED);
	pid = fork();
	if (pid == 0) {
		while (*turns < 2 + (unsigned)parent % 4)
			;
		pause_a_little(parent * 37 % 20000);
		_exit(process_vm_writev(parent, &ours, 1, &theirs, 1, 0) != 4);
	}
	for (i = 0; i < TRIES; i++) {
		fd = open("a-good", O_WRONLY | O_CREAT, 0600);
		MUST(fd >= 0 && close(fd) == 0);
		++*turns;
		if (unlink(plain(name)) < 0)
			break;
		MUST(access("a-evil", F_OK) == 0);
	}
	MUST(i < TRIES && errno == EPERM);
	MUST(waitpid(pid, &status, 0) == pid && status == 0);
	return 0;
}

static int
open_shared(const char *shared, int tries)
{
	char link[64], real[256];
	ssize_t n;
	int i, fd;

	for (i = 0; i < tries; i++) {
		fd = open(shared, O_WRONLY);
		if (fd < 0)
			continue;
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, real, sizeof(real) - 1);
		MUST(n > 4 && memcmp(real + n - 4, "good", 4) == 0);
		(void)close(fd);
	}
	return 0;
}

static int
race_in_shared_pages(void)
{
	volatile char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, result;
	pid_t pid;

	MUST(make_files() == 0);
	MUST(shared != MAP_FAILED);
	set(shared, "a-go");
	set(shared + 4, "od\0");
	pid = fork();
	while (pid == 0) {
		set(shared + 2, "evil");
		pause_a_little(100);
		set(shared + 2, "good");
		pause_a_little(100);
	}
	result = open_shared(plain(shared), TRIES / 4);
	(void)kill(pid, SIGKILL);
	MUST(waitpid(pid, &status, 0) == pid);
	return result;
}

static void
race(int (*function)(void))
{
	make_evil();
	stop = 0;
	set(name + 2, "good");
	run_new(ALL_BUT_READS & ~EVENT_BIT(EVENT_PTRACE));
	run.denied = EVENT_BIT(EVENT_OPEN) | EVENT_BIT(EVENT_CREATE);
	run.part = "a-evil";
	run_expect(function, 0);
}

static void
opens_what_was_judged(void **state)
{
	(void)state;
	race(race_by_thread);
}

static void
knows_shared_memory(void **state)
{
	(void)state;
	race(race_by_shared_memory);
}

static void
knows_vfork(void **state)
{
	(void)state;
	race(race_in_vfork);
}

static void
knows_foreign_writes(void **state)
{
	(void)state;
	race(race_by_writev);
}

/* What was let go before the first of them is not changed either. */
static void
knows_the_first_foreign_write(void **state)
{
	int i;

	(void)state;
	make_evil();
	for (i = 0; i < FIRSTS; i++) {
		set(name + 2, "good");
		run_new(EVENT_BIT(EVENT_UNLINK));
		run.denied = EVENT_BIT(EVENT_UNLINK);
		run.part = "a-evil";
		run_expect(remove_until_refused, 0);
	}
}

static void
knows_shared_pages(void **state)
{
	(void)state;
	race(race_in_shared_pages);
}

/* A symbolic link on the disk that another process swaps. */
static int
open_through_link(int tries, int *good)
{
	char link[64], real[256];
	ssize_t n;
	int i, fd;

	for (i = 0; i < tries; i++) {
		fd = open("way", O_WRONLY);
		if (fd < 0)
			continue;
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, real, sizeof(real) - 1);
		MUST(n > 4 && memcmp(real + n - 4, "good", 4) == 0);
		++*good;
		(void)close(fd);
	}
	return 0;
}

static int
race_links(void)
{
	int fd, status, good = 0, result;
	pid_t pid;

	MUST(make_files() == 0);
	MUST(symlink("a-good", "way") == 0);
	MUST((fd = open("way", O_RDONLY)) >= 0 && close(fd) == 0);
	pid = fork();
	while (pid == 0) {
		if (symlink("a-evil", "new") < 0 || rename("new", "way") < 0 ||
		    symlink("a-good", "new") < 0 || rename("new", "way") < 0)
			_exit(1);
	}
	result = open_through_link(TRIES / 10, &good);
	(void)kill(pid, SIGKILL);
	MUST(waitpid(pid, &status, 0) == pid);
	MUST(result == 0);
	MUST(good > 0);
	/* Descriptors of what was refused are not left open. */
	MUST(open("way", O_RDONLY) == fd);
	return 0;
}

static void
looks_at_what_was_opened(void **state)
{
	(void)state;
	race(race_links);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		opens_what_was_judged, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		knows_shared_memory, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		knows_vfork, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		knows_foreign_writes, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		knows_the_first_foreign_write, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		knows_shared_pages, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		looks_at_what_was_opened, run_setup, run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
