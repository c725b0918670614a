/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pki_x509: what OpenSSL holds, for modules that work with it. None of the
 * functions leaves anything in its queue of errors.
 */
#ifndef FG_PKI_PKI_X509_H
#define FG_PKI_PKI_X509_H

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "pki.h"

#define cleanup_x509 __attribute__((cleanup(pki_x509_freep)))
#define cleanup_x509_key __attribute__((cleanup(pki_x509_key_freep)))
#define cleanup_x509_bio __attribute__((cleanup(pki_x509_bio_freep)))

void pki_x509_freep(X509 **x);
void pki_x509_key_freep(EVP_PKEY **key);
void pki_x509_bio_freep(BIO **bio);

/*
 * Set e to "what: " and what OpenSSL says went wrong last; its queue is empty
 * then. ERR_PERM, or ERR_TEMP when there was no memory. Returns -code, or
 * -ENOMEM.
 */
int pki_x509_error(struct err *e, int code, const char *what);

/*
 * The first private key in a PEM text, of any kind that OpenSSL knows. what
 * names the text in errors. -EINVAL, ERR_PERM: none, damaged, or it wants a
 * password.
 */
int pki_x509_key(
    struct str pem, const char *what, EVP_PKEY **ret, struct err *e);

/*
 * Hand each certificate of a PEM text to take(), until that is not 0, which is
 * what comes back. x is take()'s to X509_up_ref() when it stays. -EINVAL,
 * ERR_PERM: there is none, or something in the text is damaged or cut off.
 */
int pki_x509_each(struct str pem, const char *what,
    int (*take)(X509 *x, void *arg, struct err *e), void *arg, struct err *e);

/* The first certificate of a PEM text; its others have to be whole, too. */
int pki_x509_first(struct str pem, const char *what, X509 **ret, struct err *e);

/* As pki_cert_facts(). */
int pki_x509_facts(X509 *x, struct pki_facts *ret, struct err *e);

/* Append x to pem. */
int pki_x509_put(X509 *x, struct buf *pem, struct err *e);

/* Append what was written to a BIO of memory. */
int pki_x509_flush(BIO *from, struct buf *to, struct err *e);

/* Is it a key of the curve P-256, by that name? */
bool pki_x509_is_p256(EVP_PKEY *key);

#endif
