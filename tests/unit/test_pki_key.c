/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, and signatures made with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "pki_made.h"

/* ---- keys --------------------------------------------------------------- */

static void
keys_with_passwords(void **state)
{
	static const char *const make[] = {
	    "openssl pkcs8 -topk8 -v2 aes128 -passout pass:x -in key.pem",
	    "openssl ec -aes128 -passout pass:x -in key.pem 2>/dev/null",
	};
	cleanup_wipe struct buf key = BUF_MAX(PEM);
	struct buf locked = BUF_MAX(PEM), csr = BUF_MAX(PEM);
	struct err e = {0};
	char dir[32];

	(void)state;
	assert_int_equal(pki_key_new(&key, NULL), 0);
	make_directory(dir);
	put(dir, "key.pem", buf_str(&key));
	for (size_t i = 0; i < sizeof make / sizeof *make; i++) {
		ask(dir, make[i], &locked);
		assert_int_equal(
		    pki_csr_new(buf_str(&locked), &csr, &e), -EINVAL);
		assert_non_null(strstr(e.text, "wants a password"));
	}
	/* The form of old, without one, will do. */
	ask(dir, "openssl ec -in key.pem 2>/dev/null", &locked);
	assert_non_null(strstr(buf_z(&locked), "BEGIN EC PRIVATE KEY"));
	assert_int_equal(pki_csr_new(buf_str(&locked), &csr, &e), 0);
	remove_directory(dir);
	buf_free(&locked);
	buf_free(&csr);
}

/* Cut or changed, it is refused, and no text tells what it was. */
static void
damaged_keys(void **state)
{
	cleanup_wipe struct buf key = BUF_MAX(PEM);
	struct buf csr = BUF_MAX(PEM);
	struct err e = {0};
	char line[65] = "";

	(void)state;
	assert_int_equal(pki_key_new(&key, NULL), 0);
	memcpy(line, strchr(buf_z(&key), '\n') + 1, 16);
	for (size_t n = 0; n + 30 < key.n; n++) {
		assert_int_equal(
		    pki_csr_new(str_sub(buf_str(&key), 0, n), &csr, &e),
		    -EINVAL);
		assert_null(strstr(e.text, line));
	}
	for (size_t i = 0; i < key.n; i++) {
		key.p[i] = (char)(key.p[i] ^ 2);
		(void)pki_csr_new(buf_str(&key), &csr, &e);
		assert_int_equal(ERR_peek_error(), 0);
		assert_null(strstr(e.text, line));
		key.p[i] = (char)(key.p[i] ^ 2);
	}
	buf_free(&csr);
}

static void
wiped(void **state)
{
	struct buf b = BUF_MAX(100);

	(void)state;
	pki_wipe(&b);
	buf_addz(&b, "secret");
	pki_wipe(&b);
	assert_null(b.p);
	assert_int_equal(b.max, 100);
}

/* ---- signatures --------------------------------------------------------- */

static void
signatures(void **state)
{
	struct buf key[2] = {BUF_MAX(PEM), BUF_MAX(PEM)};
	struct buf pub[2] = {BUF_MAX(PEM), BUF_MAX(PEM)}, both = BUF_MAX(PEM);
	cleanup_pki_signer struct pki_signer *s = NULL;
	unsigned char sig[PKI_SIGNATURE] = {0};
	struct str text = STR("{\"type\":\"policy\"}\n");
	struct str signature = str_make((char *)sig, sizeof sig);
	struct err e = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pki_sign_key_new(&key[i], &pub[i], NULL), 0);
		buf_adds(&both, buf_str(&pub[i]));
	}
	assert_int_equal(pki_signer_load(buf_str(&key[1]), &s, NULL), 0);
	assert_int_equal(pki_sign(s, text, sig, NULL), 0);
	assert_int_equal(
	    pki_verify(buf_str(&pub[1]), text, signature, NULL), 0);
	assert_int_equal(pki_verify(buf_str(&both), text, signature, NULL), 0);
	assert_int_equal(
	    pki_verify(buf_str(&pub[0]), text, signature, &e), -EBADMSG);
	assert_int_equal(e.kind, ERR_NO);
	assert_int_equal(
	    pki_verify(buf_str(&pub[1]), STR("{}\n"), signature, NULL),
	    -EBADMSG);
	for (size_t n = 0; n < sizeof sig; n++)
		assert_int_equal(pki_verify(buf_str(&pub[1]), text,
				     str_sub(signature, 0, n), NULL),
		    -EBADMSG);
	for (size_t i = 0; i < sizeof sig; i++) {
		sig[i] ^= 1;
		assert_int_equal(
		    pki_verify(buf_str(&pub[1]), text, signature, NULL),
		    -EBADMSG);
		sig[i] ^= 1;
	}
	assert_int_equal(pki_sign(s, STR_NONE, sig, NULL), 0);
	assert_int_equal(
	    pki_verify(buf_str(&pub[1]), STR_NONE, signature, NULL), 0);
	for (int i = 0; i < 2; i++) {
		pki_wipe(&key[i]);
		buf_free(&pub[i]);
	}
	buf_free(&both);
}

static void
keys_for_signatures(void **state)
{
	cleanup_wipe struct buf p256 = BUF_MAX(PEM), key = BUF_MAX(PEM);
	struct buf pub = BUF_MAX(PEM), csr = BUF_MAX(PEM);
	struct pki_signer *s = NULL;
	struct str sig = STR("x");

	(void)state;
	assert_int_equal(pki_key_new(&p256, NULL), 0);
	assert_int_equal(pki_sign_key_new(&key, &pub, NULL), 0);
	assert_int_equal(pki_signer_load(buf_str(&p256), &s, NULL), -EINVAL);
	assert_int_equal(pki_signer_load(buf_str(&pub), &s, NULL), -EINVAL);
	assert_int_equal(pki_csr_new(buf_str(&key), &csr, NULL), -EINVAL);
	assert_int_equal(pki_verify(buf_str(&key), sig, sig, NULL), -EINVAL);
	assert_int_equal(pki_verify(STR_NONE, sig, sig, NULL), -EINVAL);
	for (size_t n = 0; n + 30 < pub.n; n++)
		assert_int_equal(
		    pki_verify(str_sub(buf_str(&pub), 0, n), sig, sig, NULL),
		    -EINVAL);
	buf_free(&pub);
	buf_free(&csr);
}

#define TEST(name) cmocka_unit_test_teardown(name, no_queue)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(keys_with_passwords),
	    TEST(damaged_keys),
	    TEST(wiped),
	    TEST(signatures),
	    TEST(keys_for_signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
