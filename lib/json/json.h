/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: libjq's values (jv.h) from bytes and back. For API bodies, manifests
 * and configurations; documents that people own go through doc/doc.h, since
 * a jv keeps neither number text nor places. libjq ends the process when
 * there is no memory.
 */
#ifndef FG_JSON_JSON_H
#define FG_JSON_JSON_H

#include <jv.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	JSON_BYTES_MAX = 64 * 1024 * 1024,
	JSON_DEPTH_MAX = 128,
};

#define cleanup_jv __attribute__((cleanup(json_freep)))

/* jv_free(*v); *v becomes invalid. */
void json_freep(jv *v);

/*
 * Parse one JSON text (RFC 8259, strictly; a duplicate key: the last one
 * counts), to be given back with jv_free(). what names the text in errors.
 * ERR_PERM: "what:line:column: text" for a syntax error (EINVAL) or too deep
 * a nesting (E2BIG), EFBIG above JSON_BYTES_MAX. *ret is untouched then.
 */
int json_parse(struct str text, const char *what, jv *ret, struct err *e);

/* Append v as compact JSON. v is not consumed. */
void json_dump(jv v, struct buf *out);

/*
 * The string's bytes, borrowed from v, which is not consumed; STR_NONE when v
 * is no string. Like all jv strings they are valid UTF-8 and may hold NUL.
 */
struct str json_str(jv v);

#endif
