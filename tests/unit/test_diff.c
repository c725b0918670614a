/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "diff/diff.h"

enum { OUT_MAX = 64 << 20 };

/* The diff of two C strings; valid until the next call. */
static const char *
diff(const char *old, const char *new, bool colour)
{
	static struct buf out = BUF_MAX(OUT_MAX);
	struct err e;

	buf_reset(&out);
	assert_int_equal(
	    diff_unified(str_of(old), str_of(new), "a", "b", colour, &out, &e),
	    0);
	return buf_z(&out);
}

static void
equal_texts_have_no_diff(void **state)
{
	(void)state;
	assert_string_equal(diff("", "", false), "");
	assert_string_equal(diff("x", "x", true), "");
	assert_string_equal(diff("x\ny\n", "x\ny\n", false), "");
}

#define HEAD "--- a\n+++ b\n"

/* What diff -u of GNU diffutils prints for these, but for the times. */
static void
writes_hunks(void **state)
{
	static const struct {
		const char *old, *new, *diff;
	} cases[] = {
	    {"", "x\n", HEAD "@@ -0,0 +1 @@\n+x\n"},
	    {"x\n", "", HEAD "@@ -1 +0,0 @@\n-x\n"},
	    {"", "\n", HEAD "@@ -0,0 +1 @@\n+\n"},
	    {"x", "x\n",
		HEAD "@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n"},
	    {"x", "y",
		HEAD "@@ -1 +1 @@\n-x\n\\ No newline at end of file\n"
		     "+y\n\\ No newline at end of file\n"},
	    {"p\nx", "q\nx",
		HEAD "@@ -1,2 +1,2 @@\n-p\n+q\n x\n"
		     "\\ No newline at end of file\n"},
	    {"a\r\nb\r\n", "a\r\nc\r\n",
		HEAD "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n"},
	    {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n5\n6\n7\n8\n9\n",
		HEAD "@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n 6\n 7\n"},
	    /* Six lines between two changes: one hunk. Seven: two. */
	    {"a\n1\n2\n3\n4\n5\n6\nb\n", "1\n2\n3\n4\n5\n6\n",
		HEAD "@@ -1,8 +1,6 @@\n-a\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n"},
	    {"a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\n",
		HEAD "@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n"
		     "@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-b\n"},
	    {"a\nb\nc\n", "x\ny\n",
		HEAD "@@ -1,3 +1,2 @@\n-a\n-b\n-c\n+x\n+y\n"},
	    /* A block stands after its like. */
	    {"{\n 1\n},\nz\n", "{\n 1\n},\n{\n 1\n},\nz\n",
		HEAD "@@ -1,4 +1,7 @@\n {\n  1\n },\n+{\n+ 1\n+},\n z\n"},
	    /* Without colour bytes are bytes. */
	    {"\x1b[2J\n", "\xff\n", HEAD "@@ -1 +1 @@\n-\x1b[2J\n+\xff\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *got = diff(cases[i].old, cases[i].new, false);

		assert_string_equal(got, cases[i].diff);
	}
}

static void
colours_are_those_of_git(void **state)
{
	(void)state;
	assert_string_equal(diff("a\nb\n", "a\nc", true),
	    "\x1b[1m--- a\x1b[m\n\x1b[1m+++ b\x1b[m\n"
	    "\x1b[36m@@ -1,2 +1,2 @@\x1b[m\n a\n"
	    "\x1b[31m-b\x1b[m\n\x1b[32m+c\x1b[m\n"
	    "\\ No newline at end of file\n");
}

static void
a_terminal_gets_no_control_character(void **state)
{
	const char *got = diff("",
	    "\x1b]0;x\a\xc2\x9b"
	    "2J \x9b \xe2\x80\xae\tü\x7f \r.\r\n\r",
	    true);

	(void)state;
	assert_non_null(
	    strstr(got, "+\\x1b]0;x\\x07\\xc2\\x9b"
			"2J \\x9b \\xe2\\x80\\xae\tü\\x7f \\x0d.\x1b[m\r\n"
			"\x1b[32m+\x1b[m\r\n\\ No"));
}

static void
names_are_one_line(void **state)
{
	struct buf out = BUF_MAX(OUT_MAX);

	(void)state;
	assert_int_equal(
	    diff_unified(STR("a"), STR("b"), "x\n+y", "a b", false, &out, NULL),
	    0);
	assert_non_null(strstr(buf_z(&out), "--- x\\x0a+y\n+++ a b\t\n@@ "));
	buf_free(&out);
}

static void
bounds_are_kept(void **state)
{
	struct buf out = BUF_MAX(64);
	struct err e = {0};
	static char many[1000];

	(void)state;
	memset(many, '\n', sizeof many - 1);
	assert_int_equal(
	    diff_unified(STR(""), str_of(many), "a", "b", false, &out, &e),
	    -EFBIG);
	assert_int_equal(e.kind, ERR_PERM);
	assert_string_equal(e.text, "the diff is longer than 64 bytes");
	buf_free(&out);
	assert_int_equal(diff_unified((struct str){many, DIFF_TEXT_MAX + 1UL},
			     STR("a"), "a", "b", false, &out, &e),
	    -EFBIG);
	assert_string_equal(
	    e.text, "more than 1073741824 bytes are not compared");
}

/* ---- random texts -------------------------------------------------------- */

static uint32_t
below(uint32_t n)
{
	static uint64_t x = 88172645463325252U;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 32) % n;
}

