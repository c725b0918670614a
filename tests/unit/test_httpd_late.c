/* SPDX-License-Identifier: Apache-2.0 */
/* What a peer gets that takes its time: a deadline for each thing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpd/httpd_conn.h"
#include "httpd_peer.h"

enum { SOON_MS = 100, FAR_MS = 600000 };

#define GET(path, fields) "GET " path " HTTP/1.1\r\nHost: a\r\n" fields "\r\n"
#define POST(path, fields) "POST " path " HTTP/1.1\r\nHost: a\r\n" fields "\r\n"
#define CLOSE "Connection: close\r\n"

/* ---- too late ----------------------------------------------------------- */

/* Says a byte now and then, until it is not heard any more. */
static void
drip(struct peer *p, char c)
{
	int64_t until = time_monotonic_ms() + PATIENCE_MS;

	while (!p->ended) {
		int64_t next = time_monotonic_ms() + 3;

		assert_true(next < until);
		while (time_monotonic_ms() < next)
			world_turn();
		(void)(p->tls != NULL ? tls_write(p->tls, &c, 1, NULL)
				      : send(p->fd, &c, 1, MSG_NOSIGNAL));
		world_turn();
		peer_read(p);
	}
}

static void
a_head_that_does_not_end(void **state)
{
	const struct httpd_config cfg = {
	    .head_ms = SOON_MS, .idle_ms = FAR_MS, .linger_ms = SOON_MS};
	struct peer p, silent;

	world_begin(*state, &cfg);
	p = peer_open(*state);
	silent = peer_open(*state);
	peer_say(&p, STR("GET / HTTP/1.1\r\nX: "));
	drip(&p, 'x');
	assert_true(str_starts(buf_str(&p.in), "HTTP/1.1 408 "));
	assert_string_equal(world.last_refused, "head_late");
	/* Who has said nothing is told nothing. */
	if (!((const struct mode *)*state)->tls) {
		peer_hear(&silent, NULL);
		assert_int_equal(silent.in.n, 0);
		assert_int_equal(silent.failure, 0);
	}
	peer_close(&p);
	peer_close(&silent);
	/* Nor may the second head of a connection take longer. */
	p = peer_open(*state);
	peer_say(&p, STR(GET("/hello", "")));
	peer_hear(&p, "hello\n");
	buf_reset(&p.in);
	peer_say(&p, STR("GET"));
	drip(&p, 'T');
	assert_true(str_starts(buf_str(&p.in), "HTTP/1.1 408 "));
	peer_close(&p);
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	world_end();
}

static void
a_body_that_does_not_end(void **state)
{
	const struct httpd_config cfg = {
	    .body_ms = SOON_MS, .linger_ms = SOON_MS};
	const struct str heads[] = {
	    STR(POST("/echo", "Content-Length: 1000000\r\n") "x"),
	    STR(POST("/echo", "Transfer-Encoding: chunked\r\n") "fffff\r\n"),
	    STR(POST("/echo", "Content-Length: 1000000\r\n"
			      "Expect: 100-continue\r\n")),
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct peer p;

		world_begin(*state, &cfg);
		p = peer_open(*state);
		peer_say(&p, heads[i]);
		drip(&p, 'x');
		assert_true(peer_has(&p, "HTTP/1.1 408 "));
		assert_string_equal(world.last_refused, "body_late");
		assert_int_equal(world.served, 0);
		assert_int_equal(httpd_stat(world.httpd)->late, 1);
		peer_close(&p);
		world_empty();
		assert_int_equal(httpd_stat(world.httpd)->memory, 0);
		world_end();
	}
}

