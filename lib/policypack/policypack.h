/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policypack: policy records in an environment variable, as a task definition
 * brings its first policy along: lines, gzipped (RFC 1952), in base64.
 */
#ifndef FG_POLICYPACK_POLICYPACK_H
#define FG_POLICYPACK_POLICYPACK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	POLICYPACK_TEXT_MAX = 4 << 20, /* bytes of the lines */
	POLICYPACK_MAX = 1 << 20,      /* bytes of base64 that are unpacked */
};

/*
 * Append the packed form of text, POLICYPACK_TEXT_MAX bytes at most. The same
 * text gives the same bytes: no name, time 0. ERR_TEMP: no memory.
 */
int policypack_pack(struct str text, struct buf *out, struct err *e);

/*
 * The reverse, appended to out; however little it takes packed, it ends at the
 * bound of out. ERR_PERM: not that (EINVAL), or more than out takes (EFBIG).
 */
int policypack_unpack(struct str packed, struct buf *out, struct err *e);

#endif
