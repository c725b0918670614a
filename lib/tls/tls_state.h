/* SPDX-License-Identifier: Apache-2.0 */
/* tls_state: contexts and sessions from inside, for this module. */
#ifndef FG_TLS_TLS_STATE_H
#define FG_TLS_TLS_STATE_H

#include <openssl/ssl.h>

#include "tls.h"

struct tls_context {
	SSL_CTX *ssl;
	BIO_METHOD *bio; /* of the sessions */
	unsigned refs;   /* the caller's and one per session */
	bool server;
};

struct tls {
	SSL *ssl;
	struct tls_context *context;
	int fd;
	char *host;         /* NULL: a client is at the other end */
	uint32_t wants;     /* EPOLLIN, EPOLLOUT */
	int io_errno;       /* of the last recv(2) or send(2) that failed */
	bool ended;         /* recv(2) gave 0 */
	bool write_ended;   /* send(2) said that nobody takes more */
	bool closed;        /* close_notify is on its way */
	int dead;           /* negative errno, with *why */
	struct err *why;    /* of dead; NULL: no memory */
	struct err *verify; /* what was wrong with the peer's certificate */
};

/* Drop a reference. */
void tls_context_unref(struct tls_context *c);

/* recv(2) and send(2) for OpenSSL; NULL: no memory. */
BIO_METHOD *tls_bio_method(void);

/* The callback of SSL_CTX_set_verify(3): puts the reason into t->verify. */
int tls_verify(int ok, X509_STORE_CTX *store);

/*
 * A call of OpenSSL on t gave ret, which is no success: the answer of tls.h
 * for it, 0 for close_notify. The queue of errors is empty then.
 */
int tls_outcome(struct tls *t, int ret, struct err *e);

#endif
