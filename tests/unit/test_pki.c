/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates made here; openssl(1) is asked what it thinks of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "pki_made.h"

/* ---- what is made ------------------------------------------------------- */

static void
openssl_agrees_on_a_ca(void **state)
{
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	char dir[32];

	(void)state;
	make_directory(dir);
	put(dir, "ca.pem", buf_str(&m.cert));
	put(dir, "key.pem", buf_str(&m.key));
	says(dir, "openssl verify -x509_strict -CAfile ca.pem ca.pem",
	    "ca.pem: OK");
	says(dir, "openssl x509 -in ca.pem -noout -subject",
	    "subject=CN = fg CA");
	says(dir, "openssl x509 -in ca.pem -noout -ext basicConstraints",
	    "critical\n    CA:TRUE, pathlen:0");
	says(dir, "openssl x509 -in ca.pem -noout -ext keyUsage",
	    "critical\n    Certificate Sign, CRL Sign");
	says(dir, "openssl pkey -in key.pem -noout -text", "prime256v1");
	says(dir, "head -1 key.pem", "-----BEGIN PRIVATE KEY-----");
	remove_directory(dir);
}

static void
openssl_agrees_on_a_server(void **state)
{
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	cleanup_wipe struct buf key = BUF_MAX(PEM);
	struct buf cert = BUF_MAX(PEM);
	struct str names[] = {STR("console.example"), STR("*.fg.example"),
	    STR("127.0.0.1"), STR("::1")};
	char dir[32];

	(void)state;
	assert_int_equal(pki_key_new(&key, NULL), 0);
	assert_int_equal(pki_server_new(m.ca, buf_str(&key), names, 4,
			     after(DAY / 2), &cert, NULL),
	    0);
	make_directory(dir);
	put(dir, "ca.pem", buf_str(&m.cert));
	put(dir, "cert.pem", buf_str(&cert));
#define VERIFY "openssl verify -x509_strict -CAfile ca.pem -purpose "
	says(dir, VERIFY "sslserver -verify_hostname console.example cert.pem",
	    "cert.pem: OK");
	says(dir, VERIFY "sslserver -verify_hostname a.fg.example cert.pem",
	    "cert.pem: OK");
	says(dir, VERIFY "sslserver -verify_ip ::1 cert.pem", "cert.pem: OK");
	says(dir, VERIFY "sslserver -verify_hostname x.example cert.pem",
	    "ostname mismatch");
	says(
	    dir, VERIFY "sslclient cert.pem", "unsuitable certificate purpose");
	says(dir, "openssl x509 -in cert.pem -noout -ext subjectAltName",
	    "critical\n    DNS:console.example, DNS:*.fg.example, "
	    "IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
	says(dir, "openssl x509 -in cert.pem -noout -ext basicConstraints",
	    "critical\n    CA:FALSE");
	remove_directory(dir);
	buf_free(&cert);
}

static void
openssl_agrees_on_a_client(void **state)
{
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	struct buf csr = BUF_MAX(PEM), cert = BUF_MAX(PEM), out = BUF_MAX(PEM);
	struct pki_facts f;
	char dir[32], uri[PKI_URI], line[PKI_URI + 64];

	(void)state;
	assert_int_equal(pki_app_uri(STR("shop:42"), uri, NULL), 0);
	make_csr(&csr);
	assert_int_equal(pki_csr_sign(m.ca, buf_str(&csr), uri, after(DAY / 2),
			     &cert, &f, NULL),
	    0);
	make_directory(dir);
	put(dir, "ca.pem", buf_str(&m.cert));
	put(dir, "csr.pem", buf_str(&csr));
	put(dir, "cert.pem", buf_str(&cert));
	says(dir, "openssl req -in csr.pem -noout -verify", "verify OK");
	says(dir, VERIFY "sslclient cert.pem", "cert.pem: OK");
	says(
	    dir, VERIFY "sslserver cert.pem", "unsuitable certificate purpose");
	says(dir, "openssl x509 -in cert.pem -noout -ext subjectAltName",
	    "critical\n    URI:fg:app/shop%3A42");
	ask(dir, "openssl x509 -in cert.pem -noout -serial | tr A-F a-f", &out);
	(void)snprintf(line, sizeof line, "serial=%s\n", f.serial);
	assert_string_equal(buf_z(&out), line);
	ask(dir,
	    "openssl x509 -in cert.pem -noout -fingerprint -sha256 |"
	    "tr A-F a-f | tr -d : | sed 's/.*=//'",
	    &out);
	(void)snprintf(line, sizeof line, "%s\n", f.sha256);
	assert_string_equal(buf_z(&out), line);
	remove_directory(dir);
	buf_free(&csr);
	buf_free(&cert);
	buf_free(&out);
}

/* ---- facts -------------------------------------------------------------- */

static void
facts(void **state)
{
	cleanup_made struct made m = make_ca("fg, \"CA\"\n", after(DAY));
	struct buf csr = BUF_MAX(PEM), cert = BUF_MAX(PEM);
	struct pki_facts f, g;
	int64_t end = after(3600);

	(void)state;
	assert_int_equal(pki_cert_facts(buf_str(&m.cert), &f, NULL), 0);
	assert_string_equal(f.subject, "CN=fg\\, \\\"CA\\\"\\0A");
	assert_string_equal(f.uri, "");
	assert_true(f.ca);
	make_csr(&csr);
	assert_int_equal(
	    pki_csr_sign(m.ca, buf_str(&csr), "fg:app/a", end, &cert, &f, NULL),
	    0);
	assert_int_equal(pki_cert_facts(buf_str(&cert), &g, NULL), 0);
	assert_memory_equal(&f, &g, sizeof f);
	assert_string_equal(f.subject, "");
	assert_string_equal(f.uri, "fg:app/a");
	assert_int_equal(f.not_after, end);
	assert_in_range(time(NULL) - PKI_SKEW - f.not_before, 0, 10);
	assert_false(f.ca);
	assert_in_range(strlen(f.serial), 20, 34);
	assert_int_equal(strlen(f.sha256), 64);
	buf_free(&csr);
	buf_free(&cert);
}

static void
serials_differ(void **state)
{
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	struct buf csr = BUF_MAX(PEM);
	struct pki_facts f[16];

	(void)state;
	make_csr(&csr);
	for (size_t i = 0; i < 16; i++) {
		struct buf cert = BUF_MAX(PEM);

		assert_int_equal(pki_csr_sign(m.ca, buf_str(&csr), "fg:app/a",
				     after(60), &cert, &f[i], NULL),
		    0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(f[i].serial, f[j].serial);
		buf_free(&cert);
	}
	buf_free(&csr);
}

static void
nobody_outlives_the_ca(void **state)
{
	cleanup_made struct made m = make_ca("fg CA", after(3600));
	struct buf csr = BUF_MAX(PEM), cert = BUF_MAX(PEM);
	struct pki_facts f, g;

	(void)state;
	make_csr(&csr);
	assert_int_equal(pki_csr_sign(m.ca, buf_str(&csr), "fg:app/a",
			     after(DAY), &cert, &f, NULL),
	    0);
	assert_int_equal(pki_cert_facts(buf_str(&m.cert), &g, NULL), 0);
	assert_int_equal(f.not_after, g.not_after);
	buf_free(&csr);
	buf_free(&cert);
}

static void
times_that_are_none(void **state)
{
	static const int64_t bad[] = {
	    INT64_MIN, -1, 0, PKI_SKEW, 253402300800, INT64_MAX};
	struct buf cert = BUF_MAX(PEM), key = BUF_MAX(PEM);

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(
		    pki_ca_new("fg CA", bad[i], &cert, &key, NULL), -EINVAL);
	assert_int_equal(
	    pki_ca_new("fg CA", 253402300799, &cert, &key, NULL), 0);
	buf_free(&cert);
	buf_free(&key);
}

/* ---- names -------------------------------------------------------------- */

static void
names_of_servers(void **state)
{
	static const struct {
		const char *name;
		bool good;
	} rows[] = {
	    {"a", true},
	    {"A-1.example", true},
	    {"1.a", true},
	    {"xn--bcher-kva.example", true},
	    {"*.a.example", true},
	    {"10.0.0.1", true},
	    {"2001:db8::1", true},
	    {"", false},
	    {".", false},
	    {"a.", false},
	    {".a", false},
	    {"a..b", false},
	    {"-a", false},
	    {"a-", false},
	    {"a_b", false},
	    {"a b", false},
	    {"*", false},
	    {"*.example", false},
	    {"a.*.example", false},
	    {"f*.a.example", false},
	    {"1.2.3.256", false},
	    {"1.2", false},
	    {"[::1]", false},
	    {"a,DNS:b", false},
	    {"b\xc3\xbc.example", false},
	    {"a\n", false},
	};
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	cleanup_wipe struct buf key = BUF_MAX(PEM);
	struct str many[PKI_NAMES_MAX + 1];
	struct buf cert = BUF_MAX(PEM);

	(void)state;
	assert_int_equal(pki_key_new(&key, NULL), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str name = str_of(rows[i].name);
		int r = pki_server_new(
		    m.ca, buf_str(&key), &name, 1, after(60), &cert, NULL);

		if (r != (rows[i].good ? 0 : -EINVAL))
			fail_msg("\"%s\": %d", rows[i].name, r);
	}
	for (size_t i = 0; i < PKI_NAMES_MAX + 1; i++)
		many[i] = STR("a.example");
	assert_int_equal(pki_server_new(m.ca, buf_str(&key), many,
			     PKI_NAMES_MAX + 1, after(60), &cert, NULL),
	    -EINVAL);
	assert_int_equal(pki_server_new(m.ca, buf_str(&key), many, 0, after(60),
			     &cert, NULL),
	    -EINVAL);
	assert_int_equal(pki_server_new(m.ca, buf_str(&key), many,
			     PKI_NAMES_MAX, after(60), &cert, NULL),
	    0);
	buf_free(&cert);
}

static void
app_uris(void **state)
{
	static const char *const bad[] = {"", "fg:app/", "fg:app", "fg:App/a",
	    "http:app/a", "fg:app/a:b", "fg:app/%", "fg:app/%3", "fg:app/%3a",
	    "fg:app/%41", "fg:app/a/b", "fg:app/%zz", "fg:app/\xff"};
	struct str id = {"shop-1_x:0f \0%/\xc3\xa9", 17};
	struct buf back = BUF_MAX(PKI_URI);
	char uri[PKI_URI], name[PKI_URI];

	(void)state;
	assert_int_equal(pki_app_uri(id, uri, NULL), 0);
	assert_string_equal(uri, "fg:app/shop-1_x%3A0f%20%00%25%2F%C3%A9");
	assert_true(pki_app_id(uri, &back));
	assert_true(str_eq(buf_str(&back), id));
	buf_reset(&back);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (pki_app_id(bad[i], &back) || back.n > 0)
			fail_msg("taken: %s", bad[i]);
	}
	memset(name, 'a', sizeof name);
	assert_int_equal(
	    pki_app_uri(str_make(name, PKI_URI - 8), uri, NULL), 0);
	assert_int_equal(strlen(uri), PKI_URI - 1);
	assert_true(pki_app_id(uri, &back));
	assert_int_equal(
	    pki_app_uri(str_make(name, PKI_URI - 7), uri, NULL), -EINVAL);
	assert_int_equal(pki_app_uri(STR_NONE, uri, NULL), -EINVAL);
	buf_free(&back);
}

/* ---- CAs ---------------------------------------------------------------- */

static void
cas_that_are_none(void **state)
{
	cleanup_made struct made a = make_ca("a", after(DAY));
	cleanup_made struct made b = make_ca("b", after(DAY));
	struct buf csr = BUF_MAX(PEM), leaf = BUF_MAX(PEM);
	struct pki_ca *ca = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(
	    pki_ca_load(buf_str(&a.cert), buf_str(&b.key), &ca, &e), -EINVAL);
	assert_string_equal(
	    e.text, "the key of a CA is not that of its certificate");
	make_csr(&csr);
	assert_int_equal(pki_csr_sign(a.ca, buf_str(&csr), "fg:app/a",
			     after(60), &leaf, NULL, NULL),
	    0);
	assert_int_equal(
	    pki_ca_load(buf_str(&leaf), buf_str(&a.key), &ca, &e), -EINVAL);
	assert_non_null(strstr(e.text, "basicConstraints"));
	assert_int_equal(
	    pki_ca_load(buf_str(&a.key), buf_str(&a.key), &ca, &e), -EINVAL);
	assert_non_null(strstr(e.text, "BEGIN CERTIFICATE"));
	assert_int_equal(
	    pki_ca_load(buf_str(&a.cert), buf_str(&a.cert), &ca, &e), -EINVAL);
	assert_non_null(strstr(e.text, "BEGIN PRIVATE KEY"));
	assert_null(ca);
	assert_int_equal(pki_ca_new("", after(60), &leaf, &csr, &e), -EINVAL);
	buf_free(&csr);
	buf_free(&leaf);
}

static void
bundles(void **state)
{
	cleanup_made struct made a = make_ca("fg CA", after(DAY));
	cleanup_made struct made b = make_ca("fg CA", after(DAY));
	struct buf both = BUF_MAX(PEM), again = BUF_MAX(PEM);
	struct buf csr = BUF_MAX(PEM), leaf = BUF_MAX(PEM);
	struct str texts[] = {
	    buf_str(&a.cert), buf_str(&b.cert), buf_str(&a.cert)};
	struct str twice[2];
	struct err e = {0};

	(void)state;
	assert_int_equal(pki_bundle(texts, 3, &both, NULL), 0);
	assert_int_equal(both.n, a.cert.n + b.cert.n);
	twice[0] = twice[1] = buf_str(&both);
	assert_int_equal(pki_bundle(twice, 2, &again, NULL), 0);
	assert_true(str_eq(buf_str(&both), buf_str(&again)));

	/* The second one is cut off, at any byte. */
	for (size_t n = a.cert.n + 1; n + 30 < both.n; n++) {
		texts[0] = str_sub(buf_str(&both), 0, n);
		buf_reset(&again);
		if (pki_bundle(texts, 1, &again, &e) != -EINVAL)
			fail_msg("taken: the first %zu bytes", n);
	}
	make_csr(&csr);
	assert_int_equal(pki_csr_sign(a.ca, buf_str(&csr), "fg:app/a",
			     after(60), &leaf, NULL, NULL),
	    0);
	texts[0] = buf_str(&leaf);
	assert_int_equal(pki_bundle(texts, 1, &again, &e), -EINVAL);
	texts[0] = buf_str(&a.key);
	assert_int_equal(pki_bundle(texts, 1, &again, &e), -EINVAL);
	assert_int_equal(pki_bundle(texts, 0, &again, &e), -EINVAL);
	buf_free(&both);
	buf_free(&again);
	buf_free(&csr);
	buf_free(&leaf);
}

static void
bundles_are_bounded(void **state)
{
	struct made all[PKI_BUNDLE_MAX + 1];
	struct str texts[PKI_BUNDLE_MAX + 1];
	struct buf out = BUF_MAX(PEM);

	(void)state;
	for (size_t i = 0; i <= PKI_BUNDLE_MAX; i++) {
		all[i] = make_ca("fg CA", after(DAY));
		texts[i] = buf_str(&all[i].cert);
	}
	assert_int_equal(pki_bundle(texts, PKI_BUNDLE_MAX, &out, NULL), 0);
	assert_int_equal(
	    pki_bundle(texts, PKI_BUNDLE_MAX + 1, &out, NULL), -EINVAL);
	for (size_t i = 0; i <= PKI_BUNDLE_MAX; i++)
		drop(&all[i]);
	buf_free(&out);
}

/* ---- damaged certificates ----------------------------------------------- */

static void
damaged_certs(void **state)
{
	cleanup_made struct made m = make_ca("fg CA", after(DAY));
	struct buf big = BUF_MAX(2 * PKI_PEM_MAX);
	struct pki_facts f;

	(void)state;
	for (size_t n = 0; n + 30 < m.cert.n; n++)
		assert_int_equal(
		    pki_cert_facts(str_sub(buf_str(&m.cert), 0, n), &f, NULL),
		    -EINVAL);
	for (size_t i = 0; i < m.cert.n; i++) {
		m.cert.p[i] = (char)(m.cert.p[i] ^ 1);
		(void)pki_cert_facts(buf_str(&m.cert), &f, NULL);
		assert_int_equal(ERR_peek_error(), 0);
		m.cert.p[i] = (char)(m.cert.p[i] ^ 1);
	}
	/* Text around it is fine, "\r\n" too. */
	buf_addz(&big, "Somebody's CA\r\n=====\r\n");
	for (size_t i = 0; i < m.cert.n; i++) {
		if (m.cert.p[i] == '\n')
			buf_addc(&big, '\r');
		buf_addc(&big, m.cert.p[i]);
	}
	buf_addz(&big, "\r\nthe end");
	assert_int_equal(pki_cert_facts(buf_str(&big), &f, NULL), 0);
	while (big.n <= PKI_PEM_MAX)
		buf_addz(
		    &big, "\n............................................");
	assert_int_equal(pki_cert_facts(buf_str(&big), &f, NULL), -EFBIG);
	buf_free(&big);
}

#define TEST(name) cmocka_unit_test_teardown(name, no_queue)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(openssl_agrees_on_a_ca),
	    TEST(openssl_agrees_on_a_server),
	    TEST(openssl_agrees_on_a_client),
	    TEST(facts),
	    TEST(serials_differ),
	    TEST(nobody_outlives_the_ca),
	    TEST(times_that_are_none),
	    TEST(names_of_servers),
	    TEST(app_uris),
	    TEST(cas_that_are_none),
	    TEST(bundles),
	    TEST(bundles_are_bounded),
	    TEST(damaged_certs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
