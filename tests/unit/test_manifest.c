/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "manifest/manifest.h"

#define ONE "1111111111111111111111111111111111111111111111111111111111111111"
#define TWO "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct manifest *
read_manifest(struct arena *a, const char *text)
{
	const struct manifest *m = NULL;
	struct err e = {0};

	if (manifest_read(a, str_of(text), "m", &m, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return m;
}

static void
answers_by_path(void **state)
{
	cleanup_arena struct arena *a = arena_new(MANIFEST_MEMORY_MAX);
	const struct manifest *m = read_manifest(a,
	    "# of the image\n\n" TWO "  /usr/bin/b\r\n" ONE " *./usr/bin/a\n"
	    "\\" ONE "  /odd\\n\\r\\\\ name\n" ONE "  /usr/bin/b b");

	(void)state;
	assert_true(manifest_names(m, STR("/usr/bin/a")));
	assert_true(manifest_has(m, STR("/usr/bin/a"), STR(ONE)));
	assert_false(manifest_has(m, STR("/usr/bin/a"), STR(TWO)));
	assert_true(manifest_has(m, STR("/usr/bin/b"), STR(TWO)));
	assert_true(manifest_has(m, STR("/usr/bin/b b"), STR(ONE)));
	assert_true(manifest_has(m, STR("/odd\n\r\\ name"), STR(ONE)));
	assert_false(manifest_names(m, STR("/usr/bin")));
	assert_false(manifest_names(m, STR("/usr/bin/c")));
	assert_false(manifest_names(m, STR("./usr/bin/a")));
	assert_false(manifest_names(m, STR_NONE));
	assert_false(manifest_has(m, STR("/usr/bin/a"), STR_NONE));
	assert_false(manifest_has(m, STR("/usr/bin/c"), STR(ONE)));
}

static void
takes_either_case_and_several_sums(void **state)
{
	cleanup_arena struct arena *a = arena_new(MANIFEST_MEMORY_MAX);
	const struct manifest *m = read_manifest(a,
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "  /a\n" ONE "  /a\n");

	(void)state;
	assert_true(manifest_has(m, STR("/a"), STR(TWO)));
	assert_true(manifest_has(m, STR("/a"), STR(ONE)));
	assert_false(manifest_has(m, STR("/a"), STR(ONE "1")));
}

static void
refuses_what_is_no_such_line(void **state)
{
	static const char *const rows[][2] = {
	    {"", "m: names no program"},
	    {"# nothing\n\n", "m: names no program"},
	    {ONE "  /a\nsome text\n",
		"m:2: not a line of sha256sum(1): \"some text\""},
	    {"1" ONE "  /a", "m:1: not a line of sha256sum(1)"},
	    {ONE, "m:1: not a line of sha256sum(1)"},
	    {ONE "  ", "m:1: not a line of sha256sum(1)"},
	    {ONE " /a", "m:1: not a line of sha256sum(1)"},
	    {ONE "\t\t/a", "m:1: not a line of sha256sum(1)"},
	    {"SHA256 (/a) = " ONE, "m:1: not a line of sha256sum(1)"},
	    {ONE "  a", "m:1: not an absolute path"},
	    {ONE "  .", "m:1: not an absolute path"},
	    {ONE "  ../a", "m:1: not an absolute path"},
	    {"\\" ONE "  /\\t", "m:1: not an escape of sha256sum(1)"},
	    {"\\" ONE "  /\\", "m:1: not an escape of sha256sum(1)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_arena struct arena *a = arena_new(MANIFEST_MEMORY_MAX);
		const struct manifest *m = NULL;
		struct err e = {0};

		assert_int_equal(
		    manifest_read(a, str_of(rows[i][0]), "m", &m, &e), -EINVAL);
		assert_int_equal(e.kind, ERR_PERM);
		assert_null(m);
		if (strncmp(e.text, rows[i][1], strlen(rows[i][1])) != 0)
			fail_msg("\"%s\": %s", rows[i][0], e.text);
	}
}

static void
has_a_bound(void **state)
{
	cleanup_arena struct arena *a = arena_new(MANIFEST_MEMORY_MAX);
	cleanup_buf struct buf b = BUF_MAX(MANIFEST_TEXT_MAX);
	const struct manifest *m = NULL;
	struct err e = {0};

	(void)state;
	for (int i = 0; i < MANIFEST_LINES_MAX; i++)
		buf_addf(&b, "%064d  /%d\n", i, MANIFEST_LINES_MAX - i);
	assert_int_equal(buf_error(&b), 0);
	assert_int_equal(manifest_read(a, buf_str(&b), "m", &m, &e), 0);
	for (int i = 1; i <= MANIFEST_LINES_MAX; i += 997) {
		char path[16], sum[65];

		(void)snprintf(path, sizeof path, "/%d", i);
		(void)snprintf(
		    sum, sizeof sum, "%064d", MANIFEST_LINES_MAX - i);
		assert_true(manifest_has(m, str_of(path), str_of(sum)));
	}
	buf_addf(&b, "%064d  /more\n", 0);
	assert_int_equal(manifest_read(a, buf_str(&b), "m", &m, &e), -E2BIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers_by_path),
	    cmocka_unit_test(takes_either_case_and_several_sums),
	    cmocka_unit_test(refuses_what_is_no_such_line),
	    cmocka_unit_test(has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
