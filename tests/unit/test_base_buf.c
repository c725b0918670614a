/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"

static void
adders_add(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(100);

	(void)state;
	assert_string_equal(buf_z(&b), "");
	assert_int_equal(buf_str(&b).n, 0);
	buf_addc(&b, 'a');
	buf_addz(&b, "bc");
	buf_adds(&b, STR("d\0e"));
	buf_adds(&b, STR_NONE);
	buf_addf(&b, "%d", 7);
	assert_int_equal(buf_error(&b), 0);
	assert_true(str_eq(buf_str(&b), STR("abcd\0e7")));
	assert_int_equal(b.p[b.n], '\0');
	buf_reset(&b);
	assert_string_equal(buf_z(&b), "");
	buf_free(&b);
	assert_int_equal(b.max, 100);
	assert_null(b.p);
}

static void
the_bound_is_exact_and_sticks(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(4);

	(void)state;
	buf_addz(&b, "abcd");
	assert_int_equal(buf_error(&b), 0);
	buf_addc(&b, 'e');
	assert_int_equal(buf_error(&b), -EFBIG);
	buf_addz(&b, "");
	buf_addf(&b, "%s", "");
	assert_null(buf_reserve(&b, 0));
	assert_int_equal(buf_error(&b), -EFBIG);
	assert_string_equal(buf_z(&b), "abcd");
	buf_reset(&b);
	buf_addf(&b, "%d", 12345);
	assert_int_equal(buf_error(&b), -EFBIG);
	assert_string_equal(buf_z(&b), "");
	buf_reset(&b);
	buf_addf(&b, "%d", 1234);
	assert_int_equal(buf_error(&b), 0);
}

static void
a_buffer_without_room(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(0);

	(void)state;
	buf_add(&b, "", 0);
	assert_int_equal(buf_error(&b), 0);
	buf_addc(&b, 'x');
	assert_int_equal(buf_error(&b), -EFBIG);
}

static void
huge_requests_fail(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(SIZE_MAX);

	(void)state;
	buf_addz(&b, "abc");
	assert_null(buf_reserve(&b, SIZE_MAX - 3));
	assert_int_equal(buf_error(&b), -ENOMEM);
	assert_string_equal(buf_z(&b), "abc");
}

static void
growing_keeps_the_bytes(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(1 << 20);

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_addf(&b, "%05d", i);
	assert_int_equal(buf_error(&b), 0);
	assert_int_equal(b.n, 100000);
	assert_memory_equal(b.p + 5 * 12345, "12345", 5);
	assert_int_equal(b.p[b.n], '\0');
}

static void
reserve_and_write(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(1000);
	char *p = buf_reserve(&b, 600);

	(void)state;
	assert_non_null(p);
	memset(p, 'x', 600);
	b.n += 600;
	buf_addc(&b, 'y');
	assert_int_equal(b.n, 601);
	assert_int_equal(b.p[600], 'y');
}

static void
arena_hands_out_zeroed_aligned_memory(void **state)
{
	cleanup_arena struct arena *a = arena_new(1 << 20);
	unsigned char *p, *q;

	(void)state;
	assert_non_null(a);
	p = arena_alloc(a, 3);
	q = arena_alloc(a, 100000);
	assert_non_null(p);
	assert_non_null(q);
	assert_int_equal((uintptr_t)p % sizeof(void *), 0);
	assert_int_equal((uintptr_t)q % sizeof(void *), 0);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(q[i], 0);
	memset(p, 1, 3);
	assert_string_equal(arena_dup(a, str_make("abc", 2)), "ab");
	assert_string_equal(arena_dup(a, STR_NONE), "");
	assert_true(str_eq(arena_str(a, STR("a\0b")), STR("a\0b")));
	assert_string_equal(arena_printf(a, "%s-%d", "x", 3), "x-3");
	assert_int_equal(p[2], 1);
	arena_free(NULL);
}

static void
arena_is_bounded(void **state)
{
	cleanup_arena struct arena *a = arena_new(64);
	int given = 0;

	(void)state;
	assert_null(arena_alloc(a, 65));
	assert_null(arena_alloc(a, SIZE_MAX));
	assert_non_null(arena_alloc(a, 60));
	assert_null(arena_alloc(a, 8));
	assert_null(arena_dup(a, STR("12345678")));
	assert_null(arena_str(a, STR("12345678")).p);
	assert_null(arena_printf(a, "%d", 12345678));
	while (arena_alloc(a, 0) != NULL)
		assert_in_range(++given, 1, 64);
}

static void
an_arena_in_memory_of_the_caller(void **state)
{
	static _Alignas(16) unsigned char memory[4096];
	struct arena *a;
	unsigned char *p;
	size_t n = 0;

	(void)state;
	memset(memory, 0xff, sizeof memory);
	assert_null(arena_in(memory, 8));
	a = arena_in(memory, sizeof memory - 16);
	assert_non_null(a);
	while ((p = arena_alloc(a, 100)) != NULL) {
		assert_int_equal((uintptr_t)p % 16, 0);
		assert_true(p > memory);
		assert_true(p + 100 <= memory + sizeof memory - 16);
		for (int i = 0; i < 100; i++)
			assert_int_equal(p[i], 0);
		n += 100;
	}
	assert_in_range(n, 3000, 4000);
	assert_null(arena_alloc(a, SIZE_MAX));
	for (size_t i = sizeof memory - 16; i < sizeof memory; i++)
		assert_int_equal(memory[i], 0xff);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(adders_add),
	    cmocka_unit_test(the_bound_is_exact_and_sticks),
	    cmocka_unit_test(a_buffer_without_room),
	    cmocka_unit_test(huge_requests_fail),
	    cmocka_unit_test(growing_keeps_the_bytes),
	    cmocka_unit_test(reserve_and_write),
	    cmocka_unit_test(arena_hands_out_zeroed_aligned_memory),
	    cmocka_unit_test(arena_is_bounded),
	    cmocka_unit_test(an_arena_in_memory_of_the_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