static void
a_handshake_that_does_not_end(void **state)
{
	const struct httpd_config cfg = {
	    .handshake_ms = SOON_MS, .head_ms = FAR_MS, .linger_ms = FAR_MS};
	struct peer silent, some, half;

	(void)state;
	world_begin(&(struct mode){true}, &cfg);
	silent = peer_open(&(struct mode){false});
	some = peer_open(&(struct mode){false});
	half = peer_open(&(struct mode){true});
	peer_say(&some, STR("\x16\x03\x01\x02\x00\x01\x00"));
	/* A hello without an end of the handshake. */
	(void)tls_handshake(half.tls, NULL);
	world_turn();
	(void)tls_handshake(half.tls, NULL);
	peer_hear(&silent, NULL);
	peer_hear(&some, NULL);
	assert_int_equal(silent.in.n + some.in.n, 0);
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->late, 3);
	assert_int_equal(world.served, 0);
	peer_close(&silent);
	peer_close(&some);
	peer_close(&half);
	world_end();
}

static void
nothing_more_is_asked(void **state)
{
	const struct httpd_config cfg = {.idle_ms = SOON_MS};
	struct peer p;

	world_begin(*state, &cfg);
	p = peer_open(*state);
	peer_say(&p, STR(GET("/hello", "")));
	peer_hear(&p, NULL);
	assert_true(peer_has(&p, "hello\n"));
	assert_false(peer_has(&p, "close"));
	/* With TLS, too, it is said. */
	assert_int_equal(p.failure, 0);
	assert_int_equal(httpd_stat(world.httpd)->late, 0);
	peer_close(&p);
	world_end();
}

static void
an_answer_that_nobody_reads(void **state)
{
	const struct httpd_config cfg = {
	    .write_ms = SOON_MS, .head_ms = FAR_MS, .idle_ms = FAR_MS};
	struct peer p, q;

	world_begin(*state, &cfg);
	p = peer_open(*state);
	peer_say(&p, STR(GET("/big", "")));
	q = peer_open(*state);
	peer_say(&q, STR(GET("/stream", "")));
	while (world.served < 2)
		world_turn();
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->late, 2);
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	assert_int_equal(world.gone, 1);
	peer_hear(&p, NULL);
	peer_hear(&q, NULL);
	/* It does not look like an answer that has come to its end. */
	assert_int_equal(p.failure, -ECONNRESET);
	peer_close(&p);
	peer_close(&q);
	world_end();
}

/* Slowly, but it reads: that is fine, even if all of it takes longer. */
static void
an_answer_that_is_read_slowly(void **state)
{
	enum { STEPS = 8, STEP_MS = 300 };
	const struct httpd_config cfg = {.write_ms = STEPS * STEP_MS * 3 / 4};
	const struct mode *m = *state;
	struct peer p;
	size_t done = 0;

	world_begin(m, &cfg);
	p = peer_open(m);
	peer_say(&p, STR(GET("/big", CLOSE)));
	for (int step = 1; step <= STEPS; step++) {
		int64_t next = time_monotonic_ms() + STEP_MS;

		while (done < (size_t)step * 2 * HTTPD_WRITE_STEP) {
			done += peer_sip(&p);
			world_turn();
		}
		while (time_monotonic_ms() < next)
			world_turn();
	}
	peer_hear(&p, NULL);
	assert_int_equal(peer_body(&p).n, BIG);
	peer_close(&p);
	world_end();
}

static void
who_is_refused_and_stays(void **state)
{
	const struct httpd_config cfg = {
	    .linger_ms = SOON_MS, .head_ms = FAR_MS, .idle_ms = FAR_MS};
	struct peer p;

	world_begin(*state, &cfg);
	p = peer_open(*state);
	peer_say(&p, STR("nonsense\r\n\r\n"));
	/* It has the answer, and does not go. */
	peer_hear(&p, "HTTP/1.1 400 Bad Request\r\n");
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->late, 0);
	peer_close(&p);
	world_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PLAIN_AND_TLS(a_head_that_does_not_end),
	    PLAIN_AND_TLS(a_body_that_does_not_end),
	    cmocka_unit_test(a_handshake_that_does_not_end),
	    PLAIN_AND_TLS(nothing_more_is_asked),
	    PLAIN_AND_TLS(an_answer_that_nobody_reads),
	    PLAIN_AND_TLS(an_answer_that_is_read_slowly),
	    PLAIN_AND_TLS(who_is_refused_and_stays),
	};

	return cmocka_run_group_tests(tests, certificates, no_certificates);
}
