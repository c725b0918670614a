/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pki reads of others. The first byte says as what the rest is read: 'P'
 * is a PEM text, 'R' the DER form of a request and 'C' that of a certificate,
 * which are put into PEM here, so that bytes can change below it.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pki/pki.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { PEM = 64 * 1024 };

static struct pki_ca *ca;

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
made_once(void)
{
	struct buf cert = BUF_MAX(PEM), key = BUF_MAX(PEM);

	must(pki_ca_new("fuzz", time(NULL) + 3600, &cert, &key, NULL) == 0);
	must(pki_ca_load(buf_str(&cert), buf_str(&key), &ca, NULL) == 0);
	buf_free(&cert);
	buf_free(&key);
}

/* 0, or a refusal that says why; and nothing is left in OpenSSL's queue. */
static bool
ok(int r, const struct err *e)
{
	must(ERR_peek_error() == 0);
	must(r == 0 || r == -EINVAL || r == -EFBIG || r == -EBADMSG);
	must(r == 0 || (e->kind != ERR_NONE && e->text[0] != '\0'));
	return r == 0;
}

static void
certificate(struct str pem)
{
	struct buf out = BUF_MAX(2 * PKI_PEM_MAX), id = BUF_MAX(PKI_URI);
	struct pki_facts f;
	struct err e = {0};
	char uri[PKI_URI];

	if (ok(pki_cert_facts(pem, &f, &e), &e)) {
		must(strlen(f.serial) >= 2 && strlen(f.sha256) == 64);
		must(strlen(f.subject) < PKI_SUBJECT);
		must(strlen(f.uri) < PKI_URI);
		if (pki_app_id(f.uri, &id)) {
			must(pki_app_uri(buf_str(&id), uri, NULL) == 0);
			must(strcmp(uri, f.uri) == 0);
		}
	}
	e = (struct err){0};
	if (ok(pki_bundle(&pem, 1, &out, &e), &e))
		must(pki_cert_facts(buf_str(&out), &f, NULL) == 0 ||
		     pki_cert_facts(pem, &f, NULL) != 0);
	buf_free(&out);
	buf_free(&id);
}

/* What is signed says what the signer gave, whatever stood in the request. */
static void
request(struct str pem)
{
	struct buf cert = BUF_MAX(PEM);
	struct pki_facts f;
	struct err e = {0};

	if (ok(pki_csr_sign(
		   ca, pem, "fg:app/a%3A1", time(NULL) + 60, &cert, &f, &e),
		&e))
		must(!f.ca && f.subject[0] == '\0' &&
		     strcmp(f.uri, "fg:app/a%3A1") == 0);
	else
		must(cert.n == 0);
	buf_free(&cert);
}

static void
keys(struct str pem)
{
	struct buf csr = BUF_MAX(PEM);
	struct pki_signer *s = NULL;
	struct err e = {0};

	if (ok(pki_csr_new(pem, &csr, &e), &e))
		must(csr.n > 0);
	e = (struct err){0};
	if (ok(pki_signer_load(pem, &s, &e), &e))
		pki_signer_free(s);
	e = (struct err){0};
	(void)ok(pki_verify(pem, pem, STR("x"), &e), &e);
	buf_free(&csr);
}

static void
wrap(const char *label, const uint8_t *der, size_t n, struct buf *pem)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long length;

	must(bio != NULL);
	(void)PEM_write_bio(bio, label, "", der, (long)n);
	length = BIO_get_mem_data(bio, &p);
	buf_add(pem, p, (size_t)length);
	BIO_free(bio);
	ERR_clear_error();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf pem = BUF_MAX(2 * PKI_PEM_MAX);

	if (ca == NULL)
		made_once();
	if (n == 0)
		return 0;
	if (data[0] == 'R')
		wrap("CERTIFICATE REQUEST", data + 1, n - 1, &pem);
	else if (data[0] == 'C')
		wrap("CERTIFICATE", data + 1, n - 1, &pem);
	else
		buf_add(&pem, data + 1, n - 1);
	certificate(buf_str(&pem));
	request(buf_str(&pem));
	if (data[0] == 'P')
		keys(buf_str(&pem));
	buf_free(&pem);
	return 0;
}
