/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a store keeps when its process is killed, or the disk is full, and what
 * others see that read meanwhile. The checks in child processes end them.
 */
#include "store_box.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/store_tokens.h"

#define CHECK(what)                                                            \
	do {                                                                   \
		if (!(what)) {                                                 \
			(void)fprintf(stderr, "line %d: %s: %s\n", __LINE__,   \
			    #what, box.e.text);                                \
			_exit(1);                                              \
		}                                                              \
	} while (0)

static int
status_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* ---- kill -9 ------------------------------------------------------------- */

enum {
	BOOTS = 40,
	GROUP_MAX = 700,
	GROUPS = 60, /* in a child's life, if it is let */
	ROUNDS = 30,
	EVENTS_MAX = ROUNDS * GROUPS * GROUP_MAX
};

/* Event number i, always the same; a day has 20,000 of them. */
static struct store_event
event_of(unsigned i)
{
	return box_event(
	    i % 3 == 0 ? "web:1" : "job:1", i % BOOTS, i / BOOTS, BOX_NOW + i);
}

static int64_t
now_of(unsigned i)
{
	return BOX_NOW + i / 20000 * BOX_DAY + i % 20000;
}

/* Append from number `from` on; say after each group how far that is. */
static void
write_until_killed(unsigned from, unsigned seed, int told)
{
	static struct store_event events[GROUP_MAX];
	static unsigned char answers[GROUP_MAX];

	CHECK(store_open(box.dir, STORE_WRITE, &box.s, &box.e) == 0);
	for (int group = 0; group < GROUPS; group++) {
		unsigned n = 1 + (unsigned)rand_r(&seed) % GROUP_MAX;

		for (unsigned i = 0; i < n; i++)
			events[i] = event_of(from + i);
		CHECK(box_append(events, n, now_of(from), answers) == 0);
		from += n;
		CHECK(write(told, &from, sizeof from) == sizeof from);
		if (rand_r(&seed) % 10 == 0)
			CHECK(store_tidy(box.s, &box.e) == 0);
		arena_free(box.a);
		box.a = arena_new(256 * 1024 * 1024);
	}
	store_free(box.s);
	_exit(0);
}

/* Marks each event that is there; the number of rows. */
static unsigned
rows_there(unsigned char *there)
{
	struct store_query q = box_query(true);
	struct store_page page = {.more = true};
	unsigned rows = 0;

	while (page.more) {
		page = box_page(&q);
		assert_int_equal(page.damaged, 0);
		for (size_t i = 0; i < page.n; i++) {
			const struct store_event *ev = &page.rows[i].event;
			unsigned number =
			    (unsigned)ev->seq * BOOTS +
			    (unsigned)strtoul(ev->boot.p + 24, NULL, 16);

			assert_in_range(number, 0, EVENTS_MAX - 1);
			if (there[number]++ != 0)
				fail_msg("%u is there twice", number);
			rows++;
		}
		q.after = page.next;
		arena_free(box.a);
		box.a = arena_new(256 * 1024 * 1024);
	}
	return rows;
}

/* Send again what was sent last: new is what was not there, and only that. */
static void
send_again(unsigned from, unsigned to, const unsigned char *there)
{
	static struct store_event events[GROUP_MAX];
	static unsigned char answers[GROUP_MAX];

	for (unsigned at = from, n; at < to; at += n) {
		n = to - at < GROUP_MAX ? to - at : GROUP_MAX;
		for (unsigned i = 0; i < n; i++)
			events[i] = event_of(at + i);
		ok(box_append(events, n, now_of(to), answers));
		for (unsigned i = 0; i < n; i++)
			assert_int_equal(answers[i],
			    there[at + i] != 0 ? STORE_DUPLICATE : STORE_NEW);
	}
}

static unsigned
counted(void)
{
	struct store_count *v;
	uint64_t sum = 0;
	size_t n;

	ok(store_audit_counts(
	    box.s, BOX_NOW, BOX_NOW + 300 * BOX_DAY, box.a, &v, &n, &box.e));
	for (size_t i = 0; i < n; i++)
		sum += v[i].n;
	return (unsigned)sum;
}

/* One life of a writer, and what is there after it. Returns how far it is. */
static unsigned
one_life(unsigned from, unsigned *seed, unsigned char *there)
{
	unsigned acknowledged = from, rows, sent;
	int told[2];
	pid_t pid;

	assert_int_equal(pipe(told), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		write_until_killed(from, *seed, told[1]);
	(void)close(told[1]);
	(void)usleep((useconds_t)(rand_r(seed) % 250000));
	(void)kill(pid, SIGKILL);
	assert_true(WIFSIGNALED(status_of(pid)) || true);
	while (read(told[0], &sent, sizeof sent) == sizeof sent)
		acknowledged = sent;
	(void)close(told[0]);
	memset(there, 0, EVENTS_MAX);
	/* A reader may come first, if there is a store. */
	if (acknowledged > from) {
		box_open(STORE_READ);
		rows = rows_there(there);
		box_close();
	}
	box_open(STORE_WRITE);
	if (acknowledged > from) {
		memset(there, 0, EVENTS_MAX);
		assert_int_equal(rows_there(there), rows);
	} else {
		rows = rows_there(there);
	}
	for (unsigned i = 0; i < acknowledged; i++)
		if (there[i] == 0)
			fail_msg("%u was acknowledged, and is gone", i);
	assert_int_equal(counted(), rows);
	/* The group at hand is there, or it is not. */
	sent = acknowledged + GROUP_MAX;
	send_again(acknowledged < 9000 ? 0 : acknowledged - 9000, sent, there);
	memset(there, 0, EVENTS_MAX);
	assert_int_equal(rows_there(there), sent);
	box_close();
	return sent;
}

static void
killed(void **state)
{
	unsigned char *there = malloc(EVENTS_MAX);
	const char *random = getenv("FG_TESTS_SEED");
	unsigned at = 0, seed = random != NULL ? (unsigned)atoi(random) : 11;

	(void)state;
	assert_non_null(there);
	box_close();
	for (int round = 0; round < ROUNDS; round++) {
		at = one_life(at, &seed, there);
		if (at > 60000) { /* begin anew: the rounds become long */
			box_empty();
			at = 0;
		}
	}
	free(there);
}

/* ---- power cut ----------------------------------------------------------- */

static void
copy_file(const char *from, const char *to)
{
	char a[128], b[128], block[8192];
	int in, out;
	ssize_t n;

	box_path(from, a);
	box_path(to, b);
	in = open(a, O_RDONLY);
	if (in < 0) {
		(void)unlink(b);
		return;
	}
	out = open(b, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(out >= 0);
	while ((n = read(in, block, sizeof block)) > 0)
		assert_int_equal(write(out, block, (size_t)n), n);
	(void)close(in);
	(void)close(out);
}

/*
 * received.db is not synced with each append: after a power cut it may be any
 * older one that was, here that of the last change of the day.
 */
static void
received_falls_behind(void **state)
{
	enum { N = 1000, GROUPS_MORE = 20 };
	static struct store_event events[N];
	static unsigned char answers[N];

	(void)state;
	box_put(event_of(0), BOX_NOW, STORE_NEW);
	copy_file("received.db", "old");
	copy_file("received.db-wal", "old-wal");
	for (unsigned group = 0; group < GROUPS_MORE; group++) {
		for (unsigned i = 0; i < N; i++)
			events[i] = event_of(1 + group * N + i);
		ok(box_append(events, N, BOX_NOW, answers));
	}
	box_close();
	copy_file("old", "received.db");
	copy_file("old-wal", "received.db-wal");
	box_open(STORE_WRITE);
	for (unsigned group = 0; group < GROUPS_MORE; group++) {
		for (unsigned i = 0; i < N; i++)
			events[i] = event_of(1 + group * N + i);
		ok(box_append(events, N, BOX_NOW, answers));
		for (unsigned i = 0; i < N; i++)
			assert_int_equal(answers[i], STORE_DUPLICATE);
	}
	/* It says that it has more than there is: an older audit file. */
	box_close();
	copy_file("audit-20261124.db", "old");
	box_open(STORE_WRITE);
	for (unsigned i = 0; i < N; i++)
		events[i] = event_of(50000 + i);
	ok(box_append(events, N, BOX_NOW, answers));
	box_close();
	copy_file("old", "audit-20261124.db");
	box_open(STORE_WRITE);
	for (unsigned i = 0; i < N; i++)
		events[i] = event_of(60000 + i);
	ok(box_append(events, N, BOX_NOW, answers));
	box_reopen();
	ok(box_append(events, N, BOX_NOW, answers));
	for (unsigned i = 0; i < N; i++)
		assert_int_equal(answers[i], STORE_DUPLICATE);
}

/* ---- full disk ----------------------------------------------------------- */

enum { SMALL = 3 * 1024 * 1024 };

static bool mounted;

/* A disk of 3 MiB below box.dir, or as near to that as this user gets. */
static void
small_disk(bool may_mount)
{
	const struct rlimit limit = {SMALL / 2, RLIM_INFINITY};

	(void)signal(SIGXFSZ, SIG_IGN);
	mounted = may_mount && unshare(CLONE_NEWNS) == 0 &&
		  mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		  mount("fg", box.dir, "tmpfs", 0, "size=3m") == 0;
	if (!mounted)
		CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void
large_disk(void)
{
	const struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	if (mounted)
		CHECK(
		    mount("fg", box.dir, "tmpfs", MS_REMOUNT, "size=64m") == 0);
	else
		CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

enum { FULL_GROUP = 200 };

static int
append_group(unsigned group, enum store_stored want)
{
	static char padding[1000];
	struct store_event events[FULL_GROUP];
	unsigned char answers[FULL_GROUP];
	int r;

	memset(padding, 'x', sizeof padding);
	for (unsigned i = 0; i < FULL_GROUP; i++) {
		events[i] = event_of(group * FULL_GROUP + i);
		events[i].body = str_make(padding, sizeof padding);
	}
	r = box_append(events, FULL_GROUP, BOX_NOW, answers);
	for (unsigned i = 0; r == 0 && i < FULL_GROUP; i++)
		CHECK(answers[i] == want);
	return r;
}

static unsigned
rows_now(void)
{
	struct store_query q = box_query(true);
	struct store_page page = {.more = true};
	unsigned n = 0;

	while (page.more) {
		CHECK(store_audits(box.s, &q, box.a, &page, &box.e) == 0);
		n += (unsigned)page.n;
		q.after = page.next;
	}
	return n;
}

static void
fill_disk(bool may_mount)
{
	struct store_token t = {.id = STR("a"), .expires_ms = 1};
	unsigned groups = 0;
	int r;

	small_disk(may_mount);
	CHECK(store_open(box.dir, STORE_WRITE, &box.s, &box.e) == 0);
	/* The log that is written back after a failure makes some room. */
	for (int failed = 0; failed < 3;) {
		r = append_group(groups, STORE_NEW);
		CHECK(r == 0 || (r == -ENOSPC && box.e.kind == ERR_TEMP));
		failed = r == 0 ? 0 : failed + 1;
		groups += r == 0;
		CHECK(groups < 100);
	}
	CHECK(groups > 0);
	/* What was acknowledged is there, and of the rest nothing. */
	CHECK(rows_now() == groups * FULL_GROUP);
	/* Other writes fail as well, or find a page that is free. */
	r = store_token_add(box.s, &t, &box.e);
	CHECK(r == 0 || r == -ENOSPC);
	large_disk();
	CHECK(append_group(groups, STORE_NEW) == 0);
	CHECK(append_group(groups - 1, STORE_DUPLICATE) == 0);
	CHECK(append_group(0, STORE_DUPLICATE) == 0);
	CHECK(rows_now() == (groups + 1) * FULL_GROUP);
	store_free(box.s);
	CHECK(store_open(box.dir, STORE_WRITE, &box.s, &box.e) == 0);
	for (unsigned i = 0; i <= groups; i++)
		CHECK(append_group(i, STORE_DUPLICATE) == 0);
	CHECK(append_group(groups + 1, STORE_NEW) == 0);
	CHECK(rows_now() == (groups + 2) * FULL_GROUP);
	store_free(box.s);
	_exit(0);
}

static void
full_disk(void **state)
{
	(void)state;
	box_close();
	for (int i = 0; i < 2; i++) {
		pid_t pid;

		box_empty();
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			fill_disk(i == 0);
		assert_int_equal(status_of(pid), 0);
	}
}

/* A disk on which not even the files can be made. */
static void
no_room_at_all(void **state)
{
	pid_t pid;

	(void)state;
	box_close();
	box_empty();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit none = {512, RLIM_INFINITY};

		(void)signal(SIGXFSZ, SIG_IGN);
		CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
		CHECK(store_open(box.dir, STORE_WRITE, &box.s, &box.e) ==
		      -ENOSPC);
		CHECK(box.s == NULL);
		large_disk();
		CHECK(store_open(box.dir, STORE_WRITE, &box.s, &box.e) == 0);
		store_free(box.s);
		_exit(0);
	}
	assert_int_equal(status_of(pid), 0);
}

/* ---- readers ------------------------------------------------------------- */

enum { LAST = 3000, READERS = 2 };

/* Follow one boot; what was removed before it was read may be missing. */
static void
follow(void)
{
	struct store_query q = box_query(true);
	struct store_page page;
	int64_t seq = -1, id = 0, newest;
	struct store *s;

	CHECK(store_open(box.dir, STORE_READ, &s, &box.e) == 0);
	while (seq != LAST) {
		arena_free(box.a);
		box.a = arena_new(256 * 1024 * 1024);
		CHECK(store_audits(s, &q, box.a, &page, &box.e) == 0);
		CHECK(page.damaged == 0);
		for (size_t i = 0; i < page.n; i++) {
			CHECK(page.rows[i].id > id);
			CHECK((int64_t)page.rows[i].event.seq > seq);
			id = page.rows[i].id;
			seq = (int64_t)page.rows[i].event.seq;
		}
		CHECK(page.next >= q.after);
		q.after = page.next;
		CHECK(store_audit_newest(s, &newest, &box.e) == 0);
		(void)usleep(200);
	}
	store_free(s);
	_exit(0);
}

/* Days come and go under them. */
static void
readers(void **state)
{
	struct store_retention keep = {.days = 2};
	pid_t pids[READERS];
	int64_t now = BOX_NOW;

	(void)state;
	box_put(box_event("web:1", 1, 0, now), now, STORE_NEW);
	for (int i = 0; i < READERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			follow();
	}
	for (unsigned seq = 1; seq <= LAST;) {
		struct store_event events[60];
		unsigned char answers[60];
		size_t n = 0;

		while (n < 60 && seq <= LAST)
			events[n++] = box_event("web:1", 1, seq++, now);
		ok(box_append(events, n, now, answers));
		now += BOX_DAY / 2;
		ok(store_retain(box.s, &keep, now, NULL, &box.e));
	}
	for (int i = 0; i < READERS; i++)
		assert_int_equal(status_of(pids[i]), 0);
}

/* Readers have it open while the writer is away, and it comes back. */
static void
reader_without_a_writer(void **state)
{
	struct store_query q = box_query(true);
	struct store *reader;

	(void)state;
	box_put(event_of(0), BOX_NOW, STORE_NEW);
	box_close();
	ok(store_open(box.dir, STORE_READ, &reader, &box.e));
	box.s = reader;
	assert_int_equal(box_page(&q).n, 1);
	box_open(STORE_WRITE);
	box_put(event_of(1), BOX_NOW, STORE_NEW);
	box_close();
	box.s = reader;
	assert_int_equal(box_page(&q).n, 2);
	box_close();
	box_open(STORE_WRITE);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, box_set_up, box_tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(killed),
	    TEST(received_falls_behind),
	    TEST(full_disk),
	    TEST(no_room_at_all),
	    TEST(readers),
	    TEST(reader_without_a_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
