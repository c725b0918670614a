/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "ndjson/ndjson.h"

static int real_stdout = -1;

/* Make fd standard output until restore_stdout(). */
static void
replace_stdout(int fd)
{
	(void)fflush(stdout);
	real_stdout = dup(STDOUT_FILENO);
	assert_true(real_stdout >= 0);
	assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
}

static int
restore_stdout(void **state)
{
	(void)state;
	if (real_stdout >= 0) {
		(void)dup2(real_stdout, STDOUT_FILENO);
		fd_closep(&real_stdout);
	}
	return 0;
}

/* What can be read from a pipe just now, as text. */
static const char *
drain(int fd)
{
	static char text[4096];
	ssize_t n = read(fd, text, sizeof text - 1);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void
a_pipe(int fds[2])
{
	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
}

static void
flushes_each_record_to_a_pipe(void **state)
{
	struct ndjson_out *o;
	int fds[2];

	(void)state;
	a_pipe(fds);
	replace_stdout(fds[1]);
	assert_int_equal(ndjson_out_open(NULL, NULL, &o, NULL), 0);
	assert_int_equal(ndjson_out_put(o, STR("{\"a\":1}"), NULL), 0);
	assert_string_equal(drain(fds[0]), "{\"a\":1}\n");
	assert_int_equal(ndjson_out_put(o, STR("{}"), NULL), 0);
	assert_string_equal(drain(fds[0]), "{}\n");
	assert_int_equal(ndjson_out_close(o, NULL), 0);
	ndjson_out_free(o);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void
holds_back_for_a_regular_file(void **state)
{
	cleanup_fd int fd = memfd_create("out", MFD_CLOEXEC);
	char record[1024];
	struct ndjson_out *o;
	struct stat st;

	(void)state;
	memset(record, ' ', sizeof record);
	replace_stdout(fd);
	assert_int_equal(ndjson_out_open("-", NULL, &o, NULL), 0);
	assert_int_equal(ndjson_out_put(o, STR("{}"), NULL), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	for (int i = 0; i < 70; i++)
		assert_int_equal(
		    ndjson_out_put(o, str_make(record, sizeof record), NULL),
		    0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(st.st_size > 64L * 1024 && st.st_size < 70L * 1025 + 3);
	assert_int_equal(ndjson_out_close(o, NULL), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 70 * 1025 + 3);
	ndjson_out_free(o);
}

static void
tells_a_failed_write(void **state)
{
	cleanup_fd int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct err e = {0};
	struct ndjson_out *o;

	(void)state;
	replace_stdout(fd);
	assert_int_equal(ndjson_out_open(NULL, NULL, &o, NULL), 0);
	assert_int_equal(ndjson_out_put(o, STR("{}"), &e), -ENOSPC);
	assert_int_equal(e.kind, ERR_PERM);
	assert_string_equal(e.text, "standard output: No space left on device");
	ndjson_out_free(o);
}

/* A path in a new directory; both are removed by remove_path(). */
static char *
new_path(void)
{
	static char path[64];
	static char dir[] = "/tmp/fg-ndjson.XXXXXX";

	memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/out", dir);
	return path;
}

static void
remove_path(char *path)
{
	(void)unlink(path);
	path[strlen(path) - 4] = '\0';
	assert_int_equal(rmdir(path), 0); /* nothing else was left there */
}

static void
writes_a_file_at_the_end(void **state)
{
	cleanup_buf struct buf got = BUF_MAX(4096);
	char *path = new_path();
	const char *what;
	struct ndjson_out *o;

	(void)state;
	assert_int_equal(ndjson_out_open(path, NULL, &o, NULL), 0);
	assert_int_equal(ndjson_out_put(o, STR("{}"), NULL), 0);
	assert_int_equal(ndjson_out_put(o, STR("[]"), NULL), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(ndjson_out_close(o, NULL), 0);
	ndjson_out_free(o);
	assert_int_equal(fd_read_input(path, &got, &what, NULL), 0);
	assert_string_equal(buf_z(&got), "{}\n[]\n");

	/* Without close the file stays as it was. */
	assert_int_equal(ndjson_out_open(path, NULL, &o, NULL), 0);
	assert_int_equal(ndjson_out_put(o, STR("1"), NULL), 0);
	ndjson_out_free(o);
	buf_reset(&got);
	assert_int_equal(fd_read_input(path, &got, &what, NULL), 0);
	assert_string_equal(buf_z(&got), "{}\n[]\n");
	remove_path(path);
}

static void
tells_a_file_that_cannot_be(void **state)
{
	struct err e = {0};
	struct ndjson_out *o;

	(void)state;
	assert_int_equal(ndjson_out_open("/nowhere/x", NULL, &o, NULL), 0);
	assert_int_equal(ndjson_out_put(o, STR("{}"), NULL), 0);
	assert_int_equal(ndjson_out_close(o, &e), -ENOENT);
	assert_int_equal(e.kind, ERR_PERM);
	ndjson_out_free(o);
}

/* What the program yields for the records, which end with NULL. */
static int
run_program(const char *program, const char *const *records, const char *want,
    struct err *e)
{
	struct ndjson_out *o = NULL;
	int fds[2], r;

	a_pipe(fds);
	replace_stdout(fds[1]); /* first: a file would be written at the end */
	r = ndjson_out_open(NULL, program, &o, e);
	for (; r == 0 && *records != NULL; records++)
		r = ndjson_out_put(o, str_of(*records), e);
	(void)restore_stdout(NULL);
	ndjson_out_free(o);
	assert_string_equal(drain(fds[0]), want);
	(void)close(fds[0]);
	(void)close(fds[1]);
	return r;
}

static void
runs_jq_programs(void **state)
{
	static const char *const records[] = {
	    "{\"a\":[1,\"x\\u0000\"],\"b\":null}", "{\"a\":[{}]}", NULL};
	struct err e = {0};

	(void)state;
	assert_int_equal(
	    run_program(".a[]", records, "1\n\"x\\u0000\"\n{}\n", &e), 0);
	assert_int_equal(run_program("empty", records, "", &e), 0);
	assert_int_equal(
	    run_program("if .b == null and (.a|length) == 2 then halt "
			"else . end",
		records, "", &e),
	    0);
	assert_int_equal(e.kind, ERR_NONE);
}

static void
tells_jq_errors(void **state)
{
	static const char *const records[] = {"{\"a\":1}", NULL};
	struct ndjson_out *o;
	struct err e = {0};

	(void)state;
	assert_int_equal(ndjson_out_open(NULL, ".a |", &o, &e), -EINVAL);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(strncmp(e.text, "--jq: syntax error", 18), 0);
	assert_int_equal(ndjson_out_open(NULL, "nix", &o, &e), -EINVAL);
	assert_string_equal(
	    e.text, "--jq: nix/0 is not defined at <top-level>, line 1:");

	e = (struct err){0};
	assert_int_equal(run_program(".a, .a.b", records, "1\n", &e), -EBADMSG);
	assert_int_equal(e.kind, ERR_PERM);
	assert_int_equal(strncmp(e.text, "--jq: Cannot index", 18), 0);
	assert_int_equal(
	    run_program("error({x:1})", records, "", &e), -EBADMSG);
	assert_string_equal(e.text, "--jq: {\"x\":1}");
	assert_int_equal(
	    run_program("\"no\" | halt_error", records, "", &e), -EBADMSG);
	assert_string_equal(e.text, "--jq: no");
}

/* A reader of text that comes in one write. */
static struct ndjson_in
reader(struct str text, int *fd)
{
	*fd = memfd_create("in", MFD_CLOEXEC);
	assert_true(*fd >= 0);
	assert_int_equal(fd_write_all(*fd, "in", text.p, text.n, NULL), 0);
	assert_int_equal(lseek(*fd, 0, SEEK_SET), 0);
	return (struct ndjson_in){.fd = *fd, .what = "in"};
}

static void
reads_lines(void **state)
{
	cleanup_fd int fd = -1;
	struct ndjson_in in =
	    reader(STR("{}\n\n \t\r\n{\"a\":1} \r\n\xe2\x82\xac\n"), &fd);
	struct str line;

	(void)state;
	assert_int_equal(ndjson_in_next(&in, &line, NULL), 1);
	assert_true(str_eqz(line, "{}"));
	assert_int_equal(in.line, 1);
	assert_int_equal(ndjson_in_next(&in, &line, NULL), 1);
	assert_true(str_eqz(line, "{\"a\":1} "));
	assert_int_equal(in.line, 4);
	assert_int_equal(ndjson_in_next(&in, &line, NULL), 1);
	assert_int_equal(in.line, 5);
	assert_int_equal(ndjson_in_next(&in, &line, NULL), 0);
	assert_int_equal(ndjson_in_next(&in, &line, NULL), 0);
	assert_int_equal(in.line, 5);
	ndjson_in_free(&in);
}

static void
reads_across_chunks(void **state)
{
	size_t size = 300000;
	char *text = malloc(size);
	cleanup_fd int fd = -1;
	struct ndjson_in in;
	struct str line;
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	/* Lines of 0, 1, 2, ... bytes and an unfinished one. */
	memset(text, 'x', size);
	for (size_t at = 0; at + n < size; n++) {
		text[at + n] = '\n';
		at += n + 1;
	}
	text[size - 1] = 'x';
	in = reader(str_make(text, size), &fd);
	in.allow_partial = true;
	for (n = 1; ndjson_in_next(&in, &line, NULL) == 1; n++) {
		assert_int_equal(in.line, n + 1);
		if ((n + 1) * (n + 2) / 2 < size)
			assert_int_equal(line.n, n);
	}
	assert_true(n > 700);
	ndjson_in_free(&in);
	free(text);
}

/* The first call that gives no line. */
static void
check_failure(
    struct str text, size_t line_max, bool partial, int want, const char *words)
{
	cleanup_fd int fd = -1;
	struct ndjson_in in = reader(text, &fd);
	struct err e = {0};
	struct str line;
	int r;

	in.line_max = line_max;
	in.allow_partial = partial;
	do
		r = ndjson_in_next(&in, &line, &e);
	while (r == 1);
	assert_int_equal(r, want);
	assert_string_equal(e.text, words);
	ndjson_in_free(&in);
}

static void
refuses_bad_lines(void **state)
{
	(void)state;
	check_failure(
	    STR("{}\n\na\0b\n"), 0, false, -EILSEQ, "in:3:2: a NUL byte");
	check_failure(
	    STR("{}\nab\xff\n"), 0, false, -EILSEQ, "in:2:3: not valid UTF-8");
	check_failure(STR("{}\n{"), 0, false, -EPIPE,
	    "in:2: the last line has no line end");
	check_failure(STR("{}\n{"), 0, true, 0, "");
	check_failure(STR("{}\n \r"), 0, true, 0, "");
	check_failure(STR(""), 0, false, 0, "");
}

static void
places_what_a_parser_said(void **state)
{
	struct ndjson_in in = {.what = "in", .line = 7};
	struct err e;

	(void)state;
	(void)err_set(&e, ERR_PERM, EINVAL, ":1:24: expected a value");
	ndjson_in_place(&in, &e);
	assert_string_equal(e.text, "in:7:24: expected a value");
	assert_int_equal(e.kind, ERR_PERM);
	(void)err_set(&e, ERR_TEMP, ENOMEM, "out of memory");
	ndjson_in_place(&in, &e);
	assert_string_equal(e.text, "in:7: out of memory");
	assert_int_equal(e.kind, ERR_TEMP);
}

static void
bounds_lines(void **state)
{
	static char text[200000];

	(void)state;
	check_failure(STR("1234\n"), 4, false, 0, "");
	check_failure(STR("1234\r\n"), 4, false, 0, "");
	check_failure(
	    STR("12\n12345\n"), 4, false, -EFBIG, "in:2: longer than 4 bytes");
	memset(text, '1', sizeof text);
	check_failure(str_make(text, sizeof text), 70000, true, -EFBIG,
	    "in:1: longer than 70000 bytes");
	check_failure(str_make(text, sizeof text), 200000, true, 0, "");
}

static void
tells_a_failed_read(void **state)
{
	struct ndjson_in in = {.fd = -1, .what = "in"};
	struct err e = {0};
	struct str line;

	(void)state;
	assert_int_equal(ndjson_in_next(&in, &line, &e), -EBADF);
	assert_string_equal(e.text, "in:1: Bad file descriptor");
	ndjson_in_free(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		flushes_each_record_to_a_pipe, restore_stdout),
	    cmocka_unit_test_teardown(
		holds_back_for_a_regular_file, restore_stdout),
	    cmocka_unit_test_teardown(tells_a_failed_write, restore_stdout),
	    cmocka_unit_test(writes_a_file_at_the_end),
	    cmocka_unit_test(tells_a_file_that_cannot_be),
	    cmocka_unit_test_teardown(runs_jq_programs, restore_stdout),
	    cmocka_unit_test_teardown(tells_jq_errors, restore_stdout),
	    cmocka_unit_test(reads_lines),
	    cmocka_unit_test(reads_across_chunks),
	    cmocka_unit_test(refuses_bad_lines),
	    cmocka_unit_test(places_what_a_parser_said),
	    cmocka_unit_test(bounds_lines),
	    cmocka_unit_test(tells_a_failed_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
