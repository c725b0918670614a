/* SPDX-License-Identifier: Apache-2.0 */
/* Programs, processes, threads. */
#include "trace_run.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static char *const no_env[] = {NULL};

static int
spawn(const char *path, char *const argv[])
{
	pid_t pid;
	int status;

	if (posix_spawn(&pid, path, NULL, NULL, argv, no_env) != 0)
		return -1;
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static int
programs(void)
{
	char name[] = "one", word[] = "two words";
	char *const argv[] = {name, word, NULL};
	int fd;

	MUST(spawn("/bin/true", argv) == 0);
	fd = open("script", O_WRONLY | O_CREAT, 0700);
	MUST(write(fd, "#!/bin/sh\nexit 7\n", 17) == 17 && close(fd) == 0);
	MUST(WEXITSTATUS(spawn("./script", argv)) == 7);
	return 0;
}

static void
tells_programs(void **state)
{
	const struct run_event *ev;
	char want[256];

	(void)state;
	run_new(0);
	run_expect(programs, 0);
	assert_int_equal(run_count(EVENT_EXEC), 4);
	ev = run_event(EVENT_EXEC, 0);
	assert_true(ev->attempt);
	assert_string_equal(ev->exe, "/bin/true");
	ev = run_event(EVENT_EXEC, 1);
	assert_false(ev->attempt);
	assert_string_equal(ev->args, "one");
	assert_int_equal(ev->facts & (EXE_MODIFIED | EXE_SCRIPT), 0);
	ev = run_event(EVENT_EXEC, 3);
	(void)snprintf(want, sizeof(want), "%s/script", run_dir);
	assert_string_equal(ev->script, want);
	assert_true(ev->facts & EXE_SCRIPT);
	assert_non_null(strstr(ev->exe, "sh"));
}

static int
copy(const char *to)
{
	char bytes[8192];
	int from = open("/bin/true", O_RDONLY), fd;
	ssize_t n;

	fd = to != NULL ? open(to, O_WRONLY | O_CREAT, 0700)
			: (int)syscall(SYS_memfd_create, "x", 0);
	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		if (write(fd, bytes, (size_t)n) != n)
			return -1;
	(void)close(from);
	return fd;
}

static int
odd_programs(void)
{
	char name[] = "odd";
	char *const argv[] = {name, NULL};
	int fd;
	pid_t pid;

	MUST((fd = copy("copied")) >= 0 && close(fd) == 0);
	MUST(spawn("copied", argv) == 0);
	MUST((fd = copy(NULL)) >= 0);
	if ((pid = fork()) == 0) {
		(void)fexecve(fd, argv, no_env);
		_exit(98);
	}
	MUST(waitpid(pid, NULL, 0) == pid);
	return 0;
}

static void
tells_what_they_are(void **state)
{
	const struct run_event *ev;

	(void)state;
	run_new(0);
	run_expect(odd_programs, 0);
	ev = run_event(EVENT_EXEC, 1);
	assert_true(ev->facts & EXE_MODIFIED);
	assert_false(ev->facts & EXE_MEMFD);
	ev = run_event(EVENT_EXEC, 3);
	assert_true(ev->facts & EXE_MEMFD);
	assert_true(ev->facts & EXE_DELETED);
}

/* /bin/true with a socket of that family as its standard input. */
static int
run_on_socket(int family)
{
	char name[] = "true";
	char *const argv[] = {name, NULL};
	int fd = socket(family, SOCK_STREAM, 0);

	MUST(fd >= 0 && dup2(fd, 0) == 0);
	return spawn("/bin/true", argv);
}

static int
programs_on_sockets(void)
{
	MUST(run_on_socket(AF_INET) == 0);
	return run_on_socket(AF_UNIX);
}

static void
tells_ip_sockets(void **state)
{
	(void)state;
	run_new(0);
	run_expect(programs_on_sockets, 0);
	assert_true(run_event(EVENT_EXEC, 1)->facts & EXE_STDIO_SOCKET);
	assert_false(run_event(EVENT_EXEC, 3)->facts & EXE_STDIO_SOCKET);
}

static int
denied_by_name(void)
{
	char name[] = "true";
	char *const argv[] = {name, NULL};
	pid_t pid;

	MUST(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, no_env) == EPERM);
	(void)execv("/bin/true", argv);
	MUST(errno == EPERM);
	return 0;
}

static void
denies_by_name(void **state)
{
	(void)state;
	run_new(EVENT_BIT(EVENT_EXEC));
	run.denied = EVENT_BIT(EVENT_EXEC);
	run.part = "/true";
	run_expect(denied_by_name, 0);
}

static int
deny_truth(struct run *r, const struct event *ev)
{
	(void)r;
	return ev->name == EVENT_EXEC && !ev->attempt ? -EPERM : 0;
}

