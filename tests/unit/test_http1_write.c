/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "http1/http1_chunk.h"
#include "http1/http1_write.h"

#define GET(fields) "GET /a?b HTTP/1.1\r\nHost: a\r\n" fields "\r\n"

enum { FIELDS = 20, OUT = 1000 };

static const struct http1_asked asked = {HTTP1_METHOD_GET, true};

/* Write what was read from text, and compare. */
static void
becomes(const char *text, const struct http1_hop *hop, const char *want)
{
	struct http1_field fields[FIELDS];
	struct http1_request r;
	char space[OUT];
	struct http1_out out = {.p = space, .max = OUT - 1};

	http1_request_begin(&r, fields, FIELDS);
	assert_int_equal(
	    http1_request_read(&r, str_of(text), &HTTP1_LIMITS, NULL), 0);
	assert_int_equal(http1_write_request(&r, hop, &out, NULL), 0);
	space[out.n] = '\0';
	assert_string_equal(space, want);
}

static void
requests(void **state)
{
	const struct http1_add add = {STR("X-Forwarded-For"), STR("192.0.2.1")};
	const struct http1_hop plain = {.host = STR("")};
	const struct http1_hop all = {.host = STR("default:8080"),
	    .add = &add,
	    .n_add = 1,
	    .close = true,
	    .websocket = true};

	(void)state;
	becomes("GET /a?b HTTP/1.1\r\nX-A:1\r\nhost:\ta \r\nX-B:  \r\n\r\n",
	    &plain, "GET /a?b HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: \r\n\r\n");
	becomes(GET("Connection: x-a, keep-alive, te\r\nX-A: 1\r\nX-B: 2\r\n"
		    "Keep-Alive: 5\r\nTE: gzip, trailers\r\nTrailer: X-C\r\n"
		    "Proxy-Connection: a\r\nUpgrade: h2c\r\n"
		    "HTTP2-Settings: a\r\n"),
	    &plain, GET("X-B: 2\r\nTE: trailers\r\nConnection: te\r\n"));
	becomes("POST / HTTP/1.1\r\nContent-Length: 007\r\nHost: a\r\n"
		"Expect: 100-continue\r\n\r\n",
	    &plain,
	    "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
	    "Content-Length: 7\r\n\r\n");
	becomes("POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: "
		"CHUNKED\r\n\r\n",
	    &plain,
	    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
	becomes("GET http://b:1?c HTTP/1.1\r\nHost: b:1\r\n\r\n", &plain,
	    "GET /?c HTTP/1.1\r\nHost: b:1\r\n\r\n");
	/* RFC 9112 section 3.2.4. */
	becomes("OPTIONS http://b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n", &plain,
	    "OPTIONS * HTTP/1.1\r\nHost: b:1\r\n\r\n");
	becomes("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n", &all,
	    "GET / HTTP/1.1\r\nHost: default:8080\r\n"
	    "X-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n");
	becomes(GET("Upgrade: websocket\r\nConnection: Upgrade\r\n"), &all,
	    GET("X-Forwarded-For: 192.0.2.1\r\nUpgrade: websocket\r\n"
		"Connection: close, upgrade\r\n"));
	becomes(GET("Upgrade: websocket\r\nConnection: Upgrade\r\n"), &plain,
	    GET(""));
	becomes(GET("Upgrade: h2c\r\nConnection: Upgrade\r\n"), &all,
	    GET("X-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n"));
}

static void
answers(const char *text, enum http1_body as, const struct http1_hop *hop,
    const char *want)
{
	struct http1_field fields[FIELDS];
	struct http1_response r;
	char space[OUT];
	struct http1_out out = {.p = space, .max = OUT - 1};

	http1_response_begin(&r, fields, FIELDS);
	assert_int_equal(
	    http1_response_read(&r, str_of(text), &asked, &HTTP1_LIMITS, NULL),
	    0);
	if (as != HTTP1_BODY_NONE)
		r.h.body = as;
	assert_int_equal(http1_write_response(&r, hop, &out, NULL), 0);
	space[out.n] = '\0';
	assert_string_equal(space, want);
}

static void
responses(void **state)
{
	const struct http1_hop plain = {.close = false};
	const struct http1_hop last = {.close = true};
	const struct http1_hop old = {.old = true};

	(void)state;
	answers("HTTP/1.0 200 Fine\r\nSet-Cookie: a\r\nContent-Length: 2\r\n"
		"Connection: x-a\r\nX-A: 1\r\nSet-Cookie: b\r\n\r\n",
	    HTTP1_BODY_NONE, &plain,
	    "HTTP/1.1 200 Fine\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
	    "Content-Length: 2\r\n\r\n");
	answers("HTTP/1.1 200 \r\n\r\n", HTTP1_BODY_NONE, &plain,
	    "HTTP/1.1 200 \r\nConnection: close\r\n\r\n");
	answers("HTTP/1.1 200 \r\n\r\n", HTTP1_BODY_CHUNKED, &plain,
	    "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n");
	answers("HTTP/1.1 200 a\r\nTransfer-Encoding: chunked\r\n\r\n",
	    HTTP1_BODY_NONE, &last,
	    "HTTP/1.1 200 a\r\nTransfer-Encoding: chunked\r\n"
	    "Connection: close\r\n\r\n");
	answers("HTTP/1.1 200 a\r\nTransfer-Encoding: chunked\r\n\r\n",
	    HTTP1_BODY_NONE, &old,
	    "HTTP/1.1 200 a\r\nConnection: close\r\n\r\n");
	answers("HTTP/1.1 200 a\r\nContent-Length: 2\r\n\r\n", HTTP1_BODY_NONE,
	    &old,
	    "HTTP/1.1 200 a\r\nContent-Length: 2\r\n"
	    "Connection: keep-alive\r\n\r\n");
	answers("HTTP/1.1 304 a\r\nContent-Length: 2\r\n\r\n", HTTP1_BODY_NONE,
	    &plain, "HTTP/1.1 304 a\r\nContent-Length: 2\r\n\r\n");
	answers("HTTP/1.1 204 a\r\nContent-Length: 0\r\n\r\n", HTTP1_BODY_NONE,
	    &plain, "HTTP/1.1 204 a\r\n\r\n");
	answers("HTTP/1.1 101 a\r\nUpgrade: websocket\r\n"
		"Connection: upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
	    HTTP1_BODY_NONE, &plain,
	    "HTTP/1.1 101 a\r\nSec-WebSocket-Accept: x\r\n"
	    "Upgrade: websocket\r\nConnection: upgrade\r\n\r\n");
}

/* No struct, however it was filled, makes a line of its own. */
static void
injections(void **state)
{
	static const struct str bad[] = {STR("a\r\nX: b"), STR("a\nb"),
	    STR("a\rb"), STR("a\0b"), STR("a\001"), STR("\177")};
	const struct http1_hop plain = {.close = false};
	struct http1_field fields[FIELDS];
	struct http1_request good, r;
	struct http1_response a;
	struct http1_hop hop;
	struct http1_add add;
	char space[OUT];

	(void)state;
	http1_request_begin(&good, fields, FIELDS);
	assert_int_equal(http1_request_read(&good, STR(GET("X-A: b\r\n")),
			     &HTTP1_LIMITS, NULL),
	    0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		for (int place = 0; place < 8; place++) {
			struct http1_out out = {.p = space, .max = OUT};
			struct http1_field was = fields[1];
			struct err e = {0};
			int ret;

			r = good;
			hop = plain;
			add = (struct http1_add){STR("X"), STR("y")};
			hop.add = &add;
			hop.n_add = 1;
			a = (struct http1_response){.status = 200};
			switch (place) {
			case 0:
				r.method = bad[i];
				break;
			case 1:
				r.target.rest = bad[i];
				break;
			case 2:
				r.host = bad[i];
				break;
			case 3:
				fields[1].name = bad[i];
				break;
			case 4:
				fields[1].value = bad[i];
				break;
			case 5:
				add.name = bad[i];
				break;
			case 6:
				add.value = bad[i];
				break;
			case 7:
				a.reason = bad[i];
				break;
			}
			ret = place == 7
				  ? http1_write_response(&a, &plain, &out, &e)
				  : http1_write_request(&r, &hop, &out, &e);
			assert_int_equal(ret, -EINVAL);
			assert_int_equal(e.kind, ERR_PERM);
			fields[1] = was;
		}
	}
}

/* Fields that frame, or name the host, are not for callers to add. */
static void
additions(void **state)
{
	static const struct str names[] = {STR("Content-Length"),
	    STR("transfer-encoding"), STR("Host"), STR("Connection"), STR("")};
	struct http1_field fields[FIELDS];
	struct http1_request r;
	char space[OUT];

	(void)state;
	http1_request_begin(&r, fields, FIELDS);
	assert_int_equal(
	    http1_request_read(&r, STR(GET("")), &HTTP1_LIMITS, NULL), 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct http1_add add = {names[i], STR("1")};
		const struct http1_hop hop = {.add = &add, .n_add = 1};
		struct http1_out out = {.p = space, .max = OUT};

		assert_int_equal(
		    http1_write_request(&r, &hop, &out, NULL), -EINVAL);
	}
}

static void
no_room(void **state)
{
	const struct http1_hop plain = {.close = false};
	struct http1_field fields[FIELDS];
	struct http1_request r;
	char space[OUT];

	(void)state;
	http1_request_begin(&r, fields, FIELDS);
	assert_int_equal(
	    http1_request_read(&r, STR(GET("X-A: b\r\n")), &HTTP1_LIMITS, NULL),
	    0);
	for (size_t max = 0; max < r.h.size; max++) {
		struct http1_out out = {.p = space, .max = max};

		memset(space, '#', sizeof space);
		assert_int_equal(
		    http1_write_request(&r, &plain, &out, NULL), -ENOBUFS);
		assert_true(out.n <= max);
		assert_int_equal(space[max], '#');
	}
	r.host = STR_NONE;
	{
		struct http1_out out = {.p = space, .max = OUT};

		assert_int_equal(
		    http1_write_request(&r, &plain, &out, NULL), -EINVAL);
	}
}

static void
chunks(void **state)
{
	struct http1_field trailers[2] = {
	    {.name = STR("X-A"), .value = STR("1")},
	    {.name = STR("X-B"), .value = STR("2"), .drop = true}};
	struct http1_head tail = {.fields = trailers, .n = 2};
	char space[OUT];
	struct http1_out out = {.p = space, .max = OUT};

	(void)state;
	http1_write_chunk(&out, 31);
	http1_write_chunk_end(&out);
	http1_write_last(&out, &tail);
	http1_write_last(&out, NULL);
	http1_write_chunk(&out, UINT64_MAX);
	assert_int_equal(out.error, 0);
	space[out.n] = '\0';
	assert_string_equal(space, "1f\r\n\r\n0\r\nX-A: 1\r\n\r\n0\r\n\r\n"
				   "ffffffffffffffff\r\n");
	http1_write_chunk(&out, 0);
	assert_int_equal(out.error, EINVAL);
	out = (struct http1_out){.p = space, .max = OUT};
	trailers[0].name = STR("Content-Length");
	http1_write_last(&out, &tail);
	assert_int_equal(out.error, EINVAL);
	out = (struct http1_out){.p = space, .max = OUT};
	trailers[0].name = STR("Cookie");
	http1_write_last(&out, &tail);
	assert_int_equal(out.error, EINVAL);
}

/* RFC 9110 section 15.2. */
static void
old_peers_get_no_1xx(void **state)
{
	const struct http1_response r = {.status = 103};
	struct http1_hop hop = {.old = false};
	char space[OUT];
	struct http1_out out = {.p = space, .max = OUT};

	(void)state;
	assert_int_equal(http1_write_response(&r, &hop, &out, NULL), 0);
	hop.old = true;
	assert_int_equal(http1_write_response(&r, &hop, &out, NULL), -EINVAL);
}

/* What was written is read as the same, and written as it is. */
static void
written_again(void **state)
{
	static const char *const rows[] = {
	    GET("X-A: \t1 2 \r\nCookie: a=b; c\r\n"),
	    GET("Connection: te\r\nTE: trailers\r\n"),
	    "POST //x HTTP/1.1\r\nHost: [::1]:8\r\nContent-Length: 00\r\n\r\n",
	    "\r\nPUT https://a.b HTTP/1.1\r\nHost: A.B\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n",
	    "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
	    GET("Upgrade: websocket\r\nConnection: upgrade\r\n"),
	    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
	};
	const struct http1_hop hop = {.websocket = true};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct http1_field fields[2][FIELDS];
		struct http1_request r[2];
		char space[2][OUT];
		struct str text = str_of(rows[i]);

		for (int j = 0; j < 2; j++) {
			struct http1_out out = {.p = space[j], .max = OUT};

			http1_request_begin(&r[j], fields[j], FIELDS);
			assert_int_equal(http1_request_read(
					     &r[j], text, &HTTP1_LIMITS, NULL),
			    0);
			assert_int_equal(
			    http1_write_request(&r[j], &hop, &out, NULL), 0);
			text = str_make(out.p, out.n);
		}
		assert_true(str_eq(r[0].method, r[1].method));
		assert_true(str_eq(r[0].host, r[1].host));
		assert_true(str_eq(r[0].target.query, r[1].target.query));
		assert_int_equal(r[0].h.body, r[1].h.body);
		assert_int_equal(r[0].h.length, r[1].h.length);
		assert_int_equal(r[0].websocket, r[1].websocket);
		assert_int_equal(text.n, r[1].h.size);
		assert_memory_equal(space[0], space[1], text.n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests),
	    cmocka_unit_test(responses),
	    cmocka_unit_test(injections),
	    cmocka_unit_test(additions),
	    cmocka_unit_test(no_room),
	    cmocka_unit_test(chunks),
	    cmocka_unit_test(old_peers_get_no_1xx),
	    cmocka_unit_test(written_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
