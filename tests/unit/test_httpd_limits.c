/* SPDX-License-Identifier: Apache-2.0 */
/* What a peer that means no good gets: bounded memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "httpd/httpd_conn.h"
#include "httpd_peer.h"

#define GET(path, fields) "GET " path " HTTP/1.1\r\nHost: a\r\n" fields "\r\n"
#define POST(path, fields) "POST " path " HTTP/1.1\r\nHost: a\r\n" fields "\r\n"
#define CLOSE "Connection: close\r\n"

/* ---- too much ----------------------------------------------------------- */

static void
refused_as(const struct mode *m, struct str s, unsigned status)
{
	struct peer p = peer_once(m, s);
	char want[32];

	(void)snprintf(want, sizeof want, "HTTP/1.1 %u ", status);
	if (!str_starts(buf_str(&p.in), want) || p.failure != 0 ||
	    peer_counts(&p, "HTTP/1.1") != 1 ||
	    !peer_has(&p, "Connection: close"))
		fail_msg("%.60s: not %u but %.60s", s.p, status, buf_z(&p.in));
	peer_close(&p);
}

static void
too_much_of_a_head(void **state)
{
	struct buf b = BUF_MAX(1 << 20);

	world_begin(*state, NULL);
	buf_addz(&b, "GET /");
	buf_add(&b, world.big, 9000);
	refused_as(*state, buf_str(&b), 414);
	buf_addz(&b, " HTTP/1.1\r\nHost: a\r\n\r\n");
	refused_as(*state, buf_str(&b), 414);
	buf_reset(&b);
	buf_addz(&b, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
	buf_add(&b, world.big, 9000);
	refused_as(*state, buf_str(&b), 431);
	buf_reset(&b);
	buf_addz(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < HTTP1_FIELDS_MAX; i++)
		buf_addz(&b, "X:\r\n");
	refused_as(*state, buf_str(&b), 431);
	buf_reset(&b);
	buf_addz(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < 20; i++) {
		buf_addz(&b, "X: ");
		buf_add(&b, world.big, 2000);
		buf_addz(&b, "\r\n");
	}
	refused_as(*state, buf_str(&b), 431);
	buf_reset(&b);
	for (int i = 0; i < 3; i++)
		buf_addz(&b, "ABCDEFGHIJKLMNOP");
	buf_addz(&b, " / HTTP/1.1\r\n");
	refused_as(*state, buf_str(&b), 501);
	assert_int_equal(world.served, 0);
	buf_free(&b);
	world_end();
}

static void
too_much_of_a_body(void **state)
{
	const struct mode *m = *state;
	struct buf b = BUF_MAX(4 << 20);
	struct peer p;

	world_begin(m, NULL);
	refused_as(m, STR(POST("/echo", "Content-Length: 1048577\r\n")), 413);
	refused_as(m,
	    STR(POST("/echo", "Transfer-Encoding: chunked\r\n") "100001\r\n"),
	    413);
	refused_as(m, STR(POST("/small", "Content-Length: 11\r\n")), 413);
	refused_as(m,
	    STR(POST("/small", "Transfer-Encoding: chunked\r\n") "a\r\n"
								 "0123456789"
								 "\r\n1\r\nx"),
	    413);
	refused_as(m, STR(POST("/none", "Content-Length: 1\r\n") "x"), 413);
	refused_as(
	    m, STR(POST("/none", "Transfer-Encoding: chunked\r\n")), 413);
	assert_int_equal(world.served, 0);
	assert_int_equal(world.bodies, 5);
	/* What fits is served, and no body is none that was asked for. */
	p = peer_once(m,
	    STR(POST("/small",
		"Transfer-Encoding: chunked\r\n") "a\r\n"
						  "0123456789"
						  "\r\n0\r\n\r\n" POST("/none",
						      "Content-Length: "
						      "0\r\n" CLOSE)));
	assert_int_equal(world.served, 2);
	assert_int_equal(world.bodies, 6);
	peer_close(&p);
	/* It sends all of it nevertheless, and hears why not. */
	buf_addz(&b, POST("/small", "Content-Length: 2000000\r\n"));
	buf_add(&b, world.big, 2000000);
	refused_as(m, buf_str(&b), 413);
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	buf_free(&b);
	world_end();
}

/* Many small chunks cost no more memory than what is in them. */
static void
chunks_of_one_byte(void **state)
{
	struct buf b = BUF_MAX(4 << 20);
	struct peer p;
	size_t most = 0;

	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(&p, STR(POST("/echo", "Transfer-Encoding: chunked\r\n")));
	for (int i = 0; i < 20000; i++)
		buf_addz(&b, "001\r\nx\r\n");
	for (int i = 0; i < 3; i++) {
		peer_say(&p, buf_str(&b));
		if (httpd_stat(world.httpd)->memory > most)
			most = httpd_stat(world.httpd)->memory;
	}
	assert_in_range(most, 20000, 262144);
	peer_say(&p, STR("0\r\n\r\n"));
	peer_hear(&p, "Content-Length: 60000\r\n");
	peer_close(&p);
	buf_free(&b);
	world_end();
}

/* All together have a bound, too; who comes first is served. */
static void
too_much_of_all(void **state)
{
	const struct httpd_config cfg = {.memory_max = (size_t)1 << 20};
	struct peer p[20];
	size_t refused = 0;

	world_begin(*state, &cfg);
	for (size_t i = 0; i < 20; i++) {
		p[i] = peer_open(*state);
		peer_say(
		    &p[i], STR(POST("/echo", "Content-Length: 100000\r\n")));
		peer_say(&p[i], str_make(world.big, 99999));
		world_turn();
		assert_true(httpd_stat(world.httpd)->memory <= 1300000);
	}
	for (size_t i = 0; i < 20; i++) {
		peer_say(&p[i], STR("x"));
		peer_hear(&p[i], "HTTP/1.1 ");
		refused += str_starts(buf_str(&p[i].in), "HTTP/1.1 503 ") &&
			   peer_has(&p[i], "\r\nRetry-After: 1\r\n");
	}
	assert_in_range(refused, 5, 15);
	for (size_t i = 0; i < 20; i++)
		peer_close(&p[i]);
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	world_end();
}

/* The same for answers that nobody reads. */
static void
too_much_that_is_not_read(void **state)
{
	const struct httpd_config cfg = {.memory_max = (size_t)6 << 20};
	struct peer p[12];
	size_t cut = 0;

	world_begin(*state, &cfg);
	for (size_t i = 0; i < 12; i++) {
		p[i] = peer_open(*state);
		peer_say(&p[i], i % 2 == 0 ? STR(GET("/big", CLOSE))
					   : STR(GET("/stream", CLOSE)));
		while (world.served + httpd_stat(world.httpd)->refused <= i)
			world_turn();
		assert_true(httpd_stat(world.httpd)->memory <= (16u << 20));
	}
	for (size_t i = 0; i < 12; i++) {
		peer_hear(&p[i], NULL);
		cut += p[i].in.n < BIG;
		peer_close(&p[i]);
	}
	assert_in_range(cut, 3, 11);
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	world_end();
}

/* ---- too many ----------------------------------------------------------- */

static void
the_longest_idle_goes(void **state)
{
	const struct httpd_config cfg = {.connections_max = 3};
	const struct mode *m = *state;
	struct peer held, first, second, third, fourth;

	world_begin(m, &cfg);
	held = peer_open(m);
	peer_say(&held, STR(GET("/hold", "")));
	wait_held(1);
	first = peer_open(m);
	peer_say(&first, STR(GET("/hello", "")));
	peer_hear(&first, "hello\n");
	second = peer_open(m);
	peer_say(&second, STR(GET("/hello", "")));
	peer_hear(&second, "hello\n");
	buf_reset(&first.in);
	peer_say(&first, STR(GET("/hello", "")));
	peer_hear(&first, "hello\n");
	/* `second` has been idle for longer than `first`. */
	third = peer_open(m);
	peer_say(&third, STR(GET("/hold", "")));
	wait_held(2);
	peer_hear(&second, NULL);
	assert_int_equal(second.failure, 0);
	assert_int_equal(httpd_stat(world.httpd)->evicted, 1);
	peer_say(&first, STR(GET("/hold", "")));
	wait_held(3);
	/* Nobody can be spared now. */
	fourth = peer_open(m);
	if (!m->tls) {
		peer_say(&fourth, STR(GET("/hello", "")));
		peer_hear(&fourth, NULL);
		assert_true(str_starts(buf_str(&fourth.in), "HTTP/1.1 503 "));
	}
	while (httpd_stat(world.httpd)->turned_away == 0)
		world_turn();
	assert_int_equal(httpd_stat(world.httpd)->connections, 3);
	assert_int_equal(httpd_stat(world.httpd)->evicted, 1);
	while (world.n_held > 0)
		httpd_answer(unhold(), 200, NULL, 0, STR("late"));
	peer_hear(&held, "late");
	peer_hear(&first, "late");
	peer_hear(&third, "late");
	peer_close(&held);
	peer_close(&first);
	peer_close(&second);
	peer_close(&third);
	peer_close(&fourth);
	world_end();
}

/* Sockets that come by another way; those beyond the limit are closed. */
static void
adopted(void **state)
{
	const struct httpd_config cfg = {.connections_max = 1};
	struct peer p = {.in = BUF_MAX(1 << 16)}, q = p;
	struct err e = {0};
	int ends[2];

	(void)state;
	world_begin(&(struct mode){false}, &cfg);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	assert_int_equal(httpd_adopt(world.httpd, ends[0], &e), 0);
	p.fd = ends[1];
	peer_say(&p, STR(GET("/hold", "")));
	wait_held(1);
	assert_string_equal(world.held[0]->peer_address.p, "");
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	assert_int_equal(httpd_adopt(world.httpd, ends[0], &e), -EAGAIN);
	assert_int_equal(e.kind, ERR_TEMP);
	q.fd = ends[1];
	peer_hear(&q, NULL);
	assert_true(str_starts(buf_str(&q.in), "HTTP/1.1 503 "));
	httpd_answer(unhold(), 200, NULL, 0, STR("late"));
	peer_hear(&p, "late");
	peer_close(&p);
	peer_close(&q);
	world_end();
}

/* Connections that say nothing do not keep out those that do. */
static void
a_flood_of_silence(void **state)
{
	enum { CROWD = 20 };
	const struct httpd_config cfg = {.connections_max = CROWD};
	struct peer silent[CROWD], p;
	int64_t old;

	world_begin(*state, &cfg);
	for (size_t i = 0; i < CROWD; i++)
		silent[i] = peer_open(*state);
	while (httpd_stat(world.httpd)->connections < CROWD)
		world_turn();
	peer_say(&silent[1], STR(GET("/hold", "")));
	wait_held(1);
	old = loop_now_ms(world.loop) + HTTPD_YOUNG_MS;
	while (loop_now_ms(world.loop) <= old)
		world_turn();
	p = peer_once(*state, STR(GET("/hello", CLOSE)));
	assert_true(peer_has(&p, "hello\n"));
	assert_int_equal(httpd_stat(world.httpd)->evicted, 1);
	/* The oldest was the first; who has asked something stays. */
	peer_hear(&silent[0], NULL);
	httpd_answer(unhold(), 200, NULL, 0, STR("late"));
	peer_hear(&silent[1], "late");
	for (size_t i = 0; i < CROWD; i++)
		peer_close(&silent[i]);
	peer_close(&p);
	world_end();
}

static void
no_descriptors(void **state)
{
	struct rlimit old, low;
	struct peer p;
	int64_t from;
	int next;

	world_begin(*state, NULL);
	p = peer_open(*state);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	next = dup(0);
	assert_true(next >= 0);
	close(next);
	low = old;
	low.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	from = time_monotonic_ms();
	for (int i = 0; i < 10; i++)
		world_turn();
	/* It waits rather than trying all the time: a tenth of a second. */
	assert_int_equal(httpd_stat(world.httpd)->accepted, 0);
	assert_in_range(httpd_stat(world.httpd)->accept_failed, 1,
	    1 + (time_monotonic_ms() - from) / 100);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	peer_say(&p, STR(GET("/hello", "")));
	peer_hear(&p, "hello\n");
	peer_close(&p);
	world_end();
}

/* ---- no sense ----------------------------------------------------------- */

static void
other_protocols(void **state)
{
	const struct str says[] = {
	    STR(GET("/hello", "")),
	    STR("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"),
	    STR("\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10"),
	    STR("SSH-2.0-OpenSSH_9.2p1\r\n"),
	    STR("\x16\x03\x01\xff\xff\x01"),
	    STR("\x15\x03\x03\x00\x02\x02\x28"),
	    STR("\x17\x03\x03\x00\x20\x01\x02"),
	};
	struct peer p;

	(void)state;
	world_begin(&(struct mode){true}, NULL);
	for (size_t i = 0; i < sizeof says / sizeof *says; i++) {
		p = peer_open(&(struct mode){false});
		peer_say(&p, says[i]);
		for (int j = 0; j < 3; j++)
			world_turn();
		assert_int_equal(shutdown(p.fd, SHUT_WR), 0);
		peer_hear(&p, NULL);
		assert_false(peer_has(&p, "HTTP"));
		peer_close(&p);
	}
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->handshakes_failed,
	    sizeof says / sizeof *says);
	assert_string_equal(world.last_refused, "tls_handshake");
	assert_int_equal(world.served, 0);
	world_end();
	/* And the other way round. */
	world_begin(&(struct mode){false}, NULL);
	p = peer_open(&(struct mode){true});
	(void)tls_handshake(p.tls, NULL);
	for (int i = 0; i < 3; i++)
		world_turn();
	assert_string_equal(world.last_refused, "tls");
	peer_close(&p);
	world_end();
}

