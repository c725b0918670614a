/* SPDX-License-Identifier: Apache-2.0 */
/* Documents, tokens, secrets, certificates, apps; and the store as such. */
#include "store_box.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "sha256/sha256.h"
#include "store/store_apps.h"
#include "store/store_documents.h"
#include "store/store_secrets.h"
#include "store/store_tokens.h"

static uint64_t
put(const char *kind, const char *body, uint64_t expect, int want)
{
	uint64_t version = 99;
	int r = store_document_put(box.s, kind, str_of(body), STR("token:ab"),
	    STR("why"), expect, BOX_NOW, &version, &box.e);

	if (r != want)
		fail_msg("%s: %d: %s", body, r, box.e.text);
	return version;
}

static void
documents(void **state)
{
	struct store_document d;
	struct store_version *v;
	char hex[SHA256_HEX];
	uint64_t version;
	size_t n;

	(void)state;
	ok(store_document_newest(box.s, "runtime", &version, &box.e));
	assert_int_equal(version, 0);
	assert_int_equal(
	    store_document_get(box.s, "runtime", 0, box.a, &d, &box.e), 0);
	assert_int_equal(put("runtime", "{\"rules\":[]}", 0, 1), 1);
	assert_int_equal(put("runtime", "{\"rules\":[1]}", 1, 1), 2);
	assert_int_equal(put("waas", "{}", STORE_ANY, 1), 1);
	/* The same again is no new version; somebody was quicker. */
	assert_int_equal(put("runtime", "{\"rules\":[1]}", STORE_ANY, 0), 2);
	(void)put("runtime", "{\"rules\":[2]}", 1, -ESTALE);
	assert_int_equal(box.e.kind, ERR_NO);
	/* Back to the first is a third. */
	assert_int_equal(put("runtime", "{\"rules\":[]}", 2, 1), 3);
	box_reopen();
	ok(store_document_newest(box.s, "runtime", &version, &box.e));
	assert_int_equal(version, 3);
	assert_int_equal(
	    store_document_get(box.s, "runtime", 2, box.a, &d, &box.e), 1);
	assert_true(str_eqz(d.body, "{\"rules\":[1]}"));
	assert_true(str_eqz(d.about.who, "token:ab"));
	assert_true(str_eqz(d.about.note, "why"));
	assert_int_equal(d.about.version, 2);
	assert_int_equal(d.about.at_ms, BOX_NOW);
	assert_int_equal(d.about.bytes, d.body.n);
	sha256_text(d.body, hex);
	assert_string_equal(d.about.sha256, hex);
	assert_int_equal(
	    store_document_get(box.s, "runtime", 0, box.a, &d, &box.e), 1);
	assert_int_equal(d.about.version, 3);
	assert_int_equal(
	    store_document_get(box.s, "runtime", 4, box.a, &d, &box.e), 0);
	ok(store_document_versions(
	    box.s, "runtime", 0, 2, box.a, &v, &n, &box.e));
	assert_int_equal(n, 2);
	assert_int_equal(v[0].version, 3);
	ok(store_document_versions(
	    box.s, "runtime", v[1].version, 2, box.a, &v, &n, &box.e));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].version, 1);
}

static void
document_refusals(void **state)
{
	static const char *const kinds[] = {
	    "", "Runtime", "a b", "../x", "a23456789012345678901234567890123"};
	struct store_version *v;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		(void)put(kinds[i], "{}", STORE_ANY, -EINVAL);
	(void)put("runtime", "", STORE_ANY, -EINVAL);
	assert_int_equal(
	    store_document_versions(box.s, "waas", 0, 0, box.a, &v, &n, &box.e),
	    -EINVAL);
	assert_int_equal(store_document_versions(box.s, "waas", 0,
			     STORE_LIST_MAX + 1, box.a, &v, &n, &box.e),
	    -EINVAL);
}

/* Whatever else has the file open: a version stays as it is. */
static void
versions_stay(void **state)
{
	char path[128];
	sqlite3 *db;

	(void)state;
	(void)put("runtime", "{}", 0, 1);
	box_path("policy.db", path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "UPDATE document SET body = '[]'",
			     NULL, NULL, NULL),
	    SQLITE_CONSTRAINT);
	assert_int_equal(
	    sqlite3_exec(db, "DELETE FROM document", NULL, NULL, NULL),
	    SQLITE_CONSTRAINT);
	(void)sqlite3_close(db);
}