/* Up to `lines` lines of `kinds` sorts; now and then without a last LF. */
static void
random_text(struct buf *b, uint32_t lines, uint32_t kinds)
{
	buf_reset(b);
	for (uint32_t n = below(lines + 1); n > 0; n--)
		buf_addf(b, "%x\n", below(kinds));
	if (b->n > 0 && below(4) == 0)
		b->p[--b->n] = '\0';
}

/* Some of the lines of `from` taken out or put in. */
static void
random_edit(struct buf *b, struct str from, uint32_t one_in)
{
	struct str line;

	buf_reset(b);
	while (from.n > 0) {
		bool whole = str_cut(from, '\n', &line, &from);

		if (below(one_in) == 0)
			buf_addz(b, "new\n");
		if (below(one_in) == 0)
			continue;
		buf_adds(b, line);
		buf_addz(b, whole ? "\n" : "");
	}
}

/* ---- a strict reader of unified diffs ------------------------------------ */

struct reader {
	struct str diff, old;
	size_t old_line, new_line; /* read so far */
	struct buf new;
	size_t edits;
};

static struct str
take_line(struct str *s)
{
	struct str line = str_sub(*s, 0, str_chr(*s, '\n') + 1);

	*s = str_sub(*s, line.n, s->n);
	return line;
}

static void
keep_line(struct reader *r)
{
	buf_adds(&r->new, take_line(&r->old));
	r->old_line++;
	r->new_line++;
}

/* One line of a hunk; the LF is the diff's own when "\ No newline" follows. */
static void
read_line(struct reader *r)
{
	struct str line = take_line(&r->diff), text = str_sub(line, 1, line.n);

	if (str_starts(r->diff, "\\ No newline at end of file\n")) {
		(void)take_line(&r->diff);
		text.n--;
	}
	if (line.p[0] != '+') {
		assert_true(str_eq(take_line(&r->old), text));
		r->old_line++;
	}
	if (line.p[0] != '-') {
		buf_adds(&r->new, text);
		r->new_line++;
	}
	r->edits += line.p[0] != ' ';
}

/* ",N" or nothing, which is 1. */
static size_t
read_count(char **p)
{
	return **p == ',' ? strtoul(*p + 1, p, 10) : 1;
}

