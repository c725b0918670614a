/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "forward.h"
#include "spawn.h"
#include "supervise.h"

/* GUARDED_*: in trace_config.guarded. */
enum { DEATHS_MAX = 20, GUARDED_REPORTER = 1 };

static void
guard_reporter(const struct supervisor *s)
{
	if (s->trace != NULL)
		trace_guard(s->trace, GUARDED_REPORTER, s->reporter);
}

/* The reporter; signals are blocked while there are two of us. */
int
supervise_reporter(struct supervisor *s, struct err *e)
{
	pid_t pid;

	s->report.supervisor = getpid();
	s->report.top = s->app != 0 ? s->app : getpid();
	sig_block_all();
	pid = fork();
	if (pid == 0) {
		(void)close(s->wake[1]);
		if (s->app != 0) {
			(void)close(s->app_go);
			(void)close(s->app_report);
		}
		s->report.wake = s->wake[0];
		s->report.again = s->deaths > 0;
		reporter_run(&s->report);
	}
	s->reporter = pid < 0 ? 0 : pid;
	forward_reporter(s->reporter);
	guard_reporter(s);
	sig_unblock_all();
	if (pid < 0)
		return err_set(e, ERR_TEMP, errno, "fork: %s", strerror(errno));
	return 0;
}

void
supervise_reporter_died(struct supervisor *s)
{
	s->reporter = 0;
	forward_reporter(0);
	guard_reporter(s);
	if (s->command == 0)
		return;
	if (++s->deaths > DEATHS_MAX)
		log_error("the reporter died %u times; nothing is reported "
			  "any more",
		    s->deaths);
	else
		(void)supervise_reporter(s, NULL);
}

int
supervise_prepare(struct supervisor *s, struct err *e)
{
	int status, r;

	if (pipe2(s->wake, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_set(e, ERR_TEMP, errno, "pipe: %s", strerror(errno));
	s->judge.wake = s->wake[1];
	if (s->app == 0)
		forward_setup(
		    &(struct forward_config){.shared = s->report.shared,
			.wake = s->wake[1],
			.pid1 = s->probe.pid1});
	r = supervise_reporter(s, e);
	if (r != 0)
		return r;
	for (;;) {
		pid_t pid = waitpid(-1, &status, WUNTRACED);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid != s->reporter) /* inherited by an exec */
			continue;
		if (WIFSTOPPED(status))
			return 0;
		return err_set(e, ERR_PERM, ECHILD, "the reporter died");
	}
}

/* How the child's preparations ended. */
struct spawn_report
supervise_report(int fd)
{
	struct spawn_report r = {SPAWN_NOTHING, 0};
	ssize_t n;

	do
		n = read(fd, &r, sizeof r);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof r ? r : (struct spawn_report){0};
}

int
supervise_trace(struct supervisor *s, enum trace_tier tier, struct err *e)
{
	struct shared *shared = s->report.shared;
	struct trace_config config = {
	    .tier = tier,
	    .watches = judge_watches(&s->judge),
	    .prevents = judge_prevents(&s->judge),
	    .hash = judge_wants_hash(&s->judge),
	    .started_ns = s->started_ns,
	    .guarded = {[0] = getpid(), [GUARDED_REPORTER] = s->reporter},
	    .guarded_dir = "/opt/fg",
	    .judge = judge_event,
	    .arg = &s->judge,
	};

	config.exit_kill = config.prevents != 0;
	shared->filter_n = 0;
	shared->tier = tier;
	if (tier == TRACE_NONE)
		return 0;
	s->trace = trace_new(&config, e);
	s->judge.trace = s->trace;
	if (s->trace == NULL)
		return -ENOMEM;
	shared->filter_n =
	    trace_filter(s->trace, shared->filter, sizeof shared->filter);
	return 0;
}

struct pipes {
	int go[2], report[2];
};

static void
close_pipes(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		fd_closep(&p->go[i]);
		fd_closep(&p->report[i]);
	}
}

static int
open_pipes(struct pipes *p, struct err *e)
{
	*p = (struct pipes){{-1, -1}, {-1, -1}};
	if (pipe2(p->go, O_CLOEXEC) == 0 && pipe2(p->report, O_CLOEXEC) == 0)
		return 0;
	close_pipes(p);
	return err_set(e, ERR_TEMP, errno, "pipe: %s", strerror(errno));
}

static int
find_terminal(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (isatty(fd))
			return fd;
	return -1;
}

/* In the parent: the child is seized, and says that it is prepared. */
static int
follow(struct supervisor *s, pid_t child, struct pipes *p, struct err *e)
{
	struct spawn_report r;
	int go = p->go[1], result = 0;

	fd_closep(&p->go[0]);
	fd_closep(&p->report[1]);
	if (s->trace != NULL) {
		result = trace_seize(s->trace, child, go, e);
		if (result == 0)
			p->go[1] = -1; /* it is closed */
	}
	fd_closep(&p->go[1]);
	if (result != 0)
		return result;
	r = supervise_report(p->report[0]);
	if (r.stage == SPAWN_READY)
		return 0;
	return err_set(e, ERR_PERM, r.error == 0 ? ECHILD : r.error,
	    "preparing the command: %s",
	    r.error == 0 ? "its process died" : strerror(r.error));
}

static void
give_up(struct supervisor *s, pid_t child)
{
	(void)kill(child, SIGKILL);
	while (waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
		;
	trace_free(s->trace);
	s->trace = s->judge.trace = NULL;
}

static int
try_tier(struct supervisor *s, enum trace_tier tier, struct err *e)
{
	struct pipes p;
	pid_t child;
	int r = open_pipes(&p, e);

	if (r == 0)
		r = supervise_trace(s, tier, e);
	if (r != 0) {
		close_pipes(&p);
		return r;
	}
	sig_block_all();
	child = fork();
	if (child == 0) {
		(void)close(p.go[1]);
		spawn_child(&(struct spawn){.argv = s->argv,
		    .signals = &s->signals,
		    .limits = &s->limits,
		    .closed = s->options->closed,
		    .keep_ptrace = s->options->keep_ptrace,
		    .group = s->probe.pid1,
		    .tty = find_terminal(),
		    .tier = tier,
		    .filter = s->report.shared->filter,
		    .filter_n = s->report.shared->filter_n,
		    .go = p.go[0],
		    .report = p.report[1]});
	}
	if (child < 0)
		r = err_set(e, ERR_TEMP, errno, "fork: %s", strerror(errno));
	else
		r = follow(s, child, &p, e);
	if (r == 0) {
		s->tier = tier;
		s->command = child;
		s->report_fd = p.report[0];
		p.report[0] = -1;
		forward_to(child);
	} else if (child > 0) {
		give_up(s, child);
	}
	close_pipes(&p);
	sig_unblock_all();
	return r;
}

int
supervise_start(
    struct supervisor *s, enum trace_tier want, bool fallback, struct err *e)
{
	struct err why = {0};
	int r;

	for (enum trace_tier tier = want;; tier--) {
		r = try_tier(s, tier, &why);
		if (r == 0 || tier == TRACE_NONE || !fallback)
			break;
		log_error("tier %s does not work here: %s; trying %s",
		    probe_tier_text(tier), why.text, probe_tier_text(tier - 1));
	}
	if (r != 0 && e != NULL)
		*e = why;
	return r;
}
