/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "loop/loop.h"

enum { MANY = 10000, PAIRS = 8 };

/* ---- timers ------------------------------------------------------------- */

struct timed {
	struct loop_timer t;
	int64_t wanted; /* its time */
	size_t set;     /* its number among those that were set */
	bool called;
};

static struct {
	struct loop *l;
	struct timed *last;
	size_t calls, again;
	struct timed *victim;
} now;

static void
in_order(struct loop_timer *t)
{
	struct timed *one = LOOP_OF(t, struct timed, t);
	const struct timed *last = now.last;

	assert_false(one->called);
	assert_true(loop_now_ms(now.l) >= one->wanted);
	if (last != NULL)
		assert_true(
		    last->wanted < one->wanted ||
		    (last->wanted == one->wanted && last->set < one->set));
	one->called = true;
	now.last = one;
	now.calls++;
}

static void
timers_are_called_in_order(void **state)
{
	cleanup_loop struct loop *l = NULL;
	struct timed *all = calloc(MANY, sizeof *all);
	size_t set = 0, cancelled = 0;
	int64_t base;

	(void)state;
	assert_non_null(all);
	assert_int_equal(loop_new(&l, NULL), 0);
	memset(&now, 0, sizeof now);
	now.l = l;
	srandom(7);
	base = loop_now_ms(l);
	/* Some move several times, back and forth, and some are cancelled. */
	for (size_t i = 0; i < 3 * (size_t)MANY; i++) {
		struct timed *one = &all[(size_t)random() % MANY];

		one->t.due = in_order;
		one->set = set++;
		one->wanted = base + random() % 40;
		loop_at(l, &one->t, one->wanted);
	}
	for (size_t i = 0; i < MANY / 10; i++) {
		struct timed *one = &all[(size_t)random() % MANY];

		loop_cancel(&one->t);
		loop_cancel(&one->t);
		one->called = true;
	}
	for (size_t i = 0; i < MANY; i++)
		cancelled += all[i].t.in == NULL;
	while (now.calls < MANY - cancelled)
		assert_int_equal(loop_turn(l, -1, NULL), 0);
	for (size_t i = 0; i < MANY; i++)
		assert_null(all[i].t.in);
	free(all);
}

static void
again(struct loop_timer *t)
{
	now.again++;
	loop_at(now.l, t, 0);
}

static void
count(struct loop_timer *t)
{
	(void)t;
	now.calls++;
}

static void
a_timer_that_sets_itself_lets_others_live(void **state)
{
	cleanup_loop struct loop *l = NULL;
	struct timed greedy = {.t.due = again}, other = {.t.due = count};

	(void)state;
	assert_int_equal(loop_new(&l, NULL), 0);
	memset(&now, 0, sizeof now);
	now.l = l;
	loop_at(l, &greedy.t, INT64_MIN);
	loop_at(l, &other.t, loop_now_ms(l));
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	assert_int_equal(now.calls, 1);
	assert_int_equal(now.again, 1);
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	assert_int_equal(now.again, 2);
	loop_cancel(&greedy.t);
	assert_int_equal(loop_turn(l, 0, NULL), 0);
	assert_int_equal(now.again, 2);
}

static void
cancel_victim(struct loop_timer *t)
{
	(void)t;
	loop_cancel(&now.victim->t);
	memset(now.victim, 0xa5, sizeof *now.victim);
	now.calls++;
}

static void
a_timer_cancels_one_that_is_due_as_well(void **state)
{
	cleanup_loop struct loop *l = NULL;
	struct timed first = {.t.due = cancel_victim}, gone = {.t.due = again};

	(void)state;
	assert_int_equal(loop_new(&l, NULL), 0);
	memset(&now, 0, sizeof now);
	now.l = l;
	now.victim = &gone;
	loop_at(l, &first.t, 0);
	loop_at(l, &gone.t, 0);
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	assert_int_equal(now.calls, 1);
	assert_int_equal(now.again, 0);
	assert_int_equal(loop_turn(l, 0, NULL), 0);
}

static void
stop(struct loop_timer *t)
{
	(void)t;
	now.calls++;
	loop_stop(now.l);
}

