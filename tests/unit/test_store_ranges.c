/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of received numbers, and the words of a filter. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/store_audits.h"
#include "store/store_ranges.h"
#include "store/store_words.h"

static void
joins(void **state)
{
	struct store_ranges r = {0};

	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(store_ranges_add(&r, i), 1);
	assert_int_equal(r.n, 1);
	assert_int_equal(store_ranges_add(&r, 0), 0);
	assert_int_equal(store_ranges_add(&r, 999), 0);
	assert_int_equal(store_ranges_add(&r, 1001), 1);
	assert_int_equal(r.n, 2);
	assert_false(store_ranges_has(&r, 1000));
	assert_int_equal(store_ranges_add(&r, 1000), 1);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.v[0].hi, 1001);
	store_ranges_free(&r);
	/* From the other end. */
	for (uint64_t i = 1000; i > 0; i--)
		assert_int_equal(store_ranges_add(&r, i), 1);
	assert_int_equal(r.n, 1);
	assert_int_equal(store_ranges_add(&r, INT64_MAX), 1);
	assert_int_equal(store_ranges_add(&r, INT64_MAX), 0);
	assert_int_equal(r.n, 2);
	store_ranges_free(&r);
}

/* Numbers at random, beside a table of all of them. */
static void
as_a_table(void **state)
{
	enum { N = 400, ROUNDS = 50 };
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		bool there[N] = {false};
		struct store_ranges r = {0};

		for (int i = 0; i < 2 * N; i++) {
			uint64_t seq = (uint64_t)rand_r(&seed) % N;

			assert_int_equal(
			    store_ranges_add(&r, seq), !there[seq]);
			there[seq] = true;
			assert_true(r.n <= STORE_RANGES_MAX);
		}
		for (uint64_t seq = 0; seq < N; seq++)
			assert_int_equal(store_ranges_has(&r, seq), there[seq]);
		for (uint32_t i = 1; i < r.n; i++)
			assert_true(r.v[i].lo > r.v[i - 1].hi + 1);
		store_ranges_free(&r);
	}
}

/* A boot that jumps about: what is forgotten is the lowest, and only that. */
static void
bounded(void **state)
{
	struct store_ranges r = {0};
	uint64_t top = 2 * (STORE_RANGES_MAX + 100);

	(void)state;
	for (uint64_t seq = 0; seq < top; seq += 2)
		assert_int_equal(store_ranges_add(&r, seq), 1);
	assert_int_equal(r.n, STORE_RANGES_MAX);
	assert_false(store_ranges_has(&r, 198));
	assert_true(store_ranges_has(&r, 200));
	for (uint64_t seq = 200; seq < top; seq += 2)
		assert_int_equal(store_ranges_add(&r, seq), 0);
	/* Lower than all that is known: taken, and forgotten at once. */
	assert_int_equal(store_ranges_add(&r, 100), 1);
	assert_int_equal(store_ranges_add(&r, 100), 1);
	assert_int_equal(r.n, STORE_RANGES_MAX);
	/* What joins takes no range. */
	assert_int_equal(store_ranges_add(&r, 201), 1);
	assert_int_equal(r.n, STORE_RANGES_MAX - 1);
	store_ranges_free(&r);
}

static void
packed(void **state)
{
	static const uint64_t seqs[] = {1, 2, 5, UINT64_C(1) << 40, INT64_MAX};
	struct store_ranges r = {0}, again;
	struct buf b = BUF_MAX(4096);
	char wrong[48];

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(store_ranges_add(&r, seqs[i]), 1);
	store_ranges_pack(&r, &b);
	assert_int_equal(b.n, 16 * r.n);
	assert_int_equal(store_ranges_unpack(buf_str(&b), &again), 0);
	assert_int_equal(again.n, r.n);
	assert_memory_equal(again.v, r.v, r.n * sizeof *r.v);
	assert_int_equal(store_ranges_add(&again, 9), 1);
	store_ranges_free(&again);
	assert_int_equal(store_ranges_unpack(STR_NONE, &again), 0);
	/* Not of whole ranges; backwards; touching; too many. */
	assert_int_equal(
	    store_ranges_unpack(str_sub(buf_str(&b), 0, 17), &again), -EBADMSG);
	memcpy(wrong, b.p, sizeof wrong);
	wrong[0] = 3;
	assert_int_equal(
	    store_ranges_unpack(str_make(wrong, sizeof wrong), &again),
	    -EBADMSG);
	wrong[0] = 1;
	wrong[16] = 3;
	assert_int_equal(
	    store_ranges_unpack(str_make(wrong, sizeof wrong), &again),
	    -EBADMSG);
	buf_free(&b);
	b = BUF_MAX(16 * 1024);
	for (int i = 0; i < 16 * (STORE_RANGES_MAX + 1); i++)
		buf_addc(&b, '\0');
	assert_int_equal(store_ranges_unpack(buf_str(&b), &again), -EBADMSG);
	assert_null(again.v);
	store_ranges_free(&r);
	buf_free(&b);
}

static bool
word(const char *word, const char *text)
{
	struct str w = str_of(word);

	return store_words_match(
	    &(const struct store_words){&w, 1}, str_of(text));
}

static void
words(void **state)
{
	struct str two[] = {STR("a"), STR("b*")};

	(void)state;
	assert_true(
	    store_words_match(&(const struct store_words){0}, STR("x")));
	assert_true(word("web", "web"));
	assert_false(word("web", "Web"));
	assert_false(word("web", "web:1"));
	assert_true(word("web*", "WEB:1"));
	assert_true(word("*:1", "web:1"));
	assert_true(word("*eb*", "web:1"));
	assert_true(word("*", ""));
	assert_false(word("w?b", "web"));
	assert_true(
	    store_words_match(&(const struct store_words){two, 2}, STR("bc")));
	assert_false(
	    store_words_match(&(const struct store_words){two, 2}, STR("c")));
}

static void
within(void **state)
{
	static const struct {
		const char *text, *what;
		bool want;
	} rows[] = {
	    {"abc", "", true},
	    {"abc", "abc", true},
	    {"abc", "BC", true},
	    {"ABC", "bc", true},
	    {"aab", "ab", true},
	    {"aaaaaB", "aab", true},
	    {"abc", "abcd", false},
	    {"", "a", false},
	    {"x1y2", "1Y", true},
	    {"\xc3\x84", "\xc3\xa4", false},
	    {"[a]", "{A}", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (store_words_within(str_of(rows[i].text),
			str_of(rows[i].what)) != rows[i].want)
			fail_msg("%s in %s", rows[i].what, rows[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(joins),
	    cmocka_unit_test(as_a_table),
	    cmocka_unit_test(bounded),
	    cmocka_unit_test(packed),
	    cmocka_unit_test(words),
	    cmocka_unit_test(within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
