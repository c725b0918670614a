/* SPDX-License-Identifier: Apache-2.0 */
#include "parent.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "board.h"
#include "data.h"
#include "listener.h"
#include "pass.h"
#include "time/time.h"
#include "worker.h"
#include "writer.h"

enum {
	WORKERS_MAX = 64,
	AGAIN_MS = 1000, /* between starts of a worker that dies at once */
	STOP_MS = 10000,
	RENEW_MS = 24 * 60 * 60 * 1000
};

struct parent {
	const struct options *o;
	struct board *board;
	sigset_t signals;
	int listener, control; /* control: to the writer */
	pid_t writer;          /* 0: none */
	struct {
		pid_t pid;      /* 0: none */
		int64_t due_ms; /* when to start the next one */
	} workers[WORKERS_MAX];
	unsigned n;
	int64_t renew_ms; /* when certificates are looked at next */
	int64_t stop_ms;  /* when not to wait any longer; INT64_MAX: runs */
	int code;         /* what a worker ended with, if not to be repeated */
};

/* ---- children ----------------------------------------------------------- */

static _Noreturn void
leave(int r, const struct err *e)
{
	if (r < 0)
		log_error("%s", e->text);
	(void)fflush(NULL);
	_exit(r < 0 ? (int)e->kind : r);
}

/* A child that does not outlive its parent. */
static pid_t
new_child(struct err *e)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return err_set(e, ERR_TEMP, errno, "fork: %s", strerror(errno));
	if (pid > 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(ERR_TEMP);
	return 0;
}

int
parent_child(const struct options *o,
    int (*what)(const struct options *o, struct err *e), struct err *e)
{
	pid_t pid = new_child(e);
	int status, r;

	if (pid < 0)
		return pid;
	if (pid == 0) {
		r = what(o, e);
		leave(r, e);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set(
			    e, ERR_TEMP, errno, "waitpid: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : ERR_TEMP;
}

static int
start_writer(struct parent *p, struct err *e)
{
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_set(
		    e, ERR_TEMP, errno, "socketpair: %s", strerror(errno));
	p->writer = new_child(e);
	if (p->writer == 0) {
		(void)close(pair[0]);
		(void)close(p->listener);
		r = writer_run(p->o, p->board, pair[1], e);
		leave(r, e);
	}
	(void)close(pair[1]);
	p->control = pair[0];
	return p->writer < 0 ? p->writer : 0;
}

static int
start_worker(struct parent *p, unsigned i, struct err *e)
{
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_set(
		    e, ERR_TEMP, errno, "socketpair: %s", strerror(errno));
	r = pass_send(p->control, pair[0], e);
	(void)close(pair[0]);
	if (r == 0)
		r = new_child(e);
	if (r == 0) {
		(void)close(p->control);
		r = worker_run(p->o, p->board, i, p->listener, pair[1], e);
		leave(r, e);
	}
	(void)close(pair[1]);
	if (r < 0)
		return r;
	p->workers[i].pid = r;
	p->workers[i].due_ms = time_monotonic_ms() + AGAIN_MS;
	board_add(&p->board->rows[BOARD_ROWS_MAX - 1], BOARD_WORKER_STARTS, 1);
	return 0;
}

/* ---- what became of them ------------------------------------------------ */

static void
say_end(const char *who, int status)
{
	if (WIFSIGNALED(status))
		log_error("%s ended by signal %d", who, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_error("%s ended with %d", who, WEXITSTATUS(status));
}

static void
tell_workers(const struct parent *p, int signal)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->workers[i].pid > 0)
			(void)kill(p->workers[i].pid, signal);
}

static bool
any_worker(const struct parent *p)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->workers[i].pid > 0)
			return true;
	return false;
}

static void
stop(struct parent *p)
{
	if (p->stop_ms == INT64_MAX) {
		p->stop_ms = time_monotonic_ms() + STOP_MS;
		tell_workers(p, SIGTERM);
	} else {
		p->stop_ms = 0;
	}
}

static void
worker_ended(struct parent *p, unsigned i, int status)
{
	p->workers[i].pid = 0;
	say_end("a worker", status);
	if (p->stop_ms != INT64_MAX)
		return;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != ERR_PERM)
		return;
	p->code = ERR_PERM; /* the next one would end so, too */
	stop(p);
}