static struct store_token
token(const char *id)
{
	return (struct store_token){.id = str_of(id),
	    .sha256 = {1, 2, 0, 4},
	    .name = STR("ci"),
	    .scopes = STR("embed:run scan:read"),
	    .by = STR("admin"),
	    .created_ms = BOX_NOW,
	    .expires_ms = BOX_NOW + BOX_DAY};
}

static void
tokens(void **state)
{
	struct store_token t = token("b"), got, *list;
	size_t n;

	(void)state;
	ok(store_token_add(box.s, &t, &box.e));
	assert_int_equal(store_token_add(box.s, &t, &box.e), -EEXIST);
	t = token("a");
	ok(store_token_add(box.s, &t, &box.e));
	t.id = STR_NONE;
	assert_int_equal(store_token_add(box.s, &t, &box.e), -EINVAL);
	t = token("c");
	t.expires_ms = 0;
	assert_int_equal(store_token_add(box.s, &t, &box.e), -EINVAL);
	box_reopen();
	assert_int_equal(
	    store_token_get(box.s, STR("b"), box.a, &got, &box.e), 1);
	t = token("b");
	assert_memory_equal(got.sha256, t.sha256, sizeof t.sha256);
	assert_true(str_eq(got.scopes, t.scopes) && str_eq(got.by, t.by) &&
		    str_eq(got.name, t.name));
	assert_int_equal(got.expires_ms, t.expires_ms);
	assert_int_equal(got.used_ms, 0);
	assert_int_equal(
	    store_token_get(box.s, STR("x"), box.a, &got, &box.e), 0);
	assert_int_equal(
	    store_token_get(box.s, STR_NONE, box.a, &got, &box.e), 0);
	ok(store_token_list(box.s, STR_NONE, 1, box.a, &list, &n, &box.e));
	assert_int_equal(n, 1);
	ok(store_token_list(box.s, list[0].id, 9, box.a, &list, &n, &box.e));
	assert_int_equal(n, 1);
	assert_true(str_eqz(list[0].id, "b"));
	/* Revoked once; the first time counts. */
	assert_int_equal(
	    store_token_revoke(box.s, STR("b"), BOX_NOW + 5, &box.e), 1);
	assert_int_equal(
	    store_token_revoke(box.s, STR("b"), BOX_NOW + 6, &box.e), 1);
	assert_int_equal(
	    store_token_revoke(box.s, STR("x"), BOX_NOW, &box.e), 0);
	ok(store_token_get(box.s, STR("b"), box.a, &got, &box.e));
	assert_int_equal(got.revoked_ms, BOX_NOW + 5);
}

static int64_t
policy_bytes(void)
{
	struct store_stat st;

	ok(store_stat(box.s, &st, &box.e));
	return (int64_t)st.policy_bytes;
}

/* Used a thousand times a day, written once. */
static void
token_used(void **state)
{
	struct store_token t = token("a"), got;
	int64_t before;

	(void)state;
	ok(store_token_add(box.s, &t, &box.e));
	ok(store_token_used(box.s, STR("a"), BOX_NOW + 7, &box.e));
	before = policy_bytes();
	for (int i = 0; i < 1000; i++)
		ok(store_token_used(box.s, STR("a"), BOX_NOW + i, &box.e));
	assert_int_equal(policy_bytes(), before);
	ok(store_token_used(box.s, STR("a"), BOX_NOW + BOX_DAY, &box.e));
	assert_true(policy_bytes() > before);
	ok(store_token_get(box.s, STR("a"), box.a, &got, &box.e));
	assert_int_equal(got.used_ms, BOX_NOW + BOX_DAY);
	ok(store_token_used(box.s, STR("nobody"), BOX_NOW, &box.e));
}

static int
certify(const char *serial, const char *boot, int64_t at, uint32_t max)
{
	struct store_certificate c = {.serial = str_of(serial),
	    .app = STR("web:1"),
	    .boot = str_of(boot),
	    .secret = STR("s"),
	    .issued_ms = at,
	    .not_after_ms = at + BOX_DAY};

	return store_certificate_add(box.s, &c, max, &box.e);
}

