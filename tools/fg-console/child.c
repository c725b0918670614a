/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

enum { MEMORY_MAX = 2047 << 20, READ_MAX = 64 * 1024, OUT_FD = 3 };

struct child {
	struct child *next, **back;
	struct request *r;
	void (*then)(struct request *r, struct parcel *out);
	struct loop_fd watch;
	struct loop_timer timer;
	struct buf out;
	pid_t pid;
};

/* ---- in the child ------------------------------------------------------- */

static void
limit(__rlimit_resource_t what, rlim_t most)
{
	const struct rlimit l = {most, most};

	(void)setrlimit(what, &l);
}

/* Nobody's connection is held open by it, and no key is within reach. */
static _Noreturn void
be_child(
    struct request *r, int fd, void (*work)(struct request *r, struct buf *out))
{
	struct buf out = BUF_MAX(CHILD_OUT_MAX);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(fd, OUT_FD) != OUT_FD || close_range(OUT_FD + 1, ~0U, 0) != 0)
		_exit(1);
	limit(RLIMIT_CPU, CHILD_CPU_SECONDS);
	limit(RLIMIT_CORE, 0);
#ifndef __SANITIZE_ADDRESS__
	limit(RLIMIT_AS, MEMORY_MAX);
#endif
	work(r, &out);
	if (buf_error(&out) != 0 ||
	    fd_write_all(OUT_FD, "pipe", out.p, out.n, NULL) != 0)
		_exit(1);
	_exit(0);
}

/* ---- in the worker ------------------------------------------------------ */

/* It is ended, if it has not done so. True: it did, and well. */
static bool
end(struct child *c)
{
	struct worker *w = c->r->w;
	int status = 1;

	loop_remove(&c->watch);
	loop_cancel(&c->timer);
	(void)close(c->watch.fd);
	/* Its pipe is closed at its very end only, or it hangs. */
	if (waitpid(c->pid, &status, WNOHANG) != c->pid) {
		siginfo_t info;
		int tries = 0;

		while (tries++ < 50 &&
		       waitid(P_PID, (id_t)c->pid, &info,
			   WEXITED | WNOWAIT | WNOHANG) == 0 &&
		       info.si_pid == 0)
			(void)usleep(100);
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, &status, 0);
	}
	*c->back = c->next;
	if (c->next != NULL)
		c->next->back = c->back;
	w->n_children--;
	return status == 0;
}

static void
finish(struct child *c)
{
	bool well = end(c);
	struct parcel out = {.rest = buf_str(&c->out)};

	if (well && buf_error(&c->out) == 0)
		c->then(c->r, &out);
	else
		request_refuse(c->r, 500,
		    "that took more time or memory than there is for it");
	buf_free(&c->out);
	free(c);
}

static void
on_ready(struct loop_fd *f, uint32_t events)
{
	struct child *c = LOOP_OF(f, struct child, watch);
	char *to = buf_reserve(&c->out, READ_MAX);
	ssize_t n = to == NULL ? 0 : read(f->fd, to, READ_MAX);

	(void)events;
	if (n > 0)
		c->out.n += (size_t)n;
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		finish(c);
}

static void
on_timer(struct loop_timer *t)
{
	struct child *c = LOOP_OF(t, struct child, timer);

	(void)kill(c->pid, SIGKILL);
	(void)end(c);
	request_refuse(c->r, 504, "not done within %d seconds", CHILD_SECONDS);
	buf_free(&c->out);
	free(c);
}

static int
start(struct child *c, void (*work)(struct request *r, struct buf *out))
{
	struct err e = {0};
	int pipe[2];

	if (pipe2(pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		return -errno;
	(void)fcntl(pipe[1], F_SETFL, 0);
	c->pid = fork();
	if (c->pid == 0)
		be_child(c->r, pipe[1], work);
	(void)close(pipe[1]);
	c->watch = (struct loop_fd){
	    .fd = pipe[0], .events = EPOLLIN, .ready = on_ready};
	if (c->pid > 0 && loop_add(c->r->w->loop, &c->watch, &e) == 0)
		return 0;
	(void)close(pipe[0]);
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
	}
	return -EAGAIN;
}

void
child_run(struct request *r, void (*work)(struct request *r, struct buf *out),
    void (*then)(struct request *r, struct parcel *out))
{
	struct worker *w = r->w;
	struct child *c;

	if (w->n_children >= CHILD_MAX) {
		request_refuse(r, 503, "busy with others; try again");
		return;
	}
	c = calloc(1, sizeof *c);
	if (c != NULL) {
		c->r = r;
		c->then = then;
		c->out = BUF_MAX(CHILD_OUT_MAX + READ_MAX);
		c->timer.due = on_timer;
	}
	if (c == NULL || start(c, work) != 0) {
		free(c);
		request_refuse(r, 503, "no process to be had; try again");
		return;
	}
	c->next = w->children;
	c->back = &w->children;
	if (c->next != NULL)
		c->next->back = &c->next;
	w->children = c;
	w->n_children++;
	loop_at(
	    w->loop, &c->timer, loop_now_ms(w->loop) + CHILD_SECONDS * 1000);
}

void
child_free(struct worker *w)
{
	while (w->children != NULL) {
		struct child *c = w->children;

		(void)kill(c->pid, SIGKILL);
		(void)end(c);
		buf_free(&c->out);
		free(c);
	}
}