static void
it_runs_until_it_is_stopped(void **state)
{
	cleanup_loop struct loop *l = NULL;
	struct timed far = {.t.due = count}, ends = {.t.due = stop};

	(void)state;
	assert_int_equal(loop_new(&l, NULL), 0);
	memset(&now, 0, sizeof now);
	now.l = l;
	loop_at(l, &far.t, INT64_MAX);
	assert_int_equal(loop_turn(l, 0, NULL), 0);
	loop_at(l, &ends.t, loop_now_ms(l) + 2);
	assert_int_equal(loop_run(l, NULL), 0);
	assert_int_equal(now.calls, 1);
	/* It can run again. */
	loop_at(l, &ends.t, 0);
	assert_int_equal(loop_run(l, NULL), 0);
	assert_int_equal(now.calls, 2);
}

/* ---- descriptors -------------------------------------------------------- */

struct watched {
	struct loop_fd w;
	int other; /* the end that is not watched */
	size_t calls;
	uint32_t seen;
};

static struct watched pairs[PAIRS];

static void
open_pairs(struct loop *l, void (*ready)(struct loop_fd *, uint32_t))
{
	for (size_t i = 0; i < PAIRS; i++) {
		int ends[2];

		assert_int_equal(
		    socketpair(AF_UNIX,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends),
		    0);
		pairs[i] = (struct watched){
		    .w = {.fd = ends[0], .events = EPOLLIN, .ready = ready},
		    .other = ends[1]};
		assert_int_equal(loop_add(l, &pairs[i].w, NULL), 0);
	}
}

static void
close_pairs(void)
{
	for (size_t i = 0; i < PAIRS; i++) {
		loop_remove(&pairs[i].w);
		fd_closep(&pairs[i].w.fd);
		fd_closep(&pairs[i].other);
	}
}

static void
see(struct loop_fd *w, uint32_t events)
{
	struct watched *one = LOOP_OF(w, struct watched, w);

	one->calls++;
	one->seen = events;
}

static void
descriptors_are_told_by_level(void **state)
{
	cleanup_loop struct loop *l = NULL;
	struct watched *a = &pairs[0];
	char c;

	(void)state;
	assert_int_equal(loop_new(&l, NULL), 0);
	open_pairs(l, see);
	assert_int_equal(loop_turn(l, 0, NULL), 0);
	assert_int_equal(a->calls, 0);
	assert_int_equal(write(a->other, "x", 1), 1);
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	assert_int_equal(a->calls, 2);
	assert_int_equal(a->seen, EPOLLIN);
	assert_int_equal(pairs[1].calls, 0);
	loop_change(&a->w, 0);
	assert_int_equal(loop_turn(l, 0, NULL), 0);
	assert_int_equal(a->calls, 2);
	loop_change(&a->w, EPOLLOUT | EPOLLRDHUP);
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	assert_int_equal(a->seen, EPOLLOUT);
	loop_change(&a->w, EPOLLIN | EPOLLRDHUP);
	assert_int_equal(read(a->w.fd, &c, 1), 1);
	assert_int_equal(shutdown(a->other, SHUT_WR), 0);
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	assert_int_equal(a->seen, EPOLLIN | EPOLLRDHUP);
	/* That the other end is gone is told to whoever watches for nothing. */
	loop_change(&a->w, 0);
	fd_closep(&a->other);
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	assert_int_equal(a->seen, EPOLLHUP);
	close_pairs();
}

/* The first that is told removes all others, and what they are in. */
static void
remove_others(struct loop_fd *w, uint32_t events)
{
	(void)events;
	now.calls++;
	for (size_t i = 0; i < PAIRS; i++) {
		if (&pairs[i].w == w)
			continue;
		loop_remove(&pairs[i].w);
		loop_remove(&pairs[i].w);
		fd_closep(&pairs[i].w.fd);
		fd_closep(&pairs[i].other);
		memset(&pairs[i], 0, sizeof pairs[i]);
		pairs[i].w.fd = pairs[i].other = -1;
	}
	loop_remove(w);
}

static void
no_event_follows_a_removal(void **state)
{
	cleanup_loop struct loop *l = NULL;

	(void)state;
	assert_int_equal(loop_new(&l, NULL), 0);
	memset(&now, 0, sizeof now);
	open_pairs(l, remove_others);
	for (size_t i = 0; i < PAIRS; i++)
		assert_int_equal(write(pairs[i].other, "x", 1), 1);
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	assert_int_equal(now.calls, 1);
	assert_int_equal(loop_turn(l, 0, NULL), 0);
	assert_int_equal(now.calls, 1);
	close_pairs();
}

