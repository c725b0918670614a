/* SPDX-License-Identifier: Apache-2.0 */
/* What a peer that means well gets; each by plain TCP and by TLS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpd_peer.h"

#define GET(path, fields) "GET " path " HTTP/1.1\r\nHost: a\r\n" fields "\r\n"
#define CLOSE "Connection: close\r\n"

static void
one_request(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_once(*state, STR(GET("/hello", CLOSE)));
	assert_true(str_starts(buf_str(&p.in), "HTTP/1.1 200 OK\r\nDate: "));
	assert_true(peer_has(&p, " GMT\r\nContent-Type: text/plain\r\n"
				 "Content-Length: 6\r\n"
				 "Connection: close\r\n\r\nhello\n"));
	assert_int_equal(p.failure, 0);
	peer_close(&p);
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	world_end();
}

static void
one_after_the_other(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	for (int i = 0; i < 5; i++) {
		buf_reset(&p.in);
		peer_say(&p, STR(GET("/hello", "")));
		peer_hear(&p, "\r\n\r\nhello\n");
		assert_false(peer_has(&p, "Connection"));
	}
	assert_int_equal(httpd_stat(world.httpd)->accepted, 1);
	assert_int_equal(world.served, 5);
	peer_close(&p);
	world_empty();
	world_end();
}

static void
many_at_once_in_order(void **state)
{
	struct buf all = BUF_MAX(1 << 20);
	struct peer p;
	char *at;

	world_begin(*state, NULL);
	for (int i = 0; i < 500; i++)
		buf_addf(&all,
		    "POST /echo HTTP/1.1\r\nHost: a\r\n"
		    "Content-Length: 8\r\n\r\n<%06d>",
		    i);
	buf_addz(&all, GET("/hello", CLOSE));
	p = peer_once(*state, buf_str(&all));
	at = p.in.p;
	for (int i = 0; i < 500; i++) {
		char want[16];

		(void)snprintf(want, sizeof want, "<%06d>", i);
		at = strstr(at, want);
		assert_non_null(at);
	}
	assert_non_null(strstr(at, "hello\n"));
	assert_int_equal(world.served, 501);
	peer_close(&p);
	buf_free(&all);
	world_end();
}

/* A connection that never stops asking: others are served all the same. */
static void
many_at_once_let_others_live(void **state)
{
	struct buf all = BUF_MAX(1 << 20);
	struct peer greedy, p;
	int turns = 0;

	world_begin(*state, NULL);
	for (int i = 0; i < 1000; i++)
		buf_addz(&all, GET("/hello", ""));
	p = peer_open(*state);
	peer_say(&p, STR(GET("/hello", "")));
	peer_hear(&p, "hello\n");
	buf_reset(&p.in);
	greedy = peer_open(*state);
	peer_say(&greedy, buf_str(&all));
	world.served = 0;
	peer_say(&p, STR(GET("/hello", "")));
	for (; !peer_has(&p, "hello\n"); turns++) {
		world_turn();
		peer_read(&p);
	}
	assert_true(turns < 20);
	peer_close(&p);
	peer_close(&greedy);
	buf_free(&all);
	world_end();
}

static void
byte_after_byte(void **state)
{
	const struct str s = STR(
	    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	    "\r\n5\r\nabcde\r\n1\r\nf\r\n0\r\nX: y\r\n\r\n" GET(
		"/hello", CLOSE));
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	for (size_t i = 0; i < s.n; i++) {
		peer_say(&p, str_make(s.p + i, 1));
		world_turn();
	}
	peer_hear(&p, NULL);
	assert_true(peer_has(&p, "Content-Length: 6\r\n\r\nabcdef"));
	assert_true(peer_has(&p, "hello\n"));
	peer_close(&p);
	world_end();
}

static void
bodies_of_all_sizes(void **state)
{
	static const size_t sizes[] = {
	    0, 1, 100, 16384, 65535, 65536, 65537, 300000, 1048576};
	struct buf all = BUF_MAX(4 << 20);
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		buf_reset(&all);
		buf_addf(&all,
		    "POST /echo HTTP/1.1\r\nHost: a\r\n"
		    "Content-Length: %zu\r\n\r\n",
		    sizes[i]);
		buf_add(&all, world.big, sizes[i]);
		peer_say(&p, buf_str(&all));
		buf_reset(&p.in);
		peer_hear(&p, "\r\n\r\n");
		while (peer_body(&p).n < sizes[i]) {
			world_turn();
			peer_read(&p);
		}
		assert_int_equal(peer_body(&p).n, sizes[i]);
		assert_memory_equal(peer_body(&p).p, world.big, sizes[i]);
	}
	peer_close(&p);
	buf_free(&all);
	world_end();
}