static void
read_hunk(struct reader *r)
{
	struct str head = take_line(&r->diff);
	char *p;
	size_t a, a_n, b, b_n;

	assert_true(str_starts(head, "@@ -"));
	a = strtoul(head.p + 4, &p, 10);
	a_n = read_count(&p);
	assert_memory_equal(p, " +", 2);
	b = strtoul(p + 2, &p, 10);
	b_n = read_count(&p);
	assert_memory_equal(p, " @@\n", 4);
	a -= a_n > 0;
	b -= b_n > 0;
	while (r->old_line < a)
		keep_line(r);
	assert_int_equal(r->old_line, a);
	assert_int_equal(r->new_line, b);
	while (r->old_line < a + a_n || r->new_line < b + b_n)
		read_line(r);
	assert_int_equal(r->old_line, a + a_n);
	assert_int_equal(r->new_line, b + b_n);
}

/* Does d turn old into new? Returns how many lines it adds and removes. */
static size_t
apply(struct str d, struct str old, struct str new)
{
	struct reader r = {.diff = d, .old = old, .new = BUF_MAX(OUT_MAX)};

	if (d.n > 0) {
		assert_string_not_equal(d.p, "");
		assert_true(str_eqz(take_line(&r.diff), "--- old\n"));
		assert_true(str_eqz(take_line(&r.diff), "+++ new\n"));
	}
	while (r.diff.n > 0)
		read_hunk(&r);
	while (r.old.n > 0)
		keep_line(&r);
	assert_true(str_eq(buf_str(&r.new), new));
	buf_free(&r.new);
	return r.edits;
}

static size_t
diff_and_apply(struct str old, struct str new)
{
	struct buf out = BUF_MAX(OUT_MAX);
	size_t edits;

	assert_int_equal(
	    diff_unified(old, new, "old", "new", false, &out, NULL), 0);
	edits = apply(buf_str(&out), old, new);
	buf_free(&out);
	return edits;
}

/* The fewest lines to add and remove, from the longest common subsequence. */
static size_t
fewest(struct str old, struct str new)
{
	enum { MAX = 512 };
	static size_t row[MAX + 1], before[MAX + 1];
	size_t a = 0, b = 0;

	memset(row, 0, sizeof row);
	while (old.n > 0) {
		struct str line = take_line(&old), rest = new;

		memcpy(before, row, sizeof row);
		a++;
		for (b = 0; rest.n > 0; b++) {
			size_t skip =
			    row[b] > before[b + 1] ? row[b] : before[b + 1];

			assert_in_range(b, 0, MAX - 1);
			row[b + 1] = str_eq(take_line(&rest), line)
					 ? before[b] + 1
					 : skip;
		}
	}
	for (b = 0; new.n > 0; b++)
		(void)take_line(&new);
	return a + b - 2 * row[b];
}

static void
small_changes_are_shortest(void **state)
{
	struct buf old = BUF_MAX(OUT_MAX), new = BUF_MAX(OUT_MAX);

	(void)state;
	for (int i = 0; i < 3000; i++) {
		random_text(&old, 40, 1 + below(20));
		if (i % 2 == 0)
			random_text(&new, 40, 1 + below(20));
		else
			random_edit(&new, buf_str(&old), 2 + below(20));
		assert_int_equal(diff_and_apply(buf_str(&old), buf_str(&new)),
		    fewest(buf_str(&old), buf_str(&new)));
	}
	for (int i = 0; i < 10; i++) {
		random_text(&old, 250, 3);
		random_text(&new, 250, 3);
		assert_int_equal(diff_and_apply(buf_str(&old), buf_str(&new)),
		    fewest(buf_str(&old), buf_str(&new)));
	}
	buf_free(&old);
	buf_free(&new);
}

/*
 * 100,000 lines a side of few sorts: a search for the shortest script takes
 * minutes, one that compares each line with each an hour.
 */
