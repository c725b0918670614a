/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store append DIR N: N audits of 500 bytes into a new store in DIR, which is
 * made, durable in groups of 1000.
 * store sql DIR N: the same rows for the sqlite3 shell, on standard output.
 * store last DIR N: N audits of ten days in a store in DIR, then how long
 * the last 100 of one app take; and of an app that has few.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/store_audits.h"

enum {
	GROUP = 1000,
	APPS = 1000,
	BOOTS = 1000, /* sidecars that send, in turn */
	EACH = 50,    /* audits of a sidecar at a time */
	BODY = 500,
	DAYS = 10,
	ASKED = 2000, /* times that is measured */
	PAGE = 100,
	RARE_EVERY = 20000
};

#define DAY_MS INT64_C(86400000)
#define NOW_MS (INT64_C(20781) * DAY_MS)

static char apps[GROUP][64], boots[GROUP][STORE_BOOT + 1];
static char bodies[GROUP][BODY + 1];
static struct store_event events[GROUP];
static unsigned char answers[GROUP];

static double
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Audit number n: its sidecar sends EACH of them, then the next one does. */
static void
make(size_t at, uint64_t n, bool rare)
{
	unsigned boot = (unsigned)(n / EACH % BOOTS);
	struct store_event *ev = &events[at];
	char *body = bodies[at];
	int wrote;

	(void)snprintf(apps[at], sizeof apps[at],
	    "%s%u:24edfabf-c761-40ae-9748-5844b0d7579c",
	    rare ? "rare" : "service", rare ? 0 : boot % APPS);
	(void)snprintf(boots[at], sizeof boots[at], "%032x", boot);
	wrote = snprintf(body, BODY,
	    "{\"type\":\"event\",\"v\":1,\"id\":\"%s-%llu\",\"kind\":"
	    "\"runtime\","
	    "\"name\":\"process.exec\",\"severity\":\"high\","
	    "\"action\":\"alert\",\"app\":{\"id\":\"%s\"},\"msg\":\"",
	    boots[at], (unsigned long long)n, apps[at]);
	memset(body + wrote, 'm', (size_t)(BODY - wrote));
	memcpy(body + BODY - 2, "\"}", 2);
	*ev = (struct store_event){.app = str_of(apps[at]),
	    .boot = str_of(boots[at]),
	    .seq = n / EACH / BOOTS * EACH + n % EACH,
	    .ts_ms = NOW_MS + (int64_t)n / 20,
	    .severity = STORE_HIGH,
	    .action = STORE_ALERT,
	    .name = STR("process.exec"),
	    .container = STR("app"),
	    .image = STR("registry.example.com/service:1"),
	    .rule = STR("default"),
	    .type = STR("denied-process"),
	    .body = {body, BODY}};
	if (rare)
		ev->seq += UINT64_C(1) << 40;
}

static void
make_group(uint64_t from, bool with_rare)
{
	for (size_t i = 0; i < GROUP; i++)
		make(i, from + i,
		    with_rare && (from + i) % RARE_EVERY == RARE_EVERY - 1);
}

static int
complain(const struct err *e)
{
	(void)fprintf(stderr, "store: %s\n", e->text);
	return 1;
}

static int
fill(const char *dir, uint64_t n, unsigned days)
{
	struct err e = {0};
	struct store *s = NULL;
	int r;

	if (mkdir(dir, 0700) != 0)
		return 1;
	r = store_open(dir, STORE_WRITE, &s, &e);
	for (uint64_t i = 0; r == 0 && i < n; i += GROUP) {
		struct store_batch b = {events, GROUP, answers};

		make_group(i, days > 1);
		r = store_append(
		    s, &b, 1, NOW_MS + (int64_t)(i * days / n) * DAY_MS, &e);
	}
	store_free(s);
	return r != 0 ? complain(&e) : 0;
}

static int
sql(uint64_t n)
{
	(void)puts("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;\n"
		   "PRAGMA synchronous = FULL;\n"
		   "CREATE TABLE event(id INTEGER PRIMARY KEY, app INTEGER, "
		   "boot BLOB, seq INTEGER, ts INTEGER, received INTEGER, "
		   "kind INTEGER, severity INTEGER, action INTEGER, name TEXT, "
		   "container TEXT, image TEXT, rule TEXT, type TEXT, "
		   "body TEXT);\nCREATE INDEX event_app ON event(app);");
	for (uint64_t i = 0; i < n; i += GROUP) {
		make_group(i, false);
		(void)puts("BEGIN;");
		for (size_t j = 0; j < GROUP; j++) {
			const struct store_event *ev = &events[j];

			(void)printf("INSERT INTO event VALUES(NULL,%u,x'%s',"
				     "%llu,%lld,%lld,0,3,1,'%s','%s','%s','%s',"
				     "'%s','%.*s');\n",
			    (unsigned)((i + j) / EACH % BOOTS % APPS),
			    ev->boot.p, (unsigned long long)ev->seq,
			    (long long)ev->ts_ms, (long long)NOW_MS, ev->name.p,
			    ev->container.p, ev->image.p, ev->rule.p,
			    ev->type.p, STR_ARG(ev->body));
		}
		(void)puts("COMMIT;");
	}
	return ferror(stdout) != 0;
}

