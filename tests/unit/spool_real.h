/* SPDX-License-Identifier: Apache-2.0 */
/* spool_real: a spool in a directory of its own, for the tests. */
#ifndef FG_TESTS_SPOOL_REAL_H
#define FG_TESTS_SPOOL_REAL_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "spool/spool.h"

static struct {
	char dir[32], path[64];
	struct spool *s;
	struct err e;
} t;

static struct spool_limits limits = {
    .disk_bytes = 8 * SPOOL_SEGMENT_MIN,
    .segments = 8,
    .memory_bytes = SPOOL_MEMORY_MIN,
    .retry_ms = 100,
};

static inline int
open_it(void)
{
	memset(&t.e, 0, sizeof t.e);
	return spool_open(t.path, &limits, &spool_io_files, &t.s, &t.e);
}

static inline int
set_up(void **state)
{
	(void)state;
	memset(&t, 0, sizeof t);
	(void)snprintf(t.dir, sizeof t.dir, "/tmp/fg-spool.XXXXXX");
	if (mkdtemp(t.dir) == NULL)
		return 1;
	(void)snprintf(t.path, sizeof t.path, "%s/spool", t.dir);
	return open_it();
}

static inline int
tear_down(void **state)
{
	int status = 1;
	pid_t pid;

	(void)state;
	spool_free(t.s);
	pid = fork();
	if (pid == 0) {
		(void)execlp("rm", "rm", "-rf", t.dir, (char *)NULL);
		_exit(1);
	}
	return waitpid(pid, &status, 0) == pid ? status : 1;
}

static inline uint64_t
put(unsigned int priority, uint32_t count, struct str data)
{
	struct spool_record r = {
	    .count = count, .priority = (uint8_t)priority, .data = data};

	assert_int_equal(spool_append(t.s, &r, 0, &t.e), 0);
	return r.position;
}

static inline struct spool_batch
get(void)
{
	struct spool_batch b = {NULL, 0};

	assert_int_equal(spool_read(t.s, 0, 1000, 1 << 20, &b, &t.e), 0);
	return b;
}

static inline void
again(void)
{
	spool_free(t.s);
	t.s = NULL;
	assert_int_equal(open_it(), 0);
}

/* The path of the spool's first segment of a priority, by its number. */
static inline const char *
segment(unsigned int priority, unsigned int id)
{
	static char path[128];

	(void)snprintf(
	    path, sizeof path, "%s/p%u-%016x.seg", t.path, priority, id);
	return path;
}

static inline void
overwrite(const char *path, off_t at, const char *with)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(
	    pwrite(fd, with, strlen(with), at), (ssize_t)strlen(with));
	assert_int_equal(close(fd), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