static void
chunks_of_all_sizes(void **state)
{
	struct buf all = BUF_MAX(4 << 20);
	size_t done = 0;
	struct peer p;

	world_begin(*state, NULL);
	buf_addz(&all, "POST /echo HTTP/1.1\r\nHost: a\r\n"
		       "Transfer-Encoding: chunked\r\n" CLOSE "\r\n");
	for (size_t n = 1; done < 200000; n = n * 5 % 1009 + 1) {
		buf_addf(&all, "%zX\r\n", n);
		buf_add(&all, world.big + done, n);
		buf_addz(&all, "\r\n");
		done += n;
	}
	buf_addz(&all, "0\r\n\r\n");
	p = peer_once(*state, buf_str(&all));
	assert_int_equal(peer_body(&p).n, done);
	assert_memory_equal(peer_body(&p).p, world.big, done);
	peer_close(&p);
	buf_free(&all);
	world_end();
}

static void
a_big_answer(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_once(*state, STR(GET("/big", CLOSE)));
	assert_int_equal(peer_body(&p).n, BIG);
	assert_memory_equal(peer_body(&p).p, world.big, BIG);
	assert_int_equal(p.failure, 0);
	peer_close(&p);
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	world_end();
}

static void
head_has_no_body(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_once(*state,
	    STR("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n"
		"HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
		"HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n" GET("/none", "")
		    GET("/same", "") GET("/hello", CLOSE)));
	assert_true(peer_has(&p, "Content-Length: 6\r\n\r\nHTTP/1.1 404 Not "
				 "Found\r\n"));
	assert_true(peer_has(&p, "text/plain\r\n\r\nHTTP/1.1 204 No Content"));
	assert_false(peer_has(&p, "not sent"));
	assert_int_equal(peer_counts(&p, "hello\n"), 1);
	assert_int_equal(peer_counts(&p, "Content-Length"), 3);
	assert_int_equal(peer_counts(&p, "Transfer-Encoding"), 0);
	peer_close(&p);
	world_end();
}

