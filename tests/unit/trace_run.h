/* SPDX-License-Identifier: Apache-2.0 */
/* trace_run: a function in a traced child, and the events that came of it. */
#ifndef FG_TESTS_TRACE_RUN_H
#define FG_TESTS_TRACE_RUN_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "trace/trace.h"

enum { RUN_EVENTS_MAX = 4096, RUN_SECONDS = 120 };

struct run_event {
	enum event_name name;
	bool attempt;
	pid_t pid, target;
	char path[256], path2[256], exe[256], script[256], args[256];
	char domain[256];
	uint32_t facts, mode, uid;
	uint16_t port;
	uint8_t protocol;
	int64_t number;
	struct ip addr;
};

struct run {
	struct trace_config config;
	struct trace *t;
	/* What is denied: this event, at a path with this in it. */
	event_set denied;
	const char *part;
	int answer;
	/* Called for every event, when set; overrides the above. */
	int (*judge)(struct run *r, const struct event *ev);
	/* Called when the child stops itself, when set. */
	void (*at_stop)(struct run *r);
	/* Called some time after the start, when set. */
	void (*at_kick)(struct run *r);
	unsigned kick_ms;
	struct run_event events[RUN_EVENTS_MAX];
	size_t n;
	int status;
	pid_t pid;
	bool stopped;
};

static struct run run;

#define ALL_BUT_READS                                                          \
	((EVENT_BIT(EVENT_LIFECYCLE) - 2) & ~EVENT_BIT(EVENT_READ))

static inline void
run_copy(char *to, size_t n, struct str s)
{
	(void)snprintf(to, n, "%.*s", STR_ARG(s));
}

static inline int
run_judge(void *arg, struct event *ev)
{
	struct run *r = arg;
	struct run_event *to = &r->events[r->n];

	if (r->n < RUN_EVENTS_MAX - 1)
		r->n++;
	memset(to, 0, sizeof(*to));
	to->name = ev->name;
	to->attempt = ev->attempt;
	to->pid = ev->by.pid;
	to->target = ev->target;
	to->facts = ev->by.facts;
	to->mode = ev->mode;
	to->uid = ev->uid;
	to->port = ev->port;
	to->protocol = ev->protocol;
	to->number = ev->number;
	to->addr = ev->addr;
	run_copy(to->path, sizeof(to->path), ev->path);
	run_copy(to->path2, sizeof(to->path2), ev->path2);
	run_copy(to->exe, sizeof(to->exe), ev->by.exe);
	run_copy(to->script, sizeof(to->script), ev->by.script);
	run_copy(to->args, sizeof(to->args), ev->by.args);
	run_copy(to->domain, sizeof(to->domain), ev->domain);
	if (r->judge != NULL)
		return r->judge(r, ev);
	if ((r->denied & EVENT_BIT(ev->name)) != 0 &&
	    (r->part == NULL || strstr(to->path, r->part) != NULL ||
		strstr(to->path2, r->part) != NULL))
		return r->answer;
	return 0;
}

/* Where files may be made; it is the child's working directory. */
static char run_dir[64];

static inline int
run_setup(void **state)
{
	(void)state;
	(void)snprintf(run_dir, sizeof(run_dir), "/tmp/fg-trace.XXXXXX");
	return mkdtemp(run_dir) == NULL;
}

static inline int
run_teardown(void **state)
{
	char command[96];
	pid_t pid;
	int status;

	(void)state;
	(void)snprintf(command, sizeof(command), "%s", run_dir);
	pid = fork();
	if (pid == 0) {
		(void)execlp("rm", "rm", "-rf", command, (char *)NULL);
		_exit(127);
	}
	return waitpid(pid, &status, 0) != pid;
}

/* A tracer of full tier that watches and allows everything but reads. */
static inline void
run_new(event_set prevents)
{
	struct timespec now;

	memset(&run, 0, sizeof(run));
	(void)clock_gettime(CLOCK_REALTIME, &now);
	run.config = (struct trace_config){
	    .tier = TRACE_FULL,
	    .watches = ALL_BUT_READS & ~EVENT_BIT(EVENT_ACCEPT),
	    .prevents = prevents,
	    .exit_kill = true,
	    /* File systems count in ticks of 10 ms at most. */
	    .started_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec -
			  20 * INT64_C(1000000),
	    .judge = run_judge,
	    .arg = &run,
	};
	run.answer = -EPERM;
}

/* Another child, no tracee, that stops itself after a while. */
static inline pid_t
run_kicker(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)usleep(run.kick_ms * 1000);
		(void)raise(SIGSTOP);
		_exit(0);
	}
	return pid;
}

static inline void
run_news(const struct trace_what *what)
{
	if (what->news == TRACE_ENDED)
		run.status = what->status;
	if (what->news == TRACE_STOPPED) {
		run.stopped = true;
		if (run.at_stop != NULL)
			run.at_stop(&run);
		(void)kill(run.pid, SIGCONT);
	}
	if (what->news == TRACE_OTHER && WIFSTOPPED(what->status)) {
		run.at_kick(&run);
		(void)kill(what->pid, SIGCONT);
	}
}

/* Run it to its end; the status as of waitpid(2). */
static inline int
run_child(int (*function)(void))
{
	struct trace_what what;
	struct err e = {0};
	int go[2];

	run.t = trace_new(&run.config, &e);
	assert_non_null(run.t);
	assert_int_equal(pipe(go), 0);
	(void)fflush(NULL);
	run.pid = fork();
	if (run.pid == 0) {
		(void)close(go[1]);
		if (chdir(run_dir) < 0 || trace_child(run.t, go[0]) < 0)
			_exit(99);
		_exit(function());
	}
	(void)close(go[0]);
	assert_int_equal(trace_seize(run.t, run.pid, go[1], &e), 0);
	(void)alarm(RUN_SECONDS);
	if (run.at_kick != NULL)
		(void)run_kicker();
	run.status = -1;
	for (;;) {
		trace_wait(run.t, &what);
		if (what.news == TRACE_EMPTY)
			break;
		run_news(&what);
	}
	(void)alarm(0);
	assert_int_equal(trace_tasks(run.t), 0);
	trace_free(run.t);
	return run.status;
}

/* The child is to end by itself with this status. */
static inline void
run_expect(int (*function)(void), int code)
{
	int status = run_child(function);

	if (WIFSIGNALED(status))
		fail_msg("ended by signal %d", WTERMSIG(status));
	assert_int_equal(WEXITSTATUS(status), code);
}

static inline size_t
run_count(enum event_name name)
{
	size_t i, n = 0;

	for (i = 0; i < run.n; i++)
		n += run.events[i].name == name;
	return n;
}

/* The n'th event of that name, 0 the first; an empty one: there is none. */
static inline const struct run_event *
run_event(enum event_name name, size_t n)
{
	size_t i;

	for (i = 0; i < run.n; i++)
		if (run.events[i].name == name && n-- == 0)
			return &run.events[i];
	return &run.events[RUN_EVENTS_MAX - 1];
}

/* In the child: what must hold, else this line is its exit code's reason. */
#define MUST(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			(void)fprintf(stderr, "line %d: %s (errno %d)\n",      \
			    __LINE__, #condition, errno);                      \
			return 1;                                              \
		}                                                              \
	} while (0)

#endif
