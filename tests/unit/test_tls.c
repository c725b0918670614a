/* SPDX-License-Identifier: Apache-2.0 */
/* Who is let in, who is not, and what is said about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tls/tls_state.h"
#include "tls_world.h"

/* ---- right ones --------------------------------------------------------- */

static void
both_show_certificates(void **state)
{
	cleanup_wire struct wire w;
	struct tls_peer peer;
	struct pki_facts f;
	char text[16];

	(void)state;
	wire_ready(&w);
	assert_string_equal(tls_version(w.client.t), "TLSv1.3");
	assert_int_equal(tls_peer(w.server.t, &peer, NULL), 0);
	assert_true(peer.shown);
	assert_string_equal(peer.facts.uri, "fg:app/a");
	assert_int_equal(
	    pki_cert_facts(buf_str(&world.client.cert), &f, NULL), 0);
	assert_memory_equal(&f, &peer.facts, sizeof f);
	assert_int_equal(tls_peer(w.client.t, &peer, NULL), 0);
	assert_true(peer.shown);
	assert_int_equal(
	    pki_cert_facts(buf_str(&world.server.cert), &f, NULL), 0);
	assert_memory_equal(&f, &peer.facts, sizeof f);
	end_write(&w.client, "hello");
	assert_int_equal(w.client.r, 5);
	end_read(&w.server, text, sizeof text);
	assert_int_equal(w.server.r, 5);
	assert_memory_equal(text, "hello", 5);
	end_read(&w.server, text, sizeof text);
	assert_int_equal(w.server.r, -EAGAIN);
	assert_int_equal(tls_wants(w.server.t), EPOLLIN);
	assert_int_equal(w.server.e.kind, ERR_NONE);
}

static void
a_client_may_show_none(void **state)
{
	struct str ca[] = {buf_str(&world.ca.cert), STR_NONE};
	struct tls_peer peer;

	(void)state;
	for (int i = 0; i < 2; i++) {
		cleanup_wire struct wire w;

		wire_make(&w, server_context(&world.server, ca[i]),
		    client_context(ca[0], NULL), "console.example");
		shake(&w);
		assert_int_equal(w.client.r, 0);
		assert_int_equal(w.server.r, 0);
		assert_int_equal(tls_peer(w.server.t, &peer, NULL), 0);
		assert_false(peer.shown);
		assert_string_equal(peer.facts.uri, "");
	}
}

/* No CA goes along with a certificate, unless it was given with it. */
static void
what_was_given_is_shown(void **state)
{
	struct buf chain = BUF_MAX(PEM);

	(void)state;
	buf_adds(&chain, buf_str(&world.server.cert));
	buf_adds(&chain, buf_str(&world.ca.cert));
	for (int i = 0; i < 2; i++) {
		struct ident id = {
		    i == 0 ? world.server.cert : chain, world.server.key};
		cleanup_wire struct wire w;

		wire_make(&w, server_context(&id, buf_str(&world.ca.cert)),
		    client_context(buf_str(&world.ca.cert), &world.client),
		    "console.example");
		shake(&w);
		assert_int_equal(w.server.r, 0);
		/* A client's own certificate is not counted there. */
		assert_int_equal(
		    sk_X509_num(SSL_get_peer_cert_chain(w.server.t->ssl)), 0);
		assert_int_equal(
		    sk_X509_num(SSL_get_peer_cert_chain(w.client.t->ssl)),
		    1 + i);
	}
	buf_free(&chain);
}

/* Before the handshake there is no peer, and nothing is promised. */
static void
at_the_beginning(void **state)
{
	cleanup_wire struct wire w;
	struct tls_peer peer;

	(void)state;
	wire_make(&w, server_context(&world.server, buf_str(&world.ca.cert)),
	    client_context(buf_str(&world.ca.cert), &world.client),
	    "console.example");
	assert_string_equal(tls_version(w.server.t), "");
	assert_int_equal(tls_peer(w.server.t, &peer, NULL), 0);
	assert_false(peer.shown);
	assert_int_equal(tls_pending(w.server.t), 0);
	assert_int_equal(tls_close(w.server.t, NULL), 0);
	w.server.r = tls_handshake(w.server.t, &w.server.e);
	assert_int_equal(w.server.r, -EAGAIN);
	assert_int_equal(tls_wants(w.server.t), EPOLLIN);
}

/* ---- servers that are not taken ----------------------------------------- */

