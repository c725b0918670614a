/* SPDX-License-Identifier: Apache-2.0 */
/* store_box: a store in a directory of its own, and events to put there. */
#ifndef FG_STORE_BOX_H
#define FG_STORE_BOX_H

#include <dirent.h>
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

#include "store/store.h"
#include "store/store_audits.h"

#define BOX_DAY ((int64_t)86400000)
/* 2026-11-24T00:00:00Z */
#define BOX_NOW (INT64_C(20781) * BOX_DAY)

static struct {
	char dir[64];
	struct store *s;
	struct arena *a;
	struct err e;
} box;

/* What is wrong, when r is a failure. */
#define ok(r)                                                                  \
	do {                                                                   \
		int result_ = (r);                                             \
		if (result_ < 0)                                               \
			fail_msg("%s: %d: %s", #r, result_, box.e.text);       \
	} while (0)

static inline void
box_path(const char *name, char to[128])
{
	(void)snprintf(to, 128, "%s/%s", box.dir, name);
}

static inline void
box_open(enum store_mode mode)
{
	ok(store_open(box.dir, mode, &box.s, &box.e));
}

static inline void
box_close(void)
{
	store_free(box.s);
	box.s = NULL;
}

static inline void
box_reopen(void)
{
	box_close();
	box_open(STORE_WRITE);
}

static inline void
box_empty(void)
{
	DIR *d = opendir(box.dir);
	const struct dirent *entry;
	char path[512];

	while (d != NULL && (entry = readdir(d)) != NULL) {
		(void)snprintf(
		    path, sizeof path, "%s/%s", box.dir, entry->d_name);
		if (entry->d_name[0] != '.')
			(void)unlink(path);
	}
	if (d != NULL)
		(void)closedir(d);
}

static inline int
box_set_up(void **state)
{
	(void)state;
	(void)snprintf(box.dir, sizeof box.dir, "/tmp/fg-store.XXXXXX");
	box.e = (struct err){0};
	box.a = arena_new(256 * 1024 * 1024);
	if (box.a == NULL || mkdtemp(box.dir) == NULL)
		return 1;
	box.s = NULL;
	return store_open(box.dir, STORE_WRITE, &box.s, &box.e);
}

static inline int
box_tear_down(void **state)
{
	(void)state;
	box_close();
	box_empty();
	arena_free(box.a);
	return rmdir(box.dir);
}

static inline void
box_boot(unsigned n, char to[STORE_BOOT + 1])
{
	(void)snprintf(to, STORE_BOOT + 1, "%032x", n);
}

/* An event of boot number `boot`; its strings are in box.a. */
static inline struct store_event
box_event(const char *app, unsigned boot, uint64_t seq, int64_t ts_ms)
{
	char hex[STORE_BOOT + 1];
	struct store_event ev = {.seq = seq,
	    .ts_ms = ts_ms,
	    .kind = STORE_RUNTIME,
	    .severity = STORE_HIGH,
	    .action = STORE_ALERT,
	    .name = STR("process.exec"),
	    .container = STR("app"),
	    .image = STR("web:1"),
	    .rule = STR("default"),
	    .type = STR("denied-process")};

	box_boot(boot, hex);
	ev.app = arena_str(box.a, str_of(app));
	ev.boot = arena_str(box.a, str_of(hex));
	ev.body = str_of(
	    arena_printf(box.a, "{\"app\":\"%s\",\"boot\":\"%s\",\"seq\":%llu}",
		app, hex, (unsigned long long)seq));
	return ev;
}

/* Append n events; what each of them came to is in answers. */
static inline int
box_append(const struct store_event *events, size_t n, int64_t now_ms,
    unsigned char *answers)
{
	struct store_batch batch = {events, n, answers};

	return store_append(box.s, &batch, 1, now_ms, &box.e);
}

/* Append one event that must come to `want`. */
static inline void
box_put(struct store_event ev, int64_t now_ms, enum store_stored want)
{
	unsigned char answer = 99;

	ok(box_append(&ev, 1, now_ms, &answer));
	assert_int_equal(answer, want);
}

static inline struct store_query
box_query(bool oldest_first)
{
	return (struct store_query){.oldest_first = oldest_first,
	    .limit = STORE_PAGE_MAX,
	    .look = STORE_LOOK_MAX};
}

static inline struct store_page
box_page(const struct store_query *q)
{
	struct store_page page;

	ok(store_audits(box.s, q, box.a, &page, &box.e));
	return page;
}

#endif
