/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the days: how they come and go, and when one is damaged. */
#include "store_box.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

static unsigned
days(void)
{
	struct store_stat st;

	ok(store_stat(box.s, &st, &box.e));
	return st.days;
}

static void
retention_by_days(void **state)
{
	struct store_retention keep = {.days = 3};
	struct store_removed removed;
	struct store_query q = box_query(true);

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		box_put(box_event("web:1", i, 1, BOX_NOW),
		    BOX_NOW + i * BOX_DAY, STORE_NEW);
	assert_int_equal(box_page(&q).n, 5);
	ok(store_retain(box.s, &keep, BOX_NOW + 4 * BOX_DAY, &removed, &box.e));
	assert_int_equal(removed.days, 2);
	assert_true(removed.bytes > 0);
	assert_int_equal(days(), 3);
	assert_int_equal(box_page(&q).n, 3);
	/* What was of those days is forgotten; what is left is not. */
	box_put(box_event("web:1", 2, 1, BOX_NOW), BOX_NOW + 4 * BOX_DAY,
	    STORE_DUPLICATE);
	box_put(box_event("web:1", 1, 1, BOX_NOW), BOX_NOW + 4 * BOX_DAY,
	    STORE_NEW);
	ok(store_retain(box.s, &keep, BOX_NOW + 4 * BOX_DAY, NULL, &box.e));
	assert_int_equal(days(), 3);
	/* Today's stays, whatever is asked for. */
	keep = (struct store_retention){.days = 1, .bytes = 1};
	ok(store_retain(box.s, &keep, BOX_NOW + 4 * BOX_DAY, NULL, &box.e));
	assert_int_equal(days(), 1);
	box_put(box_event("web:1", 9, 1, BOX_NOW), BOX_NOW + 4 * BOX_DAY,
	    STORE_NEW);
	keep = (struct store_retention){0};
	ok(store_retain(box.s, &keep, BOX_NOW + 400 * BOX_DAY, NULL, &box.e));
	assert_int_equal(days(), 1);
}

static void
retention_by_bytes(void **state)
{
	struct store_event events[200];
	unsigned char answers[200];
	struct store_retention keep = {0};
	struct store_removed removed;
	struct store_stat st;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		for (unsigned j = 0; j < 200; j++)
			events[j] = box_event("web:1", i, j, BOX_NOW);
		ok(box_append(events, 200, BOX_NOW + i * BOX_DAY, answers));
	}
	ok(store_tidy(box.s, &box.e));
	ok(store_stat(box.s, &st, &box.e));
	assert_int_equal(st.oldest_ms, BOX_NOW);
	keep.bytes = st.bytes;
	ok(store_retain(box.s, &keep, BOX_NOW + 3 * BOX_DAY, &removed, &box.e));
	assert_int_equal(removed.days, 0);
	keep.bytes = st.bytes - 1;
	ok(store_retain(box.s, &keep, BOX_NOW + 3 * BOX_DAY, &removed, &box.e));
	assert_int_equal(removed.days, 1);
	ok(store_stat(box.s, &st, &box.e));
	assert_int_equal(st.oldest_ms, BOX_NOW + BOX_DAY);
	assert_true(st.bytes <= keep.bytes);
}

/* A reader that has the file open while it goes. */
static void
removed_under_a_reader(void **state)
{
	struct store_retention keep = {.days = 1};
	struct store_query q = box_query(false);
	struct store *writer = box.s, *reader;
	struct dirent *entry;
	DIR *d;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		box_put(box_event("web:1", i, 1, BOX_NOW),
		    BOX_NOW + i * BOX_DAY, STORE_NEW);
	ok(store_open(box.dir, STORE_READ, &reader, &box.e));
	box.s = reader;
	assert_int_equal(box_page(&q).n, 3);
	ok(store_retain(writer, &keep, BOX_NOW + 2 * BOX_DAY, NULL, &box.e));
	assert_int_equal(box_page(&q).n, 1);
	/* A day that comes is there, too. */
	box.s = writer;
	box_put(box_event("web:1", 5, 1, BOX_NOW), BOX_NOW + 3 * BOX_DAY,
	    STORE_NEW);
	box.s = reader;
	assert_int_equal(box_page(&q).n, 2);
	store_free(reader);
	box.s = writer;
	/* Nothing is left of the days that went. */
	d = opendir(box.dir);
	assert_non_null(d);
	while ((entry = readdir(d)) != NULL)
		assert_null(strstr(entry->d_name, "20261124"));
	(void)closedir(d);
}