static void
secrets(void **state)
{
	struct store_secret s = {.id = STR("s"),
				.sha256 = {9},
				.app = STR("web:*"),
				.by = STR("admin"),
				.note = STR("production"),
				.created_ms = BOX_NOW,
				.expires_ms = BOX_NOW + BOX_DAY,
				.max_live = 2},
			    got, *list;
	struct store_certificate c;
	size_t n;

	(void)state;
	ok(store_secret_add(box.s, &s, &box.e));
	assert_int_equal(store_secret_add(box.s, &s, &box.e), -EEXIST);
	assert_int_equal(certify("01", "a", BOX_NOW, 2), 1);
	assert_int_equal(certify("02", "b", BOX_NOW, 2), 1);
	assert_int_equal(certify("03", "c", BOX_NOW, 2), 0);
	/* A renewal is no further one; nor does a serial come twice. */
	assert_int_equal(certify("04", "a", BOX_NOW + BOX_DAY / 2, 2), 1);
	assert_int_equal(certify("04", "a", BOX_NOW, 2), -EEXIST);
	assert_int_equal(
	    store_secret_get(box.s, STR("s"), BOX_NOW, box.a, &got, &box.e), 1);
	assert_int_equal(got.live, 2);
	assert_int_equal(got.max_live, 2);
	assert_true(str_eq(got.app, s.app) && str_eqz(got.note, "production"));
	/* b has expired, so c may come; without a bound, anybody. */
	assert_int_equal(certify("05", "c", BOX_NOW + BOX_DAY, 2), 1);
	assert_int_equal(certify("06", "d", BOX_NOW + BOX_DAY, 2), 0);
	assert_int_equal(certify("06", "d", BOX_NOW + BOX_DAY, 0), 1);
	ok(store_secret_list(
	    box.s, STR_NONE, 10, BOX_NOW + BOX_DAY, box.a, &list, &n, &box.e));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].live, 3);
	assert_int_equal(
	    store_certificate_get(box.s, STR("04"), box.a, &c, &box.e), 1);
	assert_true(str_eqz(c.boot, "a") && str_eqz(c.secret, "s"));
	assert_int_equal(
	    store_certificate_get(box.s, STR("03"), box.a, &c, &box.e), 0);
	assert_int_equal(
	    store_secret_revoke(box.s, STR("s"), BOX_NOW, &box.e), 1);
	ok(store_secret_get(box.s, STR("s"), BOX_NOW, box.a, &got, &box.e));
	assert_int_equal(got.revoked_ms, BOX_NOW);
}

static void
see(const char *app, const char *boot, int64_t first, int64_t last)
{
	struct store_app a = {.app = str_of(app),
	    .boot = str_of(boot),
	    .containers = STR("[{\"name\":\"app\"}]"),
	    .version = STR("0.1.0"),
	    .address = STR("10.0.0.1"),
	    .first_ms = first,
	    .last_ms = last,
	    .runtime_version = 3,
	    .lost = UINT64_MAX,
	    .spooled = 7};

	ok(store_app_put(box.s, &a, &box.e));
}

static void
apps(void **state)
{
	struct store_app got, *list;
	struct store_app_key start = {0}, behind;
	uint64_t count;
	size_t n;

	(void)state;
	see("web:1", "b", BOX_NOW, BOX_NOW);
	see("web:1", "a", BOX_NOW, BOX_NOW + 9);
	see("job:1", "c", BOX_NOW, BOX_NOW);
	see("web:1", "b", BOX_NOW + 5, BOX_NOW + 5);
	assert_int_equal(
	    store_app_get(box.s, STR("web:1"), STR("b"), box.a, &got, &box.e),
	    1);
	assert_int_equal(got.first_ms, BOX_NOW);
	assert_int_equal(got.last_ms, BOX_NOW + 5);
	assert_int_equal(got.runtime_version, 3);
	assert_int_equal(got.lost, INT64_MAX);
	assert_int_equal(got.spooled, 7);
	assert_true(str_eqz(got.containers, "[{\"name\":\"app\"}]"));
	assert_int_equal(
	    store_app_get(box.s, STR("web:1"), STR("x"), box.a, &got, &box.e),
	    0);
	ok(store_app_list(
	    box.s, STR_NONE, 0, start, 2, box.a, &list, &n, &box.e));
	assert_int_equal(n, 2);
	assert_true(str_eqz(list[0].app, "job:1"));
	assert_true(str_eqz(list[1].boot, "a"));
	behind = (struct store_app_key){list[1].app, list[1].boot};
	ok(store_app_list(
	    box.s, STR_NONE, 0, behind, 2, box.a, &list, &n, &box.e));
	assert_int_equal(n, 1);
	assert_true(str_eqz(list[0].boot, "b"));
	ok(store_app_list(box.s, STR("WEB:*"), BOX_NOW + 6, start, 9, box.a,
	    &list, &n, &box.e));
	assert_int_equal(n, 1);
	ok(store_app_count(box.s, BOX_NOW + 1, &count, &box.e));
	assert_int_equal(count, 2);
}