/* Requests, more or less; nothing is expected but that it ends well. */
static struct str
nonsense(struct buf *b)
{
	static const char *const parts[] = {"GET ", "POST ", "/hello", "/echo",
	    "/stream", "/once", "/big", "/abort", " HTTP/1.1\r\n",
	    " HTTP/1.0\r\n", "Host: a\r\n", "Content-Length: 5\r\n",
	    "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n",
	    "Connection: close\r\n", "\r\n", "\r\n", "abcde", "5\r\nabcde\r\n",
	    "0\r\n\r\n", "\n", "\0", GET("/hello", ""), GET("/hold", ""),
	    GET("/hold-to-the-end", ""), GET("/stream", ""),
	    POST("/echo", "Content-Length: 5\r\n") "abcde",
	    POST("/echo",
		"Transfer-Encoding: chunked\r\n") "1\r\na\r\n0\r\n\r\n"};
	size_t n = (size_t)random() % 12;

	buf_reset(b);
	for (size_t i = 0; i < n; i++) {
		size_t from = 6 * (size_t)(random() % 2);
		size_t which =
		    (size_t)random() % (sizeof parts / sizeof *parts - from);

		buf_addz(b, parts[which + from]);
	}
	if (b->n > 0 && random() % 8 == 0)
		b->p[(size_t)random() % b->n] = (char)random();
	return buf_str(b);
}

