/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret: API tokens and enrolment secrets, "fgp_ID_SECRET", "fge_ID_SECRET".
 * SECRET is 256 random bits, so its SHA-256 alone is kept, without a salt.
 */
#ifndef FG_CONSOLE_SECRET_H
#define FG_CONSOLE_SECRET_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "sha256/sha256.h"

enum {
	SECRET_ID = 12,                           /* hexadecimal digits */
	SECRET_TEXT = 4 + SECRET_ID + 1 + 64 + 1, /* with a NUL */
};

enum secret_kind {
	SECRET_TOKEN, /* fgp_ */
	SECRET_ENROL, /* fge_ */
};

/* A new one: its text, its id, and the hash that is kept. 0 or -errno. */
int secret_make(enum secret_kind kind, char text[SECRET_TEXT],
    char id[SECRET_ID + 1], unsigned char hash[SHA256_BYTES]);

/* The parts of a text: false when it is none of that kind. */
bool secret_parse(enum secret_kind kind, struct str text, struct str *id,
    unsigned char hash[SHA256_BYTES]);

/* Equal? In a time that does not depend on where they differ. */
bool secret_same(
    const unsigned char a[SHA256_BYTES], const unsigned char b[SHA256_BYTES]);

#endif
