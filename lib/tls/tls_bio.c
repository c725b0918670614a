/* SPDX-License-Identifier: Apache-2.0 */
/* The way between OpenSSL and a socket. Its own raises SIGPIPE. */
#include <errno.h>
#include <openssl/bio.h>
#include <sys/socket.h>

#include "tls_state.h"

static int
bio_read(BIO *bio, char *p, int n)
{
	struct tls *t = BIO_get_data(bio);
	ssize_t got;

	BIO_clear_retry_flags(bio);
	do
		got = recv(t->fd, p, (size_t)n, 0);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		t->ended = true;
	if (got < 0 && errno == EAGAIN)
		BIO_set_retry_read(bio);
	else if (got < 0)
		t->io_errno = errno;
	return (int)got;
}

static int
bio_write(BIO *bio, const char *p, int n)
{
	struct tls *t = BIO_get_data(bio);
	ssize_t put;

	BIO_clear_retry_flags(bio);
	do
		put = send(t->fd, p, (size_t)n, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	if (put < 0 && errno == EAGAIN)
		BIO_set_retry_write(bio);
	else if (put < 0) {
		t->io_errno = errno;
		t->write_ended = errno == EPIPE || errno == ECONNRESET;
	}
	return (int)put;
}

static long
bio_ctrl(BIO *bio, int command, long n, void *p)
{
	struct tls *t = BIO_get_data(bio);

	(void)n;
	(void)p;
	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_EOF:
		return t->ended;
	default:
		return 0;
	}
}

static int
bio_create(BIO *bio)
{
	BIO_set_init(bio, 1);
	return 1;
}

BIO_METHOD *
tls_bio_method(void)
{
	/* Indices of BIO_get_new_index(3) are few; nobody asks for this one. */
	BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket");

	if (m == NULL)
		return NULL;
	if (BIO_meth_set_read(m, bio_read) == 1 &&
	    BIO_meth_set_write(m, bio_write) == 1 &&
	    BIO_meth_set_ctrl(m, bio_ctrl) == 1 &&
	    BIO_meth_set_create(m, bio_create) == 1)
		return m;
	BIO_meth_free(m);
	return NULL;
}
