/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include "spool/spool_crc.h"
#include "spool_real.h"

static void
test_crc(void **state)
{
	static const unsigned char zeros[32];
	struct spool_crc c;

	(void)state;
	spool_crc_init(&c);
	/* RFC 3720, appendix B.4; the well-known check value. */
	assert_int_equal(spool_crc(&c, zeros, sizeof zeros), 0x8a9136aa);
	assert_int_equal(spool_crc(&c, "123456789", 9), 0xe3069283);
	assert_int_equal(spool_crc(&c, "", 0), 0);
}

static void
test_comes_back_in_order(void **state)
{
	struct spool_batch b;
	uint64_t a, c;

	(void)state;
	a = put(0, 1, STR("low"));
	(void)put(3, 2, STR("high"));
	c = put(1, 3, STR_NONE);
	assert_int_equal(spool_sync(t.s, 0, &t.e), 0);
	again();
	b = get();
	assert_int_equal(b.n, 3);
	assert_true(str_eqz(b.records[0].data, "low"));
	assert_true(str_eqz(b.records[1].data, "high"));
	assert_int_equal(b.records[2].data.n, 0);
	assert_true(b.records[0].position == a && b.records[2].position == c);
	assert_int_equal(b.records[1].count, 2);
	assert_int_equal(b.records[2].priority, 1);
	assert_int_equal(spool_ack(t.s, a, 0, &t.e), 0);
	again();
	b = get();
	assert_int_equal(b.n, 2);
	assert_true(str_eqz(b.records[0].data, "high"));
	assert_int_equal(
	    spool_read(t.s, b.records[0].position, 9, 9, &b, NULL), 0);
	assert_true(b.n == 1 && b.records[0].position == c);
	assert_true(put(0, 1, STR("new")) > c);
}

static void
test_unsynced_can_be_read(void **state)
{
	uint64_t at = put(2, 1, STR("soon"));

	(void)state;
	assert_int_equal(get().n, 1);
	assert_int_equal(spool_ack(t.s, at, 0, &t.e), 0);
	assert_int_equal(get().n, 0);
	assert_int_equal(spool_ack(t.s, at + 1, 0, &t.e), -EINVAL);
}

