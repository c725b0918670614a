/* SPDX-License-Identifier: Apache-2.0 */
/* httpc: both ends of the connection are driven from here, byte by byte. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "httpc/httpc.h"

enum { ROUNDS = 400, STEP_MS = 10 };

/* A server that reads what comes and says one thing after the other. */
struct server {
	int listener, fd;
	unsigned port, accepted;
	char url[64];
	struct buf in;
	const char *say; /* what is left to say, */
	size_t left;
	size_t piece; /* so much a round */
	size_t least; /* bytes that have come before it says anything */
	bool end;     /* then close */
};

static struct server s;
static struct httpc *h;
static bool over;
static int64_t now;

static int
set_up(void **state)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof at;
	struct httpc_config cfg = {.url = s.url};

	(void)state;
	s = (struct server){.fd = -1, .in = BUF_MAX(1 << 20)};
	s.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(s.listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(s.listener, 4), 0);
	assert_int_equal(
	    getsockname(s.listener, (struct sockaddr *)&at, &size), 0);
	s.port = ntohs(at.sin_port);
	(void)snprintf(
	    s.url, sizeof s.url, "http://127.0.0.1:%u/base/", s.port);
	now = 1000;
	return httpc_new(&cfg, &h, NULL);
}

static int
tear_down(void **state)
{
	(void)state;
	httpc_free(h);
	fd_closep(&s.fd);
	fd_closep(&s.listener);
	buf_free(&s.in);
	return 0;
}

static void
done(struct httpc_call *call)
{
	(void)call;
	over = true;
}

static void
serve(void)
{
	char *to;
	ssize_t n;

	if (s.fd < 0) {
		s.fd = accept4(s.listener, NULL, NULL, SOCK_NONBLOCK);
		s.accepted += s.fd >= 0;
	}
	if (s.fd < 0)
		return;
	to = buf_reserve(&s.in, 4096);
	n = recv(s.fd, to, 4096, 0);
	if (n == 0)
		fd_closep(&s.fd);
	if (n > 0)
		s.in.n += (size_t)n;
	if (s.fd < 0 || s.in.n == 0 || s.in.n < s.least)
		return;
	if (s.left > 0) {
		size_t piece =
		    s.piece > 0 && s.piece < s.left ? s.piece : s.left;

		assert_int_equal(send(s.fd, s.say, piece, MSG_NOSIGNAL), piece);
		s.say += piece;
		s.left -= piece;
	}
	if (s.left == 0 && s.end)
		fd_closep(&s.fd);
}

/* Both sides, until the call is over. */
static void
run(void)
{
	for (int i = 0; i < ROUNDS && !over; i++) {
		struct pollfd p;

		serve();
		httpc_ask(h, &p);
		(void)poll(&p, 1, 1);
		httpc_work(h, p.revents, now);
	}
}

static void
say(const char *answer, size_t piece, bool end)
{
	s.say = answer;
	s.left = strlen(answer);
	s.piece = piece;
	s.end = end;
}

static void
ask(struct httpc_call *call)
{
	*call = (struct httpc_call){.method = "GET",
	    .path = "/x?y",
	    .fields = STR("A: b\r\n"),
	    .max = 100,
	    .done = done};
	over = false;
	httpc_start(h, call, now);
	run();
}

/* ---- what is taken ------------------------------------------------------ */

static void
test_request(void **state)
{
	struct httpc_call call = {.method = "POST",
	    .path = "/x",
	    .fields = STR("A: b\r\n"),
	    .body = STR("body"),
	    .max = 10,
	    .done = done};
	char want[512];

	(void)state;
	(void)snprintf(want, sizeof want,
	    "POST /base/x HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
	    "User-Agent: fg/" FG_VERSION "\r\nA: b\r\n"
	    "Content-Length: 4\r\n\r\nbody",
	    s.port);
	s.least = strlen(want);
	say("HTTP/1.1 204 No\r\n\r\n", 0, false);
	over = false;
	httpc_start(h, &call, now);
	run();
	assert_int_equal(call.r, 0);
	assert_int_equal(call.status, 204);
	assert_true(str_eqz(buf_str(&s.in), want));
	httpc_call_reset(&call);
}

static void
test_answers(void **state)
{
	static const struct {
		const char *answer, *body;
		bool end;
	} rows[] = {
	    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello",
		false},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", false},
	    {"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n"
	     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
		"hi", false},
	    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	     "3\r\nabc\r\n2\r\nde\r\n0\r\nT: x\r\n\r\n",
		"abcde", false},
	    {"HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", "", false},
	    {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
		"until the end", true},
	    {"HTTP/1.0 200 OK\r\n\r\nold", "old", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (size_t piece = 0; piece < 4; piece++) {
			struct httpc_call call;

			say(rows[i].answer, piece, rows[i].end);
			ask(&call);
			assert_true(over);
			assert_int_equal(call.r, 0);
			assert_string_equal(buf_z(&call.body_in), rows[i].body);
			httpc_call_reset(&call);
			buf_reset(&s.in);
		}
	}
}

static void
test_field(void **state)
{
	struct httpc_call call;
	struct str value;

	(void)state;
	say("HTTP/1.1 429 Later\r\nretry-after:  7 \r\n"
	    "Content-Length: 0\r\n\r\n",
	    1, false);
	ask(&call);
	assert_int_equal(call.status, 429);
	assert_true(httpc_field(&call, "Retry-After", &value));
	assert_true(str_eqz(value, "7"));
	assert_false(httpc_field(&call, "ETag", &value));
	httpc_call_reset(&call);
}

/* ---- what is not -------------------------------------------------------- */

