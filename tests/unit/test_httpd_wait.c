/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that come later, or piece by piece; peers that do not wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http1/http1_chunk.h"
#include "httpd/httpd_conn.h"
#include "httpd_peer.h"

enum { MANY = 400, CHUNKS_MAX = 4096 };

#define GET(path, fields) "GET " path " HTTP/1.1\r\nHost: a\r\n" fields "\r\n"
#define CLOSE "Connection: close\r\n"

static void
turns(int n)
{
	while (n-- > 0)
		world_turn();
}

static void
wait_gone(size_t n)
{
	int64_t until = time_monotonic_ms() + PATIENCE_MS;

	while (httpd_stat(world.httpd)->gone < n) {
		assert_true(time_monotonic_ms() < until);
		world_turn();
	}
}

/* ---- later -------------------------------------------------------------- */

static void
an_answer_may_come_later(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(&p, STR(GET("/hold", "")));
	wait_held(1);
	/* Meanwhile nothing is kept of what it said. */
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	assert_null(world.held[0]->http);
	assert_int_equal(world.held[0]->body.n, 0);
	assert_string_equal(world.held[0]->peer_address.p, "127.0.0.1");
	turns(3);
	httpd_answer(unhold(), 200, NULL, 0, STR("now"));
	peer_hear(&p, "\r\n\r\nnow");
	buf_reset(&p.in);
	peer_say(&p, STR(GET("/hello", CLOSE)));
	peer_hear(&p, NULL);
	assert_true(peer_has(&p, "hello\n"));
	assert_int_equal(world.gone, 0);
	peer_close(&p);
	world_end();
}

static int
option(const struct httpd_request *r, int level, int name)
{
	const struct httpd_conn *c =
	    LOOP_OF((uintptr_t)r, const struct httpd_conn, r);
	socklen_t n = sizeof n;
	int value = -1;

	assert_int_equal(getsockopt(c->w.fd, level, name, &value, &n), 0);
	return value;
}

static void
sockets_tell_at_once_and_of_those_that_vanish(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(&p, STR(GET("/hold", "")));
	wait_held(1);
	assert_int_equal(option(world.held[0], IPPROTO_TCP, TCP_NODELAY), 1);
	assert_int_equal(option(world.held[0], SOL_SOCKET, SO_KEEPALIVE), 1);
	assert_int_equal(option(world.held[0], IPPROTO_TCP, TCP_KEEPIDLE), 60);
	httpd_answer(unhold(), 200, NULL, 0, STR("now"));
	peer_close(&p);
	world_end();
}

static void
what_comes_meanwhile_waits(void **state)
{
	struct buf all = BUF_MAX(1 << 20);
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(&p, STR(GET("/hold", "") GET("/hello", "")));
	wait_held(1);
	assert_int_equal(world.served, 1);
	/* More than a peer may make it keep: it stays with the kernel. */
	for (int i = 0; i < 100; i++)
		buf_addz(&all, GET("/none", ""));
	for (int i = 0; i < 20; i++) {
		peer_say(&p, buf_str(&all));
		turns(1);
	}
	assert_int_equal(world.served, 1);
	assert_true(httpd_stat(world.httpd)->memory <= 2 * 65536);
	peer_say(&p, STR(GET("/hello", CLOSE)));
	httpd_answer(unhold(), 200, NULL, 0, STR("first"));
	assert_int_equal(world.served, 1);
	peer_hear(&p, NULL);
	assert_int_equal(world.served, 2003);
	assert_true(peer_has(&p, "\r\n\r\nfirstHTTP/1.1 200 OK\r\n"));
	assert_int_equal(peer_counts(&p, "hello\n"), 2);
	assert_int_equal(peer_counts(&p, "204 No Content"), 2000);
	peer_close(&p);
	buf_free(&all);
	world_end();
}

