/* SPDX-License-Identifier: Apache-2.0 */
/* What goes over the wire, and peers that do as they like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sha256/sha256.h"
#include "tls_world.h"

/* ---- data --------------------------------------------------------------- */

static unsigned
next(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16;
}

/* What one side sends, and what has arrived of it. */
struct flow {
	struct tls *from, *to;
	size_t left,
	    promised; /* bytes; those of a write that has to come again */
	unsigned seed;
	struct sha256 sent, got;
};

static void
flow_write(struct flow *f)
{
	char *room, *p;
	size_t n = f->promised;
	ssize_t r;

	if (f->left == 0)
		return;
	if (n == 0)
		n = 1 + next(&f->seed) % 40000;
	if (n > f->left)
		n = f->left;
	/* At another place each time, at any alignment. */
	room = malloc(n + 8);
	p = room + next(&f->seed) % 8;
	for (size_t i = 0; i < n; i++)
		p[i] = (char)((f->left - i) * 31 >> 3);
	r = tls_write(f->from, p, n, NULL);
	if (r > 0) {
		assert_true((size_t)r <= n);
		sha256_add(&f->sent, p, (size_t)r);
		f->left -= (size_t)r;
		f->promised = 0;
	} else {
		assert_int_equal(r, -EAGAIN);
		assert_int_equal(tls_wants(f->from), EPOLLOUT);
		f->promised = n;
	}
	free(room);
}

static size_t
flow_read(struct flow *f)
{
	char text[5000];
	ssize_t r;
	size_t n = 0, most = 1 + next(&f->seed) % sizeof text;

	while ((r = tls_read(f->to, text, most, NULL)) > 0) {
		sha256_add(&f->got, text, (size_t)r);
		n += (size_t)r;
	}
	assert_int_equal(r, -EAGAIN);
	assert_int_equal(tls_pending(f->to), 0);
	return n;
}

static void
same(struct flow *f)
{
	unsigned char a[SHA256_BYTES], b[SHA256_BYTES];

	sha256_end(&f->sent, a);
	sha256_end(&f->got, b);
	assert_memory_equal(a, b, sizeof a);
}

/* Megabytes both ways at once, through sockets that hold little. */
static void
partial_writes(void **state)
{
	enum { BYTES = 3 * 1024 * 1024 };
	cleanup_wire struct wire w;
	struct flow up = {.left = BYTES, .seed = 1};
	struct flow down = {.left = BYTES, .seed = 2};
	size_t got = 0;
	int small = 4096;

	(void)state;
	wire_ready(&w);
	assert_int_equal(setsockopt(w.client.fd, SOL_SOCKET, SO_SNDBUF, &small,
			     sizeof small),
	    0);
	assert_int_equal(setsockopt(w.server.fd, SOL_SOCKET, SO_SNDBUF, &small,
			     sizeof small),
	    0);
	up.from = down.to = w.client.t;
	up.to = down.from = w.server.t;
	sha256_init(&up.sent);
	sha256_init(&up.got);
	sha256_init(&down.sent);
	sha256_init(&down.got);
	while (got < 2 * (size_t)BYTES) {
		flow_write(&up);
		flow_write(&down);
		if (next(&up.seed) % 3 == 0)
			got += flow_read(&up);
		if (next(&up.seed) % 3 == 0)
			got += flow_read(&down);
	}
	same(&up);
	same(&down);
}

/* Part of a record waits inside, where epoll(7) does not see it. */
static void
pending(void **state)
{
	cleanup_wire struct wire w;
	char text[100];

	(void)state;
	wire_ready(&w);
	end_write(&w.client, "0123456789");
	end_read(&w.server, text, 4);
	assert_int_equal(w.server.r, 4);
	assert_int_equal(tls_pending(w.server.t), 6);
	assert_int_equal(recv(w.server.fd, text, sizeof text, MSG_PEEK), -1);
	end_read(&w.server, text, sizeof text);
	assert_int_equal(w.server.r, 6);
	assert_memory_equal(text, "456789", 6);
}

/* ---- the end ------------------------------------------------------------ */

