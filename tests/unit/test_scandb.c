/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/fd.h"
#include "scandb/scandb.h"

#define HEX15 "0123456789abcde"
#define DIGEST(n) "sha256:" HEX15 "f" HEX15 "f" HEX15 "f" HEX15 n
#define ENTRY(n, arch)                                                         \
	"{\"mediaType\":\"" OCI_MEDIA_MANIFEST                                 \
	"\",\"size\":9,\"digest\":\"" DIGEST(                                  \
	    n) "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"" arch    \
	       "\"}}"

static struct {
	struct arena *arena;
	char dir[32], path[64];
	struct scandb *db;
} t;

static int
set_up(void **state)
{
	struct err e = {0};

	(void)state;
	t.arena = arena_new(10 * 1024 * 1024);
	(void)snprintf(t.dir, sizeof t.dir, "/tmp/fg-scandb.XXXXXX");
	if (t.arena == NULL || mkdtemp(t.dir) == NULL)
		return 1;
	(void)snprintf(t.path, sizeof t.path, "%s/db", t.dir);
	return scandb_open(t.path, SCANDB_WRITE, &t.db, &e);
}

static int
tear_down(void **state)
{
	char wal[80];

	(void)state;
	scandb_free(t.db);
	t.db = NULL;
	(void)unlink(t.path);
	(void)snprintf(wal, sizeof wal, "%s-wal", t.path);
	(void)unlink(wal);
	(void)snprintf(wal, sizeof wal, "%s-shm", t.path);
	(void)unlink(wal);
	arena_free(t.arena);
	return rmdir(t.dir);
}

static struct imageref
ref(const char *text)
{
	struct imageref r;

	assert_int_equal(imageref_parse(str_of(text), &r, NULL), 0);
	return r;
}

static struct oci_platform
platform(const char *text)
{
	struct oci_platform p;

	assert_int_equal(oci_platform_parse(str_of(text), &p, NULL), 0);
	return p;
}

static void
add_part(struct oci_found *f, const char *digest, const char *text)
{
	struct oci_part *part = &f->chain[f->n_chain++];

	part->digest = str_of(digest);
	part->text = str_of(text);
	assert_int_equal(oci_document_parse(t.arena, part->text, STR_NONE,
			     &part->parsed, NULL),
	    0);
}

/* Put an image behind an index (or alone, index NULL). */
static void
put(const char *name, const char *index, const char *index_text,
    const char *manifest, const char *config, int64_t now)
{
	struct imageref r = ref(name);
	struct oci_found f = {.config_text = str_of(config)};
	struct oci_config parsed;
	struct err e = {0};
	char text[1024];

	if (index != NULL)
		add_part(&f, index, index_text);
	/* The config's digest is made from the manifest's: "…f" to "…e". */
	(void)snprintf(text, sizeof text,
	    "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"%s\","
	    "\"size\":9,\"digest\":\"sha256:e%s\"}}",
	    OCI_MEDIA_CONFIG, manifest + 8);
	add_part(&f, manifest, text);
	assert_int_equal(
	    oci_config_parse(t.arena, f.config_text, &parsed, NULL), 0);
	if (scandb_put(t.db, &r, &f, &parsed, now, &e) != 0)
		fail_msg("%s", e.text);
}

static int
look(const char *name, const char *digest, const char *want,
    struct oci_image *image)
{
	struct oci_platform p = platform(want);
	struct imageref r = ref(name);
	struct err e = {0};

	return scandb_image(t.db, &r, digest, &p, t.arena, image, &e);
}

#define INDEX                                                                  \
	"{\"schemaVersion\":2,\"manifests\":[" ENTRY("1", "amd64") "," ENTRY(  \
	    "2", "arm64") "]}"
#define AMD64 "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":"
#define ARM64 "{\"os\":\"linux\",\"architecture\":\"arm64\",\"config\":"

static void
index_and_platforms(void **state)
{
	struct oci_image image;
	struct scandb_tag tag;
	struct imageref r = ref("h.io/app:v1");
	struct err e = {0};

	(void)state;
	assert_int_equal(scandb_tag(t.db, &r, &tag, &e), 0);
	put("h.io/app:v1", DIGEST("0"), INDEX, DIGEST("1"),
	    AMD64 "{\"Entrypoint\":[\"/x86\"],\"Cmd\":null}}", 1000);
	assert_int_equal(scandb_tag(t.db, &r, &tag, &e), 1);
	assert_string_equal(tag.digest, DIGEST("0"));
	assert_int_equal(tag.checked_at, 1000);

	assert_int_equal(
	    look("h.io/app:v1", DIGEST("0"), "linux/amd64", &image), 1);
	assert_string_equal(image.digest.p, DIGEST("1"));
	assert_string_equal(image.index_digest.p, DIGEST("0"));
	assert_true(image.config.entrypoint.given);
	assert_string_equal(image.config.entrypoint.items[0].p, "/x86");
	assert_false(image.config.cmd.given);

	/* The other platform is in the index, but was not fetched. */
	assert_int_equal(
	    look("h.io/app:v1", DIGEST("0"), "linux/arm64", &image), 0);
	/* This one is not in the index: nobody need ask. */
	assert_int_equal(
	    look("h.io/app:v1", DIGEST("0"), "linux/s390x", &image), -ENOENT);

	put("h.io/app:v1", DIGEST("0"), INDEX, DIGEST("2"),
	    ARM64 "{\"Entrypoint\":[],\"Cmd\":[\"/arm\"]}}", 1100);
	assert_int_equal(
	    look("h.io/app:v1", DIGEST("0"), "linux/arm64", &image), 1);
	assert_true(image.config.entrypoint.given);
	assert_int_equal(image.config.entrypoint.n, 0);
	assert_string_equal(image.config.cmd.items[0].p, "/arm");
	/* By the manifest's own digest, too. */
	assert_int_equal(
	    look("h.io/app", DIGEST("2"), "linux/arm64", &image), 1);
	assert_int_equal(image.index_digest.n, 0);
	assert_int_equal(
	    look("h.io/app", DIGEST("2"), "linux/amd64", &image), -ENOENT);
}