/* ---- the last 100 -------------------------------------------------------- */

static int
order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct took {
	double p50, p95; /* us */
};

static double times[ASKED];

static struct took
figures(void)
{
	qsort(times, ASKED, sizeof *times, order);
	return (struct took){times[ASKED / 2], times[ASKED * 95 / 100]};
}

/* By the store, each time another app; or of the one that has few. */
static int
ask(struct store *s, bool rare, struct took *ret)
{
	struct err e = {0};
	unsigned seed = 5;

	for (int i = 0; i < ASKED; i++) {
		cleanup_arena struct arena *a = arena_new(STORE_PAGE_ARENA);
		struct store_query q = {.limit = PAGE, .look = 100000};
		struct store_page page;
		struct str app;
		char text[64];

		(void)snprintf(text, sizeof text,
		    "%s%u:24edfabf-c761-40ae-9748-5844b0d7579c",
		    rare ? "rare" : "service",
		    rare ? 0 : (unsigned)rand_r(&seed) % APPS);
		app = str_of(text);
		q.filter.apps = (struct store_words){&app, 1};
		times[i] = -now_us();
		if (a == NULL || store_audits(s, &q, a, &page, &e) != 0)
			return complain(&e);
		times[i] += now_us();
		if (page.n == 0)
			return 1;
	}
	*ret = figures();
	return 0;
}

/* By one prepared statement on the newest file, bodies looked at. */
static int
ask_sqlite(const char *dir, struct took *ret)
{
	char path[4200];
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	unsigned seed = 5;
	size_t bytes = 0;

	(void)snprintf(path, sizeof path, "%s/audit-20261203.db", dir);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db,
		"SELECT id, body FROM event WHERE app = ? "
		"ORDER BY id DESC LIMIT 100",
		-1, &q, NULL) != SQLITE_OK)
		return 1;
	for (int i = 0; i < ASKED; i++) {
		times[i] = -now_us();
		(void)sqlite3_bind_int(q, 1, 1 + rand_r(&seed) % APPS);
		while (sqlite3_step(q) == SQLITE_ROW)
			bytes += (size_t)sqlite3_column_bytes(q, 1);
		(void)sqlite3_reset(q);
		times[i] += now_us();
	}
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
	*ret = figures();
	return bytes == 0;
}

static void
record(const char *name, double ours, double peer, double limit)
{
	(void)printf("{\"type\":\"bench\",\"v\":1,\"name\":\"%s\","
		     "\"ours\":%.3f,\"peer\":%.3f,\"peer_name\":\"one "
		     "statement of SQLite, newest file\",\"ratio\":%.3f,"
		     "\"unit\":\"ms\",\"limit\":%.0f}\n",
	    name, ours / 1e3, peer / 1e3, ours / peer, limit);
}

static int
last(const char *dir, uint64_t n)
{
	struct took one, rare, peer;
	struct store *s = NULL;
	struct err e = {0};
	char name[128];
	double took;

	took = -now_us();
	if (fill(dir, n, DAYS) != 0)
		return 1;
	took += now_us();
	(void)fprintf(stderr, "store: %llu audits in %.0f s, %.0f a second\n",
	    (unsigned long long)n, took / 1e6, (double)n / took * 1e6);
	if (store_open(dir, STORE_READ, &s, &e) != 0)
		return complain(&e);
	if (ask(s, false, &one) != 0 || ask(s, true, &rare) != 0 ||
	    ask_sqlite(dir, &peer) != 0)
		return 1;
	store_free(s);
	(void)snprintf(name, sizeof name, "store/last 100 of an app, of %llu k",
	    (unsigned long long)n / 1000);
	record(name, one.p50, peer.p50, 1);
	record("store/the same, 95 of 100 are quicker", one.p95, peer.p95, 10);
	record("store/an app with few, on all days", rare.p50, peer.p50, 5);
	return 0;
}

int
main(int argc, char **argv)
{
	uint64_t n;

	if (argc != 4)
		return 2;
	n = strtoull(argv[3], NULL, 10) / GROUP * GROUP;
	if (n < (uint64_t)DAYS * GROUP)
		return 2;
	if (strcmp(argv[1], "append") == 0)
		return fill(argv[2], n, 1);
	if (strcmp(argv[1], "sql") == 0)
		return sql(n);
	return strcmp(argv[1], "last") == 0 ? last(argv[2], n) : 2;
}
