/* SPDX-License-Identifier: Apache-2.0 */
/* http1_target: request targets and the hosts in them (RFC 9112, 3.2). */
#ifndef FG_HTTP1_HTTP1_TARGET_H
#define FG_HTTP1_HTTP1_TARGET_H

#include "http1.h"

/*
 * Take text, all of whose bytes are of HTTP1_BYTE_TARGET, apart. Only CONNECT
 * has the authority form, which is HOST:PORT, and only OPTIONS the asterisk.
 * The absolute form is http or https, without user information (RFC 9110
 * section 4.2.4). strict: characters of RFC 3986 alone, and %XX; else any.
 */
enum http1_bad http1_target_read(struct str text, enum http1_method method,
    bool strict, struct http1_target *t);

/*
 * HOST or HOST:PORT: letters, digits, "-._" or an IPv6 address in brackets, of
 * HTTP1_HOST_MAX bytes; a port of 1 to 65535. Percent-encoded and non-ASCII
 * names, and "host:" without a port, are not taken. has_port may be NULL.
 */
bool http1_target_host(struct str s, bool *has_port);

#endif
