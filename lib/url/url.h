/* SPDX-License-Identifier: Apache-2.0 */
/* url: http and https URLs (RFC 3986), read so that nobody reads another. */
#ifndef FG_URL_URL_H
#define FG_URL_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { URL_MAX = 8192, URL_HOST_MAX = 255 }; /* bytes */

struct url {
	bool tls;                    /* https */
	char host[URL_HOST_MAX + 1]; /* lower case; "[::1]" with brackets */
	unsigned port;               /* 1 to 65535; the scheme's by default */
	struct str rest;             /* "/path?query", borrowed, may be empty */
};

/*
 * Parse an absolute URL. Stricter than the RFC, since two readers that differ
 * are how credentials leak: no user information, fragment, percent or
 * non-ASCII character in the host, blank, control character, backslash.
 * -EINVAL, ERR_PERM.
 */
int url_parse(struct str text, struct url *out, struct err *e);

/*
 * Append the absolute form of ref, as found in an answer from base: an
 * absolute URL, "//host/…", "/path", "?query" or a relative path (RFC 3986
 * section 5.2; dot segments are left to the server).
 */
int url_resolve(
    const struct url *base, struct str ref, struct buf *out, struct err *e);

/* Same scheme, host and port? Only then do credentials go along. */
bool url_same_origin(const struct url *a, const struct url *b);

/*
 * Is name, "HOST" or "HOST:PORT", the host of u? Without a port it is that of
 * u's scheme. Letters in either case.
 */
bool url_is_host(const struct url *u, struct str name);

/* Append s, percent-encoded for a query's value (all but unreserved). */
void url_encode(struct str s, struct buf *out);

#endif
