/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for certificates: what is signed, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "pki_made.h"

/* ---- requests ----------------------------------------------------------- */

/* A request that another key signed, or that is of another kind of key. */
static void
foreign_csr(EVP_PKEY *of, EVP_PKEY *by, struct buf *csr)
{
	X509_REQ *req = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	STACK_OF(X509_EXTENSION) *all = sk_X509_EXTENSION_new_null();
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(
	    NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
	char *p;
	long n;

	assert_true(sk_X509_EXTENSION_push(all, ext) > 0);
	assert_int_equal(X509_REQ_add_extensions(req, all), 1);
	assert_int_equal(
	    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(req), "CN",
		MBSTRING_ASC, (const unsigned char *)"admin", -1, -1, 0),
	    1);
	assert_int_equal(X509_REQ_set_pubkey(req, of), 1);
	assert_true(X509_REQ_sign(req, by, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509_REQ(bio, req), 1);
	n = BIO_get_mem_data(bio, &p);
	buf_add(csr, p, (size_t)n);
	sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
	X509_REQ_free(req);
	BIO_free(bio);
}

static void
refused_csr(const struct pki_ca *ca, struct str csr, const char *why)
{
	struct buf cert = BUF_MAX(PEM);
	struct err e = {0};

	assert_int_equal(
	    pki_csr_sign(ca, csr, "fg:app/a", after(60), &cert, NULL, &e),
	    -EINVAL);
	assert_int_equal(e.kind, ERR_PERM);
	if (strstr(e.text, why) == NULL)
		fail_msg("\"%s\" without \"%s\"", e.text, why);
	assert_int_equal(cert.n, 0);
}

static void
requests_prove_their_key(void **state)
{
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	EVP_PKEY *a = EVP_EC_gen("P-256"), *b = EVP_EC_gen("P-256");
	EVP_PKEY *c = EVP_EC_gen("P-384"), *d = EVP_EC_gen("secp256k1");
	EVP_PKEY *rsa = EVP_RSA_gen(1024);
	struct buf csr = BUF_MAX(PEM);

	(void)state;
	foreign_csr(a, b, &csr);
	refused_csr(m.ca, buf_str(&csr), "not signed with its own key");
	buf_reset(&csr);
	foreign_csr(c, c, &csr);
	refused_csr(m.ca, buf_str(&csr), "not of the curve P-256");
	buf_reset(&csr);
	foreign_csr(d, d, &csr);
	refused_csr(m.ca, buf_str(&csr), "not of the curve P-256");
	buf_reset(&csr);
	foreign_csr(rsa, rsa, &csr);
	refused_csr(m.ca, buf_str(&csr), "not of the curve P-256");
	refused_csr(m.ca, buf_str(&m.cert), "does not begin with");
	refused_csr(m.ca, STR_NONE, "does not begin with");
	buf_free(&csr);
	EVP_PKEY_free(a);
	EVP_PKEY_free(b);
	EVP_PKEY_free(c);
	EVP_PKEY_free(d);
	EVP_PKEY_free(rsa);
}

/* A curve that is spelt out may be any curve. */
static void
curves_have_names(void **state)
{
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	struct buf csr = BUF_MAX(PEM);
	char dir[32];

	(void)state;
	make_directory(dir);
	ask(dir,
	    "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
	    "-pkeyopt ec_param_enc:explicit -out key.pem &&"
	    "openssl req -new -key key.pem -subj /CN=a",
	    &csr);
	assert_non_null(strstr(buf_z(&csr), "-----BEGIN CERTIFICATE REQUEST"));
	refused_csr(m.ca, buf_str(&csr), "not of the curve P-256");
	remove_directory(dir);
	buf_free(&csr);
}

/* Subject, CA:TRUE and the rest of a request are not taken over. */
static void
requests_ask_for_nothing(void **state)
{
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct buf csr = BUF_MAX(PEM), cert = BUF_MAX(PEM);
	struct pki_facts f;

	(void)state;
	foreign_csr(key, key, &csr);
	assert_int_equal(pki_csr_sign(m.ca, buf_str(&csr), "fg:app/b",
			     after(60), &cert, &f, NULL),
	    0);
	assert_string_equal(f.subject, "");
	assert_string_equal(f.uri, "fg:app/b");
	assert_false(f.ca);
	EVP_PKEY_free(key);
	buf_free(&csr);
	buf_free(&cert);
}

/* Every cut and every changed bit of a request is refused or changes nothing
 * but what does not count: nothing is read out of bounds. */
static void
damaged_csr(void **state)
{
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	struct buf csr = BUF_MAX(PEM), cert = BUF_MAX(PEM);
	size_t taken = 0;

	(void)state;
	make_csr(&csr);
	for (size_t n = 0; n + 30 < csr.n; n++)
		assert_int_equal(
		    pki_csr_sign(m.ca, str_sub(buf_str(&csr), 0, n), "fg:app/a",
			after(60), &cert, NULL, NULL),
		    -EINVAL);
	for (size_t i = 0; i < csr.n; i++) {
		csr.p[i] = (char)(csr.p[i] ^ 1);
		taken += pki_csr_sign(m.ca, buf_str(&csr), "fg:app/a",
			     after(60), &cert, NULL, NULL) == 0;
		assert_int_equal(ERR_peek_error(), 0);
		csr.p[i] = (char)(csr.p[i] ^ 1);
		buf_reset(&cert);
	}
	assert_in_range(taken, 0, 4);
	while (csr.n <= PKI_CSR_MAX)
		buf_addz(&csr, "\n");
	assert_int_equal(pki_csr_sign(m.ca, buf_str(&csr), "fg:app/a",
			     after(60), &cert, NULL, NULL),
	    -EFBIG);
	buf_free(&csr);
	buf_free(&cert);
}

static void
uris_that_are_none(void **state)
{
	static const char *const bad[] = {
	    "", "fg:app/a b", "fg:app/\n", "fg:app/\xc3\xa9", "fg:\x7f"};
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	struct buf csr = BUF_MAX(PEM), cert = BUF_MAX(PEM);
	char long_one[PKI_URI + 1];

	(void)state;
	make_csr(&csr);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(pki_csr_sign(m.ca, buf_str(&csr), bad[i],
				     after(60), &cert, NULL, NULL),
		    -EINVAL);
	memset(long_one, 'a', PKI_URI);
	long_one[PKI_URI] = '\0';
	assert_int_equal(pki_csr_sign(m.ca, buf_str(&csr), long_one, after(60),
			     &cert, NULL, NULL),
	    -EINVAL);
	long_one[PKI_URI - 1] = '\0';
	assert_int_equal(pki_csr_sign(m.ca, buf_str(&csr), long_one, after(60),
			     &cert, NULL, NULL),
	    0);
	buf_free(&csr);
	buf_free(&cert);
}

#define TEST(name) cmocka_unit_test_teardown(name, no_queue)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(requests_prove_their_key),
	    TEST(curves_have_names),
	    TEST(requests_ask_for_nothing),
	    TEST(damaged_csr),
	    TEST(uris_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