static void
half_closed(void **state)
{
	cleanup_wire struct wire w;
	char text[100];

	(void)state;
	wire_ready(&w);
	end_write(&w.client, "the last");
	for (int i = 0; i < 3; i++)
		assert_int_equal(tls_close(w.client.t, NULL), 0);
	end_read(&w.server, text, sizeof text);
	assert_int_equal(w.server.r, 8);
	for (int i = 0; i < 3; i++) {
		end_read(&w.server, text, sizeof text);
		assert_int_equal(w.server.r, 0);
	}
	end_write(&w.server, "the answer");
	assert_int_equal(w.server.r, 10);
	assert_int_equal(tls_close(w.server.t, NULL), 0);
	end_read(&w.client, text, sizeof text);
	assert_int_equal(w.client.r, 10);
	end_read(&w.client, text, sizeof text);
	assert_int_equal(w.client.r, 0);
	/* It has said that it writes no more. */
	end_write(&w.client, "x");
	assert_int_equal(w.client.r, -EPROTO);
}

/* A connection that is cut must not look like an end: RFC 8446 6.1. */
static void
cut_off(void **state)
{
	cleanup_wire struct wire w;
	char text[100];

	(void)state;
	wire_ready(&w);
	end_write(&w.client, "half");
	fd_closep(&w.client.fd);
	end_read(&w.server, text, sizeof text);
	assert_int_equal(w.server.r, 4);
	for (int i = 0; i < 3; i++) {
		end_read(&w.server, text, sizeof text);
		tells(&w.server, -ECONNRESET, ERR_TEMP, "the peer is gone");
	}
	end_write(&w.server, "x");
	tells(&w.server, -ECONNRESET, ERR_TEMP, "the peer is gone");
	assert_int_equal(tls_close(w.server.t, NULL), 0);
}

static void
cut_off_in_the_handshake(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		cleanup_wire struct wire w;

		wire_make(&w, server_context(&world.server, STR_NONE),
		    client_context(buf_str(&world.ca.cert), NULL),
		    "console.example");
		w.client.r = w.server.r = -EAGAIN;
		step(&w.client);
		if (i == 1)
			step(&w.server);
		fd_closep(&w.client.fd);
		step(&w.server);
		step(&w.server);
		tells(&w.server, -ECONNRESET, ERR_TEMP,
		    "the peer is gone, before the TLS handshake was over");
	}
}

/* SIGPIPE would end this test. */
static void
nobody_reads(void **state)
{
	cleanup_wire struct wire w;

	(void)state;
	wire_ready(&w);
	fd_closep(&w.client.fd);
	for (int i = 0; i < 3; i++) {
		end_write(&w.server, "x");
		tells(&w.server, -ECONNRESET, ERR_TEMP, "the peer is gone");
	}
	assert_int_equal(tls_close(w.server.t, NULL), 0);
}

/* After its good-bye the peer may leave: that is no end of what we write. */
static void
closed_then_gone(void **state)
{
	cleanup_wire struct wire w;
	char text[100];

	(void)state;
	wire_ready(&w);
	assert_int_equal(tls_close(w.client.t, NULL), 0);
	end_read(&w.server, text, sizeof text);
	assert_int_equal(w.server.r, 0);
	fd_closep(&w.client.fd);
	end_write(&w.server, "x");
	tells(&w.server, -ECONNRESET, ERR_TEMP, "the peer");
	end_write(&w.server, "x");
	tells(&w.server, -ECONNRESET, ERR_TEMP, "the peer");
}

/* ---- slow, broken and hostile peers ------------------------------------- */

/* Carry what one end wrote to the other, changed by what() when it is there. */
static void
carry(int from, int to, size_t most,
    void (*change)(char *p, size_t n, void *arg), void *arg)
{
	char text[64 * 1024];
	ssize_t n =
	    recv(from, text, most < sizeof text ? most : sizeof text, 0);

	if (n <= 0)
		return;
	if (change != NULL)
		change(text, (size_t)n, arg);
	(void)send(to, text, (size_t)n, MSG_NOSIGNAL);
}

