/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that arrive later, and processes that were there before. */
#include "trace_run.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

enum { BLOCKED = 6 };

static int pipe_fd[2], epoll_fd;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t go_on = PTHREAD_COND_INITIALIZER;
static volatile int done;
static volatile int failures;

static void
fails(const char *what)
{
	(void)fprintf(stderr, "%s: errno %d\n", what, errno);
	failures++;
}

static void *
in_read(void *arg)
{
	char c;

	if (read(pipe_fd[0], &c, 1) != 1)
		fails("read");
	return arg;
}

static void *
in_futex(void *arg)
{
	(void)pthread_mutex_lock(&lock);
	while (!done)
		(void)pthread_cond_wait(&go_on, &lock);
	(void)pthread_mutex_unlock(&lock);
	return arg;
}

static void *
in_sleep(void *arg)
{
	struct timespec half = {0, 600000000}, from, to;
	int64_t ms;

	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	if (nanosleep(&half, NULL) != 0)
		fails("nanosleep");
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	ms = (to.tv_sec - from.tv_sec) * 1000 +
	     (to.tv_nsec - from.tv_nsec) / 1000000;
	if (ms < 600 || ms > 5000)
		fails("time slept");
	return arg;
}

static void *
in_epoll(void *arg)
{
	struct epoll_event ev;

	if (epoll_wait(epoll_fd, &ev, 1, 20000) != 1)
		fails("epoll_wait");
	return arg;
}

static void *
in_sigwait(void *arg)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR2);
	if (sigwaitinfo(&set, NULL) != SIGUSR2)
		fails("sigwaitinfo");
	return arg;
}

static void *
in_loop(void *arg)
{
	volatile unsigned long n = 0;

	while (!done)
		n++;
	return arg;
}

static void *(*const bodies[BLOCKED])(void *) = {
    in_read, in_futex, in_sleep, in_epoll, in_sigwait, in_loop};

/* Six threads that wait; the first one waits for the rule. */
static int
wait_for_rule(void)
{
	struct epoll_event ev = {.events = EPOLLIN};
	pthread_t thread[BLOCKED];
	sigset_t set;
	int i, other[2];

	MUST(pipe(pipe_fd) == 0 && pipe(other) == 0);
	MUST((epoll_fd = epoll_create1(0)) >= 0);
	MUST(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, other[0], &ev) == 0);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR2);
	MUST(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
	for (i = 0; i < BLOCKED; i++)
		MUST(pthread_create(&thread[i], NULL, bodies[i], NULL) == 0);
	for (i = 0; i < 2000; i++) {
		if (mkdir("forbidden", 0700) < 0 && errno == EPERM)
			break;
		MUST(rmdir("forbidden") == 0);
		(void)usleep(5000);
	}
	MUST(i > 0 && i < 2000);
	done = 1;
	(void)pthread_cond_signal(&go_on);
	MUST(write(pipe_fd[1], "x", 1) == 1 && write(other[1], "x", 1) == 1);
	MUST(kill(getpid(), SIGUSR2) == 0);
	for (i = 0; i < BLOCKED; i++)
		MUST(pthread_join(thread[i], NULL) == 0);
	MUST(failures == 0);
	return 0;
}

static void
watch_more(struct run *r)
{
	struct err e = {0};
	unsigned unseen = 99;

	assert_int_equal(
	    trace_watch(r->t, ALL_BUT_READS, ALL_BUT_READS, &unseen, &e), 0);
	assert_int_equal(unseen, 0);
}

static void
late(event_set first)
{
	run_new(0);
	run.config.watches = first;
	run.denied = EVENT_BIT(EVENT_MKDIR);
	run.part = "forbidden";
	run.at_kick = watch_more;
	run.kick_ms = 300;
	run_expect(wait_for_rule, 0);
	assert_int_equal(run_count(EVENT_UNSEEN), 0);
}

static void
adds_a_filter(void **state)
{
	(void)state;
	late(EVENT_BIT(EVENT_EXEC));
}

