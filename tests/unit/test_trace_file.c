/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to files. */
#include "trace_run.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static void
assert_path(const struct run_event *ev, const char *name)
{
	char want[256];

	(void)snprintf(want, sizeof(want), "%s/%s", run_dir, name);
	assert_string_equal(ev->path, want);
}

static int
opens(void)
{
	uintptr_t nowhere = 8;
	int dir, fd;

	MUST((fd = open("new", O_WRONLY | O_CREAT, 0600)) >= 0);
	MUST(close(fd) == 0);
	MUST((fd = open("new", O_RDWR | O_CREAT, 0600)) >= 0);
	MUST(close(fd) == 0);
	MUST(open("new", O_RDONLY) >= 0);
	MUST(mkdir("d", 0700) == 0);
	MUST(mkdir("d", 0700) < 0 && errno == EEXIST);
	MUST((dir = open("d", O_RDONLY | O_DIRECTORY)) >= 0);
	MUST(openat(dir, "../d/./deep", O_WRONLY | O_CREAT, 0600) >= 0);
	MUST(symlink("d/deep", "link") == 0);
	MUST(open("link", O_WRONLY | O_TRUNC) >= 0);
	MUST(open("missing/x", O_WRONLY) < 0 && errno == ENOENT);
	MUST(open((char *)nowhere, O_WRONLY) < 0 && errno == EFAULT);
	return 0;
}

static void
tells_openings(void **state)
{
	(void)state;
	run_new(0);
	run_expect(opens, 0);
	assert_int_equal(run_count(EVENT_READ), 0);
	assert_int_equal(run_count(EVENT_CREATE), 2);
	assert_path(run_event(EVENT_CREATE, 0), "new");
	assert_path(run_event(EVENT_CREATE, 1), "d/deep");
	assert_path(run_event(EVENT_OPEN, 0), "new");
	assert_path(run_event(EVENT_OPEN, 1), "d/deep");
	assert_int_equal(run_count(EVENT_MKDIR), 1);
	assert_string_equal(run_event(EVENT_SYMLINK, 0)->path, "d/deep");
}

