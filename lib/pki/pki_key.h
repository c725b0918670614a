/* SPDX-License-Identifier: Apache-2.0 */
/* pki_key: private keys between memory and PEM, for this module. */
#ifndef FG_PKI_PKI_KEY_H
#define FG_PKI_PKI_KEY_H

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* A new key of P-256; *ret is the caller's. */
int pki_key_make(EVP_PKEY **ret, struct err *e);

/* The one in pem, which must be of P-256: else -EINVAL, ERR_PERM. */
int pki_key_p256(struct str pem, EVP_PKEY **ret, struct err *e);

/* Append key to pem, as PKCS #8. */
int pki_key_put(EVP_PKEY *key, struct buf *pem, struct err *e);

#endif
