/* SPDX-License-Identifier: Apache-2.0 */
/* httpd_world: a server for the tests, and its certificates. */
#ifndef FG_TESTS_HTTPD_WORLD_H
#define FG_TESTS_HTTPD_WORLD_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "httpd/httpd.h"
#include "pki/pki.h"
#include "time/time.h"

enum {
	HELD_MAX = 1100,
	PATIENCE_MS = 20000, /* of a test that would fail */
	STREAMED = 3 * 1024 * 1024 + 17,
	BIG = 2 * 1024 * 1024 + 3,
	KERNEL_BUFFER = 32 * 1024, /* so that what waits soon waits here */
};

/* How the tests of one program connect; set by their state. */
struct mode {
	bool tls;
};

static struct world {
	struct loop *loop;
	struct httpd *httpd;
	struct tls_context *tls, *client, *stranger;
	uint16_t port;
	/* What the server did. */
	struct httpd_request *held[HELD_MAX];
	size_t n_held, served, gone, rooms;
	size_t streamed, bodies;
	char last_refused[64];
	unsigned last_status;
	bool drained;
	char uri[PKI_URI];
	char big[BIG];
} world;

/* ---- the server --------------------------------------------------------- */

static inline void
on_gone(struct httpd_request *r, void *arg)
{
	assert_ptr_equal(arg, &world);
	for (size_t i = 0; i < world.n_held; i++) {
		if (world.held[i] == r)
			world.held[i] = world.held[--world.n_held];
	}
	world.gone++;
}

static inline void
hold(struct httpd_request *r)
{
	assert_true(world.n_held < HELD_MAX);
	world.held[world.n_held++] = r;
}

static inline struct httpd_request *
unhold(void)
{
	assert_true(world.n_held > 0);
	return world.held[--world.n_held];
}

static inline char
stream_byte(size_t at)
{
	return (char)('a' + at % 23);
}

static inline void
on_room(struct httpd_request *r, void *arg)
{
	char piece[10007];

	assert_ptr_equal(arg, &world);
	world.rooms++;
	for (;;) {
		size_t n = STREAMED - world.streamed;

		n = n < sizeof piece ? n : sizeof piece;
		if (n == 0) {
			httpd_end(r);
			return;
		}
		for (size_t i = 0; i < n; i++)
			piece[i] = stream_byte(world.streamed + i);
		world.streamed += n;
		if (!httpd_piece(r, str_make(piece, n)))
			return;
	}
}

/* Says once what it has, then waits to be told. */
static inline void
on_room_once(struct httpd_request *r, void *arg)
{
	(void)arg;
	if (world.rooms++ == 0) {
		hold(r);
		assert_true(httpd_piece(r, STR("begun\n")));
	}
}

static inline void
serve(struct httpd_request *r, void *arg)
{
	static const struct httpd_stream stream = {on_room, on_gone, &world};
	static const struct httpd_stream once = {on_room_once, on_gone, &world};
	const struct httpd_field type = {
	    STR("Content-Type"), STR("text/plain")};
	const struct httpd_field bad = {STR("X"), STR("a\r\nSet-Cookie: b")};
	struct str path = r->http->target.path;

	assert_ptr_equal(arg, &world);
	assert_null(r->user);
	world.served++;
	world.uri[0] = '\0';
	if (r->tls != NULL && r->tls->shown)
		memcpy(world.uri, r->tls->facts.uri, sizeof world.uri);
	if (str_eqz(path, "/hello"))
		httpd_answer(r, 200, &type, 1, STR("hello\n"));
	else if (str_eqz(path, "/echo"))
		httpd_answer(r, 200, &type, 1, r->body);
	else if (str_eqz(path, "/big"))
		httpd_answer(r, 200, &type, 1, str_make(world.big, BIG));
	else if (str_eqz(path, "/none"))
		httpd_answer(r, 204, NULL, 0, STR("not sent"));
	else if (str_eqz(path, "/same"))
		httpd_answer(r, 304, NULL, 0, STR("not sent"));
	else if (str_eqz(path, "/bad"))
		httpd_answer(r, 200, &bad, 1, STR("not sent"));
	else if (str_eqz(path, "/stream"))
		httpd_begin(r, 200, &type, 1, &stream);
	else if (str_eqz(path, "/once"))
		httpd_begin(r, 200, &type, 1, &once);
	else if (str_eqz(path, "/abort"))
		httpd_abort(r);
	else if (str_eqz(path, "/hold") || str_eqz(path, "/hold-to-the-end"))
		hold(r);
	else
		httpd_error(r, 404, "there is no such \"thing\"");
	if (str_eqz(path, "/hold"))
		httpd_on_gone(r, on_gone, &world);
}

static inline size_t
body_limit(const struct http1_request *q, const struct tls_peer *p, void *arg)
{
	assert_ptr_equal(arg, &world);
	(void)p;
	world.bodies++;
	return str_eqz(q->target.path, "/none")    ? 0
	       : str_eqz(q->target.path, "/small") ? 10
						   : SIZE_MAX;
}