/* A private image's config is not for who merely names its digest. */
static void
repositories_are_apart(void **state)
{
	struct oci_image image;

	(void)state;
	put("h.io/private:v1", NULL, NULL, DIGEST("1"), AMD64 "{}}", 1);
	assert_int_equal(
	    look("h.io/private", DIGEST("1"), "linux/amd64", &image), 1);
	assert_int_equal(
	    look("h.io/public", DIGEST("1"), "linux/amd64", &image), 0);
	assert_int_equal(
	    look("evil.io/private", DIGEST("1"), "linux/amd64", &image), 0);
}

static int
count(const char *sql)
{
	sqlite3_stmt *s;
	sqlite3 *db;
	int n;

	assert_int_equal(sqlite3_open(t.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int(s, 0);
	(void)sqlite3_finalize(s);
	(void)sqlite3_close(db);
	return n;
}

static void
tags_move(void **state)
{
	struct imageref r = ref("h.io/app:v1");
	struct imageref pinned = ref("h.io/app:v2@" DIGEST("3"));
	struct scandb_tag tag;
	struct err e = {0};

	(void)state;
	put("h.io/app:v1", NULL, NULL, DIGEST("1"), AMD64 "{}}", 10);
	put("h.io/app:v1", NULL, NULL, DIGEST("1"), AMD64 "{}}", 20);
	assert_int_equal(count("SELECT count(*) FROM tag_history"), 1);
	put("h.io/app:v1", NULL, NULL, DIGEST("2"), AMD64 "{}}", 30);
	assert_int_equal(count("SELECT count(*) FROM tag_history"), 2);
	assert_int_equal(count("SELECT first_seen FROM tag"), 30);
	assert_int_equal(scandb_touch(t.db, &r, 40, &e), 0);
	assert_int_equal(scandb_tag(t.db, &r, &tag, &e), 1);
	assert_string_equal(tag.digest, DIGEST("2"));
	assert_int_equal(tag.checked_at, 40);
	/* With a digest beside it, a tag has said nothing. */
	put("h.io/app:v2@" DIGEST("3"), NULL, NULL, DIGEST("3"), AMD64 "{}}",
	    50);
	assert_int_equal(scandb_tag(t.db, &pinned, &tag, &e), 0);
}

static void
view(void **state)
{
	(void)state;
	put("h.io/app:v1", DIGEST("0"), INDEX, DIGEST("1"),
	    AMD64 "{\"Entrypoint\":[\"/e\"],\"Cmd\":[\"c\"]}}", 1000);
	assert_int_equal(
	    count("SELECT count(*) FROM image WHERE ref = 'h.io/app:v1' "
		  "AND platform = 'linux/amd64' AND entrypoint = '[\"/e\"]' "
		  "AND cmd = '[\"c\"]' "
		  "AND checked_at = '1970-01-01T00:16:40Z'"),
	    1);
}

/* ---- files that are none of ours
 * --------------------------------------------- */

static void
refused(enum scandb_mode mode, const char *because)
{
	struct scandb *db = NULL;
	struct err e = {0};
	int r = scandb_open(t.path, mode, &db, &e);

	if (r == 0) { /* damage may show at the first look only */
		struct imageref ref_ = ref("a");
		struct scandb_tag tag;

		r = scandb_tag(db, &ref_, &tag, &e);
	}
	scandb_free(db);
	if (r >= 0 || e.kind != ERR_PERM || strstr(e.text, because) == NULL)
		fail_msg("%d, kind %d: %s", r, (int)e.kind, e.text);
}

static void
change(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(t.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
}

static void
foreign_files(void **state)
{
	static const char text[] = "this is a text, and by no means an SQLite "
				   "file, however long it may be: it is not.";

	(void)state;
	scandb_free(t.db);
	t.db = NULL;
	change("PRAGMA user_version = 99");
	refused(SCANDB_READ, "version 99");
	change("PRAGMA application_id = 7");
	refused(SCANDB_READ, "not a scan DB");
	refused(SCANDB_WRITE, "not a scan DB"); /* not overwritten, either */
	assert_int_equal(fd_save(t.path, str_of(text), 0600, NULL), 0);
	refused(SCANDB_READ, "not a scan DB");
	refused(SCANDB_WRITE, "not a scan DB");
	assert_int_equal(fd_save(t.path, STR(""), 0600, NULL), 0);
	refused(SCANDB_READ, "not a scan DB");
	assert_int_equal(scandb_open(t.path, SCANDB_WRITE, &t.db, NULL), 0);
	scandb_free(t.db);
	t.db = NULL;
	assert_int_equal(unlink(t.path), 0);
	refused(SCANDB_READ, "No such file");
}

static void
damage(void **state)
{
	struct buf b = BUF_MAX(1024 * 1024);
	int fd;

	(void)state;
	put("a", NULL, NULL, DIGEST("1"), AMD64 "{}}", 1);
	scandb_free(t.db);
	t.db = NULL;
	fd = fd_open(t.path, NULL);
	assert_int_equal(fd_read_all(fd, "", &b, NULL), 0);
	fd_closep(&fd);
	for (size_t i = 4096; i < b.n; i++)
		b.p[i] = (char)(i * 7);
	assert_int_equal(fd_save(t.path, buf_str(&b), 0600, NULL), 0);
	refused(SCANDB_READ, "damaged");
	buf_free(&b);
}

/* What another program wrote there goes through the same checks. */
static void
hostile_rows(void **state)
{
	struct oci_image image;
	struct scandb_tag tag;
	struct imageref r = ref("h.io/a:v");
	struct err e = {0};

	(void)state;
	put("h.io/a:v", DIGEST("0"), INDEX, DIGEST("1"), AMD64 "{}}", 1);
	change("UPDATE index_entry SET manifest_digest = '../../x'");
	assert_int_equal(
	    look("h.io/a:v", DIGEST("0"), "linux/amd64", &image), -EBADMSG);
	/* An index that holds itself ends. */
	change("UPDATE index_entry SET manifest_digest = index_digest");
	assert_int_equal(
	    look("h.io/a:v", DIGEST("0"), "linux/amd64", &image), 0);
	change("UPDATE blob SET json = '{'");
	assert_int_equal(
	    look("h.io/a:v", DIGEST("1"), "linux/amd64", &image), -EINVAL);
	change("UPDATE tag SET digest = 'x'");
	assert_int_equal(scandb_tag(t.db, &r, &tag, &e), -EBADMSG);
}

static void
list(void **state)
{
	struct scandb_entry *entries;
	struct buf b = BUF_MAX(128);
	struct imageref behind;
	struct err e = {0};
	size_t n;

	(void)state;
	assert_int_equal(
	    scandb_list(t.db, NULL, 10, t.arena, &entries, &n, &e), 0);
	assert_int_equal(n, 0);
	put("h.io/b:v2", NULL, NULL, DIGEST("1"), AMD64 "{}}", 7);
	put("h.io/b:v1", DIGEST("0"), INDEX, DIGEST("1"), AMD64 "{}}", 8);
	put("nginx", NULL, NULL, DIGEST("2"), AMD64 "{}}", 9);
	assert_int_equal(
	    scandb_list(t.db, NULL, 2, t.arena, &entries, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_true(
	    str_eqz(entries[0].image, "docker.io/library/nginx:latest"));
	assert_int_equal(entries[0].checked_at, 9);
	assert_true(str_eqz(entries[1].image, "h.io/b:v1"));
	assert_string_equal(entries[1].digest, DIGEST("0"));
	assert_int_equal(entries[1].n_platforms, 1);
	oci_platform_format(&entries[1].platforms[0], &b);
	assert_string_equal(buf_z(&b), "linux/amd64");
	behind = ref("h.io/b:v1");
	assert_int_equal(
	    scandb_list(t.db, &behind, 2, t.arena, &entries, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_true(str_eqz(entries[0].image, "h.io/b:v2"));
	assert_int_equal(
	    scandb_list(t.db, NULL, 0, t.arena, &entries, &n, &e), -EINVAL);
	/* An index that holds itself ends; a digest that is none is told. */
	change("UPDATE index_entry SET manifest_digest = index_digest");
	assert_int_equal(
	    scandb_list(t.db, NULL, 9, t.arena, &entries, &n, &e), 0);
	assert_int_equal(entries[1].n_platforms, 0);
	change("UPDATE tag SET digest = 'x'");
	assert_int_equal(
	    scandb_list(t.db, NULL, 9, t.arena, &entries, &n, &e), -EBADMSG);
	buf_free(&b);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(index_and_platforms),
	    TEST(repositories_are_apart),
	    TEST(tags_move),
	    TEST(view),
	    TEST(foreign_files),
	    TEST(damage),
	    TEST(hostile_rows),
	    TEST(list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