/* All others are removed, and their memory watches something else at once. */
static void
replace_others(struct loop_fd *w, uint32_t events)
{
	struct loop *l = w->in;

	(void)events;
	now.calls++;
	for (size_t i = 0; i < PAIRS; i++) {
		struct watched *one = &pairs[i];

		if (&one->w == w)
			continue;
		loop_remove(&one->w);
		fd_closep(&one->w.fd);
		one->w = (struct loop_fd){
		    .fd = one->other, .events = EPOLLIN, .ready = see};
		one->other = -1;
		assert_int_equal(loop_add(l, &one->w, NULL), 0);
	}
	loop_remove(w);
}

static void
an_old_event_is_not_told_to_a_new_watch(void **state)
{
	cleanup_loop struct loop *l = NULL;
	size_t told = 0;

	(void)state;
	assert_int_equal(loop_new(&l, NULL), 0);
	memset(&now, 0, sizeof now);
	open_pairs(l, replace_others);
	for (size_t i = 0; i < PAIRS; i++)
		assert_int_equal(write(pairs[i].other, "x", 1), 1);
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	assert_int_equal(now.calls, 1);
	for (size_t i = 0; i < PAIRS; i++)
		told += pairs[i].calls;
	assert_int_equal(told, 0);
	/* Their own events come: the other end is closed. */
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	for (size_t i = 0; i < PAIRS; i++)
		told += pairs[i].calls;
	assert_int_equal(told, PAIRS - 1);
	close_pairs();
}

/* Who is told first says that nobody else wants to read. */
static void
quiet_others(struct loop_fd *w, uint32_t events)
{
	see(w, events);
	for (size_t i = 0; i < PAIRS; i++) {
		if (&pairs[i].w != w)
			loop_change(&pairs[i].w, EPOLLRDHUP);
	}
}

static void
an_event_that_is_no_longer_wanted_is_not_told(void **state)
{
	cleanup_loop struct loop *l = NULL;
	size_t told = 0;

	(void)state;
	assert_int_equal(loop_new(&l, NULL), 0);
	open_pairs(l, quiet_others);
	for (size_t i = 0; i < PAIRS; i++)
		assert_int_equal(write(pairs[i].other, "x", 1), 1);
	assert_int_equal(loop_turn(l, -1, NULL), 0);
	for (size_t i = 0; i < PAIRS; i++)
		told += pairs[i].calls;
	assert_int_equal(told, 1);
	close_pairs();
}

static void
stop_all(struct loop_fd *w, uint32_t events)
{
	see(w, events);
	loop_stop(w->in);
}

/* A descriptor that is ready comes before a timer that is due. */
static void
late_timer(struct loop_timer *t)
{
	(void)t;
	now.calls++;
	assert_int_equal(pairs[0].calls, 1);
}

static void
descriptors_come_before_timers(void **state)
{
	cleanup_loop struct loop *l = NULL;
	struct timed late = {.t.due = late_timer};

	(void)state;
	assert_int_equal(loop_new(&l, NULL), 0);
	memset(&now, 0, sizeof now);
	open_pairs(l, stop_all);
	loop_at(l, &late.t, 0);
	assert_int_equal(write(pairs[0].other, "x", 1), 1);
	assert_int_equal(loop_run(l, NULL), 0);
	assert_int_equal(now.calls, 1);
	close_pairs();
}

static void
what_cannot_be_watched_is_told(void **state)
{
	cleanup_loop struct loop *l = NULL;
	struct loop_fd w = {.events = EPOLLIN, .ready = see};
	struct err e = {0};

	(void)state;
	assert_int_equal(loop_new(&l, NULL), 0);
	w.fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	assert_true(w.fd >= 0);
	close(w.fd);
	assert_int_equal(loop_add(l, &w, &e), -EBADF);
	assert_int_equal(e.kind, ERR_PERM);
	loop_remove(&w);
	loop_change(&w, EPOLLOUT);
	w.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(loop_add(l, &w, &e), -EPERM);
	close(w.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(timers_are_called_in_order),
	    cmocka_unit_test(a_timer_that_sets_itself_lets_others_live),
	    cmocka_unit_test(a_timer_cancels_one_that_is_due_as_well),
	    cmocka_unit_test(it_runs_until_it_is_stopped),
	    cmocka_unit_test(descriptors_are_told_by_level),
	    cmocka_unit_test(no_event_follows_a_removal),
	    cmocka_unit_test(an_old_event_is_not_told_to_a_new_watch),
	    cmocka_unit_test(an_event_that_is_no_longer_wanted_is_not_told),
	    cmocka_unit_test(descriptors_come_before_timers),
	    cmocka_unit_test(what_cannot_be_watched_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