static void
adds_the_first_filter(void **state)
{
	(void)state;
	late(0);
}

/* Every thread is interrupted, not one of each process. */
static void
watch_and_let_live(struct run *r)
{
	trace_exit_kill(r->t, false);
	trace_exit_kill(r->t, true);
	watch_more(r);
}

static void
interrupts_unnoticed(void **state)
{
	(void)state;
	run_new(0);
	run.config.watches = EVENT_BIT(EVENT_EXEC);
	run.denied = EVENT_BIT(EVENT_MKDIR);
	run.part = "forbidden";
	run.at_kick = watch_and_let_live;
	run.kick_ms = 300;
	run_expect(wait_for_rule, 0);
}

/* Every thread of its own, so that one filter for all does not fit. */
static void *
in_own_filter(void *arg)
{
	struct sock_filter code[] = {{.code = 6, .k = 0x7fff0000U}};
	struct sock_fprog prog = {1, code};

	if (syscall(SYS_seccomp, 1, 0, &prog) < 0)
		fails("seccomp");
	while (!done)
		(void)usleep(5000);
	if (mkdir("forbidden", 0700) == 0 || errno != EPERM)
		fails("mkdir");
	return arg;
}

static int
wait_with_filters(void)
{
	pthread_t thread[3];
	int i;

	for (i = 0; i < 3; i++)
		MUST(
		    pthread_create(&thread[i], NULL, in_own_filter, NULL) == 0);
	for (i = 0; i < 2000; i++) {
		if (mkdir("forbidden", 0700) < 0 && errno == EPERM)
			break;
		MUST(rmdir("forbidden") == 0);
		(void)usleep(5000);
	}
	MUST(i > 0 && i < 2000);
	(void)usleep(50000);
	done = 1;
	for (i = 0; i < 3; i++)
		MUST(pthread_join(thread[i], NULL) == 0);
	MUST(failures == 0);
	return 0;
}

static void
adds_to_single_threads(void **state)
{
	(void)state;
	run_new(0);
	run.config.watches = EVENT_BIT(EVENT_EXEC);
	run.denied = EVENT_BIT(EVENT_MKDIR);
	run.part = "forbidden";
	run.at_kick = watch_more;
	run.kick_ms = 200;
	run_expect(wait_with_filters, 0);
}

static int
while_stopped(void)
{
	MUST(raise(SIGSTOP) == 0);
	MUST(mkdir("forbidden", 0700) < 0 && errno == EPERM);
	return 0;
}

static void
adds_after_a_stop(void **state)
{
	(void)state;
	run_new(0);
	run.config.watches = EVENT_BIT(EVENT_EXEC);
	run.denied = EVENT_BIT(EVENT_MKDIR);
	run.part = "forbidden";
	run.at_stop = watch_more;
	run_expect(while_stopped, 0);
}

static int
forks_on(void)
{
	int i, status;
	pid_t pid;

	for (i = 0; i < 2000; i++) {
		pid = fork();
		if (pid == 0)
			_exit(mkdir("forbidden", 0700) < 0 && errno == EPERM);
		MUST(waitpid(pid, &status, 0) == pid);
		MUST(WIFEXITED(status));
		if (WEXITSTATUS(status) == 1)
			break;
		MUST(rmdir("forbidden") == 0);
	}
	MUST(i < 2000);
	for (i = 0; i < 50; i++) {
		pid = fork();
		if (pid == 0)
			_exit(mkdir("forbidden", 0700) < 0 && errno == EPERM);
		MUST(waitpid(pid, &status, 0) == pid);
		MUST(WEXITSTATUS(status) == 1);
	}
	return 0;
}

static void
reaches_children(void **state)
{
	(void)state;
	run_new(0);
	run.config.watches = EVENT_BIT(EVENT_EXEC);
	run.denied = EVENT_BIT(EVENT_MKDIR);
	run.part = "forbidden";
	run.at_kick = watch_more;
	run.kick_ms = 50;
	run_expect(forks_on, 0);
}

