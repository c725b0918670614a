/* SPDX-License-Identifier: Apache-2.0 */
/* What a certificate says of itself. */
#include <errno.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "pki_x509.h"

static int
damaged(struct err *e, const char *what)
{
	ERR_clear_error();
	return err_set(
	    e, ERR_PERM, EINVAL, "a certificate is damaged: %s", what);
}

static void
put_hex(const unsigned char *p, size_t n, char *to)
{
	static const char digits[] = "0123456789abcdef";

	for (; n > 0; n--, p++) {
		*to++ = digits[*p >> 4];
		*to++ = digits[*p & 15];
	}
	*to = '\0';
}

static int
put_subject(X509 *x, struct pki_facts *f, struct err *e)
{
	cleanup_x509_bio BIO *bio = BIO_new(BIO_s_mem());
	int n;

	if (bio == NULL)
		return err_nomem(e);
	if (X509_NAME_print_ex(
		bio, X509_get_subject_name(x), 0, XN_FLAG_RFC2253) < 0)
		return damaged(e, "its subject");
	n = BIO_read(bio, f->subject, sizeof f->subject - 1);
	f->subject[n > 0 ? n : 0] = '\0';
	return 0;
}

static int
put_serial(X509 *x, struct pki_facts *f, struct err *e)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	int n = ASN1_STRING_length(serial);

	/* Its sign stands elsewhere: RFC 5280 4.1.2.2 wants positive ones. */
	if (n < 1 || n > (PKI_SERIAL - 1) / 2 ||
	    ASN1_STRING_type(serial) != V_ASN1_INTEGER)
		return damaged(e, "its serial");
	put_hex(ASN1_STRING_get0_data(serial), (size_t)n, f->serial);
	return 0;
}

static int
put_time(const ASN1_TIME *t, int64_t *ret, struct err *e)
{
	struct tm tm = {0};

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return damaged(e, "its validity");
	*ret = timegm(&tm);
	return 0;
}

/* The text of a URI; false: it is too long or not of printable ASCII. */
static bool
copy_uri(const ASN1_STRING *from, char to[PKI_URI])
{
	const unsigned char *p = ASN1_STRING_get0_data(from);
	int n = ASN1_STRING_length(from);

	if (n < 1 || n >= PKI_URI)
		return false;
	for (int i = 0; i < n; i++) {
		if (p[i] <= ' ' || p[i] >= 0x7f)
			return false;
	}
	memcpy(to, p, (size_t)n);
	to[n] = '\0';
	return true;
}

static int
put_uri(X509 *x, struct pki_facts *f, struct err *e)
{
	int seen = -1, n = 0, r = 0;
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x, NID_subject_alt_name, &seen, NULL);

	if (names == NULL && seen != -1) /* twice, or no such thing */
		return damaged(e, "its SAN");
	for (int i = 0; r == 0 && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type != GEN_URI)
			continue;
		if (++n > 1)
			r = damaged(e, "it has more than one SAN URI");
		else if (!copy_uri(name->d.uniformResourceIdentifier, f->uri))
			r = damaged(e, "its SAN URI");
	}
	GENERAL_NAMES_free(names);
	return r;
}

static int
put_digest(X509 *x, struct pki_facts *f, struct err *e)
{
	unsigned char md[(PKI_SHA256 - 1) / 2];
	unsigned n = sizeof md;

	if (X509_digest(x, EVP_sha256(), md, &n) != 1 || n != sizeof md)
		return pki_x509_error(e, EINVAL, "the digest of a certificate");
	put_hex(md, n, f->sha256);
	return 0;
}

int
pki_x509_facts(X509 *x, struct pki_facts *ret, struct err *e)
{
	struct pki_facts f = {.uri = ""};
	uint32_t flags = X509_get_extension_flags(x);
	int r = put_subject(x, &f, e);

	if (r == 0)
		r = put_serial(x, &f, e);
	if (r == 0)
		r = put_time(X509_get0_notBefore(x), &f.not_before, e);
	if (r == 0)
		r = put_time(X509_get0_notAfter(x), &f.not_after, e);
	if (r == 0)
		r = put_uri(x, &f, e);
	if (r == 0 && (flags & EXFLAG_INVALID) != 0)
		r = damaged(e, "its extensions");
	if (r == 0)
		r = put_digest(x, &f, e);
	ERR_clear_error();
	if (r != 0)
		return r;
	f.ca = (flags & EXFLAG_CA) != 0;
	*ret = f;
	return 0;
}

int
pki_cert_facts(struct str pem, struct pki_facts *ret, struct err *e)
{
	cleanup_x509 X509 *x = NULL;
	int r = pki_x509_first(pem, "a certificate", &x, e);

	return r == 0 ? pki_x509_facts(x, ret, e) : r;
}