static void
old_peers(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	/* Without Connection: keep-alive it is closed. */
	p = peer_once(*state, STR("GET /hello HTTP/1.0\r\n\r\n"));
	assert_true(peer_has(&p, "Connection: close\r\n\r\nhello\n"));
	peer_close(&p);
	p = peer_once(*state,
	    STR("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
		"GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
	assert_true(peer_has(&p, "Connection: keep-alive\r\n\r\nhello\n"));
	assert_true(peer_has(&p, "Connection: close\r\n\r\nabcdef"));
	assert_false(peer_has(&p, "Transfer-Encoding"));
	assert_int_equal(p.in.p[p.in.n - 1], stream_byte(STREAMED - 1));
	peer_close(&p);
	world_end();
}

static void
expectations(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(
	    &p, STR("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
		    "Expect: 100-continue\r\n\r\n"));
	peer_hear(&p, "HTTP/1.1 100 Continue\r\n\r\n");
	assert_int_equal(world.served, 0);
	peer_say(&p, STR("abc"));
	peer_hear(&p, "\r\n\r\nabc");
	/* The body is there already. */
	buf_reset(&p.in);
	peer_say(
	    &p, STR("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
		    "Expect: 100-continue\r\n\r\ndef"));
	peer_hear(&p, "\r\n\r\ndef");
	assert_false(peer_has(&p, "100"));
	/* It is not wanted. */
	buf_reset(&p.in);
	peer_say(
	    &p, STR("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n"
		    "Expect: 100-continue\r\n\r\n"));
	peer_hear(&p, NULL);
	assert_true(str_starts(buf_str(&p.in), "HTTP/1.1 413 "));
	peer_close(&p);
	world_end();
}

static void
who_it_is(void **state)
{
	const struct mode *m = *state;
	struct peer p;

	world_begin(m, NULL);
	p = peer_open(m);
	for (int i = 0; i < 2; i++) {
		buf_reset(&p.in);
		peer_say(&p, STR(GET("/hello", "")));
		peer_hear(&p, "hello\n");
		assert_string_equal(world.uri, m->tls ? "fg:app/test" : "");
	}
	peer_close(&p);
	/* Without a certificate, also right behind one that has it. */
	p = peer_open_as(m, world.stranger);
	peer_say(&p, STR(GET("/hello", "")));
	peer_hear(&p, "hello\n");
	assert_string_equal(world.uri, "");
	peer_close(&p);
	world_end();
}

/* New certificates are for who connects from then on. */
static void
another_context(void **state)
{
	struct peer before, after;

	(void)state;
	world_begin(&(struct mode){true}, NULL);
	before = peer_open(&(struct mode){true});
	peer_say(&before, STR(GET("/hello", "")));
	peer_hear(&before, "hello\n");
	assert_int_equal(no_certificates(NULL), 0);
	assert_int_equal(certificates(NULL), 0);
	httpd_tls(world.httpd, world.tls);
	after = peer_open(&(struct mode){true});
	peer_say(&after, STR(GET("/hello", "")));
	peer_hear(&after, "hello\n");
	buf_reset(&before.in);
	peer_say(&before, STR(GET("/hello", "")));
	peer_hear(&before, "hello\n");
	assert_int_equal(httpd_stat(world.httpd)->handshakes_failed, 0);
	peer_close(&before);
	peer_close(&after);
	world_end();
}

static void
heads_that_cannot_be_written(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_once(*state, STR(GET("/bad", CLOSE)));
	assert_true(str_starts(
	    buf_str(&p.in), "HTTP/1.1 500 Internal Server Error\r\n"));
	assert_false(peer_has(&p, "Cookie"));
	assert_int_equal(peer_body(&p).n, 0);
	peer_close(&p);
	world_end();
}

static void
errors_are_told_as_json(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_once(*state, STR(GET("/nothing", CLOSE)));
	assert_true(peer_has(&p, "Content-Type: application/json\r\n"));
	assert_true(str_eqz(peer_body(&p),
	    "{\"type\":\"error\",\"v\":1,\"status\":404,"
	    "\"msg\":\"there is no such \\\"thing\\\"\"}\n"));
	peer_close(&p);
	world_end();
}

static void
a_half_closed_peer_is_answered(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(&p, STR(GET("/hello", "") GET("/hold-to-the-end", "")));
	wait_held(1);
	if (p.tls != NULL)
		assert_int_equal(tls_close(p.tls, NULL), 0);
	assert_int_equal(shutdown(p.fd, SHUT_WR), 0);
	for (int i = 0; i < 5; i++)
		world_turn();
	httpd_answer(unhold(), 200, NULL, 0, STR("late"));
	peer_hear(&p, "\r\n\r\nlate");
	peer_hear(&p, NULL);
	peer_close(&p);
	world_empty();
	world_end();
}

static void
drain(void **state)
{
	struct peer idle, busy, fresh;

	world_begin(*state, NULL);
	idle = peer_open(*state);
	peer_say(&idle, STR(GET("/hello", "")));
	peer_hear(&idle, "hello\n");
	busy = peer_open(*state);
	peer_say(&busy, STR(GET("/hold", "") GET("/hello", "")));
	wait_held(1);
	fresh = peer_open(*state);
	peer_say(&fresh, STR("GET /hello HTTP/1.1\r\n"));
	while (httpd_stat(world.httpd)->connections < 3)
		world_turn();
	httpd_drain(world.httpd);
	peer_hear(&idle, NULL);
	assert_int_equal(httpd_stat(world.httpd)->connections, 2);
	peer_say(&fresh, STR("Host: a\r\n\r\n"));
	peer_hear(&fresh, "Connection: close\r\n\r\nhello\n");
	peer_hear(&fresh, NULL);
	assert_false(world.drained);
	httpd_answer(unhold(), 200, NULL, 0, STR("done"));
	peer_hear(&busy, "Connection: close\r\n\r\ndone");
	peer_hear(&busy, NULL);
	/* The second was not served: the peer knows by the close. */
	assert_false(peer_has(&busy, "hello"));
	peer_close(&idle);
	peer_close(&busy);
	peer_close(&fresh);
	world_empty();
	world_turn();
	assert_true(world.drained);
	world_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PLAIN_AND_TLS(one_request),
	    PLAIN_AND_TLS(one_after_the_other),
	    PLAIN_AND_TLS(many_at_once_in_order),
	    PLAIN_AND_TLS(many_at_once_let_others_live),
	    PLAIN_AND_TLS(byte_after_byte),
	    PLAIN_AND_TLS(bodies_of_all_sizes),
	    PLAIN_AND_TLS(chunks_of_all_sizes),
	    PLAIN_AND_TLS(a_big_answer),
	    PLAIN_AND_TLS(head_has_no_body),
	    PLAIN_AND_TLS(old_peers),
	    PLAIN_AND_TLS(expectations),
	    PLAIN_AND_TLS(who_it_is),
	    cmocka_unit_test(another_context),
	    PLAIN_AND_TLS(heads_that_cannot_be_written),
	    PLAIN_AND_TLS(errors_are_told_as_json),
	    PLAIN_AND_TLS(a_half_closed_peer_is_answered),
	    PLAIN_AND_TLS(drain),
	};

	return cmocka_run_group_tests(tests, certificates, no_certificates);
}