static void
test_refused(void **state)
{
	static const struct {
		const char *answer;
		int r;
	} rows[] = {
	    {"\x16\x03\x01 what is this\r\n\r\n", -EBADMSG},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
	     "Content-Length: 2\r\n\r\nab",
		-EBADMSG},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"
	     "0123456789012345678901234567890123456789012345678901234567890"
	     "1234567890123456789012345678901234567890",
		-EFBIG},
	    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
		-EBADMSG},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", -ECONNRESET},
	    {"HTTP/1.1 200 O", -ECONNRESET},
	    {"", -ECONNRESET},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct httpc_call call;

		say(rows[i].answer, i % 3, true);
		ask(&call);
		assert_true(over);
		assert_int_equal(call.r, rows[i].r);
		assert_int_not_equal(call.err.kind, ERR_NONE);
		httpc_call_reset(&call);
		buf_reset(&s.in);
		fd_closep(&s.fd);
	}
}

static void
test_nobody(void **state)
{
	struct httpc_call call;

	(void)state;
	fd_closep(&s.listener);
	ask(&call);
	assert_true(over);
	assert_int_equal(call.r, -ECONNREFUSED);
	httpc_call_reset(&call);
}

static void
test_too_late(void **state)
{
	struct httpc_call call;

	(void)state;
	say("", 0, false);
	ask(&call);
	assert_false(over);
	assert_int_equal(httpc_next(h), now + 30000);
	now += 30000;
	run();
	assert_true(over);
	assert_int_equal(call.r, -ETIMEDOUT);
	httpc_call_reset(&call);
}

/* ---- a connection that is kept ------------------------------------------ */

static void
test_kept(void **state)
{
	struct httpc_call call;

	(void)state;
	for (int i = 0; i < 3; i++) {
		say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0, false);
		ask(&call);
		assert_int_equal(call.r, 0);
		httpc_call_reset(&call);
		buf_reset(&s.in);
	}
	assert_int_equal(s.accepted, 1);
	/* Closed while nobody looked: another one is made. */
	fd_closep(&s.fd);
	say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0, false);
	ask(&call);
	assert_int_equal(call.r, 0);
	assert_int_equal(s.accepted, 2);
	httpc_call_reset(&call);
}

static void
test_kept_is_closed(void **state)
{
	struct httpc_call call;
	struct pollfd p;

	(void)state;
	say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, false);
	ask(&call);
	fd_closep(&s.fd);
	httpc_ask(h, &p);
	assert_int_equal(poll(&p, 1, 1000), 1);
	httpc_work(h, p.revents, now);
	httpc_ask(h, &p);
	assert_int_equal(p.fd, -1);
	assert_true(httpc_next(h) == INT64_MAX);
	httpc_call_reset(&call);
}

/* What was said unasked is not the answer to what is asked next. */
static void
test_unasked(void **state)
{
	struct httpc_call call;

	(void)state;
	say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 No\r\n",
	    0, false);
	ask(&call);
	assert_int_equal(call.r, 0);
	httpc_call_reset(&call);
	fd_closep(&s.fd);
	buf_reset(&s.in);
	say("HTTP/1.1 204 Yes\r\n\r\n", 0, false);
	ask(&call);
	assert_int_equal(call.status, 204);
	assert_int_equal(s.accepted, 2);
	httpc_call_reset(&call);
}

/* ---- where it goes ------------------------------------------------------ */

static void
test_urls(void **state)
{
	static const char *const bad[] = {"", "ftp://x", "http://",
	    "http://a b", "http://x/?q", "https://x" /* without TLS */};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct httpc_config cfg = {.url = bad[i]};
		struct httpc *none = NULL;
		struct err e = {0};

		assert_true(httpc_new(&cfg, &none, &e) < 0);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_null(none);
	}
}

static void
test_proxy_of(void **state)
{
	static const struct {
		const char *no_proxy, *url;
		bool used;
	} rows[] = {
	    {"", "https://console.example.com", true},
	    {"", "http://console.example.com", false},
	    {"*", "https://console.example.com", false},
	    {"example.com", "https://console.example.com", false},
	    {".EXAMPLE.com", "https://console.example.com:8084", false},
	    {"ample.com", "https://console.example.com", true},
	    {"a, console.example.com", "https://console.example.com", false},
	    {"console.example.com.", "https://console.example.com", true},
	    {"10.0.0.0/8", "https://10.1.2.3", false},
	    {"10.0.0.0/8", "https://11.1.2.3", true},
	    {"fd00::/8", "https://[fd00::1]", false},
	    {"10.1.2.3", "https://10.1.2.3", false},
	};

	(void)state;
	assert_int_equal(unsetenv("https_proxy"), 0);
	assert_int_equal(setenv("HTTPS_PROXY", "http://proxy:3128", 1), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(setenv("no_proxy", rows[i].no_proxy, 1), 0);
		assert_int_equal(
		    httpc_proxy_of(rows[i].url) != NULL, rows[i].used);
	}
	assert_int_equal(setenv("no_proxy", "", 1), 0);
	assert_int_equal(setenv("https_proxy", "http://small:1", 1), 0);
	assert_string_equal(
	    httpc_proxy_of("https://console"), "http://small:1");
	assert_int_equal(unsetenv("https_proxy"), 0);
	assert_int_equal(unsetenv("HTTPS_PROXY"), 0);
	assert_null(httpc_proxy_of("https://console"));
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(request),
	    TEST(answers),
	    TEST(field),
	    TEST(refused),
	    TEST(nobody),
	    TEST(too_late),
	    TEST(kept),
	    TEST(kept_is_closed),
	    TEST(unasked),
	    TEST(urls),
	    TEST(proxy_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
