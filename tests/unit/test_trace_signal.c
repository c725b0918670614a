/* SPDX-License-Identifier: Apache-2.0 */
/* Signals arrive as if nobody looked. */
#include "trace_run.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/time.h>

static volatile sig_atomic_t handled, value_sum;

static void
count(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	handled++;
	value_sum += info->si_value.sival_int;
}

static int
handle(int signal, int flags)
{
	struct sigaction action = {.sa_flags = SA_SIGINFO | flags};

	action.sa_sigaction = count;
	return sigaction(signal, &action, NULL);
}

static int
values(void)
{
	union sigval value;
	pid_t parent = getpid(), pid;
	int i;

	MUST(handle(SIGRTMIN, 0) == 0 && handle(SIGRTMAX, 0) == 0);
	MUST(handle(SIGTRAP, 0) == 0 && handle(SIGURG, 0) == 0);
	pid = fork();
	if (pid == 0) {
		for (i = 1; i <= 100; i++) {
			value.sival_int = i;
			if (sigqueue(
				parent, i % 2 ? SIGRTMIN : SIGRTMAX, value) < 0)
				_exit(1);
		}
		_exit(0);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	MUST(handled == 100 && value_sum == 5050);
	MUST(raise(SIGTRAP) == 0 && raise(SIGURG) == 0);
	MUST(handled == 102);
	return 0;
}

static void
keeps_values(void **state)
{
	(void)state;
	run_new(0);
	run_expect(values, 0);
}

static int
job_control(void)
{
	int status, i;
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			(void)pause();
	for (i = 0; i < 50; i++) {
		MUST(kill(pid, i % 2 ? SIGSTOP : SIGTSTP) == 0);
		MUST(waitpid(pid, &status, WUNTRACED) == pid);
		MUST(WIFSTOPPED(status));
		MUST(kill(pid, SIGCONT) == 0);
		MUST(waitpid(pid, &status, WCONTINUED) == pid);
		MUST(WIFCONTINUED(status));
	}
	MUST(kill(pid, SIGTERM) == 0);
	MUST(waitpid(pid, &status, 0) == pid);
	MUST(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	return 0;
}

static void
keeps_job_control(void **state)
{
	(void)state;
	run_new(0);
	run_expect(job_control, 0);
}

static int
stops_itself(void)
{
	MUST(raise(SIGSTOP) == 0);
	return 3;
}

static void
tells_of_a_stop(void **state)
{
	(void)state;
	run_new(0);
	run_expect(stops_itself, 3);
	assert_true(run.stopped);
}

static int
interrupted(void)
{
	struct itimerval often = {{0, 500}, {0, 500}};
	int i, fd, errors = 0;

	handled = 0;
	MUST(handle(SIGALRM, 0) == 0);
	MUST(setitimer(ITIMER_REAL, &often, NULL) == 0);
	for (i = 0; i < 20000; i++) {
		fd = open("file", O_WRONLY | O_CREAT, 0600);
		errors += fd < 0;
		if (fd >= 0)
			(void)close(fd);
	}
	memset(&often, 0, sizeof(often));
	MUST(setitimer(ITIMER_REAL, &often, NULL) == 0);
	MUST(errors == 0);
	MUST(handled > 20);
	return 0;
}

static void *
idle(void *arg)
{
	sigset_t all;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, NULL);
	(void)pause();
	return arg;
}

static int
interrupted_with_threads(void)
{
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, idle, NULL) == 0);
	return interrupted();
}

static void
interrupts_nothing(void **state)
{
	(void)state;
	run_new(0);
	run_expect(interrupted, 0);
	run_new(ALL_BUT_READS);
	run_expect(interrupted, 0);
	run_new(ALL_BUT_READS);
	run_expect(interrupted_with_threads, 0);
}

static pid_t guarded;

static int
at_the_guarded(void)
{
	MUST(kill(guarded, 0) == 0);
	MUST(kill(guarded, SIGKILL) < 0 && errno == EPERM);
	MUST(kill(guarded, SIGSTOP) < 0 && errno == EPERM);
	MUST(kill(guarded, SIGUSR1) == 0);
	MUST(kill(guarded, SIGTERM) == 0);
	return 0;
}

static void
guards_processes(void **state)
{
	int status, go[2];
	char c;

	(void)state;
	assert_int_equal(pipe(go), 0);
	guarded = fork();
	if (guarded == 0) {
		(void)close(go[1]);
		(void)handle(SIGUSR1, SA_RESTART);
		_exit(read(go[0], &c, 1) == 0 ? 1 : 2);
	}
	(void)usleep(50000);
	run_new(0);
	run.config.guarded[0] = getpid();
	run.config.guarded[1] = guarded;
	run_expect(at_the_guarded, 0);
	assert_int_equal(run_count(EVENT_SIGNAL), 2);
	assert_int_equal(run_event(EVENT_SIGNAL, 0)->target, guarded);
	assert_int_equal(run_event(EVENT_SIGNAL, 0)->number, SIGKILL);
	(void)status;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		keeps_values, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		keeps_job_control, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		tells_of_a_stop, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		interrupts_nothing, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		guards_processes, run_setup, run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