static void
many_wait_and_are_answered(void **state)
{
	struct peer *p = calloc(MANY, sizeof *p);

	assert_non_null(p);
	world_begin(*state, NULL);
	for (size_t i = 0; i < MANY; i++) {
		p[i] = peer_open(*state);
		peer_say(&p[i], STR(GET("/hold", "")));
		if (i % 50 == 0)
			turns(1);
	}
	wait_held(MANY);
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	/* Some go, some are answered, and all of that at once. */
	for (size_t i = 0; i < MANY; i += 4)
		peer_close(&p[i]);
	while (world.n_held > 0)
		httpd_answer(unhold(), 200, NULL, 0, STR("now"));
	for (size_t i = 0; i < MANY; i++) {
		if (i % 4 == 0)
			continue;
		peer_hear(&p[i], "\r\n\r\nnow");
		peer_close(&p[i]);
	}
	world_empty();
	assert_int_equal(world.gone, 0);
	world_end();
	free(p);
}

/* ---- who does not wait -------------------------------------------------- */

static void
gone_is_told(void **state)
{
	for (int how = 0; how < 3; how++) {
		struct peer p;

		world_begin(*state, NULL);
		p = peer_open(*state);
		peer_say(&p, STR(GET("/hold", "") GET("/hello", "")));
		wait_held(1);
		if (how == 0)
			assert_int_equal(shutdown(p.fd, SHUT_WR), 0);
		if (how == 1)
			peer_resets(&p);
		if (how > 0)
			peer_close(&p);
		wait_gone(1);
		assert_int_equal(world.gone, 1);
		assert_int_equal(world.n_held, 0);
		world_empty();
		peer_close(&p);
		world_end();
	}
}

/* Nobody wanted to know: the request stays, and can be answered. */
static void
a_request_outlives_its_peer(void **state)
{
	static const struct httpd_stream stream = {on_room, on_gone, &world};
	struct httpd_request *r;

	for (int how = 0; how < 6; how++) {
		struct peer p;

		world_begin(*state, NULL);
		p = peer_open(*state);
		peer_say(&p, STR(GET("/hold-to-the-end", "")));
		wait_held(1);
		peer_resets(&p);
		peer_close(&p);
		if (how == 5) {
			/* It is still there when all ends. */
			turns(3);
			world_end();
			continue;
		}
		world_empty();
		r = unhold();
		switch (how) {
		case 0:
			httpd_answer(r, 200, NULL, 0, STR("nobody"));
			break;
		case 1:
			httpd_error(r, 500, "nobody");
			break;
		case 2:
			httpd_abort(r);
			break;
		case 3:
			httpd_on_gone(r, on_gone, &world);
			break;
		default:
			httpd_begin(r, 200, NULL, 0, &stream);
			assert_false(httpd_piece(r, STR("nobody")));
			break;
		}
		turns(2);
		assert_int_equal(world.gone, how >= 3);
		world_end();
	}
}

static void
the_end_of_the_server_is_told(void **state)
{
	struct peer p, q;

	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(&p, STR(GET("/hold", "")));
	q = peer_open(*state);
	peer_say(&q, STR(GET("/once", "")));
	wait_held(2);
	world_end();
	assert_int_equal(world.gone, 2);
	peer_close(&p);
	peer_close(&q);
}

static void
no_answer_at_all(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_once(*state, STR(GET("/abort", "")));
	assert_int_equal(p.in.n, 0);
	assert_int_equal(p.failure, -ECONNRESET);
	assert_int_equal(world.gone, 0);
	peer_close(&p);
	world_empty();
	world_end();
}

/* ---- streams ------------------------------------------------------------ */

/* Take the chunks out. */
static void
unchunk(struct str in, struct buf *out)
{
	struct http1_field none[1];
	struct http1_limits l = HTTP1_LIMITS;
	struct http1_chunks c;
	struct str data;
	size_t n = 0;

	http1_chunk_begin(&c, none, 0);
	do {
		assert_int_equal(http1_chunk_read(&c, &in, &data, &l, NULL), 0);
		buf_adds(out, data);
		n++;
	} while (!c.done);
	assert_int_equal(in.n, 0);
	assert_true(n < CHUNKS_MAX);
}

