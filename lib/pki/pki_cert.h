/* SPDX-License-Identifier: Apache-2.0 */
/* pki_cert: making a certificate, step by step, for this module. */
#ifndef FG_PKI_PKI_CERT_H
#define FG_PKI_PKI_CERT_H

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdint.h>

#include "base/err.h"

struct pki_ca {
	X509 *cert;
	EVP_PKEY *key;
};

/* What is made of whom. */
struct pki_cert_plan {
	EVP_PKEY *key;      /* its public half is certified */
	const char *cn;     /* the subject; NULL: an empty one */
	int64_t not_after;  /* s since 1970 */
	const char *usage;  /* extendedKeyUsage; NULL: a CA */
	GENERAL_NAMES *san; /* NULL: none */
};

/*
 * Make and sign it; signed by its own key when ca is NULL. *ret is the
 * caller's. -EINVAL, ERR_PERM: not_after is no time, or cn none.
 */
int pki_cert_make(const struct pki_ca *ca, const struct pki_cert_plan *plan,
    X509 **ret, struct err *e);

#endif