static void
watch_less(struct run *r)
{
	struct err e = {0};
	unsigned unseen = 99;

	assert_int_equal(trace_watch(r->t, 0, 0, &unseen, &e), 0);
}

static int
less_stopped(void)
{
	MUST(mkdir("forbidden", 0700) < 0 && errno == EPERM);
	MUST(raise(SIGSTOP) == 0);
	MUST(mkdir("forbidden", 0700) == 0);
	return 0;
}

static void
forgets_what_is_not_watched(void **state)
{
	(void)state;
	run_new(ALL_BUT_READS);
	run.denied = EVENT_BIT(EVENT_MKDIR);
	run.at_stop = watch_less;
	run_expect(less_stopped, 0);
}

static pid_t outsider;

/* It is nobody's child that the tracer knows, with a thread that waits. */
static void
start_outsider(void)
{
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	if (fork() == 0) {
		if ((outsider = fork()) > 0) {
			(void)!write(fd[1], &outsider, sizeof(outsider));
			_exit(0);
		}
		if (chdir(run_dir) < 0)
			_exit(1);
		(void)close(fd[0]);
		(void)alarm(60);
		_exit(wait_for_rule() == 0 ? mkdir("passed", 0700) : 1);
	}
	assert_int_equal(
	    read(fd[0], &outsider, sizeof(outsider)), sizeof(outsider));
	(void)close(fd[0]);
	(void)close(fd[1]);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void
adopt(struct run *r)
{
	r->answer = -EPERM;
	assert_int_equal(trace_adopt(r->t, outsider, true), 0);
}

static int
waits_for_outsider(void)
{
	int i;

	for (i = 0; i < 200 && access("passed", F_OK) < 0; i++)
		(void)usleep(50000);
	MUST(i < 200);
	return 0;
}

static void
adopts(void **state)
{
	(void)state;
	start_outsider();
	run_new(0);
	run.denied = EVENT_BIT(EVENT_MKDIR);
	run.part = "forbidden";
	run.at_kick = adopt;
	run.kick_ms = 200;
	run_expect(waits_for_outsider, 0);
	assert_int_equal(run_count(EVENT_ENTERED), 1);
	assert_int_equal(run_event(EVENT_ENTERED, 0)->pid, outsider);
}

enum { LOADING = 12 };

/* Loads itself over and over, until there are two filters. */
static const char loader[] =
    "while read -r name value; do\n"
    "	[ \"$name\" != Seccomp_filters: ] || has=$value\n"
    "done </proc/self/status\n"
    "[ \"$has\" != 2 ] || { : >\"filtered.$1\"; exit; }\n"
    "exec sh loader \"$1\"\n";

static int
load_over_and_over(void)
{
	char name[32];
	FILE *f = fopen("loader", "w");
	int turns = 0;

	MUST(f != NULL && fputs(loader, f) >= 0 && fclose(f) == 0);
	for (int i = 0; i < LOADING; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		if (fork() == 0) {
			(void)alarm(60);
			(void)execlp("sh", "sh", "loader", name, (char *)NULL);
			_exit(1);
		}
	}
	for (int i = 0; i < LOADING; i++) {
		(void)snprintf(name, sizeof(name), "filtered.%d", i);
		while (access(name, F_OK) < 0 && ++turns < 300)
			(void)usleep(50000);
		MUST(turns < 300);
	}
	return 0;
}

/* The stop of execve(2) takes the place of the one for the filter. */
static void
adds_to_who_is_loading(void **state)
{
	(void)state;
	run_new(0);
	run.config.watches = EVENT_BIT(EVENT_EXEC);
	run.at_kick = watch_more;
	run.kick_ms = 300;
	run_expect(load_over_and_over, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		adds_a_filter, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		adds_the_first_filter, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		interrupts_unnoticed, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		adds_to_single_threads, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		adds_after_a_stop, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		reaches_children, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		forgets_what_is_not_watched, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(adopts, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		adds_to_who_is_loading, run_setup, run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
