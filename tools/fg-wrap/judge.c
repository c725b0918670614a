/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "learn/learn.h"
#include "time/time.h"

void
judge_wake(const struct judge *j)
{
	(void)!write(j->wake, "", 1);
}

void
judge_put(struct judge *j, const struct event *ev)
{
	(void)ring_put(&j->shared->ring, ev);
	if (ring_wake(&j->shared->ring))
		judge_wake(j);
}

/* How a call fails, or that it is too late for that. */
static int
refusal(const struct event *ev)
{
	switch (ev->name) {
	case EVENT_EXEC:
		return ev->attempt ? -EPERM : TRACE_KILL;
	case EVENT_ENTERED:
		return TRACE_KILL;
	case EVENT_IO_URING:
	case EVENT_ABI:
		return -ENOSYS;
	default:
		return -EPERM;
	}
}

static void
tell(struct judge *j, struct event *ev)
{
	ev->ts_ns = time_now_ns();
	ev->action = EVENT_INFORM;
	ev->severity = EVENT_MEDIUM;
	ev->enforced = true;
	judge_put(j, ev);
}

event_set
judge_watches(const struct judge *j)
{
	return (j->policy == NULL ? 0 : policy_watches(j->policy)) |
	       (j->learning ? learn_watches() : 0);
}

event_set
judge_prevents(const struct judge *j)
{
	return j->policy == NULL ? 0 : policy_prevents(j->policy);
}

bool
judge_wants_hash(const struct judge *j)
{
	return j->policy != NULL &&
	       (policy_wants_hash(j->policy) ||
		   (j->manifest != NULL && policy_wants_manifest(j->policy)));
}

/* EVENT_ALLOWED tells the reporter that it is for the learner. */
static void
teach(struct judge *j, struct event *ev)
{
	if (!j->learning || ev->attempt || !lesson_is_new(&j->lesson, ev))
		return;
	ev->action = EVENT_ALLOWED;
	judge_put(j, ev);
}

/*
 * The kernel lets nobody within its namespace kill process 1; but when its
 * tracer ends, PTRACE_O_EXITKILL does. The reporter gets time for its lines.
 */
static _Noreturn void
end_with_us(void)
{
	const struct timespec pause = {.tv_nsec = 200000000};

	(void)nanosleep(&pause, NULL);
	_exit(0);
}

int
judge_event(void *arg, struct event *ev)
{
	struct judge *j = arg;
	bool refused;

	if (ev->name > EVENT_LIFECYCLE) { /* the tracer has something to say */
		tell(j, ev);
		return 0;
	}
	if (j->policy == NULL) {
		teach(j, ev);
		return 0;
	}
	if (ev->name == EVENT_EXEC && !ev->attempt)
		known_mark(j->manifest, &ev->by);
	runtime_decide(j->policy, (void *)j->state, ev, j->text);
	if (ev->action == EVENT_ALLOWED) {
		teach(j, ev);
		return 0;
	}
	refused = ev->action == EVENT_PREVENT || ev->action == EVENT_BLOCK;
	if (ev->attempt && !refused)
		return 0;
	judge_put(j, ev);
	if (j->init &&
	    (ev->action == EVENT_BLOCK ||
		(refused && refusal(ev) == TRACE_KILL && ev->by.pid == 1)))
		end_with_us();
	if (ev->action == EVENT_BLOCK) {
		j->blocked = true;
		trace_kill_all(j->trace);
		return TRACE_KILL;
	}
	return refused ? refusal(ev) : 0;
}
