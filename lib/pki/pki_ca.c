/* SPDX-License-Identifier: Apache-2.0 */
/* CAs: new ones, one at work, several as one. */
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>

#include "pki_cert.h"
#include "pki_key.h"
#include "pki_x509.h"

int
pki_ca_new(const char *cn, int64_t not_after, struct buf *cert, struct buf *key,
    struct err *e)
{
	cleanup_x509_key EVP_PKEY *made = NULL;
	cleanup_x509 X509 *x = NULL;
	struct pki_cert_plan plan = {.cn = cn, .not_after = not_after};
	int r = pki_key_make(&made, e);

	plan.key = made;
	if (r == 0)
		r = pki_cert_make(NULL, &plan, &x, e);
	if (r == 0)
		r = pki_key_put(made, key, e);
	return r == 0 ? pki_x509_put(x, cert, e) : r;
}

/* ---- at work ------------------------------------------------------------ */

void
pki_ca_free(struct pki_ca *ca)
{
	if (ca == NULL)
		return;
	X509_free(ca->cert);
	EVP_PKEY_free(ca->key);
	free(ca);
}

void
pki_ca_freep(struct pki_ca **ca)
{
	pki_ca_free(*ca);
	*ca = NULL;
}

/* 1 is what X509_check_ca(3) says of a v3 certificate that is one. */
static int
check_ca(X509 *x, struct err *e)
{
	int is = X509_check_ca(x);

	ERR_clear_error();
	if (is == 1)
		return 0;
	return err_set(e, ERR_PERM, EINVAL,
	    "the certificate of a CA is none: its basicConstraints or keyUsage "
	    "do not let it sign others");
}

static int
load(struct pki_ca *ca, struct str cert, struct str key, struct err *e)
{
	int r = pki_x509_first(cert, "the certificate of a CA", &ca->cert, e);

	if (r == 0)
		r = check_ca(ca->cert, e);
	if (r == 0)
		r = pki_x509_key(key, "the key of a CA", &ca->key, e);
	if (r == 0 && X509_check_private_key(ca->cert, ca->key) != 1) {
		ERR_clear_error();
		r = err_set(e, ERR_PERM, EINVAL,
		    "the key of a CA is not that of its certificate");
	}
	return r;
}

int
pki_ca_load(struct str cert, struct str key, struct pki_ca **ret, struct err *e)
{
	cleanup_pki_ca struct pki_ca *ca = calloc(1, sizeof *ca);
	int r = ca != NULL ? load(ca, cert, key, e) : err_nomem(e);

	if (r != 0)
		return r;
	*ret = ca;
	ca = NULL;
	return 0;
}

/* ---- several as one ----------------------------------------------------- */

struct bundle {
	X509 *seen[PKI_BUNDLE_MAX]; /* references */
	size_t n;
	struct buf *out;
};

static int
take(X509 *x, void *arg, struct err *e)
{
	struct bundle *b = arg;
	int r = check_ca(x, e);

	if (r != 0)
		return r;
	for (size_t i = 0; i < b->n; i++) {
		if (X509_cmp(b->seen[i], x) == 0)
			return 0;
	}
	if (b->n == PKI_BUNDLE_MAX)
		return err_set(e, ERR_PERM, EINVAL,
		    "more than %d certificates of CAs", PKI_BUNDLE_MAX);
	r = pki_x509_put(x, b->out, e);
	if (r == 0 && X509_up_ref(x) == 1)
		b->seen[b->n++] = x;
	return r;
}

int
pki_bundle(const struct str *pems, size_t n, struct buf *ret, struct err *e)
{
	struct bundle b = {.out = ret};
	int r = 0;

	if (n == 0)
		return err_set(
		    e, ERR_PERM, EINVAL, "no certificate of a CA is given");
	for (size_t i = 0; r == 0 && i < n; i++)
		r = pki_x509_each(
		    pems[i], "the certificate of a CA", take, &b, e);
	for (size_t i = 0; i < b.n; i++)
		X509_free(b.seen[i]);
	return r;
}