static void
refuse_server(const struct ident *id, struct str ca, const char *host,
    const char *client_says, const char *server_says)
{
	cleanup_wire struct wire w;

	wire_make(
	    &w, server_context(id, STR_NONE), client_context(ca, NULL), host);
	shake(&w);
	tells(&w.client, -EKEYREJECTED, ERR_PERM, client_says);
	tells(&w.server, -EACCES, ERR_PERM, server_says);
	/* And so for ever. */
	w.client.e = (struct err){0};
	w.client.r = tls_handshake(w.client.t, &w.client.e);
	tells(&w.client, -EKEYREJECTED, ERR_PERM, client_says);
	end_write(&w.client, "x");
	tells(&w.client, -EKEYREJECTED, ERR_PERM, client_says);
	assert_int_equal(tls_close(w.client.t, NULL), 0);
}

static void
unknown_authority(void **state)
{
	(void)state;
	refuse_server(&world.server, buf_str(&world.other.cert),
	    "console.example",
	    "the certificate of \"console.example\" is not signed by an "
	    "authority that is trusted here; its issuer calls itself "
	    "\"CN=fg CA\"",
	    "the peer refuses our certificate: unknown CA");
}

/* The system's CAs know nothing of ours. */
static void
the_authorities_of_the_system(void **state)
{
	(void)state;
	refuse_server(&world.server, STR_NONE, "console.example",
	    "is not signed by an authority that is trusted here",
	    "the peer refuses our certificate: unknown CA");
}

static void
wrong_name(void **state)
{
	struct str ca = buf_str(&world.ca.cert);

	(void)state;
	refuse_server(&world.server, ca, "console2.example",
	    "the certificate of \"console2.example\" is not for that name but "
	    "for \"console.example\"",
	    "the peer refuses our certificate");
	refuse_server(&world.server, ca, "a.console.example",
	    "is not for that name", "refuses");
	refuse_server(
	    &world.server, ca, "127.0.0.1", "is not for that name", "refuses");
	refuse_server(
	    &world.server, ca, "::1", "is not for that name", "refuses");
}

static void
expired_server(void **state)
{
	cleanup_ident struct ident id =
	    ident_server(&world.ca, "console.example", 1767323045);

	(void)state;
	refuse_server(&id, buf_str(&world.ca.cert), "console.example",
	    "the certificate of \"console.example\" expired at "
	    "2026-01-02T03:04:05Z; the clock of this machine says 20",
	    "the peer refuses our certificate: certificate expired");
}

static void
client_as_server(void **state)
{
	(void)state;
	refuse_server(&world.client, buf_str(&world.ca.cert), "console.example",
	    "is not meant for servers (extendedKeyUsage)",
	    "the peer refuses our certificate: unsupported certificate");
}

/* Sign what change() makes of a certificate. */
static struct ident
changed(struct ident id, void (*change)(X509 *x))
{
	BIO *in = BIO_new_mem_buf(id.cert.p, (int)id.cert.n);
	BIO *ca = BIO_new_mem_buf(world.ca.key.p, (int)world.ca.key.n);
	BIO *out = BIO_new(BIO_s_mem());
	X509 *x = PEM_read_bio_X509(in, NULL, NULL, NULL);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(ca, NULL, NULL, NULL);
	char *p;
	long n;

	change(x);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509(out, x), 1);
	n = BIO_get_mem_data(out, &p);
	buf_reset(&id.cert);
	buf_add(&id.cert, p, (size_t)n);
	X509_free(x);
	EVP_PKEY_free(key);
	BIO_free(in);
	BIO_free(ca);
	BIO_free(out);
	return id;
}

static struct ident
changed_server(void (*change)(X509 *x))
{
	return changed(
	    ident_server(&world.ca, "console.example", after(60)), change);
}

/* As a machine sees it whose clock is far behind. */
static void
from_tomorrow(X509 *x)
{
	assert_non_null(X509_time_adj(X509_getm_notBefore(x), DAY, NULL));
	assert_non_null(X509_time_adj(X509_getm_notAfter(x), 2L * DAY, NULL));
}

static void
not_yet_valid(void **state)
{
	cleanup_ident struct ident id = changed_server(from_tomorrow);

	(void)state;
	refuse_server(&id, buf_str(&world.ca.cert), "console.example",
	    "the certificate of \"console.example\" is not valid before 20",
	    "the peer refuses our certificate: bad certificate");
}

static void
with_a_common_name_only(X509 *x)
{
	X509_NAME *name = X509_get_subject_name(x);
	int at = X509_get_ext_by_NID(x, NID_subject_alt_name, -1);

	X509_EXTENSION_free(X509_delete_ext(x, at));
	assert_int_equal(
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		(const unsigned char *)"console.example", -1, -1, 0),
	    1);
}