/* A wire with a man in the middle: mid[0] faces the client. */
static void
wire_tapped(struct wire *w, int mid[2])
{
	int a[2], b[2];

	sockets(a);
	sockets(b);
	*w = (struct wire){
	    {.fd = a[0], .r = -EAGAIN}, {.fd = b[0], .r = -EAGAIN}};
	mid[0] = a[1];
	mid[1] = b[1];
	{
		struct tls_context *s =
		    server_context(&world.server, buf_str(&world.ca.cert));
		struct tls_context *c =
		    client_context(buf_str(&world.ca.cert), &world.client);

		assert_int_equal(
		    tls_connect(c, a[0], "console.example", &w->client.t, NULL),
		    0);
		assert_int_equal(tls_accept(s, b[0], &w->server.t, NULL), 0);
		tls_context_free(s);
		tls_context_free(c);
	}
}

static void
byte_by_byte(void **state)
{
	cleanup_wire struct wire w;
	int mid[2];

	(void)state;
	wire_tapped(&w, mid);
	for (int i = 0; i < 8000; i++) {
		step(&w.client);
		step(&w.server);
		carry(mid[0], mid[1], 1, NULL, NULL);
		carry(mid[1], mid[0], 1, NULL, NULL);
	}
	assert_int_equal(w.client.r, 0);
	assert_int_equal(w.server.r, 0);
	close(mid[0]);
	close(mid[1]);
}

struct flip {
	size_t seen, at;
};

static void
flip(char *p, size_t n, void *arg)
{
	struct flip *f = arg;

	if (f->at >= f->seen && f->at - f->seen < n)
		p[f->at - f->seen] = (char)(p[f->at - f->seen] ^ 0x10);
	f->seen += n;
}

/*
 * One changed byte anywhere: nobody is taken for somebody else, nothing hangs
 * about, and what the ends say of it is no success.
 */
static void
changed_on_the_way(void **state)
{
	(void)state;
	for (size_t at = 0; at < 2600; at += 13) {
		cleanup_wire struct wire w;
		struct flip up = {.at = at}, down = {.at = at};
		struct tls_peer peer;
		int mid[2];

		wire_tapped(&w, mid);
		for (int i = 0; i < 10; i++) {
			step(&w.client);
			step(&w.server);
			carry(mid[0], mid[1], SIZE_MAX, flip, &up);
			carry(mid[1], mid[0], SIZE_MAX, flip, &down);
		}
		if (at < up.seen && up.seen < 1300) /* in the handshake */
			assert_int_not_equal(w.server.r, 0);
		if (w.server.r == 0) {
			assert_int_equal(tls_peer(w.server.t, &peer, NULL), 0);
			assert_string_equal(peer.facts.uri, "fg:app/a");
		} else if (w.server.r != -EAGAIN) {
			assert_int_not_equal(w.server.e.kind, ERR_NONE);
		}
		assert_int_equal(ERR_peek_error(), 0);
		close(mid[0]);
		close(mid[1]);
	}
}

static void
say(struct end *end, const char *text, const char *said)
{
	int fd[2];

	sockets(fd);
	fd_closep(&end->fd);
	end->fd = fd[0];
	assert_true(send(fd[1], text, strlen(text), 0) > 0);
	if (end->t != NULL)
		tls_free(end->t);
	end->t = NULL;
	if (said[0] == 's') {
		struct tls_context *c =
		    server_context(&world.server, buf_str(&world.ca.cert));

		assert_int_equal(tls_accept(c, fd[0], &end->t, NULL), 0);
		tls_context_free(c);
	} else {
		struct tls_context *c =
		    client_context(buf_str(&world.ca.cert), NULL);

		assert_int_equal(
		    tls_connect(c, fd[0], "console.example", &end->t, NULL), 0);
		tls_context_free(c);
	}
	end->r = -EAGAIN;
	for (int i = 0; i < 4; i++)
		step(end);
	close(fd[1]);
}

static void
no_tls(void **state)
{
	struct end end = {.fd = -1};

	(void)state;
	say(&end, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "server");
	tells(&end, -EPROTO, ERR_PERM, "the peer speaks plain HTTP, not TLS");
	say(&end, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "server");
	tells(&end, -EPROTO, ERR_PERM, "the peer does not speak TLS");
	say(&end, "HTTP/1.1 400 Bad Request\r\n\r\n", "client");
	tells(&end, -EPROTO, ERR_PERM, "the peer does not speak TLS");
	say(&end, "\x16\x03\x01\xff\xff", "server");
	tells(&end, -EPROTO, ERR_PERM, "TLS");
	tls_free(end.t);
	fd_closep(&end.fd);
}

