/* SPDX-License-Identifier: Apache-2.0 */
#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "pki/pki_x509.h"
#include "tls_state.h"

enum { HOST_MAX = 253 };

/* ---- sessions ----------------------------------------------------------- */

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	tls_context_unref(t->context);
	free(t->host);
	free(t->why);
	free(t->verify);
	free(t);
}

void
tls_freep(struct tls **t)
{
	tls_free(*t);
	*t = NULL;
}

static int
session_new(struct tls_context *c, int fd, struct tls **ret, struct err *e)
{
	struct tls *t = calloc(1, sizeof *t);
	BIO *bio;

	if (t == NULL)
		return err_nomem(e);
	t->context = c;
	c->refs++;
	t->fd = fd;
	t->ssl = SSL_new(c->ssl);
	bio = BIO_new(c->bio);
	if (t->ssl == NULL || bio == NULL) {
		BIO_free(bio);
		tls_free(t);
		return pki_x509_error(e, ENOMEM, "a TLS session");
	}
	BIO_set_data(bio, t);
	SSL_set_bio(t->ssl, bio, bio);
	(void)SSL_set_app_data(t->ssl, t);
	*ret = t;
	return 0;
}

int
tls_accept(struct tls_context *c, int fd, struct tls **ret, struct err *e)
{
	int r;

	if (!c->server)
		return err_set(
		    e, ERR_PERM, EINVAL, "a TLS client does not accept");
	r = session_new(c, fd, ret, e);
	if (r == 0)
		SSL_set_accept_state((*ret)->ssl);
	return r;
}

/* ---- who has to be there ------------------------------------------------ */

static bool
is_address(const char *host)
{
	unsigned char ip[16];

	return inet_pton(AF_INET, host, ip) == 1 ||
	       inet_pton(AF_INET6, host, ip) == 1;
}

/* Letters, digits, '-', '_', and dots between them. */
static bool
is_name(const char *host)
{
	size_t n = strlen(host);

	return n >= 1 && n <= HOST_MAX && host[0] != '.' &&
	       host[n - 1] != '.' && strstr(host, "..") == NULL &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-_."
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == n;
}

/* RFC 6066 section 3: an address is not sent as SNI. */
static int
expect(struct tls *t, const char *host, struct err *e)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(t->ssl);
	int ok;

	if (!is_address(host) && !is_name(host))
		return err_set(e, ERR_PERM, EINVAL,
		    "neither a host name nor an IP address: \"%s\"", host);
	t->host = strdup(host);
	if (t->host == NULL)
		return err_nomem(e);
	if (is_address(host))
		ok = X509_VERIFY_PARAM_set1_ip_asc(param, host);
	else
		ok = X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
		     SSL_set_tlsext_host_name(t->ssl, t->host) == 1;
	X509_VERIFY_PARAM_set_hostflags(
	    param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
		       X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return ok == 1 ? 0 : pki_x509_error(e, ENOMEM, "a TLS session");
}

int
tls_connect(struct tls_context *c, int fd, const char *host, struct tls **ret,
    struct err *e)
{
	cleanup_tls struct tls *t = NULL;
	int r;

	if (c->server)
		return err_set(
		    e, ERR_PERM, EINVAL, "a TLS server does not connect");
	r = session_new(c, fd, &t, e);
	if (r == 0)
		r = expect(t, host, e);
	if (r != 0)
		return r;
	SSL_set_connect_state(t->ssl);
	*ret = t;
	t = NULL;
	return 0;
}

/* ---- at work ------------------------------------------------------------ */

/* The answer of a session that has ended. */
static int
dead(const struct tls *t, struct err *e)
{
	if (e != NULL && t->why != NULL)
		*e = *t->why;
	else if (t->why == NULL)
		(void)err_nomem(e);
	return t->dead;
}

/* tls_outcome() where it makes no difference whether the peer said good-bye. */
static int
failure(struct tls *t, int ret, struct err *e)
{
	int r = tls_outcome(t, ret, e);

	return r != 0 ? r : err_set(e, ERR_TEMP, ECONNRESET, "the peer left");
}

int
tls_handshake(struct tls *t, struct err *e)
{
	int r;

	if (t->dead != 0)
		return dead(t, e);
	ERR_clear_error();
	r = SSL_do_handshake(t->ssl);
	return r == 1 ? 0 : failure(t, r, e);
}

ssize_t
tls_read(struct tls *t, void *p, size_t n, struct err *e)
{
	size_t got = 0;
	int r;

	if (t->dead != 0)
		return dead(t, e);
	ERR_clear_error();
	r = SSL_read_ex(t->ssl, p, n, &got);
	return r == 1 ? (ssize_t)got : tls_outcome(t, r, e);
}

ssize_t
tls_write(struct tls *t, const void *p, size_t n, struct err *e)
{
	size_t put = 0;
	int r;

	if (t->dead != 0)
		return dead(t, e);
	if (t->write_ended)
		return err_set(e, ERR_TEMP, ECONNRESET, "the peer is gone");
	ERR_clear_error();
	r = SSL_write_ex(t->ssl, p, n, &put);
	return r == 1 ? (ssize_t)put : failure(t, r, e);
}

int
tls_close(struct tls *t, struct err *e)
{
	int r;

	if (t->dead != 0 || t->closed || t->write_ended ||
	    !SSL_is_init_finished(t->ssl))
		return 0;
	ERR_clear_error();
	r = SSL_shutdown(t->ssl);
	if (r < 0 && tls_outcome(t, r, e) == -EAGAIN)
		return -EAGAIN;
	t->closed = true;
	return 0;
}

/* ---- what there is ------------------------------------------------------ */

uint32_t
tls_wants(const struct tls *t)
{
	return t->wants;
}

size_t
tls_pending(const struct tls *t)
{
	return (size_t)SSL_pending(t->ssl);
}

const char *
tls_version(const struct tls *t)
{
	return SSL_is_init_finished(t->ssl) ? SSL_get_version(t->ssl) : "";
}

int
tls_peer(const struct tls *t, struct tls_peer *ret, struct err *e)
{
	X509 *x = SSL_get0_peer_certificate(t->ssl);
	int r;

	*ret = (struct tls_peer){.shown = false};
	if (x == NULL || !SSL_is_init_finished(t->ssl))
		return 0;
	r = pki_x509_facts(x, &ret->facts, e);
	ret->shown = r == 0;
	return r;
}