static void
much_nonsense(void **state)
{
	enum { CROWD = 24, ROUNDS = 3000 };
	const struct mode *m = *state;
	const struct httpd_config cfg = {.connections_max = CROWD / 2};
	struct peer peers[CROWD] = {0};
	struct buf b = BUF_MAX(1 << 20);

	srandom(11);
	world_begin(m, &cfg);
	for (size_t i = 0; i < CROWD; i++)
		peers[i].fd = -1;
	for (int i = 0; i < ROUNDS; i++) {
		struct peer *p = &peers[(size_t)random() % CROWD];
		bool plain = random() % 8 == 0;

		if (p->fd < 0)
			*p = peer_open(plain ? &(struct mode){false} : m);
		nonsense(&b);
		if (p->tls != NULL && b.n > 0)
			(void)tls_write(p->tls, b.p, b.n, NULL);
		else if (b.n > 0)
			(void)send(p->fd, b.p, b.n, MSG_NOSIGNAL);
		if (random() % 4 != 0)
			peer_read(p);
		if (random() % 16 == 0)
			(void)shutdown(p->fd, SHUT_WR);
		if (random() % 16 == 0)
			peer_resets(p);
		if (random() % 5 == 0)
			peer_close(p);
		if (random() % 3 == 0 && world.n_held > 0)
			httpd_error(unhold(), 500, "late");
		assert_int_equal(loop_turn(world.loop, 0, NULL), 0);
	}
	for (size_t i = 0; i < CROWD; i++)
		peer_close(&peers[i]);
	assert_true(world.served > 100);
	while (world.n_held > 0)
		httpd_error(unhold(), 500, "late");
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	buf_free(&b);
	world_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PLAIN_AND_TLS(too_much_of_a_head),
	    PLAIN_AND_TLS(too_much_of_a_body),
	    PLAIN_AND_TLS(chunks_of_one_byte),
	    PLAIN_AND_TLS(too_much_of_all),
	    PLAIN_AND_TLS(too_much_that_is_not_read),
	    PLAIN_AND_TLS(the_longest_idle_goes),
	    cmocka_unit_test(adopted),
	    PLAIN_AND_TLS(a_flood_of_silence),
	    PLAIN_AND_TLS(no_descriptors),
	    cmocka_unit_test(other_protocols),
	    PLAIN_AND_TLS(much_nonsense),
	};

	return cmocka_run_group_tests(tests, certificates, no_certificates);
}
