/* SPDX-License-Identifier: Apache-2.0 */
/* base64: RFC 4648 section 4, with padding. */
#ifndef FG_BASE64_BASE64_H
#define FG_BASE64_BASE64_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Append the encoded form of s; no line ends. */
void base64_encode(struct str s, struct buf *out);

/*
 * Append what s encodes. False, with out in any state, when s holds anything
 * but the alphabet, or its end is not one that base64_encode() makes.
 */
bool base64_decode(struct str s, struct buf *out);

#endif
