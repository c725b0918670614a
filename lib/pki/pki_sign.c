/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures over policies: Ed25519, RFC 8032. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "pki_key.h"
#include "pki_pem.h"
#include "pki_x509.h"

struct pki_signer {
	EVP_PKEY *key;
};

int
pki_sign_key_new(struct buf *key, struct buf *public_key, struct err *e)
{
	cleanup_x509_key EVP_PKEY *made =
	    EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	cleanup_x509_bio BIO *bio = BIO_new(BIO_s_mem());
	int r;

	if (made == NULL || bio == NULL || PEM_write_bio_PUBKEY(bio, made) != 1)
		return pki_x509_error(e, EIO, "a new key");
	r = pki_key_put(made, key, e);
	return r == 0 ? pki_x509_flush(bio, public_key, e) : r;
}

/* ---- signing ------------------------------------------------------------ */

void
pki_signer_free(struct pki_signer *s)
{
	if (s != NULL)
		EVP_PKEY_free(s->key);
	free(s);
}

void
pki_signer_freep(struct pki_signer **s)
{
	pki_signer_free(*s);
	*s = NULL;
}

int
pki_signer_load(struct str key, struct pki_signer **ret, struct err *e)
{
	cleanup_pki_signer struct pki_signer *s = calloc(1, sizeof *s);
	int r;

	if (s == NULL)
		return err_nomem(e);
	r = pki_x509_key(key, "the key that signs policies", &s->key, e);
	if (r != 0)
		return r;
	if (!EVP_PKEY_is_a(s->key, "ED25519"))
		return err_set(e, ERR_PERM, EINVAL,
		    "the key that signs policies is not of Ed25519");
	*ret = s;
	s = NULL;
	return 0;
}

int
pki_sign(const struct pki_signer *s, struct str text,
    unsigned char signature[PKI_SIGNATURE], struct err *e)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = PKI_SIGNATURE;
	int ok = ctx != NULL &&
		 EVP_DigestSignInit(ctx, NULL, NULL, NULL, s->key) == 1 &&
		 EVP_DigestSign(ctx, signature, &n,
		     (const unsigned char *)text.p, text.n) == 1 &&
		 n == PKI_SIGNATURE;

	EVP_MD_CTX_free(ctx);
	return ok ? 0 : pki_x509_error(e, EIO, "signing a policy");
}

/* ---- verifying ---------------------------------------------------------- */

/* *ret: whether the key of that block signed text. */
static int
verify_by(const struct pki_pem *p, struct str text, struct str signature,
    bool *ret, struct err *e)
{
	const unsigned char *at = p->der;
	cleanup_x509_key EVP_PKEY *key = d2i_PUBKEY(NULL, &at, p->n);
	EVP_MD_CTX *ctx;

	if (key == NULL || at != p->der + p->n ||
	    !EVP_PKEY_is_a(key, "ED25519")) {
		ERR_clear_error();
		return err_set(e, ERR_PERM, EINVAL,
		    "the key that verifies policies is none of Ed25519");
	}
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL)
		return err_nomem(e);
	*ret = EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	       EVP_DigestVerify(ctx, (const unsigned char *)signature.p,
		   signature.n, (const unsigned char *)text.p, text.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return 0;
}

int
pki_verify(
    struct str public_key, struct str text, struct str signature, struct err *e)
{
	cleanup_pki_pem struct pki_pem p;
	bool right = false;
	size_t n = 0;
	int r = pki_pem_open(
	    &p, public_key, PKI_PEM_MAX, "the key that verifies policies", e);

	while (r == 0 && !right && (r = pki_pem_next(&p, e)) == 1) {
		r = 0;
		if (!pki_pem_is(&p, "PUBLIC KEY"))
			continue;
		n++;
		r = verify_by(&p, text, signature, &right, e);
	}
	if (r != 0 || right)
		return r;
	if (n == 0)
		return err_set(e, ERR_PERM, EINVAL,
		    "the key that verifies policies: there is no "
		    "\"-----BEGIN PUBLIC KEY-----\"");
	return err_set(e, ERR_NO, EBADMSG, "the signature is not right");
}
