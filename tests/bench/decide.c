/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decision costs by a policy with lists of 10,000 entries, beside a
 * plain walk along the list that it looks into: a bench record for each kind
 * of event.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/policy.h"
#include "runtime/runtime.h"

enum { ENTRIES = 10000, ROUNDS = 9, RUNS = 20000, WALKS = 200 };

static struct str entries[ENTRIES];
static volatile size_t seen; /* so that the walk is not optimised away */

static double
now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int
order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
add_list(struct buf *b, const char *name, const char *head, const char *tail)
{
	buf_addf(b, "\"%s\":[", name);
	for (int i = 0; i < ENTRIES; i++)
		buf_addf(b, "%s\"%s%d%s\"", i == 0 ? "" : ",", head, i, tail);
	buf_addz(b, "]");
}

static void
add_nets(struct buf *b)
{
	buf_addz(b, "\"blacklistIPs\":[");
	for (int i = 0; i < ENTRIES; i++)
		buf_addf(b, "%s\"100.%d.%d.0/25\"", i == 0 ? "" : ",", i / 256,
		    i % 256);
	buf_addz(b, "]");
}

static const struct policy *
make_policy(struct arena *a)
{
	const struct collections_who who = {STR_NONE, STR_NONE, STR_NONE};
	cleanup_buf struct buf b = BUF_MAX(POLICY_TEXT_MAX);
	const struct policy *p = NULL;
	struct err e = {0};

	buf_addz(&b,
	    "{\"processes\":{\"effect\":\"alert\","
	    "\"checkCryptoMiners\":true,\"checkLateralMovement\":true,");
	add_list(&b, "blacklist", "/opt/tool-", "");
	buf_addz(&b, "},\"network\":{\"effect\":\"alert\",");
	add_nets(&b);
	buf_addz(&b, "},\"dns\":{\"effect\":\"alert\",");
	add_list(&b, "blacklist", "*.host-", ".example.com");
	buf_addz(&b, "},\"filesystem\":{\"effect\":\"alert\","
		     "\"backdoorFiles\":true,");
	add_list(&b, "blacklist", "/srv/data/dir-", "");
	buf_addz(&b, "}}");
	if (policy_read(a, buf_str(&b), "bench", &who, &p, NULL, &e) != 0)
		(void)fprintf(stderr, "%s\n", e.text);
	return p;
}

/* The median of rounds of one decision, in nanoseconds. */
static double
decide(
    const struct policy *p, struct runtime_state *st, const struct event *from)
{
	double took[ROUNDS];
	char text[RUNTIME_MSG_MAX];

	for (int i = 0; i < ROUNDS; i++) {
		double start = now_ns();

		for (int j = 0; j < RUNS; j++) {
			struct event ev = *from;

			runtime_decide(p, st, &ev, text);
			if (ev.action != EVENT_ALLOWED)
				return -1;
		}
		took[i] = (now_ns() - start) / RUNS;
	}
	qsort(took, ROUNDS, sizeof *took, order);
	return took[ROUNDS / 2];
}

static double
walk(struct str wanted)
{
	double took[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		double start = now_ns();

		for (int j = 0; j < WALKS; j++)
			for (int k = 0; k < ENTRIES; k++)
				seen += str_eq(entries[k], wanted);
		took[i] = (now_ns() - start) / WALKS;
	}
	qsort(took, ROUNDS, sizeof *took, order);
	return took[ROUNDS / 2];
}

int
main(void)
{
	static const char exe[] = "/opt/tool-99999";
	static const struct event_process by = {.pid = 7,
	    .exe = {exe, sizeof exe - 1},
	    .parent = {exe, sizeof exe - 1},
	    .args = {"tool\0--verbose\0--port=80", 25}};
	const struct {
		const char *name;
		struct event ev;
	} rows[] = {
	    {"process.exec", {.name = EVENT_EXEC, .by = by}},
	    {"net.connect", {.name = EVENT_CONNECT,
				.by = by,
				.addr = {4, {10, 1, 2, 3}},
				.port = 443}},
	    {"net.dns", {.name = EVENT_DNS,
			    .by = by,
			    .domain = STR("a.b.host-77777.example.com")}},
	    {"file.create", {.name = EVENT_CREATE,
				.by = by,
				.path = STR("/srv/data/dir-99999/a/b/c.txt")}},
	};
	struct arena *a = arena_new(2 * POLICY_MEMORY_MAX);
	struct runtime_state *st = calloc(1, RUNTIME_STATE_SIZE);
	const struct policy *p = a == NULL ? NULL : make_policy(a);
	double peer;

	if (p == NULL || st == NULL)
		return 1;
	for (int i = 0; i < ENTRIES; i++) {
		char text[32];
		int n = snprintf(text, sizeof text, "/opt/tool-%05d", i);

		entries[i] = arena_str(a, str_make(text, (size_t)n));
	}
	peer = walk(str_of(exe)) / 1000;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		double ours = decide(p, st, &rows[i].ev) / 1000;

		if (ours < 0)
			return 1;
		(void)printf(
		    "{\"type\":\"bench\",\"v\":1,\"name\":\"a decision "
		    "by lists of 10,000: %s\",\"ours\":%.3f,"
		    "\"peer\":%.3f,\"peer_name\":\"a walk along one\","
		    "\"ratio\":%.3f,\"unit\":\"us\",\"limit\":1}\n",
		    rows[i].name, ours, peer, ours / peer);
	}
	arena_free(a);
	free(st);
	return 0;
}
