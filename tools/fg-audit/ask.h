/* SPDX-License-Identifier: Apache-2.0 */
/* ask: one request to the Console, and what it answers. */
#ifndef FG_AUDIT_ASK_H
#define FG_AUDIT_ASK_H

#include <stdbool.h>

#include "auditquery/auditquery.h"
#include "base/buf.h"
#include "client/client.h"
#include "options.h"

struct ask {
	const struct options *options;
	const struct auditquery *query;
	struct client_config config;
	struct client *client;
	struct client_call call; /* call.body: the page */
	struct buf ca, authorization, url;
	size_t url_base; /* bytes of url before the page's own parameters */
};

/*
 * The Console's address, its CA (--console-ca, FG_CONSOLE_CA) and the token
 * (--token-file, FG_TOKEN), as o says; o and q, which is what o asks for, must
 * stay. ERR_USAGE, ERR_PERM.
 */
int ask_open(struct ask *a, const struct options *o, const struct auditquery *q,
    struct err *e);

/* A page of audits/events: which one. */
struct ask_page {
	bool newest_first, filtered;
	struct str after; /* a cursor; empty: none */
	unsigned limit, wait_s;
};

/*
 * Ask. 0: the page is in a->call.body. ERR_TEMP (also of 429 and 5xx) or
 * ERR_PERM; *retry_s is what the Console asks to wait, or 0.
 */
int ask_page(struct ask *a, const struct ask_page *page, unsigned *retry_s,
    struct err *e);

void ask_close(struct ask *a);

#endif