static void
common_names_do_not_count(void **state)
{
	cleanup_ident struct ident id = changed_server(with_a_common_name_only);

	(void)state;
	refuse_server(&id, buf_str(&world.ca.cert), "console.example",
	    "is not for that name but for no name (it has no SAN)", "refuses");
}

static void
many_names(X509 *x)
{
	int at = X509_get_ext_by_NID(x, NID_subject_alt_name, -1);
	X509_EXTENSION *ext =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name,
		"DNS:a,IP:10.0.0.1,URI:x:y,IP:::1,DNS:b,DNS:c,DNS:d");

	X509_EXTENSION_free(X509_delete_ext(x, at));
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

static void
names_are_told(void **state)
{
	cleanup_ident struct ident id = changed_server(many_names);

	(void)state;
	refuse_server(&id, buf_str(&world.ca.cert), "console.example",
	    "but for \"a\", 10.0.0.1, ::1, \"b\" and 2 more", "refuses");
}

static void
addresses(void **state)
{
	static const char *const ip[] = {"127.0.0.1", "::1"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		cleanup_ident struct ident id =
		    ident_server(&world.ca, ip[i], after(60));
		cleanup_wire struct wire w;

		wire_make(&w, server_context(&id, STR_NONE),
		    client_context(buf_str(&world.ca.cert), NULL), ip[i]);
		shake(&w);
		assert_int_equal(w.client.r, 0);
		refuse_server(&id, buf_str(&world.ca.cert), "10.0.0.1",
		    i == 0 ? "for 127.0.0.1" : "for ::1", "refuses");
	}
}

/* The certificate itself may be named as what is trusted. */
static void
a_server_by_itself(void **state)
{
	cleanup_wire struct wire w;

	(void)state;
	wire_make(&w, server_context(&world.server, STR_NONE),
	    client_context(buf_str(&world.server.cert), NULL),
	    "console.example");
	shake(&w);
	assert_int_equal(w.client.r, 0);
	refuse_server(&world.server, buf_str(&world.server.cert), "b.example",
	    "is not for that name", "refuses");
}

/* The file name of dir, into b. */
static void
get(const char *dir, const char *name, struct buf *b)
{
	char command[64];

	(void)snprintf(command, sizeof command, "cat %s", name);
	ask(dir, command, b);
}

/* As operators have them: a root, an intermediate, a server's key of RSA. */
static void
chains(void **state)
{
	static const char make[] =
	    "ec='-newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes' && "
	    "openssl req -x509 $ec -keyout r.key -out r.pem -subj /CN=root "
	    "-days 2 && openssl req -new $ec -keyout i.key -subj /CN=inter | "
	    "openssl x509 -req -CA r.pem -CAkey r.key -set_serial 2 -days 2 "
	    "-extfile e -extensions i -out i.pem && "
	    "openssl req -new -newkey rsa:2048 -nodes -keyout s.key -subj / | "
	    "openssl x509 -req -CA i.pem -CAkey i.key -set_serial 3 -days 2 "
	    "-extfile e -extensions s -out s.pem";
	cleanup_ident struct ident id = {BUF_MAX(PEM), BUF_MAX(PEM)};
	struct buf out = BUF_MAX(PEM), ca = BUF_MAX(PEM);
	char dir[32];

	(void)state;
	make_directory(dir);
	put(dir, "e",
	    STR("[i]\nbasicConstraints=critical,CA:TRUE\n"
		"[s]\nsubjectAltName=DNS:a.example\n"));
	ask(dir, make, &out);
	get(dir, "s.key", &id.key);
	get(dir, "r.pem", &ca);
	get(dir, "s.pem", &id.cert);
	refuse_server(&id, buf_str(&ca), "a.example",
	    "its issuer calls itself \"CN=inter\"", "unknown CA");
	/* With what leads to the root; where the intermediate is trusted. */
	for (int i = 0; i < 2; i++) {
		cleanup_wire struct wire w;

		get(dir, i == 0 ? "s.pem i.pem" : "s.pem", &id.cert);
		get(dir, i == 0 ? "r.pem" : "i.pem", &ca);
		wire_make(&w, server_context(&id, STR_NONE),
		    client_context(buf_str(&ca), NULL), "a.example");
		shake(&w);
		assert_int_equal(w.client.r, 0);
	}
	remove_directory(dir);
	buf_free(&out);
	buf_free(&ca);
}

/* ---- clients that are not taken ----------------------------------------- */

