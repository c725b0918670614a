/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of certificates. */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include "pki_key.h"
#include "pki_x509.h"

enum { KEY_ROOM = 256 }; /* bytes: a key is not copied about as b grows */

int
pki_key_put(EVP_PKEY *key, struct buf *pem, struct err *e)
{
	cleanup_x509_bio BIO *bio = BIO_new(BIO_s_mem());

	(void)buf_reserve(pem, KEY_ROOM);
	if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(
			       bio, key, NULL, NULL, 0, NULL, NULL) != 1)
		return pki_x509_error(e, ENOMEM, "a private key");
	return pki_x509_flush(bio, pem, e);
}

int
pki_key_make(EVP_PKEY **ret, struct err *e)
{
	*ret = EVP_EC_gen(SN_X9_62_prime256v1);
	return *ret != NULL ? 0 : pki_x509_error(e, EIO, "a new key");
}

int
pki_key_new(struct buf *key, struct err *e)
{
	cleanup_x509_key EVP_PKEY *made = NULL;
	int r = pki_key_make(&made, e);

	return r == 0 ? pki_key_put(made, key, e) : r;
}

int
pki_key_p256(struct str pem, EVP_PKEY **ret, struct err *e)
{
	int r = pki_x509_key(pem, "a private key", ret, e);

	if (r != 0 || pki_x509_is_p256(*ret))
		return r;
	pki_x509_key_freep(ret);
	return err_set(
	    e, ERR_PERM, EINVAL, "a private key is not of the curve P-256");
}

void
pki_wipe(struct buf *b)
{
	if (b->p != NULL)
		OPENSSL_cleanse(b->p, b->cap);
	buf_free(b);
}
