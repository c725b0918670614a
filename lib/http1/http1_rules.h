/* SPDX-License-Identifier: Apache-2.0 */
/* http1_rules: what fields say about the message and the connection. */
#ifndef FG_HTTP1_HTTP1_RULES_H
#define FG_HTTP1_HTTP1_RULES_H

#include "http1.h"

/*
 * Look at a field that was read: what it says about framing and connection
 * goes into *h. Host and Expect are those of requests alone.
 */
enum http1_bad http1_rules_field(struct http1_head *h, struct http1_field *f,
    const struct http1_limits *l, bool request);

/*
 * All fields were read: those that Connection names are dropped, the length
 * and the coding held against each other, h->keep_alive is set. *f gets the
 * field that is the cause of a refusal, or NULL.
 */
enum http1_bad http1_rules_end(
    struct http1_head *h, const struct http1_field **f);

#endif
