/* SPDX-License-Identifier: Apache-2.0 */
/* A policy packed and unpacked, and what is neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "policypack/policypack.h"

static void
gives_back_what_it_took(void **state)
{
	cleanup_buf struct buf text = BUF_MAX(POLICYPACK_TEXT_MAX);
	cleanup_buf struct buf packed = BUF_MAX(POLICYPACK_MAX);
	cleanup_buf struct buf again = BUF_MAX(POLICYPACK_MAX);
	cleanup_buf struct buf back = BUF_MAX(POLICYPACK_TEXT_MAX);

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_addf(&text, "{\"n\":%d}\n", i);
	assert_int_equal(policypack_pack(buf_str(&text), &packed, NULL), 0);
	assert_int_equal(policypack_pack(buf_str(&text), &again, NULL), 0);
	assert_true(str_eq(buf_str(&packed), buf_str(&again)));
	assert_true(packed.n < text.n / 2);
	assert_int_equal(policypack_unpack(buf_str(&packed), &back, NULL), 0);
	assert_true(str_eq(buf_str(&text), buf_str(&back)));
}

/* A mebibyte of zeros is a kilobyte: it ends at the bound. */
static void
does_not_grow_past_its_bound(void **state)
{
	static char zeros[1 << 20];
	cleanup_buf struct buf packed = BUF_MAX(POLICYPACK_MAX);
	cleanup_buf struct buf back = BUF_MAX(64 * 1024);
	struct err e = {0};

	(void)state;
	assert_int_equal(
	    policypack_pack(str_make(zeros, sizeof zeros), &packed, NULL), 0);
	assert_int_equal(
	    policypack_unpack(buf_str(&packed), &back, &e), -EFBIG);
	assert_string_equal(e.text, "more than 65536 bytes of policy lines");
	buf_free(&back);
	back.max = sizeof zeros;
	assert_int_equal(policypack_unpack(buf_str(&packed), &back, NULL), 0);
	assert_int_equal(back.n, sizeof zeros);
}

static void
refuses_the_rest(void **state)
{
	/* "x\n", gzipped; cut; with a byte behind; with a wrong sum. */
	static const char *const wrong[] = {
	    "",
	    "no base64",
	    "bm90IGd6aXA=",
	    "H4sIAAAAAAACA6vgAgB",
	    "H4sIAAAAAAACA6vgAgAxHA==",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		cleanup_buf struct buf back = BUF_MAX(1024);
		struct err e = {0};

		assert_int_equal(
		    policypack_unpack(str_of(wrong[i]), &back, &e), -EINVAL);
		assert_int_equal(e.kind, ERR_PERM);
	}
}

/* Each byte of the packed form matters. */
static void
notices_every_cut_and_addition(void **state)
{
	cleanup_buf struct buf packed = BUF_MAX(POLICYPACK_MAX);

	(void)state;
	assert_int_equal(
	    policypack_pack(STR("{\"type\":\"policy\"}\n"), &packed, NULL), 0);
	for (size_t n = 0; n < packed.n; n++) {
		cleanup_buf struct buf back = BUF_MAX(1024);

		assert_int_not_equal(
		    policypack_unpack(
			str_sub(buf_str(&packed), 0, n), &back, NULL),
		    0);
	}
	buf_addz(&packed, "AAAA");
	{
		cleanup_buf struct buf back = BUF_MAX(1024);

		assert_int_not_equal(
		    policypack_unpack(buf_str(&packed), &back, NULL), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gives_back_what_it_took),
	    cmocka_unit_test(does_not_grow_past_its_bound),
	    cmocka_unit_test(refuses_the_rest),
	    cmocka_unit_test(notices_every_cut_and_addition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
