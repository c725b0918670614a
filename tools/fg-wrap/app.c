/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "apart.h"
#include "base/cli.h"
#include "base/fd.h"
#include "base/log.h"
#include "spawn.h"

/* Yama's: whoever is named may trace us; prctl(2). */
#ifndef PR_SET_PTRACER
#define PR_SET_PTRACER 0x59616d61
#endif

static _Noreturn void
be_supervisor(
    struct supervisor *s, int (*start)(struct supervisor *s, struct err *e))
{
	struct err e = {0};
	int r;

	apart_be();
	r = supervise_prepare(s, &e);
	if (r == 0)
		r = start(s, &e);
	if (r < 0) {
		log_error("%s", e.text);
		supervise_give_up(s);
	}
	_exit(0);
}

int
app_start(
    struct supervisor *s, enum trace_tier want, bool fallback, struct err *e)
{
	struct spawn_report report;
	int r = 0;

	for (;; want--) {
		r = supervise_trace(s, want, e);
		atomic_store(&s->report.shared->go_on, r == 0);
		if (r == 0 && s->trace != NULL)
			r = trace_seize(s->trace, s->app, s->app_go, e);
		if (r == 0 || want == TRACE_NONE || !fallback)
			break;
		log_error("tier %s does not work here: %s; trying %s",
		    probe_tier_text(want), e->text, probe_tier_text(want - 1));
		trace_free(s->trace);
		s->trace = s->judge.trace = NULL;
	}
	atomic_store(&s->report.shared->go_on, r == 0);
	if (r != 0)
		return r;
	/* trace_seize() closes app_go: the filter is read only then. */
	if (s->trace == NULL)
		(void)close(s->app_go);
	report = supervise_report(s->app_report);
	if (report.stage != SPAWN_READY)
		return err_set(e, ERR_PERM, ECHILD, "preparing the command: %s",
		    strerror(report.error));
	s->tier = want;
	s->command = s->app;
	s->report_fd = s->app_report;
	return 0;
}

int
app_run(struct supervisor *s, int (*start)(struct supervisor *s, struct err *e),
    struct err *e)
{
	int go[2], report[2];
	char byte;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) != 0 || pipe2(report, O_CLOEXEC) != 0)
		return err_set(e, ERR_TEMP, errno, "pipe: %s", strerror(errno));
	s->app = getpid();
	s->judge.init = s->app == 1;
	pid = fork();
	if (pid < 0)
		return err_set(e, ERR_TEMP, errno, "fork: %s", strerror(errno));
	if (pid == 0) {
		(void)close(go[0]);
		(void)close(report[1]);
		s->app_go = go[1];
		s->app_report = report[0];
		be_supervisor(s, start);
	}
	(void)close(go[1]);
	(void)close(report[0]);
	(void)prctl(PR_SET_PTRACER, pid, 0, 0, 0);
	while (read(go[0], &byte, 1) < 0 && errno == EINTR)
		;
	if (atomic_load(&s->report.shared->go_on) == 0)
		return CLI_LOADER_FAILED; /* it has said why */
	spawn_child(&(struct spawn){.argv = s->argv,
	    .signals = &s->signals,
	    .limits = &s->limits,
	    .closed = s->options->closed,
	    .keep_ptrace = s->options->keep_ptrace,
	    .tty = -1,
	    .tier = s->report.shared->tier,
	    .filter = s->report.shared->filter,
	    .filter_n = s->report.shared->filter_n,
	    .go = go[0],
	    .report = report[1],
	    .alone = true});
}