/* ---- peers by OpenSSL itself, with other rules -------------------------- */

struct raw {
	SSL_CTX *ctx;
	SSL *ssl;
};

static void
raw_make(struct raw *raw, struct end *server, int most)
{
	struct tls_context *c = server_context(&world.server, STR_NONE);
	int fd[2];

	sockets(fd);
	raw->ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_security_level(raw->ctx, 0);
	SSL_CTX_set_min_proto_version(raw->ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(raw->ctx, most);
	raw->ssl = SSL_new(raw->ctx);
	assert_int_equal(SSL_set_fd(raw->ssl, fd[0]), 1);
	SSL_set_connect_state(raw->ssl);
	*server = (struct end){.fd = fd[1], .r = -EAGAIN};
	assert_int_equal(tls_accept(c, fd[1], &server->t, NULL), 0);
	tls_context_free(c);
}

static void
raw_free(struct raw *raw, struct end *server)
{
	close(SSL_get_fd(raw->ssl));
	SSL_free(raw->ssl);
	SSL_CTX_free(raw->ctx);
	tls_free(server->t);
	fd_closep(&server->fd);
	ERR_clear_error(); /* of the raw side's */
}

static void
raw_shake(struct raw *raw, struct end *server)
{
	for (int i = 0; i < 10; i++) {
		(void)SSL_do_handshake(raw->ssl);
		ERR_clear_error();
		step(server);
	}
}

static void
old_versions(void **state)
{
	static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION};
	struct end server;
	struct raw raw;

	(void)state;
	for (int i = 0; i < 2; i++) {
		raw_make(&raw, &server, versions[i]);
		raw_shake(&raw, &server);
		tells(&server, -EPROTO, ERR_PERM, "no version or cipher");
		raw_free(&raw, &server);
	}
	raw_make(&raw, &server, TLS1_2_VERSION);
	raw_shake(&raw, &server);
	assert_int_equal(server.r, 0);
	assert_string_equal(tls_version(server.t), "TLSv1.2");
	assert_null(SSL_get_current_compression(raw.ssl));
	raw_free(&raw, &server);
}

static void
weak_ciphers(void **state)
{
	static const char *const weak[] = {
	    "AES128-SHA", "ECDHE+AES+SHA", "AESCCM", "eNULL", "kRSA", "DHE"};
	struct end server;
	struct raw raw;

	(void)state;
	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
		raw_make(&raw, &server, TLS1_2_VERSION);
		assert_int_equal(SSL_set_cipher_list(raw.ssl, weak[i]), 1);
		raw_shake(&raw, &server);
		tells(&server, -EPROTO, ERR_PERM, "no version or cipher");
		raw_free(&raw, &server);
	}
}

static void
renegotiation(void **state)
{
	struct end server;
	struct raw raw;
	char text[16];
	bool again = false;

	(void)state;
	raw_make(&raw, &server, TLS1_2_VERSION);
	raw_shake(&raw, &server);
	assert_int_equal(server.r, 0);
	assert_int_equal(SSL_renegotiate(raw.ssl), 1);
	for (int i = 0; i < 8; i++) {
		ERR_clear_error();
		again = again || SSL_do_handshake(raw.ssl) == 1;
		end_read(&server, text, sizeof text);
		assert_true(server.r == -EAGAIN || server.r == -EPROTO);
	}
	assert_false(again);
	raw_free(&raw, &server);
}

/* Neither version gives a client anything to come back with. */
static void
no_tickets(void **state)
{
	static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	struct end server;
	struct raw raw;
	char text[16];

	(void)state;
	for (int i = 0; i < 2; i++) {
		raw_make(&raw, &server, versions[i]);
		raw_shake(&raw, &server);
		assert_int_equal(server.r, 0);
		end_write(&server, "x");
		(void)SSL_read(raw.ssl, text, sizeof text);
		assert_int_equal(
		    SSL_SESSION_has_ticket(SSL_get0_session(raw.ssl)), 0);
		assert_int_equal(
		    SSL_SESSION_is_resumable(SSL_get0_session(raw.ssl)), 0);
		raw_free(&raw, &server);
	}
}

