/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop_heap.h"
#include "time/time.h"

enum { EVENTS_MAX = 256 }; /* of a round; more wait for the next */

struct loop {
	int fd;
	bool stop;
	int64_t now_ms;
	uint64_t order; /* of the timer that was set last */
	struct loop_timer *top;
	struct epoll_event events[EVENTS_MAX];
};

int
loop_new(struct loop **ret, struct err *e)
{
	struct loop *l = calloc(1, sizeof *l);

	if (l == NULL)
		return err_nomem(e);
	l->fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->fd < 0) {
		int code = errno;

		free(l);
		return err_set(
		    e, ERR_TEMP, code, "epoll_create1: %s", strerror(code));
	}
	l->now_ms = time_monotonic_ms();
	*ret = l;
	return 0;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	(void)close(l->fd);
	free(l);
}

void
loop_freep(struct loop **l)
{
	loop_free(*l);
	*l = NULL;
}

/* ---- descriptors -------------------------------------------------------- */

int
loop_add(struct loop *l, struct loop_fd *w, struct err *e)
{
	struct epoll_event event = {.events = w->events, .data.ptr = w};

	if (epoll_ctl(l->fd, EPOLL_CTL_ADD, w->fd, &event) != 0) {
		int code = errno;

		return err_set(e,
		    code == ENOMEM || code == ENOSPC ? ERR_TEMP : ERR_PERM,
		    code, "epoll_ctl: %s", strerror(code));
	}
	w->in = l;
	w->pending = 0;
	return 0;
}

void
loop_change(struct loop_fd *w, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = w};

	if (w->in == NULL || w->events == events)
		return;
	/* It is there, so there is nothing that could fail. */
	(void)epoll_ctl(w->in->fd, EPOLL_CTL_MOD, w->fd, &event);
	w->events = events;
}

void
loop_remove(struct loop_fd *w)
{
	struct epoll_event event = {0};

	if (w->in == NULL)
		return;
	(void)epoll_ctl(w->in->fd, EPOLL_CTL_DEL, w->fd, &event);
	if (w->pending > 0)
		w->in->events[w->pending - 1].data.ptr = NULL;
	w->pending = 0;
	w->in = NULL;
}

static void
tell(struct loop *l, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct loop_fd *w = l->events[i].data.ptr;

		w->pending = i + 1;
	}
	for (i = 0; i < n; i++) {
		struct loop_fd *w = l->events[i].data.ptr;
		uint32_t events;

		if (w == NULL)
			continue; /* removed by one before it */
		w->pending = 0;
		events =
		    l->events[i].events & (w->events | EPOLLERR | EPOLLHUP);
		if (events != 0)
			w->ready(w, events);
	}
}

/* ---- timers ------------------------------------------------------------- */

void
loop_at(struct loop *l, struct loop_timer *t, int64_t due_ms)
{
	loop_cancel(t);
	/* No sooner than now, or it would come before those that are late. */
	t->due_ms = due_ms < l->now_ms ? l->now_ms : due_ms;
	t->order = ++l->order;
	t->in = l;
	loop_heap_add(&l->top, t);
}

void
loop_cancel(struct loop_timer *t)
{
	if (t->in == NULL)
		return;
	loop_heap_remove(&t->in->top, t);
	t->in = NULL;
}

int64_t
loop_now_ms(const struct loop *l)
{
	return l->now_ms;
}

/* One that is set meanwhile waits for the next round. */
static void
call_due(struct loop *l)
{
	uint64_t last = l->order;
	struct loop_timer *t;

	while ((t = l->top) != NULL && t->due_ms <= l->now_ms &&
	       t->order <= last) {
		loop_cancel(t);
		t->due(t);
	}
}

/* ---- rounds ------------------------------------------------------------- */

static int
wait_for(const struct loop *l, int wait_ms)
{
	int64_t wait;

	if (l->top == NULL)
		return wait_ms;
	wait = l->top->due_ms - time_monotonic_ms();
	if (wait < 0)
		wait = 0;
	if (wait_ms >= 0 && wait > wait_ms)
		return wait_ms;
	return wait > INT_MAX ? INT_MAX : (int)wait;
}

int
loop_turn(struct loop *l, int wait_ms, struct err *e)
{
	int n = epoll_wait(l->fd, l->events, EVENTS_MAX, wait_for(l, wait_ms));
	int code = errno;

	l->now_ms = time_monotonic_ms();
	if (n < 0 && code != EINTR)
		return err_set(
		    e, ERR_TEMP, code, "epoll_wait: %s", strerror(code));
	if (n > 0)
		tell(l, (size_t)n);
	call_due(l);
	return 0;
}

int
loop_run(struct loop *l, struct err *e)
{
	int ret = 0;

	l->stop = false;
	while (ret == 0 && !l->stop)
		ret = loop_turn(l, -1, e);
	return ret;
}

void
loop_stop(struct loop *l)
{
	l->stop = true;
}
