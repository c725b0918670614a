/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "sha256/sha256.h"

static void
check(struct str text, const char *want)
{
	char hex[SHA256_HEX];

	sha256_text(text, hex);
	assert_string_equal(hex, want);
}

/* The examples of FIPS 180-4 and two of NIST's short messages. */
static void
gives_known_digests(void **state)
{
	(void)state;
	check(STR_NONE, "e3b0c44298fc1c149afbf4c8996fb924"
			"27ae41e4649b934ca495991b7852b855");
	check(STR("abc"), "ba7816bf8f01cfea414140de5dae2223"
			  "b00361a396177a9cb410ff61f20015ad");
	check(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	check(STR("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
		  "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
	    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
	check(STR("\xd3"), "28969cdfa74a12c82f3bad960b0b000a"
			   "ca2ac329deea5c2328ebc6f2ba9802c1");
	check(STR("\x11\xaf"), "5ca7133fa735326081558ac312c620ee"
			       "ca9970d1e70a4b95533d956f072d1f98");
}

/* A million times 'a', added in pieces of every size from 1 to 129. */
static void
digests_a_stream(void **state)
{
	unsigned char digest[SHA256_BYTES];
	char piece[129], hex[SHA256_HEX];
	struct sha256 s;
	size_t left = 1000000, n = 1;

	(void)state;
	memset(piece, 'a', sizeof piece);
	sha256_init(&s);
	for (; left > 0; left -= n) {
		n = n % sizeof piece + 1;
		if (n > left)
			n = left;
		sha256_add(&s, piece, n);
	}
	sha256_end(&s, digest);
	sha256_hex(digest, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
				 "f1809a48a497200e046d39ccc7112cd0");
}

/* Feed text to sha256sum(1) and read its 64 digits. */
static void
ask_sha256sum(struct str text, char hex[SHA256_HEX])
{
	int in[2], out[2], status;
	pid_t child;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		execlp("sha256sum", "sha256sum", (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	assert_int_equal(fd_write_all(in[1], "pipe", text.p, text.n, NULL), 0);
	(void)close(in[1]);
	assert_int_equal(read(out[0], hex, SHA256_HEX - 1), SHA256_HEX - 1);
	hex[SHA256_HEX - 1] = '\0';
	(void)close(out[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Around the block borders, where padding changes its form. */
static void
agrees_with_sha256sum(void **state)
{
	static const size_t sizes[] = {
	    1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 100003};
	static char text[100003];
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < sizeof text; i++) {
		x = x * 1664525 + 1013904223;
		text[i] = (char)(x >> 24);
	}
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char want[SHA256_HEX];

		ask_sha256sum(str_make(text, sizes[i]), want);
		check(str_make(text, sizes[i]), want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gives_known_digests),
	    cmocka_unit_test(digests_a_stream),
	    cmocka_unit_test(agrees_with_sha256sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
