/* SPDX-License-Identifier: Apache-2.0 */
#include "supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "adopt.h"
#include "apart.h"
#include "base/log.h"
#include "forward.h"
#include "kin.h"
#include "spawn.h"
#include "time/time.h"

enum { SWEEPS_MAX = 50, SWEEP_NS = 10000000 };

/* trace_wait() for a tree that is not traced. */
static void
plain_wait(const struct supervisor *s, struct trace_what *what)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(-1, &status, __WALL | WUNTRACED);
	while (pid < 0 && errno == EINTR);
	*what = (struct trace_what){TRACE_OTHER, pid, status};
	if (pid < 0)
		what->news = TRACE_EMPTY;
	else if (pid != s->command)
		return;
	else if (WIFSTOPPED(status))
		*what =
		    (struct trace_what){TRACE_STOPPED, pid, WSTOPSIG(status)};
	else
		what->news = TRACE_ENDED;
}

static void
wait_for_news(const struct supervisor *s, struct trace_what *what)
{
	if (s->trace != NULL)
		trace_wait(s->trace, what);
	else
		plain_wait(s, what);
}

event_set
supervise_sees(enum trace_tier tier)
{
	return tier == TRACE_FULL ? ~(event_set)0
	       : tier == TRACE_NONE
		   ? 0
		   : EVENT_BIT(EVENT_EXEC) | EVENT_BIT(EVENT_ENTERED) |
			 EVENT_BIT(EVENT_SETUID);
}

static void
add(struct shared *shared, const char *before, const char *text)
{
	size_t n = strlen(shared->error);

	(void)snprintf(shared->error + n, sizeof shared->error - n, "%s%s",
	    n > 0 ? before : "", text);
}

/* What of the policy is not seen in this tier, or on this machine. */
static void
tell_unseen(const struct supervisor *s)
{
	struct shared *shared = s->report.shared;
	const event_set watches = judge_watches(&s->judge);
	const event_set missed = watches & ~supervise_sees(s->tier);
	const bool blind = watches != missed && !s->probe.proc;

	if (missed == 0 && !blind)
		return;
	if (blind)
		add(shared, "; ",
		    "there is no /proc: programs, and files by relative names, "
		    "are not known");
	if (missed != 0) {
		add(shared, "; ", "tier ");
		add(shared, "", probe_tier_text(s->tier));
		add(shared, "", " does not see");
	}
	for (unsigned name = EVENT_EXEC; name < EVENT_LIFECYCLE; name++)
		if ((missed & EVENT_BIT(name)) != 0)
			add(shared, " ",
			    event_name_text((enum event_name)name));
	atomic_store(&shared->applied, SHARED_PARTLY);
}

void
supervise_take_policy(struct supervisor *s)
{
	struct shared *shared = s->report.shared;
	const struct policy *p = atomic_load(&shared->offered);
	unsigned unseen = 0;
	struct err e = {0};

	if (p == NULL)
		return;
	shared->error[0] = '\0';
	s->judge.policy = p;
	atomic_store(&shared->half, atomic_load(&shared->offered_half));
	atomic_store(&shared->current, p);
	atomic_store(&shared->offered, NULL);
	atomic_store(&shared->applied, SHARED_APPLIED);
	if (s->trace != NULL) {
		trace_hash(s->trace, judge_wants_hash(&s->judge));
		trace_exit_kill(s->trace, judge_prevents(&s->judge) != 0);
	}
	if (s->trace != NULL &&
	    (trace_watch(s->trace, judge_watches(&s->judge),
		 judge_prevents(&s->judge), &unseen, &e) != 0 ||
		unseen > 0)) {
		(void)snprintf(shared->error, sizeof shared->error, "%s",
		    e.text[0] != '\0' ? e.text
				      : "processes that cannot be reached");
		atomic_store(&shared->unseen, unseen);
		atomic_store(&shared->applied, SHARED_PARTLY);
	}
	if (s->command != 0)
		tell_unseen(s);
}

/* The SIGKILL for the rest, as often as it takes new ones to appear. */
static void
kill_rest(struct supervisor *s)
{
	const struct timespec pause = {.tv_nsec = SWEEP_NS};

	if (s->trace != NULL)
		trace_kill_all(s->trace);
	for (int i = 0; i < SWEEPS_MAX; i++) {
		if (kin_signal(s->reporter, SIGKILL) == 0)
			return;
		(void)nanosleep(&pause, NULL);
	}
}

/* The command has ended. True: nothing else lives. */
static bool
rest_is_gone(struct supervisor *s)
{
	struct shared *shared = s->report.shared;

	/* As a mere watcher: as long as there is something to watch. */
	if (s->app != 0)
		return s->trace == NULL || trace_tasks(s->trace) == 0;
	if (s->reporter == 0 || s->judge.blocked ||
	    atomic_load(&shared->overdue) != 0) {
		kill_rest(s);
		return true;
	}
	/* The second is slow where there are many processes. */
	return (!s->probe.pid1 && kin_only_child(s->reporter)) ||
	       kin_signal(s->reporter, 0) == 0;
}