static void
a_stream(void **state)
{
	struct buf all = BUF_MAX(STREAMED + 1);
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(&p, STR(GET("/stream", "")));
	/* A peer that does not read holds it up. */
	turns(20);
	assert_true(world.streamed < STREAMED);
	assert_true(httpd_stat(world.httpd)->memory < 4 * 65536);
	peer_hear(&p, "\r\n0\r\n\r\n");
	assert_true(peer_has(&p, "Transfer-Encoding: chunked\r\n"));
	unchunk(peer_body(&p), &all);
	assert_int_equal(all.n, STREAMED);
	for (size_t i = 0; i < all.n; i++)
		assert_int_equal(all.p[i], stream_byte(i));
	assert_true(world.rooms > 10);
	/* The connection goes on. */
	buf_reset(&p.in);
	peer_say(&p, STR(GET("/hello", CLOSE)));
	peer_hear(&p, NULL);
	assert_true(peer_has(&p, "hello\n"));
	assert_int_equal(world.gone, 0);
	peer_close(&p);
	buf_free(&all);
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	world_end();
}

static void
a_stream_that_is_told_what_to_say(void **state)
{
	struct httpd_request *r;
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(&p, STR(GET("/once", "") GET("/hello", CLOSE)));
	wait_held(1);
	r = world.held[0];
	peer_hear(&p, "\r\n6\r\nbegun\n\r\n");
	turns(2);
	assert_true(httpd_piece(r, STR("more\n")));
	assert_true(httpd_piece(r, STR("")));
	peer_hear(&p, "\r\n5\r\nmore\n\r\n");
	assert_int_equal(world.served, 1);
	httpd_end(unhold());
	peer_hear(&p, "\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n");
	peer_hear(&p, NULL);
	assert_int_equal(world.rooms, 1);
	peer_close(&p);
	world_end();
}

static void
a_stream_that_is_cut(void **state)
{
	struct peer p;

	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(&p, STR("GET /once HTTP/1.0\r\n\r\n"));
	wait_held(1);
	peer_hear(&p, "begun\n");
	httpd_abort(unhold());
	peer_hear(&p, NULL);
	/* Not as one that has ended. */
	assert_int_equal(p.failure, -ECONNRESET);
	assert_int_equal(world.gone, 0);
	peer_close(&p);
	world_empty();
	world_end();
}

static void
nobody_hears_a_stream(void **state)
{
	static char piece[HTTPD_PIECE_MAX];
	struct httpd_request *r;
	struct peer p;

	/* It goes, while there is nothing to say, or much. */
	for (int how = 0; how < 2; how++) {
		world_begin(*state, NULL);
		p = peer_open(*state);
		peer_say(&p,
		    how == 0 ? STR(GET("/once", "")) : STR(GET("/stream", "")));
		peer_hear(&p, "\r\n\r\n");
		peer_close(&p);
		wait_gone(1);
		assert_int_equal(world.gone, 1);
		world_empty();
		world_end();
	}
	/* Who does not wait for room loses the connection, no more. */
	world_begin(*state, NULL);
	p = peer_open(*state);
	peer_say(&p, STR(GET("/once", "")));
	wait_held(1);
	r = world.held[0];
	memset(piece, 'x', sizeof piece);
	for (int i = 0; i < 100; i++)
		assert_false(httpd_piece(r, str_make(piece, sizeof piece)));
	assert_true(httpd_stat(world.httpd)->memory <= 4 * HTTPD_STREAM_MAX);
	wait_gone(1);
	assert_int_equal(world.gone, 1);
	peer_close(&p);
	world_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PLAIN_AND_TLS(an_answer_may_come_later),
	    PLAIN_AND_TLS(sockets_tell_at_once_and_of_those_that_vanish),
	    PLAIN_AND_TLS(what_comes_meanwhile_waits),
	    PLAIN_AND_TLS(many_wait_and_are_answered),
	    PLAIN_AND_TLS(gone_is_told),
	    PLAIN_AND_TLS(a_request_outlives_its_peer),
	    PLAIN_AND_TLS(the_end_of_the_server_is_told),
	    PLAIN_AND_TLS(no_answer_at_all),
	    PLAIN_AND_TLS(a_stream),
	    PLAIN_AND_TLS(a_stream_that_is_told_what_to_say),
	    PLAIN_AND_TLS(a_stream_that_is_cut),
	    PLAIN_AND_TLS(nobody_hears_a_stream),
	};

	return cmocka_run_group_tests(tests, certificates, no_certificates);
}
