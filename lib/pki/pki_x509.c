/* SPDX-License-Identifier: Apache-2.0 */
#include "pki_x509.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "pki_pem.h"

void
pki_x509_freep(X509 **x)
{
	X509_free(*x);
	*x = NULL;
}

void
pki_x509_key_freep(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
	*key = NULL;
}

void
pki_x509_bio_freep(BIO **bio)
{
	BIO_free(*bio);
	*bio = NULL;
}

int
pki_x509_error(struct err *e, int code, const char *what)
{
	unsigned long last = ERR_peek_last_error();
	const char *why = ERR_reason_error_string(last);

	ERR_clear_error();
	if (code == ENOMEM || ERR_GET_REASON(last) == ERR_R_MALLOC_FAILURE)
		return err_nomem(e);
	return err_set(
	    e, ERR_PERM, code, "%s: %s", what, why != NULL ? why : "no good");
}

/* ---- keys --------------------------------------------------------------- */

static int
parse_key(
    const struct pki_pem *p, const char *what, EVP_PKEY **ret, struct err *e)
{
	const unsigned char *at = p->der;
	EVP_PKEY *key;

	if (pki_pem_is(p, "ENCRYPTED PRIVATE KEY") || p->header[0] != '\0')
		return err_set(e, ERR_PERM, EINVAL,
		    "%s: the private key wants a password: give it without "
		    "(openssl pkey -in KEY -out PLAIN)",
		    what);
	key = d2i_AutoPrivateKey(NULL, &at, p->n);
	if (key == NULL)
		return pki_x509_error(e, EINVAL, what);
	ERR_clear_error(); /* of the kinds that it was not */
	if (at != p->der + p->n) {
		EVP_PKEY_free(key);
		return err_set(e, ERR_PERM, EINVAL,
		    "%s: there is more in the block than a key", what);
	}
	*ret = key;
	return 0;
}

int
pki_x509_key(struct str pem, const char *what, EVP_PKEY **ret, struct err *e)
{
	cleanup_pki_pem struct pki_pem p;
	int r = pki_pem_open(&p, pem, PKI_PEM_MAX, what, e);

	while (r == 0 && (r = pki_pem_next(&p, e)) == 1) {
		if (str_ends(str_of(p.label), "PRIVATE KEY"))
			return parse_key(&p, what, ret, e);
		r = 0;
	}
	if (r != 0)
		return r;
	return err_set(e, ERR_PERM, EINVAL,
	    "%s: there is no \"-----BEGIN PRIVATE KEY-----\"", what);
}

bool
pki_x509_is_p256(EVP_PKEY *key)
{
	char curve[32];
	int spelt_out = 0;

	if (!EVP_PKEY_is_a(key, "EC") ||
	    EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL) != 1 ||
	    EVP_PKEY_get_int_param(key,
		OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
		&spelt_out) != 1) {
		ERR_clear_error();
		return false;
	}
	return strcmp(curve, SN_X9_62_prime256v1) == 0 && !spelt_out;
}

/* ---- certificates ------------------------------------------------------- */

static int
parse_cert(const struct pki_pem *p, const char *what, X509 **ret, struct err *e)
{
	const unsigned char *at = p->der;
	X509 *x = p->header[0] == '\0' ? d2i_X509(NULL, &at, p->n) : NULL;

	if (x == NULL || at != p->der + p->n) {
		X509_free(x);
		ERR_clear_error();
		return err_set(e, ERR_PERM, EINVAL,
		    "%s: certificate %zu is damaged", what, p->seen);
	}
	*ret = x;
	return 0;
}

int
pki_x509_each(struct str pem, const char *what,
    int (*take)(X509 *x, void *arg, struct err *e), void *arg, struct err *e)
{
	cleanup_pki_pem struct pki_pem p;
	int r = pki_pem_open(&p, pem, PKI_PEM_MAX, what, e);
	size_t n = 0;

	while (r == 0 && (r = pki_pem_next(&p, e)) == 1) {
		cleanup_x509 X509 *x = NULL;

		r = 0;
		if (!pki_pem_is(&p, "CERTIFICATE"))
			continue;
		r = parse_cert(&p, what, &x, e);
		if (r == 0)
			r = take(x, arg, e);
		n++;
	}
	if (r != 0 || n > 0)
		return r;
	return err_set(e, ERR_PERM, EINVAL,
	    "%s: there is no \"-----BEGIN CERTIFICATE-----\"", what);
}

static int
keep_first(X509 *x, void *arg, struct err *e)
{
	X509 **ret = arg;

	(void)e;
	if (*ret == NULL && X509_up_ref(x) == 1)
		*ret = x;
	return 0;
}

int
pki_x509_first(struct str pem, const char *what, X509 **ret, struct err *e)
{
	cleanup_x509 X509 *first = NULL;
	int r = pki_x509_each(pem, what, keep_first, (void *)&first, e);

	if (r != 0)
		return r;
	*ret = first;
	first = NULL;
	return 0;
}

/* ---- writing ------------------------------------------------------------ */

int
pki_x509_flush(BIO *from, struct buf *to, struct err *e)
{
	char *p = NULL;
	long n = BIO_get_mem_data(from, &p);

	if (n > 0)
		buf_add(to, p, (size_t)n);
	if (buf_error(to) == 0)
		return 0;
	return err_set(e, ERR_PERM, -buf_error(to),
	    "a PEM text of %ld bytes finds no room", n);
}

int
pki_x509_put(X509 *x, struct buf *pem, struct err *e)
{
	cleanup_x509_bio BIO *bio = BIO_new(BIO_s_mem());

	if (bio == NULL || PEM_write_bio_X509(bio, x) != 1)
		return pki_x509_error(e, ENOMEM, "a certificate");
	return pki_x509_flush(bio, pem, e);
}