static int
exit_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static void
put_exit(struct supervisor *s, int status)
{
	char detail[64];
	struct event ev = {
	    .name = EVENT_EXIT,
	    .ts_ns = time_now_ns(),
	    .action = EVENT_INFORM,
	    .number = s->code,
	    .enforced = true,
	    .count = 1,
	};

	(void)snprintf(detail, sizeof detail, "%s %d%s",
	    WIFSIGNALED(status) ? "signal" : "exit status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	    s->judge.blocked ? ", ended by the policy" : "");
	ev.detail = str_of(detail);
	judge_put(&s->judge, &ev);
}

/* It may have ended because it never began. */
static void
see_report(struct supervisor *s)
{
	struct spawn_report r = {SPAWN_NOTHING, 0};

	if (read(s->report_fd, &r, sizeof r) == (ssize_t)sizeof r &&
	    r.stage == SPAWN_NO_EXEC)
		spawn_complain(s->argv[0], r.error);
	(void)close(s->report_fd);
}

/* True: there is nothing to wait for. */
static bool
command_ended(struct supervisor *s, int status)
{
	struct shared *shared = s->report.shared;

	forward_to(0);
	s->command = 0;
	s->code = exit_code(status);
	s->signalled = WIFSIGNALED(status);
	see_report(s);
	put_exit(s, status);
	if (rest_is_gone(s))
		return true;
	if (s->app == 0) {
		(void)kin_signal(s->reporter, SIGTERM);
		(void)kin_signal(s->reporter, SIGCONT);
	}
	atomic_store(&shared->ending, 1);
	judge_wake(&s->judge);
	return false;
}

/* True: it was the last thing to wait for. */
static bool
reporter_changed(struct supervisor *s, int status)
{
	struct shared *shared = s->report.shared;

	if (!WIFSTOPPED(status)) {
		if (atomic_load(&shared->stopping) != 0 &&
		    atomic_exchange(&shared->drained, 2) != 2)
			forward_stop();
		supervise_reporter_died(s);
		return s->command == 0;
	}
	supervise_take_policy(s);
	adopt_entered(s);
	if (atomic_load(&shared->drained) == 1) {
		atomic_store(&shared->drained, 2);
		forward_stop();
	}
	(void)kill(s->reporter, SIGCONT);
	return s->command == 0 && rest_is_gone(s);
}

/* Its last lines; then the reporter ends by itself. */
static void
dismiss_reporter(struct supervisor *s)
{
	int status;

	atomic_store(&s->report.shared->finish, 1);
	judge_wake(&s->judge);
	while (s->reporter != 0) {
		pid_t pid = waitpid(-1, &status, __WALL | WUNTRACED);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0 || (pid == s->reporter && !WIFSTOPPED(status)))
			break;
		if (pid == s->reporter)
			(void)kill(pid, SIGCONT);
	}
	/* Whoever adopts our zombies may not reap them. */
	while (waitpid(-1, NULL, __WALL | WNOHANG) > 0)
		;
}

/*
 * A terminal's stop reached the whole group; ours is taken back here, so that
 * the shell sees its job stopped.
 */
static void
command_stopped(const struct supervisor *s, int sig)
{
	if (s->app == 0 && !s->probe.pid1 &&
	    (sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU ||
		sig == SIGSTOP))
		(void)raise(SIGSTOP);
}

void
supervise_started(struct supervisor *s)
{
	atomic_store(&s->report.shared->traced, s->trace != NULL);
	tell_unseen(s);
}

void
supervise_give_up(struct supervisor *s)
{
	if (s->reporter == 0)
		return;
	atomic_store(&s->report.shared->finish, 1);
	(void)kill(s->reporter, SIGCONT);
	dismiss_reporter(s);
}

/*
 * Whoever waits for us learns all that there is to learn: a shell, say, stops
 * its script when a program died of SIGINT. Process 1 can only exit.
 */
static void
die_of(int sig)
{
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	sig_default(sig);
	(void)kill(getpid(), sig);
}

int
supervise_run(struct supervisor *s)
{
	struct trace_what what;
	/* Of a parent that is not traced nothing is heard. */
	bool over = s->app != 0 && s->trace == NULL;

	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	apart_let_go();
	if (s->reporter != 0)
		(void)kill(s->reporter, SIGCONT);
	while (!over) {
		wait_for_news(s, &what);
		switch (what.news) {
		case TRACE_ENDED:
			over = command_ended(s, what.status);
			break;
		case TRACE_STOPPED:
			command_stopped(s, what.status);
			break;
		case TRACE_OTHER:
			if (what.pid == s->reporter)
				over = reporter_changed(s, what.status);
			break;
		case TRACE_EMPTY:
			over = true;
			break;
		}
	}
	dismiss_reporter(s);
	if (s->app == 0 && !s->probe.pid1 && s->signalled)
		die_of(s->code - 128);
	return s->code;
}
