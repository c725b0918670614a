/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop: one thread that waits for descriptors and for times. epoll(7),
 * level-triggered.
 *
 * Watches and timers are parts of the caller's own structs: nothing is
 * allocated for them, and neither an event nor a timer can fail. A loop belongs
 * to one thread; signals come by signalfd(2), other threads and processes by a
 * descriptor.
 */
#ifndef FG_LOOP_LOOP_H
#define FG_LOOP_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "base/err.h"

struct loop; /* opaque */

#define cleanup_loop __attribute__((cleanup(loop_freep)))

/* The struct `type` whose member `member` is at ptr. */
#define LOOP_OF(ptr, type, member)                                             \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* A descriptor that is watched. All of it is zero but what the caller sets. */
struct loop_fd {
	int fd;
	/*
	 * EPOLLIN, EPOLLOUT, EPOLLRDHUP; EPOLLEXCLUSIVE when it is added.
	 * EPOLLERR and EPOLLHUP come without being asked for, again and again
	 * until the descriptor is removed.
	 */
	uint32_t events;
	void (*ready)(struct loop_fd *w, uint32_t events);

	/* The loop's own. */
	struct loop *in; /* NULL: not watched */
	size_t pending;  /* its event among those that wait to be told + 1 */
};

/* A time that is waited for. All of it is zero but what the caller sets. */
struct loop_timer {
	void (*due)(struct loop_timer *t);

	/* The loop's own; due_ms may be read while it is set. */
	int64_t due_ms;
	struct loop *in; /* NULL: not set */
	uint64_t order;
	struct loop_timer *child, *next, *back;
};

/* ERR_TEMP: no descriptor or no memory. */
int loop_new(struct loop **ret, struct err *e);

/* What is still watched or set is forgotten. NULL is fine. */
void loop_free(struct loop *l);
void loop_freep(struct loop **l);

/*
 * Watch w->fd, which has to stay open until loop_remove(); close(2) comes after
 * that. ERR_TEMP (ENOMEM, ENOSPC) or ERR_PERM (EPERM: a regular file; EEXIST).
 */
int loop_add(struct loop *l, struct loop_fd *w, struct err *e);

/*
 * Wait for other events from now on; what came before of those that are no
 * longer wanted is not told. Nothing happens when they are the same. Not for
 * EPOLLEXCLUSIVE.
 */
void loop_change(struct loop_fd *w, uint32_t events);

/*
 * No longer watch it; nothing when it is not watched. Safe within any callback,
 * for any watch: no event of it follows, and its memory may go.
 */
void loop_remove(struct loop_fd *w);

/*
 * Call t->due once when loop_now_ms() has come to due_ms, before that of all
 * later ones, and of those of the same time in the order in which they were
 * set. A time that is past is due at once: never from within loop_at(), and
 * when a timer's callback sets it, in the next round. Set again: it moves.
 * O(log n) on average over all calls.
 */
void loop_at(struct loop *l, struct loop_timer *t, int64_t due_ms);

/* Not to be called any more; nothing when it is not set. Always safe. */
void loop_cancel(struct loop_timer *t);

/* CLOCK_MONOTONIC in ms, as it was when this round began. */
int64_t loop_now_ms(const struct loop *l);

/*
 * Round after round: wait, then tell each descriptor that is ready, then call
 * what is due, until loop_stop(). Because of that order a peer whose bytes are
 * there is not late even if this process was. ERR_TEMP: epoll_wait(2) failed.
 */
int loop_run(struct loop *l, struct err *e);

/* loop_run() returns when this round is over. */
void loop_stop(struct loop *l);

/*
 * One round that waits for wait_ms at most; -1: as long as it takes. Not from
 * within a callback.
 */
int loop_turn(struct loop *l, int wait_ms, struct err *e);

#endif
