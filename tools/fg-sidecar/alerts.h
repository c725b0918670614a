/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alerts: the user's own rules, jq programs that are fed every event in a
 * process of their own (alerts_run.c), which may be slow, wrong or endless
 * without anybody else waiting for it.
 */
#ifndef FG_SIDECAR_ALERTS_H
#define FG_SIDECAR_ALERTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "backoff.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "event/event.h"

enum {
	ALERTS_RULES_MAX = 64,
	ALERTS_NAME_MAX = 64,          /* bytes of a rule's id */
	ALERTS_TEXT_MAX = 64 * 1024,   /* of a rule's file */
	ALERTS_CPU_MS = 100,           /* of a rule for one event, */
	ALERTS_LOAD_MS = 2000,         /* and before the first one */
	ALERTS_MEMORY_MAX = 256 << 20, /* bytes of address space */
	ALERTS_QUEUE_MAX = 1 << 20,    /* bytes that wait for it */
};

/* What one line of that process says. */
struct alerts_found {
	bool failed; /* the rule did; msg says how */
	struct str rule, msg;
	struct str event, container; /* the id of the event, and whose it is */
	enum event_severity severity;
};

struct alerts {
	const char *dir;   /* NULL: there are none */
	pid_t pid;         /* 0: it does not run */
	bool dead;         /* it is no process any more */
	struct buf *queue; /* what goes to it; NULL: it does not run */
	struct backoff later;
	uint64_t fed;     /* events that it was given, */
	uint64_t *judged; /* and is done with; shared with it */
	uint64_t skipped; /* events that it was not there, or too slow, for */
	size_t n_off;     /* rules that are left out, */
	char off[ALERTS_RULES_MAX][ALERTS_NAME_MAX];
};

/* When to call alerts_start(); INT64_MAX: never. */
int64_t alerts_next(const struct alerts *a);

/* Start it: the socket, the caller's to close. -1: not now. */
int alerts_start(struct alerts *a, int64_t now_ms);

/* A child of ours is dead: is it that one? */
void alerts_look(struct alerts *a);

/* Its socket is at its end. */
void alerts_gone(struct alerts *a, int64_t now_ms);

/* Give it an event, a line; or count it, when it is too slow, or gone. */
void alerts_feed(struct alerts *a, struct str line);

/* A rule failed: it is left out from now on. */
void alerts_leave_out(struct alerts *a, struct str rule);

/* Understand a line of it; the strings live in arena. False: it is none. */
bool alerts_read(
    struct arena *arena, struct str line, struct alerts_found *ret);

/* The child: reads events from fd, writes lines to it. Does not return. */
void alerts_run(const struct alerts *a, int fd) __attribute__((noreturn));

#endif