/* Whoever makes up boots pushes out those of his own App ID only. */
static void
apps_end(void **state)
{
	struct store_app got;
	uint64_t count;

	(void)state;
	see("web:1", "mine", BOX_NOW, BOX_NOW);
	ok(store_begin(box.s, &box.e));
	for (int i = 0; i <= STORE_TASKS_MAX; i++) {
		char boot[16];

		(void)snprintf(boot, sizeof boot, "%d", i);
		see("bad:1", boot, BOX_NOW + i, BOX_NOW + i);
	}
	ok(store_commit(box.s, &box.e));
	ok(store_app_count(box.s, 0, &count, &box.e));
	assert_int_equal(count, STORE_TASKS_MAX + 1);
	assert_int_equal(
	    store_app_get(box.s, STR("bad:1"), STR("0"), box.a, &got, &box.e),
	    0);
	assert_int_equal(
	    store_app_get(box.s, STR("bad:1"), STR("1"), box.a, &got, &box.e),
	    1);
	assert_int_equal(store_app_get(box.s, STR("web:1"), STR("mine"), box.a,
			     &got, &box.e),
	    1);
}

/* ---- transactions -------------------------------------------------------- */

static void
transactions(void **state)
{
	struct store_token t = token("a"), got;
	struct store *reader = NULL;

	(void)state;
	ok(store_open(box.dir, STORE_READ, &reader, &box.e));
	ok(store_begin(box.s, &box.e));
	assert_int_equal(store_begin(box.s, &box.e), -EINVAL);
	ok(store_token_add(box.s, &t, &box.e));
	assert_int_equal(store_token_add(box.s, &t, &box.e), -EEXIST);
	(void)put("runtime", "{}", 0, 1);
	assert_int_equal(certify("01", "a", BOX_NOW, 1), 1);
	assert_int_equal(certify("02", "b", BOX_NOW, 1), 0);
	assert_int_equal(store_tidy(box.s, &box.e), -EINVAL);
	assert_int_equal(
	    store_token_get(reader, STR("a"), box.a, &got, &box.e), 0);
	ok(store_commit(box.s, &box.e));
	assert_int_equal(store_commit(box.s, &box.e), -EINVAL);
	assert_int_equal(
	    store_token_get(reader, STR("a"), box.a, &got, &box.e), 1);
	ok(store_begin(box.s, &box.e));
	t = token("b");
	ok(store_token_add(box.s, &t, &box.e));
	store_rollback(box.s);
	store_rollback(box.s);
	assert_int_equal(
	    store_token_get(box.s, STR("b"), box.a, &got, &box.e), 0);
	store_free(reader);
}

static void
readers_write_nothing(void **state)
{
	struct store_token t = token("a");
	struct store_batch none = {0};
	struct store_retention keep = {.days = 1};
	struct store *writer = box.s;
	char path[128];
	uint64_t version;

	(void)state;
	ok(store_open(box.dir, STORE_READ, &box.s, &box.e));
	assert_int_equal(store_token_add(box.s, &t, &box.e), -EROFS);
	assert_int_equal(store_document_put(box.s, "runtime", STR("{}"),
			     STR_NONE, STR_NONE, 0, BOX_NOW, &version, &box.e),
	    -EROFS);
	assert_int_equal(
	    store_append(box.s, &none, 1, BOX_NOW, &box.e), -EROFS);
	assert_int_equal(
	    store_retain(box.s, &keep, BOX_NOW, NULL, &box.e), -EROFS);
	assert_int_equal(store_begin(box.s, &box.e), -EROFS);
	ok(store_tidy(box.s, &box.e));
	box_path("backup", path);
	ok(store_backup(box.s, path, &box.e));
	store_free(box.s);
	box.s = writer;
}