static int
killed_at_truth(void)
{
	char name[] = "touch", file[] = "touched";
	char *const argv[] = {name, file, NULL};
	int status = spawn("/usr/bin/touch", argv);

	MUST(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	MUST(access("touched", F_OK) < 0);
	return 0;
}

static void
kills_by_truth(void **state)
{
	(void)state;
	run_new(EVENT_BIT(EVENT_EXEC));
	run.judge = deny_truth;
	run_expect(killed_at_truth, 0);
}

static void *
exec_here(void *arg)
{
	char name[] = "sh", option[] = "-c", line[] = "exit 5";
	char *const argv[] = {name, option, line, NULL};

	(void)arg;
	(void)execv("/bin/sh", argv);
	return NULL;
}

static void *
wait_here(void *arg)
{
	(void)pause();
	return arg;
}

static int
exec_by_thread(void)
{
	pthread_t thread;
	int i;

	for (i = 0; i < 5; i++)
		MUST(pthread_create(&thread, NULL, wait_here, NULL) == 0);
	MUST(pthread_create(&thread, NULL, exec_here, NULL) == 0);
	(void)pause();
	return 1;
}

static void
follows_exec_by_thread(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		run_new(i % 2 ? ALL_BUT_READS : 0);
		run_expect(exec_by_thread, 5);
		assert_int_equal(run_event(EVENT_EXEC, 1)->pid, run.pid);
	}
}

static int
many_forks(void)
{
	volatile int i, sum = 0;
	volatile pid_t pid;
	int status;

	for (i = 0; i < 1000; i++) {
		pid = i % 3 ? fork() : vfork();
		if (pid == 0)
			_exit(i % 7);
		MUST(pid > 0 && waitpid(pid, &status, 0) == pid);
		sum += WEXITSTATUS(status) == i % 7;
	}
	MUST(sum == 1000);
	return 0;
}

static void *
ends_at_once(void *arg)
{
	return arg;
}

static int
many_threads(void)
{
	pthread_t thread[8];
	int i, j;

	for (i = 0; i < 100; i++) {
		for (j = 0; j < 8; j++)
			MUST(pthread_create(
				 &thread[j], NULL, ends_at_once, NULL) == 0);
		for (j = 0; j < 8; j++)
			MUST(pthread_join(thread[j], NULL) == 0);
	}
	return 0;
}

static void
forgets_the_dead(void **state)
{
	(void)state;
	run_new(0);
	run_expect(many_forks, 0);
	run_new(ALL_BUT_READS);
	run_expect(many_threads, 0);
}

/* Killed while they fork: nobody is left standing. */
static int
killed_forkers(void)
{
	pid_t pid;
	int i;

	for (i = 0; i < 100; i++) {
		pid = fork();
		if (pid == 0)
			for (;;)
				if (fork() == 0)
					_exit(0);
		(void)usleep(1000);
		(void)kill(pid, SIGKILL);
		MUST(waitpid(pid, NULL, 0) == pid);
	}
	return 0;
}

static void
survives_killed_parents(void **state)
{
	(void)state;
	run_new(0);
	run_expect(killed_forkers, 0);
}

static int
tells_itself(void)
{
	char name[] = "true";
	char *const argv[] = {name, NULL};

	MUST(spawn("/bin/true", argv) == 0);
	MUST(open("x", O_WRONLY | O_CREAT, 0600) >= 0);
	return 0;
}

static void
sees_programs_without_a_filter(void **state)
{
	(void)state;
	run_new(0);
	run.config.tier = TRACE_EXEC;
	run_expect(tells_itself, 0);
	assert_int_equal(run.n, 1);
	assert_int_equal(run_event(EVENT_EXEC, 0)->name, EVENT_EXEC);
	run_new(0);
	run.config.tier = TRACE_NONE;
	run_expect(tells_itself, 0);
	assert_int_equal(run.n, 0);
}

static int
other_entries(void)
{
#ifdef __x86_64__
	long result = 20; /* getpid of i386 */

	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	MUST(result == -ENOSYS);
	MUST(syscall(0x40000000 | SYS_getpid) == -1 && errno == ENOSYS);
#endif
	MUST(syscall(SYS_io_uring_setup, 1, NULL) == -1 && errno == ENOSYS);
	return 0;
}

static void
closes_other_entries(void **state)
{
	(void)state;
	run_new(0);
	run_expect(other_entries, 0);
	assert_int_equal(run_count(EVENT_IO_URING), 1);
#ifdef __x86_64__
	assert_int_equal(run_count(EVENT_ABI), 2);
#endif
	run_new(0);
	run.config.watches = EVENT_BIT(EVENT_EXEC);
	run_expect(other_entries, 0);
	assert_int_equal(run.n, 0);
}

static int
hashed(void)
{
	return tells_itself();
}

static int
wants_hash(struct run *r, const struct event *ev)
{
	if (ev->name == EVENT_EXEC && !ev->attempt)
		r->answer = (int)ev->by.sha256.n;
	return 0;
}

static void
hashes_programs(void **state)
{
	(void)state;
	run_new(0);
	run.config.hash = true;
	run.judge = wants_hash;
	run_expect(hashed, 0);
	assert_int_equal(run.answer, 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		tells_programs, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		tells_what_they_are, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		tells_ip_sockets, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		denies_by_name, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		kills_by_truth, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		follows_exec_by_thread, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		forgets_the_dead, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		survives_killed_parents, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		sees_programs_without_a_filter, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		closes_other_entries, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		hashes_programs, run_setup, run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
