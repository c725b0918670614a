/* SPDX-License-Identifier: Apache-2.0 */
/* The channel between two processes of fg-console. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "channel.h"

static struct {
	struct loop *loop;
	struct channel a, b;
	unsigned taken, gone, until;
	size_t body;
} t;

static char body[64 * 1024];

static void
take(struct channel *c, const struct message *m)
{
	(void)c;
	assert_int_equal(m->op, MESSAGE_REPLY);
	assert_int_equal(m->id, t.taken);
	assert_int_equal(m->body.n, t.body);
	assert_true(m->body.n == 0 || m->body.p[m->body.n - 1] == 'x');
	if (++t.taken == t.until)
		loop_stop(t.loop);
}

static void
gone(struct channel *c)
{
	(void)c;
	t.gone++;
	loop_stop(t.loop);
}

static int
set_up(void **state)
{
	int fds[2];

	(void)state;
	memset(&t, 0, sizeof t);
	memset(body, 'x', sizeof body);
	t.a.take = t.b.take = take;
	t.a.gone = t.b.gone = gone;
	if (loop_new(&t.loop, NULL) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return 1;
	return channel_open(&t.a, t.loop, fds[0], NULL) != 0 ||
	       channel_open(&t.b, t.loop, fds[1], NULL) != 0;
}

static int
tear_down(void **state)
{
	(void)state;
	channel_close(&t.a);
	channel_close(&t.b);
	loop_free(t.loop);
	return 0;
}

static void
send_one(unsigned id, size_t n)
{
	t.body = n;
	assert_int_equal(
	    channel_send(&t.a, MESSAGE_REPLY, id, str_make(body, n)), 0);
}

static void
in_order(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 300; i++)
		send_one(i, 1000);
	t.until = 300;
	assert_int_equal(loop_run(t.loop, NULL), 0);
	assert_int_equal(channel_waiting(&t.a), 0);
	t.until = 301;
	send_one(300, 0);
	assert_int_equal(loop_run(t.loop, NULL), 0);
	assert_int_equal(t.taken, 301);
}

/* One that always has something to send forgets what it has sent. */
static void
never_empty(void **state)
{
	size_t most = 0;

	(void)state;
	while (channel_waiting(&t.a) < 4 * sizeof body)
		send_one(t.until++, sizeof body);
	for (unsigned i = t.until; i < 1000; i++) {
		char some[sizeof body];
		ssize_t n = 1;

		/* The other side takes as much as comes. */
		for (size_t left = sizeof some; left > 0 && n > 0;
		     left -= (size_t)n)
			n = recv(t.b.watch.fd, some, left, MSG_DONTWAIT);
		send_one(i, sizeof body);
		assert_true(channel_waiting(&t.a) > 0);
		most = t.a.out.n > most ? t.a.out.n : most;
	}
	assert_in_range(most, 1, 32 * sizeof body);
}

static void
the_other_end_goes(void **state)
{
	(void)state;
	channel_close(&t.b);
	assert_int_equal(loop_run(t.loop, NULL), 0);
	assert_int_equal(t.gone, 1);
}

static void
too_large(void **state)
{
	(void)state;
	assert_int_equal(channel_send(&t.a, MESSAGE_REPLY, 0,
			     str_make(body, (size_t)MESSAGE_MAX + 1)),
	    -EFBIG);
	assert_int_equal(channel_waiting(&t.a), 0);
}

/* A head that promises more than a message may have. */
static void
nonsense(void **state)
{
	static const unsigned char head[16] = {1, 0, 0, 0, 255, 255, 255, 255};

	(void)state;
	assert_int_equal(send(t.a.watch.fd, head, sizeof head, 0), sizeof head);
	assert_int_equal(loop_run(t.loop, NULL), 0);
	assert_int_equal(t.gone, 1);
	assert_int_equal(t.taken, 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(in_order),
	    TEST(never_empty),
	    TEST(the_other_end_goes),
	    TEST(too_large),
	    TEST(nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
