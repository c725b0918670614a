/* SPDX-License-Identifier: Apache-2.0 */
/* tls_world: two CAs, a server, a client, and a wire between them. */
#ifndef FG_TESTS_TLS_WORLD_H
#define FG_TESTS_TLS_WORLD_H

#include <errno.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "pki_made.h"
#include "tls/tls.h"

/* A certificate with its key. */
struct ident {
	struct buf cert, key;
};

static struct world {
	struct made ca, other; /* both are called "fg CA" */
	struct ident server, client;
} world;

static inline struct ident
ident_server(const struct made *ca, const char *name, int64_t not_after)
{
	struct ident id = {BUF_MAX(PEM), BUF_MAX(PEM)};
	struct str names = str_of(name);

	assert_int_equal(pki_key_new(&id.key, NULL), 0);
	assert_int_equal(pki_server_new(ca->ca, buf_str(&id.key), &names, 1,
			     not_after, &id.cert, NULL),
	    0);
	return id;
}

static inline struct ident
ident_client(const struct made *ca, const char *uri, int64_t not_after)
{
	struct ident id = {BUF_MAX(PEM), BUF_MAX(PEM)};
	struct buf csr = BUF_MAX(PEM);

	assert_int_equal(pki_key_new(&id.key, NULL), 0);
	assert_int_equal(pki_csr_new(buf_str(&id.key), &csr, NULL), 0);
	assert_int_equal(pki_csr_sign(ca->ca, buf_str(&csr), uri, not_after,
			     &id.cert, NULL, NULL),
	    0);
	buf_free(&csr);
	return id;
}

static inline void
ident_free(struct ident *id)
{
	buf_free(&id->cert);
	pki_wipe(&id->key);
}

#define cleanup_ident __attribute__((cleanup(ident_free)))

static inline int
world_make(void **state)
{
	(void)state;
	world.ca = make_ca("fg CA", after(DAY));
	world.other = make_ca("fg CA", after(DAY));
	world.server = ident_server(&world.ca, "console.example", after(DAY));
	world.client = ident_client(&world.ca, "fg:app/a", after(DAY));
	return 0;
}

static inline int
world_end(void **state)
{
	(void)state;
	drop(&world.ca);
	drop(&world.other);
	ident_free(&world.server);
	ident_free(&world.client);
	return 0;
}

/* ---- contexts ----------------------------------------------------------- */

static inline struct tls_context *
server_context(const struct ident *id, struct str client_ca)
{
	struct tls_context *c = NULL;
	struct err e = {0};
	const struct tls_server_config cfg = {
	    buf_str(&id->cert), buf_str(&id->key), client_ca};

	if (tls_server_new(&cfg, &c, &e) != 0)
		fail_msg("%s", e.text);
	return c;
}

/* id may be NULL. */
static inline struct tls_context *
client_context(struct str ca, const struct ident *id)
{
	struct tls_context *c = NULL;
	struct tls_client_config cfg = {.ca = ca};
	struct err e = {0};

	if (id != NULL) {
		cfg.cert = buf_str(&id->cert);
		cfg.key = buf_str(&id->key);
	}
	if (tls_client_new(&cfg, &c, &e) != 0)
		fail_msg("%s", e.text);
	return c;
}

/* ---- a connection ------------------------------------------------------- */

struct end {
	struct tls *t;
	int fd;
	ssize_t r; /* of the last call */
	struct err e;
};

struct wire {
	struct end client, server;
};

static inline void
wire_free(struct wire *w)
{
	tls_free(w->client.t);
	tls_free(w->server.t);
	fd_closep(&w->client.fd);
	fd_closep(&w->server.fd);
}

#define cleanup_wire __attribute__((cleanup(wire_free)))

static inline void
sockets(int fd[2])
{
	assert_int_equal(socketpair(AF_UNIX,
			     SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd),
	    0);
}

/* The contexts are given up: sessions have to live without. */
static inline void
wire_make(struct wire *w, struct tls_context *server,
    struct tls_context *client, const char *host)
{
	int fd[2];

	sockets(fd);
	*w = (struct wire){{.fd = fd[0]}, {.fd = fd[1]}};
	assert_int_equal(
	    tls_connect(client, fd[0], host, &w->client.t, NULL), 0);
	assert_int_equal(tls_accept(server, fd[1], &w->server.t, NULL), 0);
	tls_context_free(server);
	tls_context_free(client);
}

static inline void
step(struct end *end)
{
	if (end->r == -EAGAIN)
		end->r = tls_handshake(end->t, &end->e);
}

/* Until both are through, or have failed, or neither gets any further. */
static inline void
shake(struct wire *w)
{
	w->client.r = w->server.r = -EAGAIN;
	for (int i = 0; i < 20; i++) {
		step(&w->client);
		step(&w->server);
	}
}

/* The usual ones, shaken. */
static inline void
wire_ready(struct wire *w)
{
	wire_make(w, server_context(&world.server, buf_str(&world.ca.cert)),
	    client_context(buf_str(&world.ca.cert), &world.client),
	    "console.example");
	shake(w);
	assert_int_equal(w->client.r, 0);
	assert_int_equal(w->server.r, 0);
}

static inline void
tells(const struct end *end, ssize_t r, enum err_kind kind, const char *text)
{
	if (end->r != r || end->e.kind != kind ||
	    strstr(end->e.text, text) == NULL)
		fail_msg("%zd (not %zd), \"%s\" without \"%s\"", end->r, r,
		    end->e.text, text);
}

static inline void
end_read(struct end *end, char *to, size_t n)
{
	end->e = (struct err){0};
	end->r = tls_read(end->t, to, n, &end->e);
}

static inline void
end_write(struct end *end, const char *text)
{
	end->e = (struct err){0};
	end->r = tls_write(end->t, text, strlen(text), &end->e);
}

#endif
