/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outside: processes that somebody else put into the container (ECS Exec,
 * docker exec, health checks). They descend from nobody here, and nothing tells
 * of them; but what is executed is opened, so that inotify(7) on the folders of
 * programs and on the loaders of dynamic ones wakes the reporter, which then
 * looks through /proc. Where nothing is executed nothing wakes it.
 *
 * After a look there is a pause of OUTSIDE_PAUSE_MIN_MS to
 * OUTSIDE_PAUSE_MAX_MS, in between a hundred times what the look took: however
 * much the command executes, looking takes no more than a hundredth of a CPU.
 */
#ifndef FG_WRAP_OUTSIDE_H
#define FG_WRAP_OUTSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "outside_proc.h"
#include "shared.h"

enum {
	OUTSIDE_PAUSE_MIN_MS = 10,
	OUTSIDE_PAUSE_MAX_MS = 250,
	OUTSIDE_SOON_MS = 100,
	OUTSIDE_READY_MS = 1000, /* one that does not execute counts as it is */
	OUTSIDE_STALE_MS = 1000, /* awake for other news: look again */
	OUTSIDE_WATCH_MS = 60000, /* folders are looked up again */
};

/* What is known of a process. */
enum outside_kind {
	OUTSIDE_NEW,
	OUTSIDE_LATER, /* has not yet executed what it came for */
	OUTSIDE_ASKED, /* the supervisor is told of it */
	OUTSIDE_OURS,  /* a descendant, adopted, or none of our business */
	OUTSIDE_TOLD,  /* reported, but not adopted */
};

struct outside_known {
	int32_t pid;
	uint8_t kind;
	uint64_t ino; /* of /proc/PID: another process has another */
	int64_t since_ms;
};

struct outside_list {
	struct outside_known *at; /* by pid */
	size_t n, cap;
};

struct outside {
	struct shared *shared;
	struct outside_here here;
	const char *command;
	int fd;            /* of inotify; -1: nothing to be done here */
	bool due;          /* something was opened */
	bool again;        /* somebody is not ready, */
	bool soon;         /* but was so only since OUTSIDE_SOON_MS */
	bool moved;        /* a folder or a loader is another one */
	int64_t looked_ms; /* the last look */
	int64_t next_ms;   /* the end of the pause */
	int64_t watched_ms;
	struct outside_list was, is;
};

/*
 * In the reporter; top is what we were started as, command is its name. Where
 * this process ID namespace is shared with the rest of the machine it does
 * nothing (outside_here()). An error: they will only be noticed when something
 * else wakes the reporter.
 */
int outside_open(struct outside *o, struct shared *shared, pid_t top,
    const char *command, struct err *e);

/* What to poll for POLLIN; -1 while there is a pause. */
int outside_fd(const struct outside *o, int64_t now_ms);

/* POLLIN. */
void outside_poll(struct outside *o);

/* When to call outside_look() at the latest; INT64_MAX: never. */
int64_t outside_next(const struct outside *o, int64_t now_ms);

/* Look, if it is time, and kick the supervisor for whomever was found. */
void outside_look(struct outside *o, int64_t now_ms);

#endif
