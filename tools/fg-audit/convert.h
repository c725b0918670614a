/* SPDX-License-Identifier: Apache-2.0 */
/* convert: the jq programs of share/convert. */
#ifndef FG_AUDIT_CONVERT_H
#define FG_AUDIT_CONVERT_H

#include "base/buf.h"
#include "base/err.h"

enum { CONVERT_PROGRAM_MAX = 256 * 1024 }; /* bytes */

/*
 * Append the program FORMAT.jq of $FG_SHARE/convert, or of ../share/fg/convert
 * beside the folder that this program is in; jq (may be NULL) goes behind it,
 * to get what it yields. ERR_PERM: there is none.
 */
int convert_program(
    const char *format, const char *jq, struct buf *out, struct err *e);

#endif
