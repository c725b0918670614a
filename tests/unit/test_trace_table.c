/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trace/exe_elf.h"
#include "trace/path.h"
#include "trace/task.h"
#include "trace/trace.h"

enum { NUMBERS = 200000, STEPS = 300000 };

static uint32_t seed = 1;

static uint32_t
next_random(void)
{
	seed = seed * 1664525U + 1013904223U;
	return seed >> 8;
}

/* Against a plain array, with numbers that meet in the table. */
static void
finds_what_was_added(void **state)
{
	static bool there[NUMBERS];
	struct table *t = task_table_new();
	struct proc *p;
	struct task *task;
	unsigned n = 0, i;
	pid_t tid;

	(void)state;
	assert_non_null(t);
	for (i = 0; i < STEPS; i++) {
		tid = (pid_t)(1 + next_random() % (NUMBERS - 1));
		task = task_find(t, tid);
		assert_int_equal(task != NULL, there[tid]);
		if (task != NULL) {
			assert_int_equal(task->tid, tid);
			task_remove(t, task);
			there[tid] = false;
			n--;
		} else if (n < TRACE_TASKS_MAX) {
			p = task_proc_new(t, tid);
			assert_non_null(p);
			assert_true(task_mm_set(t, p, NULL));
			assert_non_null(task_add(t, tid, p));
			there[tid] = true;
			n++;
		}
		assert_int_equal(task_count(t), n);
	}
	for (tid = 1; tid < NUMBERS; tid++)
		assert_int_equal(task_find(t, tid) != NULL, there[tid]);
	task_table_free(t);
}

static void
is_bounded(void **state)
{
	struct table *t = task_table_new();
	struct proc *p = task_proc_new(t, 1);
	pid_t tid;

	(void)state;
	assert_true(task_mm_set(t, p, NULL));
	for (tid = 1; tid <= TRACE_TASKS_MAX; tid++)
		assert_non_null(task_add(t, tid, p));
	assert_null(task_add(t, tid, p));
	assert_int_equal(task_mm_of(t, p)->tasks, TRACE_TASKS_MAX);
	task_remove(t, task_find(t, 5));
	assert_non_null(task_add(t, tid, p));
	assert_ptr_equal(task_proc_find(t, 1), p);
	assert_null(task_proc_find(t, 2));
	task_table_free(t);
}

static void
counts_who_shares_memory(void **state)
{
	struct table *t = task_table_new();
	struct proc *one = task_proc_new(t, 1), *two = task_proc_new(t, 2);

	(void)state;
	assert_true(task_mm_set(t, one, NULL));
	assert_non_null(task_add(t, 1, one));
	assert_true(task_mm_set(t, two, one));
	assert_non_null(task_add(t, 2, two));
	assert_int_equal(task_mm_of(t, one)->tasks, 2);
	assert_true(task_mm_set(t, two, NULL)); /* execve(2) */
	assert_int_equal(task_mm_of(t, one)->tasks, 1);
	assert_int_equal(task_mm_of(t, two)->tasks, 1);
	assert_true(task_mm_of(t, one)->serial != task_mm_of(t, two)->serial);
	assert_non_null(task_rename(t, task_find(t, 2), 70000));
	assert_null(task_find(t, 2));
	assert_int_equal(task_find(t, 70000)->tid, 70000);
	task_table_free(t);
}

static void
cleans_names(void **state)
{
	static const char *const names[][2] = {{"/a/b", "/a/b"},
	    {"//a//b/", "/a/b"}, {"/a/./b/.", "/a/b"}, {"/a/../b", "/b"},
	    {"/../..", "/"}, {"/", "/"}, {"/a/b/../../c", "/c"},
	    {"/a/..b/...", "/a/..b/..."}};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(text, sizeof(text), "%s", names[i][0]);
		assert_int_equal(
		    path_clean(text, strlen(text), 0), strlen(names[i][1]));
		assert_string_equal(text, names[i][1]);
	}
	/* A root is not left. */
	(void)snprintf(text, sizeof(text), "/jail/../../x");
	assert_int_equal(path_clean(text, strlen(text), 5), 7);
	assert_string_equal(text, "/jail/x");
}

static void
measures_entropy(void **state)
{
	unsigned char bytes[4096];
	size_t i;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	assert_int_equal(exe_elf_entropy(bytes, sizeof(bytes)), 0);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	assert_in_range(exe_elf_entropy(bytes, sizeof(bytes)), 799, 800);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 2 ? 'a' : 'b';
	assert_in_range(exe_elf_entropy(bytes, sizeof(bytes)), 99, 100);
	assert_int_equal(exe_elf_entropy(bytes, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_what_was_added),
	    cmocka_unit_test(is_bounded),
	    cmocka_unit_test(counts_who_shares_memory),
	    cmocka_unit_test(cleans_names),
	    cmocka_unit_test(measures_entropy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
