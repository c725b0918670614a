/* SPDX-License-Identifier: Apache-2.0 */
/* judge: lib/runtime's decision, told to the tracer and to the reporter. */
#ifndef FG_WRAP_JUDGE_H
#define FG_WRAP_JUDGE_H

#include <stdbool.h>

#include "known.h"
#include "lesson.h"
#include "runtime/runtime.h"
#include "shared.h"
#include "trace/trace.h"

struct judge {
	struct shared *shared;
	int wake;                        /* the pipe to the reporter */
	const struct policy *policy;     /* NULL: everything is allowed */
	const struct manifest *manifest; /* of the image; NULL: not known */
	struct trace *trace;
	bool learning; /* what is allowed goes to the reporter as well */
	bool init;     /* the command is process 1 of our namespace */
	bool blocked;  /* the container was ended */
	_Alignas(16) unsigned char state[RUNTIME_STATE_SIZE];
	char text[RUNTIME_MSG_MAX];
	struct lesson lesson;
};

/* For trace_config.judge; arg is a struct judge. */
int judge_event(void *arg, struct event *ev);

/* What it wants to see, and may refuse. */
event_set judge_watches(const struct judge *j);
event_set judge_prevents(const struct judge *j);

/* Must the tracer know the sha256 of programs? */
bool judge_wants_hash(const struct judge *j);

/* To the reporter, who is woken when it sleeps. */
void judge_put(struct judge *j, const struct event *ev);

/* Wake the reporter for other news. */
void judge_wake(const struct judge *j);

#endif