/* A peer that sends only what holds no data gets one look per call. */
static void
key_updates(void **state)
{
	enum { UPDATES = 50 };
	struct end server;
	struct raw raw;
	char text[16];
	int calls = 0;

	(void)state;
	raw_make(&raw, &server, TLS1_3_VERSION);
	raw_shake(&raw, &server);
	for (int i = 0; i < UPDATES; i++) {
		assert_int_equal(
		    SSL_key_update(raw.ssl, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
		assert_int_equal(SSL_do_handshake(raw.ssl), 1);
	}
	assert_int_equal(SSL_write(raw.ssl, "x", 1), 1);
	do {
		end_read(&server, text, sizeof text);
		calls++;
	} while (server.r == -EAGAIN && calls < 2 * UPDATES);
	assert_int_equal(server.r, 1);
	assert_int_equal(calls, UPDATES + 1);
	raw_free(&raw, &server);
}

/* ---- contexts that are not to be had ------------------------------------ */

static void
refuse_context(struct str cert, struct str key, struct str ca, const char *why)
{
	const struct tls_server_config s = {cert, key, ca};
	struct tls_context *context = NULL;
	struct err e = {0};
	const struct tls_client_config c = {ca, cert, key};

	assert_int_equal(tls_server_new(&s, &context, &e), -EINVAL);
	if (strstr(e.text, why) == NULL)
		fail_msg("\"%s\" without \"%s\"", e.text, why);
	assert_int_equal(tls_client_new(&c, &context, &e), -EINVAL);
	assert_null(context);
	assert_int_equal(ERR_peek_error(), 0);
}

static void
bad_contexts(void **state)
{
	struct str cert = buf_str(&world.server.cert);
	struct str key = buf_str(&world.server.key);
	struct str ca = buf_str(&world.ca.cert);

	(void)state;
	refuse_context(cert, buf_str(&world.client.key), ca,
	    "our private key is not that of our certificate");
	refuse_context(cert, STR_NONE, ca,
	    "our private key: there is no \"-----BEGIN PRIVATE KEY-----\"");
	refuse_context(key, key, ca,
	    "our certificate: there is no \"-----BEGIN CERTIFICATE-----\"");
	refuse_context(str_sub(cert, 0, cert.n - 40), key, ca,
	    "our certificate: bad end line");
	refuse_context(cert, str_sub(key, 0, 100), ca, "our private key: ");
	refuse_context(cert, key, key, "there is no \"-----BEGIN CERT");
	refuse_context(cert, key, str_sub(ca, 0, 100), "bad end line");
}

static void
hosts(void **state)
{
	static const char *const bad[] = {"", ".", "a.", ".a", "a..b", "a b",
	    "[::1]", "a/b", "a:443", "a\n", "b\xc3\xbc.example", "*.a.example"};
	struct tls_context *c = client_context(buf_str(&world.ca.cert), NULL);
	struct tls_context *s = server_context(&world.server, STR_NONE);
	struct tls *t = NULL;
	char long_one[256];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(tls_connect(c, -1, bad[i], &t, NULL), -EINVAL);
	memset(long_one, 'a', sizeof long_one);
	long_one[254] = '\0';
	assert_int_equal(tls_connect(c, -1, long_one, &t, NULL), -EINVAL);
	assert_int_equal(tls_connect(s, -1, "a", &t, NULL), -EINVAL);
	assert_int_equal(tls_accept(c, -1, &t, NULL), -EINVAL);
	assert_null(t);
	tls_context_free(c);
	tls_context_free(s);
	tls_context_free(NULL);
	tls_free(NULL);
}

#define TEST(name) cmocka_unit_test_teardown(name, no_queue)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(partial_writes),
	    TEST(pending),
	    TEST(half_closed),
	    TEST(cut_off),
	    TEST(cut_off_in_the_handshake),
	    TEST(nobody_reads),
	    TEST(closed_then_gone),
	    TEST(byte_by_byte),
	    TEST(changed_on_the_way),
	    TEST(no_tls),
	    TEST(old_versions),
	    TEST(weak_ciphers),
	    TEST(renegotiation),
	    TEST(no_tickets),
	    TEST(key_updates),
	    TEST(bad_contexts),
	    TEST(hosts),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