static void
one_writer(void **state)
{
	struct store *second = NULL;
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(
	    store_open(box.dir, STORE_WRITE, &second, &box.e), -EBUSY);
	assert_int_equal(box.e.kind, ERR_TEMP);
	assert_null(second);
	/* In another process as well. */
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(store_open(box.dir, STORE_WRITE, &second, NULL) == -EBUSY
			  ? 0
			  : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	box_reopen();
}

/* ---- what stands in the directory ---------------------------------------- */

static void
backup(void **state)
{
	struct store_document d;
	char path[128], policy[128];
	struct stat st;

	(void)state;
	(void)put("runtime", "{\"a\":1}", 0, 1);
	box_path("backup", path);
	ok(store_backup(box.s, path, &box.e));
	(void)put("runtime", "{\"a\":2}", 1, 1);
	ok(store_backup(box.s, path, &box.e)); /* in the place of the first */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	(void)put("runtime", "{\"a\":3}", 2, 1);
	/* Put it back. */
	box_close();
	box_path("policy.db", policy);
	assert_int_equal(rename(path, policy), 0);
	box_open(STORE_WRITE);
	assert_int_equal(
	    store_document_get(box.s, "runtime", 0, box.a, &d, &box.e), 1);
	assert_true(str_eqz(d.body, "{\"a\":2}"));
	(void)put("runtime", "{\"a\":4}", 2, 1);
	assert_int_equal(
	    store_backup(box.s, "/nonexistent/backup", &box.e), -ENOENT);
	box_path("backup.new", path);
	assert_int_equal(access(path, F_OK), -1);
}

static void
files_are_ours_alone(void **state)
{
	static const char *const names[] = {"policy.db", "received.db",
	    "store.lock", "audit-20261124.db", "audit-20261124.db-wal"};
	struct stat st;
	char path[128];

	(void)state;
	box_put(box_event("web:1", 1, 1, BOX_NOW), BOX_NOW, STORE_NEW);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		box_path(names[i], path);
		assert_int_equal(stat(path, &st), 0);
		if ((st.st_mode & 0777) != 0600)
			fail_msg("%s: %o", names[i], st.st_mode & 0777);
	}
}

static void
sql(const char *name, const char *text)
{
	char path[128];
	sqlite3 *db;

	box_path(name, path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
}

static void
of_a_newer_version(void **state)
{
	static const char *const names[] = {"policy.db", "received.db"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		box_close();
		sql(names[i], "PRAGMA user_version = 2");
		assert_int_equal(
		    store_open(box.dir, STORE_WRITE, &box.s, &box.e), -ENOTSUP);
		assert_non_null(strstr(box.e.text, "version 2"));
		sql(names[i], "PRAGMA user_version = 1");
		box_open(STORE_WRITE);
	}
}

static void
scribble(const char *name, const char *text, off_t at)
{
	char path[128];
	int fd;

	box_path(name, path);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, strlen(text), at), strlen(text));
	(void)close(fd);
}

static void
not_a_store(void **state)
{
	char path[128];

	(void)state;
	box_close();
	scribble("policy.db", "not a database, not at all", 0);
	assert_int_equal(
	    store_open(box.dir, STORE_WRITE, &box.s, &box.e), -EBADMSG);
	assert_int_equal(
	    store_open(box.dir, STORE_READ, &box.s, &box.e), -EBADMSG);
	box_path("policy.db", path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(
	    store_open(box.dir, STORE_READ, &box.s, &box.e), -ENOENT);
	/* A database, but another one; an empty file. */
	sql("policy.db", "CREATE TABLE x(y)");
	assert_int_equal(
	    store_open(box.dir, STORE_WRITE, &box.s, &box.e), -EBADMSG);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(
	    store_open(box.dir, STORE_WRITE, &box.s, &box.e), -EBADMSG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(
	    store_open(box.dir, STORE_WRITE, &box.s, &box.e), -EINVAL);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(
	    store_open("/nonexistent", STORE_WRITE, &box.s, &box.e), -ENOENT);
	assert_null(box.s);
	box_open(STORE_WRITE);
}

/* A digest that somebody has cut is no digest. */
static void
damaged_rows(void **state)
{
	struct store_token t = token("a"), got;

	(void)state;
	ok(store_token_add(box.s, &t, &box.e));
	box_close();
	sql("policy.db", "UPDATE token SET sha256 = x'00'");
	box_open(STORE_WRITE);
	assert_int_equal(
	    store_token_get(box.s, STR("a"), box.a, &got, &box.e), -EBADMSG);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, box_set_up, box_tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(documents),
	    TEST(document_refusals),
	    TEST(versions_stay),
	    TEST(tokens),
	    TEST(token_used),
	    TEST(secrets),
	    TEST(apps),
	    TEST(apps_end),
	    TEST(transactions),
	    TEST(readers_write_nothing),
	    TEST(one_writer),
	    TEST(backup),
	    TEST(files_are_ours_alone),
	    TEST(of_a_newer_version),
	    TEST(not_a_store),
	    TEST(damaged_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
