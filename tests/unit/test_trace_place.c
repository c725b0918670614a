/* SPDX-License-Identifier: Apache-2.0 */
/* Where the tracer runs its tracee is nobody's business but its own. */
#include "trace_run.h"

#include <fcntl.h>
#include <sched.h>

static int
cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set)
							    : -1;
}

static int
open_often(int n)
{
	int i, fd;

	for (i = 0; i < n; i++) {
		MUST((fd = open("file", O_WRONLY | O_CREAT, 0600)) >= 0);
		MUST(close(fd) == 0);
	}
	return 0;
}

static int
looks_around(void)
{
	int i, status, all = cpus();
	cpu_set_t one, now;
	size_t cpu = 0;
	pid_t pid;

	for (i = 0; i < 300; i++) {
		MUST(open_often(100) == 0);
		MUST(cpus() == all);
		if (i % 4 != 0)
			continue;
		pid = fork();
		if (pid == 0)
			_exit(cpus() == all ? 0 : 1);
		MUST(waitpid(pid, &status, 0) == pid && status == 0);
	}
	/* What it chooses itself stays. */
	MUST(sched_getaffinity(0, sizeof(one), &one) == 0);
	while (!CPU_ISSET(cpu, &one))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	MUST(sched_setaffinity(0, sizeof(one), &one) == 0);
	MUST(open_often(2000) == 0);
	MUST(sched_getaffinity(0, sizeof(now), &now) == 0);
	MUST(CPU_EQUAL(&one, &now));
	return 0;
}

static void
keeps_affinities(void **state)
{
	int before = cpus();

	(void)state;
	run_new(0);
	run_expect(looks_around, 0);
	run_new(ALL_BUT_READS);
	run_expect(looks_around, 0);
	run_new(0);
	run.config.no_place = true;
	run_expect(looks_around, 0);
	assert_int_equal(cpus(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		keeps_affinities, run_setup, run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