static int
changes(void)
{
	char long_name[5000];
	struct open_how how = {.flags = O_WRONLY | O_CREAT, .mode = 0600};

	MUST(syscall(SYS_openat2, AT_FDCWD, "a", &how, sizeof(how)) >= 0);
	MUST(chmod("a", 0644) == 0);
	MUST(chmod("a", 04755) == 0);
	MUST(link("a", "b") == 0);
	MUST(rename("b", "c") == 0);
	MUST(truncate("c", 3) == 0);
	MUST(chown("c", 0, 0) == 0 || errno == EPERM);
	(void)setxattr("c", "user.x", "y", 1, 0);
	MUST(mknod("fifo", S_IFIFO | 0600, 0) == 0);
	MUST(unlink("c") == 0);
	MUST(mkdir("e", 0700) == 0 && rmdir("e") == 0);
	memset(long_name, 'n', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	MUST(unlink(long_name) < 0 && errno == ENAMETOOLONG);
	return 0;
}

static void
tells_changes(void **state)
{
	(void)state;
	run_new(0);
	run_expect(changes, 0);
	assert_path(run_event(EVENT_CREATE, 0), "a");
	assert_int_equal(run_count(EVENT_CHMOD), 2);
	assert_int_equal(run_event(EVENT_CHMOD, 0)->mode, 0644);
	assert_int_equal(run_event(EVENT_CHMOD, 1)->mode, 04755);
	assert_path(run_event(EVENT_LINK, 0), "a");
	assert_path(run_event(EVENT_RENAME, 0), "b");
	assert_path(run_event(EVENT_TRUNCATE, 0), "c");
	assert_path(run_event(EVENT_CHOWN, 0), "c");
	assert_path(run_event(EVENT_SETXATTR, 0), "c");
	assert_path(run_event(EVENT_MKNOD, 0), "fifo");
	assert_path(run_event(EVENT_UNLINK, 0), "c");
	assert_int_equal(run_count(EVENT_UNLINK), 2);
}

static int
is_denied(void)
{
	int fd;

	MUST((fd = open("good", O_WRONLY | O_CREAT, 0600)) >= 0);
	MUST(symlink("evil", "alias") == 0 || errno == EACCES);
	MUST(open("evil", O_WRONLY | O_CREAT, 0600) < 0 && errno == EACCES);
	MUST(access("evil", F_OK) < 0);
	MUST(open("./evil", O_RDONLY | O_CREAT, 0600) < 0 && errno == EACCES);
	MUST(mkdir("evil", 0700) < 0 && errno == EACCES);
	MUST(rename("good", "evil") < 0 && errno == EACCES);
	MUST(unlink("good") == 0);
	return 0;
}

static void
denies(void **state)
{
	(void)state;
	run_new(ALL_BUT_READS);
	run.denied = ALL_BUT_READS;
	run.part = "evil";
	run.answer = -EACCES;
	run_expect(is_denied, 0);
	run_new(0);
	run.denied = ALL_BUT_READS;
	run.part = "evil";
	run.answer = -EACCES;
	run_expect(is_denied, 0);
}

static int
through_links(void)
{
	char self[64];
	int fd;

	MUST((fd = open("target", O_RDWR | O_CREAT, 0600)) >= 0);
	MUST(symlink("target", "one") == 0 && symlink("one", "two") == 0);
	MUST(open("two", O_WRONLY) >= 0);
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	MUST(open(self, O_WRONLY) >= 0);
	(void)snprintf(self, sizeof(self), "/dev/fd/%d", fd);
	MUST(open(self, O_WRONLY) >= 0);
	(void)snprintf(self, sizeof(self), "/proc/thread-self/fd/%d", fd);
	MUST(open(self, O_WRONLY) >= 0);
	MUST(open("dangling", O_WRONLY | O_NOFOLLOW) < 0);
	MUST(symlink("made", "dangling") == 0);
	MUST(open("dangling", O_WRONLY | O_CREAT, 0600) >= 0);
	return 0;
}

static void
resolves_links(void **state)
{
	int prevent;

	(void)state;
	for (prevent = 0; prevent < 2; prevent++) {
		run_new(prevent ? ALL_BUT_READS : 0);
		run_expect(through_links, 0);
		assert_path(run_event(EVENT_OPEN, 0), "target");
		assert_path(run_event(EVENT_OPEN, 1), "target");
		assert_path(run_event(EVENT_OPEN, 2), "target");
		assert_path(run_event(EVENT_OPEN, 3), "target");
		assert_path(run_event(EVENT_CREATE, 1), "made");
		assert_int_equal(run_teardown(NULL), 0);
		assert_int_equal(mkdir(run_dir, 0700), 0);
	}
}

static int
kills(void)
{
	(void)open("evil", O_WRONLY | O_CREAT, 0600);
	return 0;
}

static void
ends_the_process(void **state)
{
	int status;

	(void)state;
	run_new(0);
	run.denied = EVENT_BIT(EVENT_CREATE);
	run.answer = TRACE_KILL;
	status = run_child(kills);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static int
in_guarded(void)
{
	MUST(open("guarded/x", O_WRONLY | O_CREAT, 0600) < 0 && errno == EPERM);
	MUST(open("guarded/old", O_RDONLY) >= 0);
	MUST(open("guarded/old", O_WRONLY) < 0 && errno == EPERM);
	MUST(unlink("guarded/old") < 0 && errno == EPERM);
	MUST(rename("guarded", "other") < 0 && errno == EPERM);
	MUST(link("guarded/old", "new") < 0 && errno == EPERM);
	MUST(symlink("guarded", "way") == 0);
	MUST(unlink("way/old") < 0 && errno == EPERM);
	MUST(open("guarded-not", O_WRONLY | O_CREAT, 0600) >= 0);
	return 0;
}

static void
guards_its_directory(void **state)
{
	char dir[96], old[128];

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s/guarded", run_dir);
	(void)snprintf(old, sizeof(old), "%s/old", dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_true(creat(old, 0600) >= 0);
	run_new(0);
	run.config.watches = EVENT_BIT(EVENT_EXEC);
	run.config.guarded_dir = dir;
	run_expect(in_guarded, 0);
	assert_int_equal(run.n, 0);
}

static int
memory_by_name(void)
{
	MUST(open("/proc/self/mem", O_RDWR) < 0 && errno == EACCES);
	MUST(open("/proc/self/mem", O_RDONLY) >= 0);
	MUST(open("/proc/self/comm", O_WRONLY) >= 0);
	return 0;
}

static void
closes_memory_files(void **state)
{
	(void)state;
	run_new(EVENT_BIT(EVENT_OPEN));
	run_expect(memory_by_name, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		tells_openings, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		tells_changes, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(denies, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		resolves_links, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		ends_the_process, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		guards_its_directory, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		closes_memory_files, run_setup, run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