static void
refuse_client(
    const struct ident *id, const char *server_says, const char *client_says)
{
	cleanup_wire struct wire w;
	char text[16];

	wire_make(&w, server_context(&world.server, buf_str(&world.ca.cert)),
	    client_context(buf_str(&world.ca.cert), id), "console.example");
	shake(&w);
	tells(&w.server, -EKEYREJECTED, ERR_PERM, server_says);
	/* It learns it when it reads: RFC 8446 section 4.4.4 and E.5. */
	assert_int_equal(w.client.r, 0);
	end_read(&w.client, text, sizeof text);
	tells(&w.client, -EACCES, ERR_PERM, client_says);
	end_write(&w.client, "x");
	tells(&w.client, -EACCES, ERR_PERM, client_says);
}

static void
client_of_another_ca(void **state)
{
	cleanup_ident struct ident id =
	    ident_client(&world.other, "fg:app/a", after(60));

	(void)state;
	refuse_client(&id,
	    "the client's certificate (fg:app/a) is not signed by an authority "
	    "that is trusted here",
	    "the peer refuses our certificate: unknown CA");
}

static void
expired_client(void **state)
{
	cleanup_ident struct ident id =
	    ident_client(&world.ca, "fg:app/a", after(-1));

	(void)state;
	refuse_client(&id, "the client's certificate (fg:app/a) expired at 20",
	    "the peer refuses our certificate: certificate expired");
}

static void
server_as_client(void **state)
{
	(void)state;
	refuse_client(&world.server,
	    "is not meant for clients (extendedKeyUsage)",
	    "the peer refuses our certificate: unsupported certificate");
}

static void
with_two_uris(X509 *x)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(
	    NULL, NULL, NID_subject_alt_name, "critical,URI:a:b,URI:c:d");
	int at = X509_get_ext_by_NID(x, NID_subject_alt_name, -1);

	X509_EXTENSION_free(X509_delete_ext(x, at));
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

/* Signed by the right CA, but nobody can say for whom: it is nobody. */
static void
client_of_two_names(void **state)
{
	cleanup_ident struct ident id = changed(
	    ident_client(&world.ca, "fg:app/a", after(60)), with_two_uris);
	cleanup_ident struct ident late = changed(
	    ident_client(&world.ca, "fg:app/a", after(-1)), with_two_uris);
	cleanup_wire struct wire w;
	struct tls_peer peer;
	struct err e = {0};

	(void)state;
	wire_make(&w, server_context(&world.server, buf_str(&world.ca.cert)),
	    client_context(buf_str(&world.ca.cert), &id), "console.example");
	shake(&w);
	assert_int_equal(w.server.r, 0);
	assert_int_equal(tls_peer(w.server.t, &peer, &e), -EINVAL);
	assert_false(peer.shown);
	assert_string_equal(peer.facts.uri, "");
	assert_non_null(strstr(e.text, "more than one SAN URI"));
	refuse_client(&late, "the client's certificate expired at 20",
	    "the peer refuses our certificate: certificate expired");
}

/* A CA is no client either. */
static void
ca_as_client(void **state)
{
	const struct ident id = {world.ca.cert, world.ca.key};
	cleanup_wire struct wire w;

	(void)state;
	wire_make(&w, server_context(&world.server, buf_str(&world.ca.cert)),
	    client_context(buf_str(&world.ca.cert), &id), "console.example");
	shake(&w);
	tells(&w.server, -EKEYREJECTED, ERR_PERM, "certificate");
}

/*
 * The server hangs up at once, with what the client wrote unread: writing
 * fails, but why can still be read.
 */
static void
refused_while_writing(void **state)
{
	cleanup_ident struct ident id =
	    ident_client(&world.ca, "fg:app/a", after(-1));
	cleanup_wire struct wire w;
	char text[16];

	(void)state;
	wire_make(&w, server_context(&world.server, buf_str(&world.ca.cert)),
	    client_context(buf_str(&world.ca.cert), &id), "console.example");
	w.client.r = w.server.r = -EAGAIN;
	step(&w.client);
	step(&w.server);
	step(&w.client);
	assert_int_equal(w.client.r, 0);
	end_write(&w.client, "GET / HTTP/1.1\r\n\r\n");
	assert_true(w.client.r > 0);
	step(&w.server);
	assert_int_equal(w.server.r, -EKEYREJECTED);
	fd_closep(&w.server.fd);
	for (int i = 0; i < 3; i++) {
		end_write(&w.client, "more");
		tells(&w.client, -ECONNRESET, ERR_TEMP, "the peer is gone");
	}
	end_read(&w.client, text, sizeof text);
	tells(&w.client, -EACCES, ERR_PERM, "certificate expired");
	end_write(&w.client, "more");
	tells(&w.client, -EACCES, ERR_PERM, "certificate expired");
}

