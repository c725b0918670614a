/* SPDX-License-Identifier: Apache-2.0 */
#include "pki_cert.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <string.h>
#include <time.h>

#include "pki_x509.h"

enum { SERIAL_BYTES = 16, CN_MAX = 64 /* RFC 5280 A.1, ub-common-name */ };

static const int64_t year_10000 = 253402300800;

static int
set_serial(X509 *x)
{
	unsigned char random[SERIAL_BYTES];
	BIGNUM *n = NULL;
	int ok;

	do {
		if (RAND_bytes(random, sizeof random) != 1)
			return 0;
		BN_free(n);
		n = BN_bin2bn(random, sizeof random, NULL);
	} while (n != NULL && BN_is_zero(n));
	ok = n != NULL &&
	     BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
	BN_free(n);
	return ok;
}

/* Nobody's certificate outlives that of its CA. */
static int
set_times(X509 *x, const struct pki_ca *ca, int64_t not_after)
{
	time_t now = time(NULL), end = (time_t)not_after;
	time_t start = (now < end ? now : end) - PKI_SKEW;
	const ASN1_TIME *of_ca =
	    ca != NULL ? X509_get0_notAfter(ca->cert) : NULL;

	if (ASN1_TIME_set(X509_getm_notBefore(x), start) == NULL ||
	    ASN1_TIME_set(X509_getm_notAfter(x), end) == NULL)
		return 0;
	if (of_ca == NULL ||
	    ASN1_TIME_compare(X509_get0_notAfter(x), of_ca) <= 0)
		return 1;
	return X509_set1_notAfter(x, of_ca);
}

static int
set_names(X509 *x, const struct pki_ca *ca, const char *cn)
{
	X509_NAME *subject = X509_get_subject_name(x);

	if (cn != NULL &&
	    X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
		(const unsigned char *)cn, -1, -1, 0) != 1)
		return 0;
	return X509_set_issuer_name(
	    x, ca != NULL ? X509_get_subject_name(ca->cert) : subject);
}

static int
add(X509 *x, X509V3_CTX *ctx, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
	int ok = ext != NULL && X509_add_ext(x, ext, -1) == 1;

	X509_EXTENSION_free(ext);
	return ok;
}

static int
add_extensions(
    X509 *x, const struct pki_ca *ca, const struct pki_cert_plan *plan)
{
	bool leaf = plan->usage != NULL;
	X509V3_CTX ctx;
	int ok;

	X509V3_set_ctx(&ctx, ca != NULL ? ca->cert : x, x, NULL, NULL, 0);
	ok = add(x, &ctx, NID_basic_constraints,
		 leaf ? "critical,CA:FALSE" : "critical,CA:TRUE,pathlen:0") &&
	     add(x, &ctx, NID_key_usage,
		 leaf ? "critical,digitalSignature"
		      : "critical,keyCertSign,cRLSign") &&
	     add(x, &ctx, NID_subject_key_identifier, "hash") &&
	     add(x, &ctx, NID_authority_key_identifier, "keyid:always");
	if (ok && leaf)
		ok = add(x, &ctx, NID_ext_key_usage, plan->usage);
	/* RFC 5280 4.2.1.6: critical where the subject is empty. */
	if (ok && plan->san != NULL)
		ok = X509_add1_ext_i2d(x, NID_subject_alt_name, plan->san,
			 plan->cn == NULL, X509V3_ADD_DEFAULT) == 1;
	return ok;
}

static int
build(X509 *x, const struct pki_ca *ca, const struct pki_cert_plan *plan)
{
	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
	       set_times(x, ca, plan->not_after) &&
	       set_names(x, ca, plan->cn) == 1 &&
	       X509_set_pubkey(x, plan->key) == 1 &&
	       add_extensions(x, ca, plan) &&
	       X509_sign(x, ca != NULL ? ca->key : plan->key, EVP_sha256()) > 0;
}

int
pki_cert_make(const struct pki_ca *ca, const struct pki_cert_plan *plan,
    X509 **ret, struct err *e)
{
	cleanup_x509 X509 *x = NULL;

	if (plan->not_after <= PKI_SKEW || plan->not_after >= year_10000)
		return err_set(e, ERR_PERM, EINVAL,
		    "a certificate cannot end %lld s after 1970",
		    (long long)plan->not_after);
	if (plan->cn != NULL &&
	    (plan->cn[0] == '\0' || strlen(plan->cn) > CN_MAX))
		return err_set(e, ERR_PERM, EINVAL,
		    "a common name has 1 to %d bytes: \"%s\"", CN_MAX,
		    plan->cn);
	x = X509_new();
	if (x == NULL)
		return err_nomem(e);
	if (!build(x, ca, plan))
		return pki_x509_error(e, EINVAL, "making a certificate");
	*ret = x;
	x = NULL;
	return 0;
}
