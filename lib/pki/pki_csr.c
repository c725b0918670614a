/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for certificates, and what is given for them. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "pki_cert.h"
#include "pki_key.h"
#include "pki_pem.h"
#include "pki_x509.h"

static const char what[] = "a request for a certificate";

int
pki_csr_new(struct str key, struct buf *csr, struct err *e)
{
	cleanup_x509_key EVP_PKEY *parsed = NULL;
	cleanup_x509_bio BIO *bio = NULL;
	X509_REQ *req = NULL;
	int r = pki_key_p256(key, &parsed, e);

	if (r != 0)
		return r;
	req = X509_REQ_new();
	bio = BIO_new(BIO_s_mem());
	if (req == NULL || bio == NULL ||
	    X509_REQ_set_pubkey(req, parsed) != 1 ||
	    X509_REQ_sign(req, parsed, EVP_sha256()) <= 0 ||
	    PEM_write_bio_X509_REQ(bio, req) != 1)
		r = pki_x509_error(e, EIO, what);
	else
		r = pki_x509_flush(bio, csr, e);
	X509_REQ_free(req);
	return r;
}

/* ---- signing ------------------------------------------------------------ */

static int
refuse(struct err *e, const char *why)
{
	ERR_clear_error();
	return err_set(e, ERR_PERM, EINVAL, "%s: %s", what, why);
}

/* The key of a request that was signed with it. */
static int
key_of(X509_REQ *req, EVP_PKEY **ret, struct err *e)
{
	EVP_PKEY *key = X509_REQ_get0_pubkey(req);

	if (key == NULL || !pki_x509_is_p256(key))
		return refuse(e, "its key is not of the curve P-256");
	if (X509_REQ_verify(req, key) != 1)
		return refuse(e, "it is not signed with its own key");
	if (EVP_PKEY_up_ref(key) != 1)
		return err_nomem(e);
	*ret = key;
	return 0;
}

static int
parse(const struct pki_pem *p, EVP_PKEY **ret, struct err *e)
{
	const unsigned char *at = p->der;
	X509_REQ *req = NULL;
	int r;

	if (p->header[0] == '\0')
		req = d2i_X509_REQ(NULL, &at, p->n);
	if (req == NULL || at != p->der + p->n)
		r = refuse(e, "it is damaged");
	else
		r = key_of(req, ret, e);
	X509_REQ_free(req);
	return r;
}

static int
read_csr(struct str csr, EVP_PKEY **ret, struct err *e)
{
	cleanup_pki_pem struct pki_pem p;
	int r = pki_pem_open(&p, csr, PKI_CSR_MAX, what, e);

	if (r == 0)
		r = pki_pem_next(&p, e);
	if (r < 0)
		return r;
	if (r == 1 && (pki_pem_is(&p, "CERTIFICATE REQUEST") ||
			  pki_pem_is(&p, "NEW CERTIFICATE REQUEST")))
		return parse(&p, ret, e);
	return refuse(e, "it does not begin with "
			 "\"-----BEGIN CERTIFICATE REQUEST-----\"");
}

static int
name_of(const char *uri, GENERAL_NAMES *names, struct err *e)
{
	GENERAL_NAME *name;
	ASN1_IA5STRING *value;
	size_t n = strlen(uri);

	for (const char *p = uri; *p != '\0'; p++) {
		if (*p <= ' ' || *p >= 0x7f)
			return err_set(e, ERR_PERM, EINVAL,
			    "not fit for a URI: \"%s\"", uri);
	}
	if (n == 0 || n >= PKI_URI)
		return err_set(e, ERR_PERM, EINVAL,
		    "a URI of %zu bytes, not 1 to %d", n, PKI_URI - 1);
	name = GENERAL_NAME_new();
	value = ASN1_IA5STRING_new();
	if (name == NULL || value == NULL ||
	    ASN1_STRING_set(value, uri, (int)n) != 1) {
		ASN1_IA5STRING_free(value);
		GENERAL_NAME_free(name);
		return err_nomem(e);
	}
	GENERAL_NAME_set0_value(name, GEN_URI, value);
	if (sk_GENERAL_NAME_push(names, name) > 0)
		return 0;
	GENERAL_NAME_free(name);
	return err_nomem(e);
}

int
pki_csr_sign(const struct pki_ca *ca, struct str csr, const char *uri,
    int64_t not_after, struct buf *cert, struct pki_facts *facts, struct err *e)
{
	cleanup_x509_key EVP_PKEY *key = NULL;
	cleanup_x509 X509 *x = NULL;
	struct pki_cert_plan plan = {
	    .not_after = not_after, .usage = "clientAuth"};
	int r;

	plan.san = GENERAL_NAMES_new();
	if (plan.san == NULL)
		return err_nomem(e);
	r = name_of(uri, plan.san, e);
	if (r == 0)
		r = read_csr(csr, &key, e);
	plan.key = key;
	if (r == 0)
		r = pki_cert_make(ca, &plan, &x, e);
	if (r == 0 && facts != NULL)
		r = pki_x509_facts(x, facts, e);
	if (r == 0)
		r = pki_x509_put(x, cert, e);
	GENERAL_NAMES_free(plan.san);
	return r;
}
