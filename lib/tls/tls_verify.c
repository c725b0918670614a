/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a peer's certificate, in words to act on. */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

#include "pki/pki_x509.h"
#include "time/time.h"
#include "tls_state.h"

enum { NAMES_TOLD = 4, TEXT_MAX = 768 };

/* ---- whose it is -------------------------------------------------------- */

static void
add_name(struct buf *b, X509_NAME *name)
{
	cleanup_x509_bio BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	if (bio == NULL ||
	    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) < 0)
		return;
	n = BIO_get_mem_data(bio, &p);
	buf_addf(b, "\"%.*s\"", n < 128 ? (int)n : 128, p != NULL ? p : "");
}

/* Whose it is: the server's, the client's, or of whom else in the chain. */
static void
add_subject(struct buf *b, const struct tls *t, X509 *x, int depth)
{
	struct pki_facts facts;

	if (depth > 0) {
		buf_addz(b, "the certificate of the authority ");
		add_name(b, X509_get_subject_name(x));
	} else if (t->host != NULL) {
		buf_addf(b, "the certificate of \"%s\"", t->host);
	} else {
		buf_addz(b, "the client's certificate");
		if (pki_x509_facts(x, &facts, NULL) == 0)
			buf_addf(b, " (%s%s)",
			    facts.uri[0] != '\0' ? "" : "serial ",
			    facts.uri[0] != '\0' ? facts.uri : facts.serial);
	}
}

/* ---- what is wrong ------------------------------------------------------ */

static void
add_time(struct buf *b, const char *what, const ASN1_TIME *time_of)
{
	char at[TIME_TEXT] = "", here[TIME_TEXT] = "";
	struct tm tm = {0};

	if (ASN1_TIME_to_tm(time_of, &tm) == 1)
		(void)time_format(timegm(&tm), at);
	(void)time_format(time(NULL), here);
	buf_addf(
	    b, " %s %s; the clock of this machine says %s", what, at, here);
}

/* False: it is no name of a server. */
static bool
add_san(struct buf *b, const GENERAL_NAME *name, const char *before)
{
	const ASN1_STRING *value = name->d.ia5;
	const unsigned char *p;
	char text[INET6_ADDRSTRLEN] = "?";
	int n;

	if (name->type != GEN_DNS && name->type != GEN_IPADD)
		return false;
	p = ASN1_STRING_get0_data(value);
	n = ASN1_STRING_length(value);
	if (name->type == GEN_DNS)
		buf_addf(b, "%s\"%.*s\"", before, n < 128 ? n : 128, p);
	else if (n == 4 || n == 16)
		buf_addf(b, "%s%s", before,
		    inet_ntop(
			n == 4 ? AF_INET : AF_INET6, p, text, sizeof text));
	return true;
}

/* The names that a certificate is for. */
static void
add_names(struct buf *b, X509 *x)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	struct buf rest = BUF_MAX(0);
	int n = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		n += add_san(n < NAMES_TOLD ? b : &rest,
		    sk_GENERAL_NAME_value(names, i), n > 0 ? ", " : " ");
	GENERAL_NAMES_free(names);
	if (n == 0)
		buf_addz(b, " no name (it has no SAN)");
	else if (n > NAMES_TOLD)
		buf_addf(b, " and %d more", n - NAMES_TOLD);
}

static void
add_reason(struct buf *b, const struct tls *t, X509 *x, int code)
{
	switch (code) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		add_time(b, "expired at", X509_get0_notAfter(x));
		break;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		add_time(b, "is not valid before", X509_get0_notBefore(x));
		break;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		buf_addz(b, " is not for that name but for");
		add_names(b, x);
		break;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		buf_addz(b, " is not signed by an authority that is trusted "
			    "here; its issuer calls itself ");
		add_name(b, X509_get_issuer_name(x));
		break;
	case X509_V_ERR_INVALID_PURPOSE:
		buf_addf(b, " is not meant for %s (extendedKeyUsage)",
		    t->host != NULL ? "servers" : "clients");
		break;
	default:
		buf_addf(b, ": %s", X509_verify_cert_error_string(code));
		break;
	}
}

int
tls_verify(int ok, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *t = SSL_get_app_data(ssl);
	X509 *x = X509_STORE_CTX_get_current_cert(store);
	struct buf b = BUF_MAX(TEXT_MAX);

	if (ok == 1 || t->verify != NULL)
		return ok;
	if (x == NULL)
		x = X509_STORE_CTX_get0_cert(store);
	t->verify = calloc(1, sizeof *t->verify);
	if (t->verify == NULL)
		return 0;
	add_subject(&b, t, x, X509_STORE_CTX_get_error_depth(store));
	add_reason(&b, t, x, X509_STORE_CTX_get_error(store));
	(void)err_set(t->verify, ERR_PERM, EKEYREJECTED, "%s", buf_z(&b));
	buf_free(&b);
	return 0;
}
