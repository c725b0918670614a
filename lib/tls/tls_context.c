/* SPDX-License-Identifier: Apache-2.0 */
/* What a server or a client has in its hands. */
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>

#include "pki/pki_x509.h"
#include "tls_state.h"

enum {
	CLIENT_CHAIN_BYTES = 32 * 1024, /* of what a client shows */
	CLIENT_CHAIN_DEPTH = 2,         /* intermediates in that */
	SERVER_CHAIN_DEPTH = 8,
};

/* Forward secrecy and AEAD; those of TLS 1.3 all have both. */
static const char ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

void
tls_context_unref(struct tls_context *c)
{
	if (--c->refs > 0)
		return;
	SSL_CTX_free(c->ssl);
	BIO_meth_free(c->bio);
	free(c);
}

void
tls_context_free(struct tls_context *c)
{
	if (c != NULL)
		tls_context_unref(c);
}

void
tls_context_freep(struct tls_context **c)
{
	tls_context_free(*c);
	*c = NULL;
}

static int
set_rules(SSL_CTX *ssl)
{
	int groups[] = {NID_X25519, NID_X9_62_prime256v1, NID_secp384r1};

	(void)SSL_CTX_set_options(ssl,
	    SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	(void)SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE |
					SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					SSL_MODE_RELEASE_BUFFERS |
					SSL_MODE_NO_AUTO_CHAIN);
	/* A peer that sends no data at length must not keep us from others. */
	(void)SSL_CTX_clear_mode(ssl, SSL_MODE_AUTO_RETRY);
	(void)SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	return SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_num_tickets(ssl, 0) == 1 &&
	       SSL_CTX_set_cipher_list(ssl, ciphers) == 1 &&
	       SSL_CTX_set1_groups(
		   ssl, groups, (int)(sizeof groups / sizeof *groups)) == 1;
}

static int
context_new(const SSL_METHOD *method, bool server, struct tls_context **ret,
    struct err *e)
{
	struct tls_context *c = calloc(1, sizeof *c);

	if (c == NULL)
		return err_nomem(e);
	c->refs = 1;
	c->server = server;
	c->ssl = SSL_CTX_new(method);
	c->bio = tls_bio_method();
	if (c->ssl == NULL || c->bio == NULL || !set_rules(c->ssl)) {
		tls_context_unref(c);
		return pki_x509_error(e, EIO, "TLS");
	}
	*ret = c;
	return 0;
}

/* ---- our own certificate ------------------------------------------------ */

struct chain {
	SSL_CTX *ssl;
	const char *what;
	size_t n;
};

/* The first is ours, the others lead from it to an authority. */
static int
take_ours(X509 *x, void *arg, struct err *e)
{
	struct chain *chain = arg;
	int ok = chain->n++ == 0 ? SSL_CTX_use_certificate(chain->ssl, x)
				 : (int)SSL_CTX_add1_chain_cert(chain->ssl, x);

	return ok == 1 ? 0 : pki_x509_error(e, EINVAL, chain->what);
}

static int
set_ours(SSL_CTX *ssl, struct str cert, struct str key, struct err *e)
{
	cleanup_x509_key EVP_PKEY *parsed = NULL;
	struct chain chain = {ssl, "our certificate", 0};
	int r = pki_x509_each(cert, chain.what, take_ours, &chain, e);

	if (r == 0)
		r = pki_x509_key(key, "our private key", &parsed, e);
	if (r != 0)
		return r;
	if (X509_check_private_key(SSL_CTX_get0_certificate(ssl), parsed) !=
	    1) {
		ERR_clear_error();
		return err_set(e, ERR_PERM, EINVAL,
		    "our private key is not that of our certificate");
	}
	if (SSL_CTX_use_PrivateKey(ssl, parsed) != 1)
		return pki_x509_error(e, EINVAL, "our private key");
	return 0;
}

/* ---- whom we trust ------------------------------------------------------ */

static int
trust(X509 *x, void *arg, struct err *e)
{
	SSL_CTX *ssl = arg;

	if (X509_STORE_add_cert(SSL_CTX_get_cert_store(ssl), x) == 1)
		return 0;
	return pki_x509_error(e, EINVAL, "the certificate of an authority");
}

static int
trust_of_clients(X509 *x, void *arg, struct err *e)
{
	SSL_CTX *ssl = arg;

	if (SSL_CTX_add_client_CA(ssl, x) != 1)
		return pki_x509_error(
		    e, EINVAL, "the certificate of an authority");
	return trust(x, arg, e);
}

static int
ask_clients(SSL_CTX *ssl, struct str ca, struct err *e)
{
	int r = pki_x509_each(
	    ca, "the authorities of clients", trust_of_clients, ssl, e);

	if (r != 0)
		return r;
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, tls_verify);
	SSL_CTX_set_verify_depth(ssl, CLIENT_CHAIN_DEPTH);
	SSL_CTX_set_max_cert_list(ssl, CLIENT_CHAIN_BYTES);
	/* Those are of our own making: RFC 5280 to the letter. */
	if (X509_VERIFY_PARAM_set_flags(
		SSL_CTX_get0_param(ssl), X509_V_FLAG_X509_STRICT) != 1)
		return pki_x509_error(e, EIO, "TLS");
	return 0;
}

/*
 * An authority that was named is trusted though nobody above it is known; so
 * an intermediate, or the server's certificate itself, may be named.
 */
static int
ask_servers(SSL_CTX *ssl, struct str ca, struct err *e)
{
	int r = 0;

	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, tls_verify);
	SSL_CTX_set_verify_depth(ssl, SERVER_CHAIN_DEPTH);
	if (X509_VERIFY_PARAM_set_flags(
		SSL_CTX_get0_param(ssl), X509_V_FLAG_PARTIAL_CHAIN) != 1)
		return pki_x509_error(e, EIO, "TLS");
	if (ca.n > 0)
		r = pki_x509_each(ca, "the trusted authorities", trust, ssl, e);
	else if (SSL_CTX_set_default_verify_paths(ssl) != 1)
		r = pki_x509_error(e, ENOENT, "the system's authorities");
	ERR_clear_error();
	return r;
}

/* ---- both kinds --------------------------------------------------------- */

int
tls_server_new(const struct tls_server_config *cfg, struct tls_context **ret,
    struct err *e)
{
	cleanup_tls_context struct tls_context *c = NULL;
	int r = context_new(TLS_server_method(), true, &c, e);

	if (r == 0)
		r = set_ours(c->ssl, cfg->cert, cfg->key, e);
	if (r == 0 && cfg->client_ca.n > 0)
		r = ask_clients(c->ssl, cfg->client_ca, e);
	if (r != 0)
		return r;
	*ret = c;
	c = NULL;
	return 0;
}

int
tls_client_new(const struct tls_client_config *cfg, struct tls_context **ret,
    struct err *e)
{
	cleanup_tls_context struct tls_context *c = NULL;
	int r = context_new(TLS_client_method(), false, &c, e);

	if (r == 0)
		r = ask_servers(c->ssl, cfg->ca, e);
	if (r == 0 && cfg->cert.n > 0)
		r = set_ours(c->ssl, cfg->cert, cfg->key, e);
	if (r != 0)
		return r;
	*ret = c;
	c = NULL;
	return 0;
}