static void
large_changes_take_linear_time(void **state)
{
	struct buf old = BUF_MAX(OUT_MAX), new = BUF_MAX(OUT_MAX);
	struct buf all = BUF_MAX(OUT_MAX);

	(void)state;
	for (int i = 0; i < 100000; i++) {
		buf_addf(&old, "%x\n", below(4));
		buf_addf(&new, "%x\n", below(4));
		buf_addf(&all, "%x\n", (unsigned int)i + 16);
	}
	(void)diff_and_apply(buf_str(&old), buf_str(&new));
	assert_int_equal(diff_and_apply(buf_str(&old), buf_str(&all)), 200000);
	/* Many small changes, far more than are looked for at once. */
	random_edit(&new, buf_str(&all), 50);
	assert_in_range(
	    diff_and_apply(buf_str(&all), buf_str(&new)), 3000, 4400);
	assert_in_range(
	    diff_and_apply(buf_str(&new), buf_str(&all)), 3000, 4400);
	buf_free(&old);
	buf_free(&new);
	buf_free(&all);
}

/* ---- patch(1) ------------------------------------------------------------ */

static void
write_file(const char *path, struct str s)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, s.p == NULL ? "" : s.p, s.n), s.n);
	assert_int_equal(close(fd), 0);
}

static void
read_file(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	buf_reset(b);
	buf_reserve(b, 1 << 16);
	b->n = fread(b->p, 1, 1 << 16, f);
	assert_int_equal(fclose(f), 0);
}

/* patch old <diff: leaves the result in old. */
static void
run_patch(const char *way)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		(void)execlp("patch", "patch", "--silent", "--fuzz=0",
		    "--posix", "--no-backup-if-mismatch", way, "old", "diff",
		    (char *)NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
patch_takes_it_both_ways(void **state)
{
	struct buf old = BUF_MAX(OUT_MAX), new = BUF_MAX(OUT_MAX);
	struct buf out = BUF_MAX(OUT_MAX), got = BUF_MAX(OUT_MAX);

	(void)state;
	for (int i = 0; i < 100; i++) {
		random_text(&old, 60, 1 + below(20));
		random_edit(&new, buf_str(&old), 2 + below(20));
		buf_reset(&out);
		assert_int_equal(diff_unified(buf_str(&old), buf_str(&new),
				     "old", "new", false, &out, NULL),
		    0);
		if (old.n == 0 || new.n == 0 || out.n == 0)
			continue; /* would make or remove the file */
		write_file("old", buf_str(&old));
		write_file("diff", buf_str(&out));
		run_patch("--forward");
		read_file("old", &got);
		assert_true(str_eq(buf_str(&got), buf_str(&new)));
		run_patch("--reverse");
		read_file("old", &got);
		assert_true(str_eq(buf_str(&got), buf_str(&old)));
	}
	buf_free(&old);
	buf_free(&new);
	buf_free(&out);
	buf_free(&got);
}

static int
enter_directory(void **state)
{
	static char path[4096];
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(
	    path, sizeof path, "%s/fg-diff.XXXXXX", tmp == NULL ? "/tmp" : tmp);
	*state = path;
	return mkdtemp(path) == NULL || chdir(path) != 0 ? -1 : 0;
}

static int
leave_directory(void **state)
{
	(void)unlink("old");
	(void)unlink("diff");
	return chdir("/") != 0 || rmdir(*state) != 0 ? -1 : 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(equal_texts_have_no_diff),
	    cmocka_unit_test(writes_hunks),
	    cmocka_unit_test(colours_are_those_of_git),
	    cmocka_unit_test(a_terminal_gets_no_control_character),
	    cmocka_unit_test(names_are_one_line),
	    cmocka_unit_test(bounds_are_kept),
	    cmocka_unit_test(small_changes_are_shortest),
	    cmocka_unit_test(large_changes_take_linear_time),
	    cmocka_unit_test_setup_teardown(
		patch_takes_it_both_ways, enter_directory, leave_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
