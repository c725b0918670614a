/* SPDX-License-Identifier: Apache-2.0 */
/* What happens on the network: loopback only. */
#include "trace_run.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

/* One question: Example.COM, A, IN. */
static const char query[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
			    "\x07"
			    "Example\x03"
			    "COM\x00\x00\x01\x00\x01";
enum { QUERY = sizeof(query) - 1 };

static struct sockaddr_in
loopback(uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET};

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(port);
	return in;
}

static int
connections(void)
{
	struct sockaddr_in in = loopback(0);
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "none"};
	socklen_t n = sizeof(in);
	int listener, one, two;

	MUST((listener = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
	MUST(bind(listener, (struct sockaddr *)&in, sizeof(in)) == 0);
	MUST(listen(listener, 5) == 0);
	MUST(getsockname(listener, (struct sockaddr *)&in, &n) == 0);
	MUST((one = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
	MUST(connect(one, (struct sockaddr *)&in, sizeof(in)) == 0);
	MUST((two = accept(listener, NULL, NULL)) >= 0);
	MUST(send(one, "x", 1, 0) == 1);
	MUST(dup2(one, 0) == 0);
	MUST(dup2(listener, 9) == 9);
	MUST((one = socket(AF_UNIX, SOCK_STREAM, 0)) >= 0);
	MUST(connect(one, (struct sockaddr *)&un, sizeof(un)) < 0 &&
	     errno == ENOENT);
	return 0;
}

static void
tells_connections(void **state)
{
	int prevent;

	(void)state;
	for (prevent = 0; prevent < 2; prevent++) {
		run_new(prevent ? ALL_BUT_READS : 0);
		run.config.watches = ALL_BUT_READS;
		run_expect(connections, 0);
		assert_int_equal(run_count(EVENT_BIND), 1);
		assert_int_equal(run_count(EVENT_CONNECT), 1);
		assert_int_equal(run_count(EVENT_SEND), 0);
		assert_int_equal(run_event(EVENT_LISTEN, 0)->port,
		    run_event(EVENT_CONNECT, 0)->port);
		assert_int_equal(
		    run_event(EVENT_CONNECT, 0)->protocol, IPPROTO_TCP);
		assert_int_equal(
		    run_event(EVENT_CONNECT, 0)->addr.bytes[0], 127);
		assert_int_equal(run_count(EVENT_ACCEPT), 1);
		assert_int_equal(run_count(EVENT_STDIO), 1);
	}
}

static int
deny_network(struct run *r, const struct event *ev)
{
	(void)r;
	return ev->name == EVENT_CONNECT && ev->port == 9 ? -ECONNREFUSED
	       : ev->name == EVENT_ACCEPT                 ? -EPERM
							  : 0;
}

static int
denied_connections(void)
{
	struct sockaddr_in in = loopback(0), nine = loopback(9);
	socklen_t n = sizeof(in);
	int listener, one;

	MUST((listener = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
	MUST(bind(listener, (struct sockaddr *)&in, sizeof(in)) == 0);
	MUST(listen(listener, 5) == 0);
	MUST(getsockname(listener, (struct sockaddr *)&in, &n) == 0);
	MUST((one = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
	MUST(connect(one, (struct sockaddr *)&nine, sizeof(nine)) < 0 &&
	     errno == ECONNREFUSED);
	MUST(connect(one, (struct sockaddr *)&in, sizeof(in)) == 0);
	MUST(accept(listener, NULL, NULL) < 0 && errno == EPERM);
	MUST(fcntl(one + 1, F_GETFD) < 0 && errno == EBADF);
	return 0;
}

static void
denies_connections(void **state)
{
	(void)state;
	run_new(ALL_BUT_READS);
	run.config.watches = ALL_BUT_READS;
	run.judge = deny_network;
	run_expect(denied_connections, 0);
}

static int
queries(void)
{
	struct sockaddr_in in = loopback(53);
	char copy[QUERY];
	struct iovec iov = {copy, QUERY};
	struct mmsghdr m[2] = {
	    {.msg_hdr.msg_iov = &iov}, {.msg_hdr.msg_iov = &iov}};
	int fd, i;

	memcpy(copy, query, QUERY);
	m[0].msg_hdr.msg_iovlen = m[1].msg_hdr.msg_iovlen = 1;
	MUST((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
	MUST(sendto(fd, query, QUERY, 0, (struct sockaddr *)&in, sizeof(in)) ==
	     QUERY);
	MUST(close(fd) == 0);
	MUST((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
	MUST(connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0);
	MUST(poll(NULL, 0, 0) == 0);
	MUST(write(fd, query, QUERY) == QUERY || errno == ECONNREFUSED);
	MUST(close(fd) == 0);
	MUST((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
	MUST(connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0);
	MUST((i = sendmmsg(fd, m, 2, 0)) > 0);
	MUST(i == 1 ? m[0].msg_len == QUERY && m[1].msg_len == 0
		    : m[1].msg_len == QUERY);
	MUST(close(fd) == 0);
	/* No query, not to port 53. */
	in.sin_port = htons(5300);
	MUST((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
	m[0].msg_hdr.msg_name = &in;
	m[0].msg_hdr.msg_namelen = sizeof(in);
	MUST(sendmsg(fd, &m[0].msg_hdr, 0) == QUERY);
	MUST(
	    sendto(fd, "hello", 5, 0, (struct sockaddr *)&in, sizeof(in)) == 5);
	return 0;
}

static void *
wait_here(void *arg)
{
	(void)pause();
	return arg;
}

static int
queries_by_threads(void)
{
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, wait_here, NULL) == 0);
	return queries();
}

static void
tells_queries(void **state)
{
	int prevent;

	(void)state;
	for (prevent = 0; prevent < 3; prevent++) {
		run_new(prevent ? ALL_BUT_READS : 0);
		run_expect(prevent == 2 ? queries_by_threads : queries, 0);
		assert_int_equal(run_count(EVENT_DNS), prevent ? 3 : 4);
		assert_string_equal(
		    run_event(EVENT_DNS, 0)->domain, "example.com");
		assert_string_equal(
		    run_event(EVENT_DNS, 1)->domain, "example.com");
		assert_int_equal(run_count(EVENT_SEND), 3);
	}
}

static int
denied_queries(void)
{
	struct sockaddr_in in = loopback(53);
	int fd;

	MUST((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
	MUST(sendto(fd, query, QUERY, 0, (struct sockaddr *)&in, sizeof(in)) <
		 0 &&
	     errno == EPERM);
	MUST(connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0);
	MUST(write(fd, query, QUERY) < 0 && errno == EPERM);
	return 0;
}

static void
denies_queries(void **state)
{
	(void)state;
	run_new(ALL_BUT_READS);
	run.denied = EVENT_BIT(EVENT_DNS);
	run_expect(denied_queries, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		tells_connections, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		denies_connections, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		tells_queries, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		denies_queries, run_setup, run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
