/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/runtime_list.h"
#include "runtime/runtime_state.h"

static struct runtime_state state_;

static int
set_up(void **state)
{
	(void)state;
	memset(&state_, 0, sizeof state_);
	return 0;
}

static void
lists_are_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < runtime_list_sorted_n; i++) {
		const struct runtime_list *l = runtime_list_sorted[i];

		for (size_t j = 0; j < l->n; j++) {
			assert_true(runtime_list_has(l, str_of(l->names[j])));
			if (j > 0 && strcmp(l->names[j - 1], l->names[j]) >= 0)
				fail_msg(
				    "%s, %s", l->names[j - 1], l->names[j]);
		}
		assert_false(runtime_list_has(l, STR("")));
		assert_false(runtime_list_has(l, STR("~")));
	}
}

static void
first_sights(void **state)
{
	size_t again = 0;

	(void)state;
	for (uint64_t i = 1; i <= 300; i++)
		assert_true(runtime_state_new(
		    &state_, runtime_state_hash(1, &i, sizeof i)));
	for (uint64_t i = 1; i <= 300; i++)
		again += !runtime_state_new(
		    &state_, runtime_state_hash(1, &i, sizeof i));
	assert_in_range(again, 290, 300);
	/* More than there is room for does no harm. */
	for (uint64_t i = 1; i <= 100000; i++)
		(void)runtime_state_new(
		    &state_, runtime_state_hash(2, &i, sizeof i));
	assert_true(runtime_state_hash(0, "", 0) != 0);
}

static void
counters(void **state)
{
	struct runtime_counter *c;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		c = runtime_state_count(&state_, 7, i % 5, i, 1000);
	assert_int_equal(c->n, 5);
	assert_int_equal(runtime_state_count(&state_, 8, 1, 0, 1000)->n, 1);
	assert_int_equal(runtime_state_count(&state_, 7, 9, 1000, 1000)->n, 6);
	assert_int_equal(runtime_state_count(&state_, 7, 9, 1001, 1000)->n, 1);
	for (unsigned i = 0; i < 100; i++)
		c = runtime_state_count(&state_, 9, i, 0, 1000);
	assert_int_equal(c->n, RUNTIME_TARGETS);
	/* Once told, it lasts while it is in use. */
	c->told = true;
	c = runtime_state_count(&state_, 9, 1, 900, 1000);
	c = runtime_state_count(&state_, 9, 1, 1800, 1000);
	assert_true(c->told);
	c = runtime_state_count(&state_, 9, 1, 2801, 1000);
	assert_false(c->told);
	/* A clock that steps back, and the ends of time. */
	c = runtime_state_count(&state_, 9, 1, INT64_MIN, 1000);
	assert_int_equal(c->n, 1);
	c = runtime_state_count(&state_, 9, 2, INT64_MAX, 1000);
	assert_int_equal(c->n, 1);
}

static void
the_oldest_counter_goes(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= RUNTIME_COUNTERS; i++)
		(void)runtime_state_count(&state_, i, 1, (int64_t)i, 1000);
	(void)runtime_state_count(&state_, 1, 2, 100, 1000);
	(void)runtime_state_count(
	    &state_, 1000, 1, 101, 1000); /* in 2's place */
	assert_int_equal(runtime_state_count(&state_, 1, 3, 102, 1000)->n, 3);
	assert_int_equal(runtime_state_count(&state_, 2, 2, 103, 1000)->n, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(lists_are_in_order, set_up),
	    cmocka_unit_test_setup(first_sights, set_up),
	    cmocka_unit_test_setup(counters, set_up),
	    cmocka_unit_test_setup(the_oldest_counter_goes, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