/* The log of a day that is over is written back, though a reader has it. */
static void
sealed_under_a_reader(void **state)
{
	struct store_query q = box_query(false);
	struct store *writer = box.s, *reader;
	struct stat st;
	char path[128];

	(void)state;
	box_put(box_event("web:1", 1, 1, 0), BOX_NOW, STORE_NEW);
	ok(store_open(box.dir, STORE_READ, &reader, &box.e));
	box.s = reader;
	assert_int_equal(box_page(&q).n, 1);
	box.s = writer;
	box_put(box_event("web:1", 1, 2, 0), BOX_NOW + BOX_DAY, STORE_NEW);
	box_path("audit-20261124.db-wal", path);
	assert_true(stat(path, &st) != 0 || st.st_size == 0);
	box.s = reader;
	assert_int_equal(box_page(&q).n, 2);
	store_free(reader);
	box.s = writer;
}

/* The clock is set back over midnight, and years ahead for a moment. */
static void
clock_jumps(void **state)
{
	struct store_query q = box_query(true);
	struct store_page page;

	(void)state;
	box_put(box_event("web:1", 1, 1, 0), BOX_NOW + 5, STORE_NEW);
	box_put(box_event("web:1", 1, 2, 0), BOX_NOW - 5, STORE_NEW);
	assert_int_equal(days(), 1);
	box_reopen();
	box_put(box_event("web:1", 1, 3, 0), BOX_NOW - 5, STORE_NEW);
	assert_int_equal(days(), 1);
	page = box_page(&q);
	assert_int_equal(page.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(page.rows[i].event.seq, i + 1);
	box_put(
	    box_event("web:1", 1, 4, 0), BOX_NOW + 3650 * BOX_DAY, STORE_NEW);
	box_put(box_event("web:1", 1, 5, 0), BOX_NOW + 6, STORE_NEW);
	assert_int_equal(days(), 2);
	box_reopen();
	for (unsigned i = 1; i <= 5; i++)
		box_put(
		    box_event("web:1", 1, i, 0), BOX_NOW + 7, STORE_DUPLICATE);
	assert_int_equal(box_page(&q).n, 5);
}

/* ---- damage -------------------------------------------------------------- */

static void
break_day(const char *name)
{
	char path[128];
	int fd;

	box_path(name, path);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	for (off_t at = 0; at < 64; at += 8)
		assert_int_equal(pwrite(fd, "garbage!", 8, at), 8);
	(void)close(fd);
}

static void
damaged_day(void **state)
{
	struct store_query q = box_query(false);
	struct store_page page;
	struct store_count *v;
	size_t n;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		box_put(box_event("web:1", i, 1, BOX_NOW),
		    BOX_NOW + i * BOX_DAY, STORE_NEW);
	box_close();
	break_day("audit-20261125.db");
	/* A sealed day that is damaged keeps nobody from writing. */
	box_open(STORE_WRITE);
	page = box_page(&q);
	assert_int_equal(page.n, 2);
	assert_int_equal(page.damaged, 1);
	assert_non_null(strstr(page.damage.text, "audit-20261125.db"));
	q.oldest_first = true;
	assert_int_equal(box_page(&q).n, 2);
	ok(store_audit_counts(
	    box.s, BOX_NOW, BOX_NOW + 10 * BOX_DAY, box.a, &v, &n, &box.e));
	assert_int_equal(n, 2);
	box_put(box_event("web:1", 7, 1, BOX_NOW), BOX_NOW + 2 * BOX_DAY,
	    STORE_NEW);
	/* Today's does, and is named. */
	box_close();
	break_day("audit-20261126.db");
	assert_int_equal(
	    store_open(box.dir, STORE_WRITE, &box.s, &box.e), -EBADMSG);
	assert_non_null(strstr(box.e.text, "audit-20261126.db"));
	box_open(STORE_READ);
	assert_int_equal(box_page(&q).n, 1);
}

/* Without received.db it is made anew from the audits. */
static void
received_made_anew(void **state)
{
	char path[128];

	(void)state;
	for (unsigned i = 0; i < 30; i++)
		box_put(box_event("web:1", i % 3, i, BOX_NOW),
		    BOX_NOW + i / 10 * BOX_DAY, STORE_NEW);
	box_close();
	box_path("received.db", path);
	break_day("received.db");
	assert_int_equal(
	    store_open(box.dir, STORE_WRITE, &box.s, &box.e), -EBADMSG);
	assert_non_null(strstr(box.e.text, "remove it"));
	assert_int_equal(unlink(path), 0);
	box_open(STORE_WRITE);
	for (unsigned i = 0; i < 30; i++)
		box_put(box_event("web:1", i % 3, i, BOX_NOW),
		    BOX_NOW + 3 * BOX_DAY, STORE_DUPLICATE);
}

/* The file of a day that a newer version of the Console has written. */
static void
newer_day(void **state)
{
	struct store_query q = box_query(false);
	struct store_page page;
	char path[128];
	sqlite3 *db;

	(void)state;
	for (unsigned i = 0; i < 2; i++)
		box_put(box_event("web:1", i, 1, BOX_NOW),
		    BOX_NOW + i * BOX_DAY, STORE_NEW);
	box_close();
	box_path("audit-20261125.db", path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "PRAGMA user_version = 2", NULL, NULL, NULL),
	    SQLITE_OK);
	(void)sqlite3_close(db);
	box_open(STORE_READ);
	page = box_page(&q);
	assert_int_equal(page.n, 1);
	assert_int_equal(page.damaged, 1);
	assert_non_null(strstr(page.damage.text, "version 2"));
	box_close();
	assert_int_equal(
	    store_open(box.dir, STORE_WRITE, &box.s, &box.e), -ENOTSUP);
}