static void
reap(struct parent *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == p->writer) {
			p->writer = 0;
			say_end("the writer", status);
			if (p->stop_ms == INT64_MAX || status != 0)
				p->code = WIFEXITED(status) &&
						  WEXITSTATUS(status) != 0
					      ? WEXITSTATUS(status)
					      : ERR_TEMP;
			p->stop_ms = 0;
		}
		for (unsigned i = 0; i < p->n; i++)
			if (p->workers[i].pid == pid)
				worker_ended(p, i, status);
	}
}

/* ---- certificates ------------------------------------------------------- */

/* The keys are read by a child, as at the start, and by those who need them. */
static void
renew(struct parent *p)
{
	struct err e = {0};
	int r = parent_child(p->o, data_renew, &e);

	p->renew_ms = time_monotonic_ms() + RENEW_MS;
	if (r < 0)
		log_error("%s", e.text);
	if (r != 0)
		return;
	if (p->writer > 0)
		(void)kill(p->writer, SIGHUP);
	tell_workers(p, SIGHUP);
}

/* ---- rounds ------------------------------------------------------------- */

static int
start_due(struct parent *p, struct err *e)
{
	int64_t now_ms = time_monotonic_ms();
	int r = 0;

	for (unsigned i = 0; i < p->n && r == 0; i++)
		if (p->workers[i].pid == 0 && now_ms >= p->workers[i].due_ms)
			r = start_worker(p, i, e);
	return r;
}

/* Workers first: what they still have to say goes to the writer. */
static void
end_due(struct parent *p)
{
	if (any_worker(p)) {
		if (time_monotonic_ms() >= p->stop_ms)
			tell_workers(p, SIGKILL);
	} else if (p->writer > 0) {
		(void)kill(p->writer, SIGTERM);
	}
}

static void
await(const struct parent *p, siginfo_t *info)
{
	struct timespec wait = {.tv_sec = 3600};

	for (unsigned i = 0; i < p->n; i++)
		if (p->workers[i].pid == 0)
			wait.tv_sec = 1;
	if (p->stop_ms != INT64_MAX)
		wait = (struct timespec){.tv_nsec = 200000000};
	info->si_signo = 0;
	(void)sigtimedwait(&p->signals, info, &wait);
}

static int
look_after(struct parent *p, struct err *e)
{
	siginfo_t info;
	int r = 0;

	while (p->writer > 0 || any_worker(p)) {
		if (p->stop_ms == INT64_MAX)
			r = start_due(p, e);
		if (r < 0 && p->stop_ms == INT64_MAX) {
			log_error("%s", e->text);
			p->code = ERR_TEMP;
			stop(p);
		}
		if (p->stop_ms != INT64_MAX)
			end_due(p);
		await(p, &info);
		if (info.si_signo == SIGTERM || info.si_signo == SIGINT)
			stop(p);
		reap(p);
		if (p->stop_ms == INT64_MAX &&
		    (info.si_signo == SIGHUP ||
			time_monotonic_ms() >= p->renew_ms))
			renew(p);
	}
	return p->code;
}

int
parent_run(const struct options *o, struct err *e)
{
	struct parent p = {.o = o, .control = -1, .stop_ms = INT64_MAX};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	int64_t cores = sysconf(_SC_NPROCESSORS_ONLN);
	int r;

	p.n = (unsigned)(o->workers > 0        ? o->workers
			 : cores < 1           ? 1
			 : cores > WORKERS_MAX ? WORKERS_MAX
					       : cores);
	(void)sigemptyset(&p.signals);
	(void)sigaddset(&p.signals, SIGTERM);
	(void)sigaddset(&p.signals, SIGINT);
	(void)sigaddset(&p.signals, SIGHUP);
	(void)sigaddset(&p.signals, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &p.signals, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	p.renew_ms = time_monotonic_ms() + RENEW_MS;
	p.listener = listener_open(o->listen, e);
	if (p.listener < 0)
		return p.listener;
	r = board_new(&p.board, e);
	if (r == 0)
		r = start_writer(&p, e);
	if (r == 0)
		r = look_after(&p, e);
	fd_closep(&p.listener);
	fd_closep(&p.control);
	return r;
}
