/* SPDX-License-Identifier: Apache-2.0 */
#include "spool_real.h"

/* Three records of a segment: at 48, 96 and 144. */
static void
three(void)
{
	(void)put(1, 10, STR("first"));
	(void)put(1, 20, STR("second"));
	(void)put(1, 40, STR("third"));
	assert_int_equal(spool_sync(t.s, 0, &t.e), 0);
	spool_free(t.s);
	t.s = NULL;
}

static void
ack_all(void)
{
	struct spool_batch b = get();

	assert_true(b.n > 0);
	assert_int_equal(
	    spool_ack(t.s, b.records[b.n - 1].position, 0, &t.e), 0);
}

/* Let the segment at hand go: much is put in, and acknowledged. */
static void
turn_over(void)
{
	static const char some[60000];

	for (int i = 0; i < 24; i++) {
		(void)put(1, 1, (struct str){some, sizeof some});
		assert_int_equal(spool_sync(t.s, 0, &t.e), 0);
		ack_all();
	}
}

static void
damaged(off_t at, const char *with, size_t left, uint64_t lost)
{
	struct spool_stat st;
	struct spool_lost l;

	three();
	overwrite(segment(1, 1), at, with);
	assert_int_equal(open_it(), 0);
	assert_int_equal(get().n, left);
	spool_stat(t.s, &st);
	assert_int_equal(st.damaged, lost);
	/* Counted once, however often it is opened. */
	again();
	assert_false(spool_has_lost(t.s));
	turn_over();
	assert_int_equal(spool_has_lost(t.s), lost > 0);
	l = spool_take_lost(t.s);
	assert_true(l.count[1] == lost && l.unknown == 0);
}

static void
test_damaged_data(void **state)
{
	(void)state;
	damaged(96 + 40, "S", 2, 20);
}

static void
test_damaged_header(void **state)
{
	(void)state;
	damaged(96 + 12, "S", 2, 20);
}

static void
test_damaged_two(void **state)
{
	(void)state;
	damaged(48 + 44, "XXXXXXXX", 1, 30);
}

static void
test_torn_tail(void **state)
{
	(void)state;
	damaged(144 + 40, "T", 2, 0);
}

static void
test_damaged_begin(void **state)
{
	(void)state;
	damaged(3, "XX", 3, 0);
}

/* The end of a segment that has a successor: it knows what was there. */
static void
test_damaged_end(void **state)
{
	static const char big[SPOOL_RECORD_MAX];
	struct spool_stat st;

	(void)state;
	for (int i = 0; i < 6; i++)
		(void)put(1, 7, (struct str){big, sizeof big});
	assert_int_equal(spool_sync(t.s, 0, &t.e), 0);
	assert_int_equal(get().n, 6);
	spool_free(t.s);
	t.s = NULL;
	overwrite(segment(1, 1), 48 + 3 * (SPOOL_RECORD_MAX + 40) + 9, "XXXX");
	assert_int_equal(open_it(), 0);
	assert_int_equal(get().n, 5);
	spool_stat(t.s, &st);
	assert_int_equal(st.damaged, 7);
}

/* Damage that comes while the spool is open. */
static void
test_damaged_late(void **state)
{
	struct spool_stat st;

	(void)state;
	(void)put(1, 10, STR("first"));
	(void)put(1, 20, STR("second"));
	(void)put(1, 40, STR("third"));
	assert_int_equal(spool_sync(t.s, 0, &t.e), 0);
	overwrite(segment(1, 1), 96 + 40, "S");
	assert_int_equal(get().n, 2);
	assert_int_equal(get().n, 2);
	overwrite(segment(1, 1), 144 + 40, "T");
	assert_int_equal(get().n, 1);
	spool_stat(t.s, &st);
	assert_int_equal(st.damaged, 20);
}

/* What was acknowledged in memory is no loss when its segment is damaged. */
static void
test_damaged_behind_acked(void **state)
{
	struct spool_stat st;
	uint64_t first = put(1, 10, STR("first"));

	(void)state;
	(void)put(1, 20, STR("second"));
	(void)put(1, 40, STR("third"));
	assert_int_equal(spool_ack(t.s, first, 0, &t.e), 0);
	assert_int_equal(get().n, 2);
	assert_int_equal(spool_sync(t.s, 0, &t.e), 0);
	spool_free(t.s);
	t.s = NULL;
	overwrite(segment(1, 1), 48, "XXXXXXXX");
	assert_int_equal(open_it(), 0);
	assert_int_equal(get().n, 1);
	spool_stat(t.s, &st);
	assert_int_equal(st.damaged, 20);
}

static void
test_damaged_heads(void **state)
{
	char path[80];
	uint64_t first;

	(void)state;
	first = put(1, 1, STR("a"));
	(void)put(1, 1, STR("b"));
	assert_int_equal(spool_sync(t.s, 0, &t.e), 0);
	assert_int_equal(spool_ack(t.s, first, 0, &t.e), 0);
	spool_free(t.s);
	t.s = NULL;
	(void)snprintf(path, sizeof path, "%s/head", t.path);
	overwrite(path, 20, "XXXX");
	overwrite(path, 4096 + 20, "XXXX");
	assert_int_equal(open_it(), 0);
	assert_int_equal(get().n, 2);
	assert_true(get().records[0].position == first);
	assert_true(put(1, 1, STR("c")) > first + 1);
	assert_int_equal(spool_take_lost(t.s).unknown, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_damaged_data),
	    TEST(test_damaged_header),
	    TEST(test_damaged_two),
	    TEST(test_torn_tail),
	    TEST(test_damaged_begin),
	    TEST(test_damaged_end),
	    TEST(test_damaged_late),
	    TEST(test_damaged_behind_acked),
	    TEST(test_damaged_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
