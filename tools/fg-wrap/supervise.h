/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise: the process that stays: it has the command and the reporter as
 * its children, and serves both until the command has ended.
 */
#ifndef FG_WRAP_SUPERVISE_H
#define FG_WRAP_SUPERVISE_H

#include "base/err.h"
#include "judge.h"
#include "limits.h"
#include "probe.h"
#include "reporter.h"
#include "sig.h"
#include "spawn.h"

struct supervisor {
	const struct options *options;
	char **argv;
	struct sig_saved signals;
	struct limits limits;
	struct probe probe;
	struct judge judge;
	struct reporter_config report;
	struct trace *trace; /* NULL: nothing is traced */
	enum trace_tier tier;
	int64_t started_ns; /* wall clock, of this program */
	int wake[2];
	pid_t reporter;         /* 0: there is none any more */
	pid_t command;          /* 0: has ended */
	int report_fd;          /* read end of spawn's report */
	int code;               /* the exit code, once the command has ended */
	bool signalled;         /* it is 128 and a signal */
	pid_t app;              /* the command, when it is our parent; app.h */
	int app_go, app_report; /* pipes from and to that */
	unsigned deaths;        /* of reporters */
};

/* The reporter, and wait until it knows of a policy or of none. */
int supervise_prepare(struct supervisor *s, struct err *e);

/* The command, in the best tier that works, `want` at most. */
int supervise_start(
    struct supervisor *s, enum trace_tier want, bool fallback, struct err *e);

/* The tracer for a tier, with its filter in the shared memory. */
int supervise_trace(struct supervisor *s, enum trace_tier tier, struct err *e);

/* What spawn_child() reports: how its preparations ended. */
struct spawn_report supervise_report(int fd);

/* A new reporter; and what to do when one has died. */
int supervise_reporter(struct supervisor *s, struct err *e);
void supervise_reporter_died(struct supervisor *s);

/* What can be seen in that tier. */
event_set supervise_sees(enum trace_tier tier);

/* Until the end; the exit code. */
int supervise_run(struct supervisor *s);

/* After supervise_start(): what its tier does not see is noted. */
void supervise_started(struct supervisor *s);

/* Nothing was started: the reporter says why, as far as it can, and ends. */
void supervise_give_up(struct supervisor *s);

/* The policy that the reporter offered, if any, is the one from now on. */
void supervise_take_policy(struct supervisor *s);

#endif