static void
test_files(void **state)
{
	char path[128];
	struct stat st;
	struct spool *other;
	int fd;

	(void)state;
	(void)put(1, 1, STR("x"));
	assert_int_equal(spool_sync(t.s, 0, &t.e), 0);
	assert_int_equal(stat(t.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(segment(1, 1), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(
	    spool_open(t.path, &limits, &spool_io_files, &other, &t.e),
	    -EWOULDBLOCK);
	assert_int_equal(t.e.kind, ERR_TEMP);
	/* Foreign: another name, and a link in place of a segment. */
	(void)snprintf(path, sizeof path, "%s/p1-0.seg", t.path);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	assert_true(fd >= 0 && close(fd) == 0);
	assert_int_equal(symlink("/etc/passwd", segment(1, 2)), 0);
	assert_int_equal(mkdir(segment(0, 3), 0700), 0);
	again();
	assert_int_equal(get().n, 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(lstat(segment(1, 2), &st), 0);
	assert_int_equal(stat(segment(0, 3), &st), 0);
}

static void
test_limits(void **state)
{
	static const char big[SPOOL_RECORD_MAX + 1];
	struct spool_record r = {.data = {big, sizeof big}};
	const struct spool_limits good = limits;
	struct spool *other = NULL;

	(void)state;
	assert_int_equal(spool_append(t.s, &r, 0, &t.e), -EINVAL);
	r.data.n--;
	r.priority = SPOOL_PRIORITIES;
	assert_int_equal(spool_append(t.s, &r, 0, &t.e), -EINVAL);
	r.priority = 0;
	assert_int_equal(spool_append(t.s, &r, 0, &t.e), 0);
	for (int i = 0; i < 4; i++) {
		struct spool_limits l = good;

		l.segments = i == 0   ? SPOOL_SEGMENTS_MIN - 1
			     : i == 1 ? SPOOL_SEGMENTS_MAX + 1
				      : l.segments;
		l.disk_bytes -= i == 2;
		l.memory_bytes -= i == 3;
		assert_int_equal(
		    spool_open("/nowhere", &l, &spool_io_files, &other, &t.e),
		    -EINVAL);
		assert_int_equal(t.e.kind, ERR_USAGE);
	}
}

/* The bound: the oldest of the lowest priority go, and all are counted. */
static void
test_full(void **state)
{
	static const char some[10000];
	uint64_t lows = 0, seen[SPOOL_PRIORITIES] = {0};
	struct spool_batch b = {NULL, 0};
	struct spool_lost l;
	struct spool_stat st;

	(void)state;
	for (int i = 0; i < 400; i++) {
		(void)put(i < 20 ? 3 : 0, 1, (struct str){some, sizeof some});
		lows += i >= 20;
		assert_int_equal(spool_sync(t.s, 0, &t.e), 0);
		spool_stat(t.s, &st);
		assert_true(st.disk_bytes <= limits.disk_bytes);
		assert_true(st.segments <= limits.segments);
	}
	assert_int_equal(spool_read(t.s, 0, 1000, 8 << 20, &b, &t.e), 0);
	for (size_t i = 0; i < b.n; i++)
		seen[b.records[i].priority]++;
	l = spool_take_lost(t.s);
	assert_int_equal(seen[3], 20);
	assert_true(l.count[0] > 0 && seen[0] > 50);
	assert_int_equal(seen[0] + l.count[0], lows);
	assert_int_equal(l.count[3] + l.unknown, 0);
	/* Not told yet: it is found again. Told: it is not. */
	again();
	assert_int_equal(spool_take_lost(t.s).count[0], l.count[0]);
	(void)put(3, (uint32_t)l.count[0], STR("lost"));
	assert_int_equal(spool_sync(t.s, 0, &t.e), 0);
	again();
	assert_false(spool_has_lost(t.s));
}

/* Killed at any time: what it said was synced is there. */
static void
child(int out)
{
	cleanup_spool struct spool *s = NULL;
	uint64_t told[2] = {0, 0};
	char text[32];

	if (spool_open(t.path, &limits, &spool_io_files, &s, NULL) != 0)
		_exit(1);
	for (uint64_t i = 0;; i++) {
		struct spool_record r = {.count = 1, .priority = i % 4};
		int n = snprintf(
		    text, sizeof text, "%llu\n", (unsigned long long)i);

		r.data = str_make(text, (size_t)n);
		if (spool_append(s, &r, 0, NULL) != 0)
			_exit(1);
		if (i == 0)
			told[0] = r.position;
		told[1] = i;
		if (i % 7 == 6 && (spool_sync(s, 0, NULL) != 0 ||
				      write(out, told, sizeof told) < 0))
			_exit(1);
	}
}

static void
kill_once(useconds_t after)
{
	uint64_t told[2] = {0, 0}, x[2];
	struct spool_batch b = {NULL, 0};
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		child(ends[1]);
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(read(ends[0], told, sizeof told), sizeof told);
	(void)usleep(after);
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (read(ends[0], x, sizeof x) == (ssize_t)sizeof x)
		memcpy(told, x, sizeof x);
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(open_it(), 0);
	assert_int_equal(spool_read(t.s, 0, 65536, 16 << 20, &b, &t.e), 0);
	assert_true(b.n > told[1]);
	/* Of the batch that it was killed in, any may be there. */
	for (size_t i = 0; i < b.n; i++) {
		uint64_t number = strtoull(b.records[i].data.p, NULL, 10);

		assert_true(i > told[1] ? number > told[1] : number == i);
		assert_true(b.records[i].position == told[0] + number);
	}
	assert_int_equal(
	    spool_ack(t.s, b.records[b.n - 1].position, 0, &t.e), 0);
	assert_false(spool_has_lost(t.s));
	spool_free(t.s);
	t.s = NULL;
}

static void
test_kill(void **state)
{
	(void)state;
	spool_free(t.s);
	t.s = NULL;
	for (useconds_t i = 0; i < 12; i++)
		kill_once(i * 1777);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_crc),
	    TEST(test_comes_back_in_order),
	    TEST(test_unsynced_can_be_read),
	    TEST(test_files),
	    TEST(test_limits),
	    TEST(test_full),
	    TEST(test_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