/* What people see with sqlite3 is in the words of events. */
static void
view(void **state)
{
	char path[128];
	sqlite3 *db;
	sqlite3_stmt *q;
	unsigned n = 0;

	(void)state;
	for (int i = 0; i < STORE_ACTIONS; i++) {
		struct store_event ev =
		    box_event("web:1", 7, (uint64_t)i, BOX_NOW + 5);

		ev.kind = (enum store_kind)(i % STORE_KINDS);
		ev.severity = (enum store_severity)(i % STORE_SEVERITIES);
		ev.action = (enum store_action)i;
		box_put(ev, BOX_NOW, STORE_NEW);
	}
	box_path("audit-20261124.db", path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT kind, severity, action, ts, app, boot FROM audit", -1,
		&q, NULL),
	    SQLITE_OK);
	for (; sqlite3_step(q) == SQLITE_ROW; n++) {
		const char *word[6];

		for (int i = 0; i < 6; i++)
			word[i] = (const char *)sqlite3_column_text(q, i);
		assert_string_equal(word[0],
		    store_kind_text((enum store_kind)(n % STORE_KINDS)));
		assert_string_equal(
		    word[1], store_severity_text(
				 (enum store_severity)(n % STORE_SEVERITIES)));
		assert_string_equal(
		    word[2], store_action_text((enum store_action)n));
		assert_string_equal(word[3], "2026-11-24T00:00:00.005Z");
		assert_string_equal(word[4], "web:1");
		assert_string_equal(
		    word[5], "00000000000000000000000000000007");
	}
	assert_int_equal(n, STORE_ACTIONS);
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
}

static void
touch(const char *name)
{
	char path[128];
	int fd;

	box_path(name, path);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
}

static bool
there(const char *name)
{
	char path[128];

	box_path(name, path);
	return access(path, F_OK) == 0;
}

/* What a crash has left goes; what is not ours stays. */
static void
sweep(void **state)
{
	static const char *const left[] = {"audit-20261101.db-wal",
	    "audit-20261101.db-shm", "audit-20261102.db.new",
	    "audit-20261102.db.new-wal"};
	static const char *const foreign[] = {"audit-20261103.db.old",
	    "audit-20261399.db-wal", "audit.db-wal", "notes"};

	(void)state;
	box_put(box_event("web:1", 1, 1, BOX_NOW), BOX_NOW, STORE_NEW);
	box_close();
	for (size_t i = 0; i < 4; i++) {
		touch(left[i]);
		touch(foreign[i]);
	}
	touch("audit-20261103.db");
	touch("audit-20261103.db-wal");
	box_open(STORE_READ); /* touches nothing */
	box_close();
	for (size_t i = 0; i < 4; i++)
		assert_true(there(left[i]));
	assert_int_equal(
	    store_open(box.dir, STORE_WRITE, &box.s, &box.e), -EBADMSG);
	for (size_t i = 0; i < 4; i++) {
		if (there(left[i]))
			fail_msg("%s", left[i]);
		if (!there(foreign[i]))
			fail_msg("%s", foreign[i]);
	}
	assert_true(there("audit-20261103.db-wal"));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, box_set_up, box_tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(retention_by_days),
	    TEST(retention_by_bytes),
	    TEST(removed_under_a_reader),
	    TEST(sealed_under_a_reader),
	    TEST(clock_jumps),
	    TEST(damaged_day),
	    TEST(received_made_anew),
	    TEST(newer_day),
	    TEST(view),
	    TEST(sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