static inline void
refused(const struct httpd_refusal *why, void *arg)
{
	assert_ptr_equal(arg, &world);
	assert_true(strlen(why->text) > 3);
	(void)snprintf(
	    world.last_refused, sizeof world.last_refused, "%s", why->name);
	world.last_status = why->status;
}

static inline void
drained(void *arg)
{
	assert_ptr_equal(arg, &world);
	world.drained = true;
}

static inline void
small_buffers(int fd)
{
	const int n = KERNEL_BUFFER;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &n, sizeof n);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &n, sizeof n);
}

/* A listener on loopback. */
static inline int
listen_somewhere(void)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	small_buffers(fd);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(fd, 1024), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	world.port = ntohs(a.sin_port);
	return fd;
}

/* cfg: what differs from the defaults; NULL: nothing. */
static inline void
world_begin(const struct mode *m, const struct httpd_config *cfg)
{
	struct httpd_config c = cfg != NULL ? *cfg : (struct httpd_config){0};
	struct tls_context *tls = world.tls, *client = world.client;
	struct tls_context *stranger = world.stranger;
	struct err e = {0};

	memset(&world, 0, sizeof world);
	world.tls = tls;
	world.client = client;
	world.stranger = stranger;
	for (size_t i = 0; i < BIG; i++)
		world.big[i] = stream_byte(i);
	assert_int_equal(loop_new(&world.loop, &e), 0);
	c.loop = world.loop;
	c.tls = m->tls ? world.tls : NULL;
	c.serve = serve;
	c.body_limit = body_limit;
	c.refused = refused;
	c.drained = drained;
	c.arg = &world;
	if (httpd_new(&c, listen_somewhere(), &world.httpd, &e) != 0)
		fail_msg("%s", e.text);
}

static inline void
world_turn(void)
{
	assert_int_equal(loop_turn(world.loop, 10, NULL), 0);
}

/* Until all connections are gone. */
static inline void
world_empty(void)
{
	int64_t until = time_monotonic_ms() + PATIENCE_MS;

	while (httpd_stat(world.httpd)->connections > 0) {
		assert_true(time_monotonic_ms() < until);
		world_turn();
	}
}

static inline void
world_end(void)
{
	httpd_free(world.httpd);
	loop_free(world.loop);
	world.httpd = NULL;
	world.loop = NULL;
}

/* ---- its certificates --------------------------------------------------- */

/* A context that shows a certificate of ca for uri. */
static inline struct tls_context *
client_context(const struct pki_ca *ca, struct str ca_cert, const char *uri)
{
	struct buf key = BUF_MAX(8192), csr = BUF_MAX(8192),
		   cert = BUF_MAX(8192);
	struct tls_context *c = NULL;

	assert_int_equal(pki_key_new(&key, NULL), 0);
	assert_int_equal(pki_csr_new(buf_str(&key), &csr, NULL), 0);
	assert_int_equal(pki_csr_sign(ca, buf_str(&csr), uri, time(NULL) + 3600,
			     &cert, NULL, NULL),
	    0);
	assert_int_equal(
	    tls_client_new(&(struct tls_client_config){.ca = ca_cert,
			       .cert = buf_str(&cert),
			       .key = buf_str(&key)},
		&c, NULL),
	    0);
	buf_free(&key);
	buf_free(&csr);
	buf_free(&cert);
	return c;
}

static inline int
certificates(void **state)
{
	const struct str names[] = {STR("127.0.0.1")};
	struct buf cert = BUF_MAX(8192), key = BUF_MAX(8192),
		   leaf = BUF_MAX(8192), leaf_key = BUF_MAX(8192);
	struct pki_ca *ca = NULL;
	int64_t end = time(NULL) + 3600;

	(void)state;
	assert_int_equal(pki_ca_new("test", end, &cert, &key, NULL), 0);
	assert_int_equal(
	    pki_ca_load(buf_str(&cert), buf_str(&key), &ca, NULL), 0);
	assert_int_equal(pki_key_new(&leaf_key, NULL), 0);
	assert_int_equal(
	    pki_server_new(ca, buf_str(&leaf_key), names, 1, end, &leaf, NULL),
	    0);
	assert_int_equal(
	    tls_server_new(&(struct tls_server_config){.cert = buf_str(&leaf),
			       .key = buf_str(&leaf_key),
			       .client_ca = buf_str(&cert)},
		&world.tls, NULL),
	    0);
	world.client = client_context(ca, buf_str(&cert), "fg:app/test");
	assert_int_equal(
	    tls_client_new(&(struct tls_client_config){.ca = buf_str(&cert)},
		&world.stranger, NULL),
	    0);
	pki_ca_free(ca);
	buf_free(&cert);
	buf_free(&key);
	buf_free(&leaf);
	buf_free(&leaf_key);
	return 0;
}

static inline int
no_certificates(void **state)
{
	(void)state;
	tls_context_free(world.tls);
	tls_context_free(world.client);
	tls_context_free(world.stranger);
	return 0;
}

#define PLAIN_AND_TLS(f)                                                       \
	cmocka_unit_test_prestate(f, &(struct mode){false}),                   \
	    cmocka_unit_test_prestate(f, &(struct mode){true})

#endif
