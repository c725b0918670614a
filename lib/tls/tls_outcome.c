/* SPDX-License-Identifier: Apache-2.0 */
/* What OpenSSL says of a session, as tls.h says it. */
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "tls_state.h"

/* The session ends with r and what is in *why. */
static int
end(struct tls *t, int r, const struct err *why, struct err *e)
{
	t->dead = r;
	t->why = malloc(sizeof *t->why);
	if (t->why != NULL)
		*t->why = *why;
	if (e != NULL)
		*e = *why;
	return r;
}

static int
gone(struct tls *t, struct err *e)
{
	struct err why;
	int r;

	if (t->io_errno != 0 && t->io_errno != EPIPE &&
	    t->io_errno != ECONNRESET)
		r = err_set(
		    &why, ERR_TEMP, t->io_errno, "%s", strerror(t->io_errno));
	else if (SSL_is_init_finished(t->ssl))
		r = err_set(&why, ERR_TEMP, ECONNRESET, "the peer is gone");
	else
		r = err_set(&why, ERR_TEMP, ECONNRESET,
		    "the peer is gone, before the TLS handshake was over");
	/* What it said before may still be there to be read. */
	if (t->write_ended && !t->ended && SSL_is_init_finished(t->ssl)) {
		if (e != NULL)
			*e = why;
		return r;
	}
	return end(t, r, &why, e);
}

/* RFC 8446 section 6.2 and RFC 5246 section 7.2.2. */
static int
of_alert(int alert, struct err *why)
{
	const char *text = SSL_alert_desc_string_long(alert);

	switch (alert) {
	case SSL_AD_NO_CERTIFICATE:
	case SSL_AD_CERTIFICATE_REQUIRED:
		return err_set(why, ERR_PERM, EACCES,
		    "the peer wants a certificate of ours");
	case SSL_AD_BAD_CERTIFICATE:
	case SSL_AD_UNSUPPORTED_CERTIFICATE:
	case SSL_AD_CERTIFICATE_REVOKED:
	case SSL_AD_CERTIFICATE_EXPIRED:
	case SSL_AD_CERTIFICATE_UNKNOWN:
	case SSL_AD_UNKNOWN_CA:
	case SSL_AD_ACCESS_DENIED:
		return err_set(why, ERR_PERM, EACCES,
		    "the peer refuses our certificate: %s", text);
	case SSL_AD_PROTOCOL_VERSION:
	case SSL_AD_HANDSHAKE_FAILURE:
	case SSL_AD_INSUFFICIENT_SECURITY:
		return err_set(why, ERR_PERM, EPROTO,
		    "no version or cipher of TLS that the peer and we have in "
		    "common: it says %s",
		    text);
	default:
		return err_set(why, ERR_PERM, EPROTO,
		    "the peer ends TLS: it says %s", text);
	}
}

static int
of_ssl(struct tls *t, unsigned long last, struct err *why)
{
	int reason = ERR_GET_REASON(last);
	const char *text = ERR_reason_error_string(last);

	if (ERR_GET_LIB(last) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET)
		return of_alert(reason - SSL_AD_REASON_OFFSET, why);
	switch (ERR_GET_LIB(last) == ERR_LIB_SSL ? reason : 0) {
	case SSL_R_CERTIFICATE_VERIFY_FAILED:
		if (t->verify == NULL)
			break;
		*why = *t->verify;
		return -EKEYREJECTED;
	case SSL_R_HTTP_REQUEST:
	case SSL_R_HTTPS_PROXY_REQUEST:
		return err_set(why, ERR_PERM, EPROTO,
		    "the peer speaks plain HTTP, not TLS");
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_PACKET_LENGTH_TOO_LONG:
		return err_set(
		    why, ERR_PERM, EPROTO, "the peer does not speak TLS");
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_NO_SHARED_CIPHER:
		return err_set(why, ERR_PERM, EPROTO,
		    "no version or cipher of TLS that the peer and we have in "
		    "common: %s",
		    text);
	default:
		break;
	}
	return err_set(
	    why, ERR_PERM, EPROTO, "TLS: %s", text != NULL ? text : "failed");
}

int
tls_outcome(struct tls *t, int ret, struct err *e)
{
	int code = SSL_get_error(t->ssl, ret);
	unsigned long last = ERR_peek_last_error();
	struct err why;
	int r;

	ERR_clear_error();
	switch (code) {
	case SSL_ERROR_WANT_READ:
		t->wants = EPOLLIN;
		return -EAGAIN;
	case SSL_ERROR_WANT_WRITE:
		t->wants = EPOLLOUT;
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SSL:
		if (ERR_GET_LIB(last) == ERR_LIB_SSL &&
		    ERR_GET_REASON(last) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
			return gone(t, e);
		r = of_ssl(t, last, &why);
		return end(t, r, &why, e);
	default:
		return gone(t, e);
	}
}
