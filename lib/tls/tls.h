/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: TLS 1.2 (RFC 5246) and 1.3 (RFC 8446) over stream sockets that do not
 * block, by OpenSSL 3.
 *
 * Forward secrecy and AEAD ciphers alone; no renegotiation, no compression, no
 * tickets, no session cache; a session that waits holds no buffers. SIGPIPE is
 * never raised. A context and its sessions belong to one thread.
 */
#ifndef FG_TLS_TLS_H
#define FG_TLS_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "pki/pki.h"

struct tls_context; /* opaque: what a server or client has in its hands */
struct tls;         /* opaque: one connection */

#define cleanup_tls_context __attribute__((cleanup(tls_context_freep)))
#define cleanup_tls __attribute__((cleanup(tls_freep)))

/* PEM texts of at most PKI_PEM_MAX bytes; they may go once the context is. */
struct tls_server_config {
	struct str cert;      /* the server's, then its intermediates */
	struct str key;       /* without a password */
	struct str client_ca; /* CAs of clients; empty: none are asked for */
};

/*
 * With client_ca each client is asked for a certificate of those CAs, for
 * clientAuth: one that shows none is let in (see tls_peer()), one that shows
 * any other is not. -EINVAL, ERR_PERM: what is wrong with which text.
 *
 * To replace certificate, key or CAs make a new context for the connections to
 * come and free the old one: its sessions live on.
 */
int tls_server_new(const struct tls_server_config *cfg,
    struct tls_context **ret, struct err *e);

struct tls_client_config {
	struct str ca;   /* who may sign servers; empty: the system's CAs */
	struct str cert; /* to show, and its intermediates; empty: none */
	struct str key;
};

/* As tls_server_new(). The server's certificate is always verified. */
int tls_client_new(const struct tls_client_config *cfg,
    struct tls_context **ret, struct err *e);

/* Its sessions keep what they need of it. NULL is fine. */
void tls_context_free(struct tls_context *c);
void tls_context_freep(struct tls_context **c);

/*
 * A session over the connected, non-blocking socket fd, which stays the
 * caller's and must be open until tls_free(). It has not begun to shake hands.
 */
int tls_accept(struct tls_context *c, int fd, struct tls **ret, struct err *e);

/*
 * host is a DNS name or an IP address (no brackets), and has to be among the
 * SANs of the server's certificate; the common name does not count (RFC 6125
 * section 6.4.4). -EINVAL, ERR_PERM, when it is neither.
 */
int tls_connect(struct tls_context *c, int fd, const char *host,
    struct tls **ret, struct err *e);

/* Says nothing to the peer; see tls_close(). NULL is fine. */
void tls_free(struct tls *t);
void tls_freep(struct tls **t);

/*
 * The calls that work on a session give back
 *
 *   -EAGAIN        once fd is ready for tls_wants(), call again; e untouched
 *   -ECONNRESET    the peer was gone, without saying so first; ERR_TEMP
 *   -EKEYREJECTED  the peer's certificate is no good: e says why; ERR_PERM
 *   -EACCES        the peer took no liking to ours (or that we have none);
 *                  ERR_PERM. With TLS 1.3 a client learns it when it reads
 *   -EPROTO        it does not speak TLS, or nothing that we do; ERR_PERM
 *   or a negative errno of recv(2) or send(2), ERR_TEMP.
 *
 * All but the first end the session: the same answer comes ever after; only
 * when tls_write() gives -ECONNRESET one may still read what the peer said
 * before it went: an answer, or why it refused. When a handshake fails the
 * peer has been told by an alert, if its socket took it; to let it arrive,
 * shutdown(2) SHUT_WR, then read until the end or for a while before close(2),
 * since unread bytes turn that into a reset.
 */

/* 0: hands are shaken. tls_read() and tls_write() do it, too. */
int tls_handshake(struct tls *t, struct err *e);

/*
 * Bytes read, at most n (n > 0); 0 when the peer has said that it is done
 * (close_notify): one may still write to it. A record that came is given in
 * pieces when n is small, while fd is no longer ready: read until -EAGAIN, or
 * ask tls_pending().
 */
ssize_t tls_read(struct tls *t, void *p, size_t n, struct err *e);

/*
 * Bytes taken, 1 to n (n > 0), one record at most. After -EAGAIN the same
 * bytes must be given first again, and no fewer; they may have moved.
 */
ssize_t tls_write(struct tls *t, const void *p, size_t n, struct err *e);

/*
 * Tell the peer that nothing more will be written (close_notify), once all has
 * been taken by tls_write(). 0: it is on its way, or there is nobody to tell.
 * Reading goes on as before.
 */
int tls_close(struct tls *t, struct err *e);

/* EPOLLIN or EPOLLOUT: what the last call that gave -EAGAIN waits for. */
uint32_t tls_wants(const struct tls *t);

/* Bytes that tls_read() has at once, whatever fd says. */
size_t tls_pending(const struct tls *t);

/* "TLSv1.3"; "" while hands are not shaken. */
const char *tls_version(const struct tls *t);

/* The verified certificate that the peer showed. */
struct tls_peer {
	bool shown; /* else the facts are all zero */
	struct pki_facts facts;
};

/*
 * After the handshake. -EINVAL, ERR_PERM: pki_cert_facts() would not take that
 * certificate.
 */
int tls_peer(const struct tls *t, struct tls_peer *ret, struct err *e);

#endif