/* Nobody has to read through a pile of certificates. */
static void
long_chain(void **state)
{
	struct ident id = {BUF_MAX(PEM), world.client.key};
	cleanup_wire struct wire w;

	(void)state;
	buf_adds(&id.cert, buf_str(&world.client.cert));
	while (id.cert.n < 60000)
		buf_adds(&id.cert, buf_str(&world.other.cert));
	wire_make(&w, server_context(&world.server, buf_str(&world.ca.cert)),
	    client_context(buf_str(&world.ca.cert), &id), "console.example");
	shake(&w);
	tells(&w.server, -EPROTO, ERR_PERM, "TLS: excessive message size");
	buf_free(&id.cert);
}

/* ---- rotation ----------------------------------------------------------- */

static void
two_authorities(void **state)
{
	cleanup_ident struct ident server =
	    ident_server(&world.other, "console.example", after(60));
	cleanup_ident struct ident client =
	    ident_client(&world.other, "fg:app/b", after(60));
	struct str texts[] = {
	    buf_str(&world.ca.cert), buf_str(&world.other.cert)};
	const struct ident *servers[] = {&world.server, &server};
	const struct ident *clients[] = {&world.client, &client};
	struct buf both = BUF_MAX(PEM);
	struct tls_peer peer;

	(void)state;
	assert_int_equal(pki_bundle(texts, 2, &both, NULL), 0);
	for (int i = 0; i < 4; i++) {
		cleanup_wire struct wire w;

		wire_make(&w, server_context(servers[i / 2], buf_str(&both)),
		    client_context(buf_str(&both), clients[i % 2]),
		    "console.example");
		shake(&w);
		assert_int_equal(w.client.r, 0);
		assert_int_equal(w.server.r, 0);
		assert_int_equal(tls_peer(w.server.t, &peer, NULL), 0);
		assert_string_equal(
		    peer.facts.uri, i % 2 == 0 ? "fg:app/a" : "fg:app/b");
	}
	buf_free(&both);
}

/* A new certificate is for new connections; the old ones go on. */
static void
another_certificate(void **state)
{
	cleanup_ident struct ident id =
	    ident_server(&world.ca, "console.example", after(60));
	struct tls_context *old, *new;
	struct wire first, second;
	struct tls_peer a, b;
	int fd[2];

	(void)state;
	old = server_context(&world.server, STR_NONE);
	sockets(fd);
	first = (struct wire){{.fd = fd[0]}, {.fd = fd[1]}};
	new = client_context(buf_str(&world.ca.cert), NULL);
	assert_int_equal(
	    tls_connect(new, fd[0], "console.example", &first.client.t, NULL),
	    0);
	assert_int_equal(tls_accept(old, fd[1], &first.server.t, NULL), 0);
	tls_context_free(old); /* in the middle of a handshake */
	wire_make(
	    &second, server_context(&id, STR_NONE), new, "console.example");
	shake(&second);
	shake(&first);
	assert_int_equal(first.client.r, 0);
	assert_int_equal(second.client.r, 0);
	assert_int_equal(tls_peer(first.client.t, &a, NULL), 0);
	assert_int_equal(tls_peer(second.client.t, &b, NULL), 0);
	assert_string_not_equal(a.facts.serial, b.facts.serial);
	wire_free(&second);
	end_write(&first.server, "still here");
	assert_int_equal(first.server.r, 10);
	wire_free(&first);
}

#define TEST(name) cmocka_unit_test_teardown(name, no_queue)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(both_show_certificates),
	    TEST(a_client_may_show_none),
	    TEST(what_was_given_is_shown),
	    TEST(at_the_beginning),
	    TEST(unknown_authority),
	    TEST(the_authorities_of_the_system),
	    TEST(wrong_name),
	    TEST(expired_server),
	    TEST(client_as_server),
	    TEST(not_yet_valid),
	    TEST(common_names_do_not_count),
	    TEST(names_are_told),
	    TEST(addresses),
	    TEST(a_server_by_itself),
	    TEST(chains),
	    TEST(client_of_another_ca),
	    TEST(expired_client),
	    TEST(server_as_client),
	    TEST(client_of_two_names),
	    TEST(ca_as_client),
	    TEST(refused_while_writing),
	    TEST(long_chain),
	    TEST(two_authorities),
	    TEST(another_certificate),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
