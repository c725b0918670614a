/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"

static char dir[] = "/tmp/fg-test-fd-XXXXXX";

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL || chdir(dir) != 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	(void)unlink("file");
	return chdir("/") != 0 || rmdir(dir) != 0; /* nothing else is left */
}

/* The bytes of the file path, or the error text. */
static const char *
content(const char *path, struct buf *b)
{
	static struct err e;
	const char *what;

	buf_reset(b);
	return fd_read_input(path, b, &what, &e) == 0 ? buf_z(b) : e.text;
}

static void
read_whole_file(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(10), big = BUF_MAX(300000);
	cleanup_buf struct buf got = BUF_MAX(300000);
	struct err e = {0};

	(void)state;
	assert_int_equal(fd_save("file", STR("0123456789"), 0666, &e), 0);
	assert_string_equal(content("file", &b), "0123456789");
	assert_int_equal(fd_save("file", STR("0123456789a"), 0666, &e), 0);
	assert_string_equal(content("file", &b), "file: larger than 10 bytes");
	assert_string_equal(
	    content("none", &b), "none: No such file or directory");
	assert_string_equal(content("", &b), "\"\": No such file or directory");
	assert_string_equal(content(".", &b), ".: Is a directory");
	for (int i = 0; i < 60000; i++)
		buf_addf(&big, "%05d", i);
	assert_int_equal(fd_save("file", buf_str(&big), 0666, &e), 0);
	assert_string_equal(content("file", &got), buf_z(&big));
}

static void
read_appends(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(8);
	struct err e = {0};
	int pipes[2];

	(void)state;
	buf_addz(&b, "ab");
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], "cdefgh", 6), 6);
	assert_int_equal(close(pipes[1]), 0);
	assert_int_equal(fd_read_all(pipes[0], "pipe", &b, &e), 0);
	assert_string_equal(buf_z(&b), "abcdefgh");
	assert_int_equal(close(pipes[0]), 0);
	assert_int_equal(fd_read_all(pipes[0], "pipe", &b, &e), -EBADF);
	assert_int_equal(e.kind, ERR_PERM);
	assert_string_equal(e.text, "pipe: Bad file descriptor");
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void
save_sets_and_keeps_the_mode(void **state)
{
	mode_t mask = umask(027);
	struct err e = {0};

	(void)state;
	(void)unlink("file");
	assert_int_equal(fd_save("file", STR("a"), 0666, &e), 0);
	assert_int_equal(mode_of("file"), 0640);
	assert_int_equal(chmod("file", 0604), 0);
	assert_int_equal(fd_save("file", STR("b"), 0666, &e), 0);
	assert_int_equal(mode_of("file"), 0604);
	(void)umask(mask);
}

/* A reader that opened the old file sees the old bytes to the end. */
static void
save_is_atomic(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(100);
	struct err e = {0};
	int old;

	(void)state;
	assert_int_equal(fd_save("file", STR("old"), 0666, &e), 0);
	old = fd_open("file", &e);
	assert_true(old >= 0);
	assert_int_equal(fd_save("file", STR("new"), 0666, &e), 0);
	assert_int_equal(fd_read_all(old, "old", &b, &e), 0);
	assert_string_equal(buf_z(&b), "old");
	assert_string_equal(content("file", &b), "new");
	fd_closep(&old);
	assert_int_equal(old, -1);
}

/* In a child, since the limit stays: the file keeps its old bytes. */
static void
a_save_that_fails_changes_nothing(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(100);
	struct err e = {0};
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(fd_save("file", STR("old"), 0666, &e), 0);
	child = fork();
	if (child == 0) {
		struct rlimit limit = {2, 2};

		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
			_exit(1);
		_exit(fd_save("file", STR("new bytes"), 0666, &e) != -EFBIG);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_string_equal(content("file", &b), "old");
}

static void
save_writes_through_devices(void **state)
{
	struct err e = {0};
	struct stat st;

	(void)state;
	assert_int_equal(fd_save("/dev/null", STR("x"), 0666, &e), 0);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_int_equal(fd_save("/dev/full", STR("x"), 0666, &e), -ENOSPC);
	assert_int_equal(e.kind, ERR_PERM);
	assert_string_equal(e.text, "/dev/full: No space left on device");
	assert_int_equal(fd_save(".", STR("x"), 0666, &e), -EISDIR);
	assert_int_equal(fd_save("no/file", STR("x"), 0666, &e), -ENOENT);
}

static void
write_all_is_whole(void **state)
{
	static char bytes[200000];
	cleanup_buf struct buf b = BUF_MAX(sizeof bytes);
	struct err e = {0};
	int pipes[2], status;
	pid_t child;

	(void)state;
	memset(bytes, 'x', sizeof bytes);
	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (child == 0) { /* more than a pipe holds: many short writes */
		(void)close(pipes[0]);
		_exit(fd_write_all(pipes[1], "pipe", bytes, sizeof bytes, &e) !=
		      0);
	}
	assert_int_equal(close(pipes[1]), 0);
	assert_int_equal(fd_read_all(pipes[0], "pipe", &b, &e), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(b.n, sizeof bytes);
	assert_int_equal(close(pipes[0]), 0);
}

static void
a_closed_pipe_is_told(void **state)
{
	struct err e = {0};
	int pipes[2];

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(close(pipes[0]), 0);
	assert_int_equal(fd_write_all(pipes[1], "pipe", "x", 1, &e), -EPIPE);
	assert_string_equal(e.text, "pipe: Broken pipe");
	assert_int_equal(close(pipes[1]), 0);
}

/* Writing to a closed standard output must fail, not reach another file. */
static void
closed_standard_descriptors(void **state)
{
	struct err e = {0};
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		char byte;

		(void)close(0);
		(void)close(1);
		if (fd_sanitise(&e) != 0)
			_exit(1);
		if (fd_open("/dev/zero", &e) <= 2)
			_exit(2);
		if (write(1, "x", 1) != -1 || errno != EBADF)
			_exit(3);
		if (read(0, &byte, 1) != -1 || errno != EBADF)
			_exit(4);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read_whole_file),
	    cmocka_unit_test(read_appends),
	    cmocka_unit_test(save_sets_and_keeps_the_mode),
	    cmocka_unit_test(save_is_atomic),
	    cmocka_unit_test(a_save_that_fails_changes_nothing),
	    cmocka_unit_test(save_writes_through_devices),
	    cmocka_unit_test(write_all_is_whole),
	    cmocka_unit_test(a_closed_pipe_is_told),
	    cmocka_unit_test(closed_standard_descriptors),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
