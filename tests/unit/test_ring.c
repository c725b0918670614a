/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ring/ring.h"

enum { MANY = 200000 };

static struct ring *
ring_new(void)
{
	struct ring *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(r != MAP_FAILED);
	return r;
}

/* Sizes differ, so that the end of the memory is met in every way. */
static struct event
numbered(uint64_t i)
{
	static const char text[20000];

	return (struct event){.name = EVENT_EXEC,
	    .seq = i,
	    .count = 1,
	    .detail = {text, i * 37 % sizeof text}};
}

static void
take(struct ring *r, struct event *ev)
{
	const void *p;
	size_t n;

	assert_true(ring_peek(r, &p, &n));
	assert_int_equal(event_unpack(p, n, ev), 0);
	ring_pop(r);
}

static void
first_in_first_out(void **state)
{
	struct ring *r = ring_new();
	const void *p;
	struct event ev;
	size_t n;

	(void)state;
	assert_false(ring_peek(r, &p, &n));
	for (uint64_t i = 0; i < MANY; i++) {
		ev = numbered(i);
		assert_true(ring_put(r, &ev));
		if (i % 3 != 2)
			continue;
		for (uint64_t k = i - 2; k <= i; k++) {
			take(r, &ev);
			assert_int_equal(ev.seq, k);
			assert_int_equal(ev.detail.n, numbered(k).detail.n);
		}
		assert_false(ring_peek(r, &p, &n));
	}
	assert_int_equal(atomic_load(&r->lost), 0);
	(void)munmap(r, sizeof *r);
}

static void
what_finds_no_room_is_counted(void **state)
{
	struct ring *r = ring_new();
	uint64_t put = 0, taken = 0;
	const void *p;
	size_t n;

	(void)state;
	for (uint64_t i = 0; i < 5000; i++) {
		struct event ev = numbered(i);

		put += ring_put(r, &ev);
	}
	assert_in_range(put, 1, 4999);
	assert_int_equal(atomic_load(&r->lost), 5000 - put);
	for (; ring_peek(r, &p, &n); ring_pop(r))
		taken++;
	assert_int_equal(taken, put);
	assert_true(ring_put(r, &(struct event){.name = EVENT_EXEC}));
	(void)munmap(r, sizeof *r);
}

static void
woken_once_for_each_sleep(void **state)
{
	struct ring *r = ring_new();
	struct event ev = numbered(1);

	(void)state;
	assert_false(ring_wake(r));
	assert_true(ring_sleep(r));
	assert_true(ring_put(r, &ev));
	assert_true(ring_wake(r));
	assert_false(ring_wake(r));
	assert_false(ring_sleep(r)); /* there is one */
	assert_false(ring_wake(r));
	(void)munmap(r, sizeof *r);
}

/* Each arrives, in order, or is counted as lost. */
static void
between_two_processes(void **state)
{
	struct ring *r = ring_new();
	uint64_t seen = 0, next = 0;
	int status = 0;
	bool over = false;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		for (uint64_t i = 0; i < MANY; i++) {
			struct event ev = numbered(i);

			(void)ring_put(r, &ev);
		}
		_exit(0);
	}
	for (;;) {
		const void *p;
		struct event ev;
		size_t n;

		if (!ring_peek(r, &p, &n)) {
			if (over)
				break;
			over = waitpid(pid, &status, WNOHANG) == pid;
			continue;
		}
		assert_int_equal(event_unpack(p, n, &ev), 0);
		assert_true(ev.seq >= next);
		assert_int_equal(ev.detail.n, numbered(ev.seq).detail.n);
		next = ev.seq + 1;
		seen++;
		ring_pop(r);
	}
	assert_int_equal(status, 0);
	assert_int_equal(seen + atomic_load(&r->lost), MANY);
	(void)munmap(r, sizeof *r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(first_in_first_out),
	    cmocka_unit_test(what_finds_no_room_is_counted),
	    cmocka_unit_test(woken_once_for_each_sleep),
	    cmocka_unit_test(between_two_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
