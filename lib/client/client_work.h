/* SPDX-License-Identifier: Apache-2.0 */
/* client_work: a call under way, from its first request to its last answer. */
#ifndef FG_CLIENT_CLIENT_WORK_H
#define FG_CLIENT_CLIENT_WORK_H

#include <stdbool.h>

#include "client.h"
#include "client_lib.h"
#include "url/url.h"

struct client_work {
	struct client_work *next; /* among the spare ones */
	const struct client_lib *lib;
	const struct client_config *cfg;
	struct client_call *call;

	CURL *easy;
	struct curl_slist *headers;
	EVP_MD_CTX *hash;
	struct buf url_text; /* of the request under way */
	struct url url;
	bool with_credentials; /* no redirect has left url's origin */
	unsigned redirects;
	struct err refused; /* set by a callback that stopped the transfer */
	int refused_r;
	char why[CURL_ERROR_SIZE];
};

struct client_work *client_work_new(
    const struct client_lib *lib, const struct client_config *cfg);
void client_work_free(struct client_work *w);

/*
 * Set w->easy up for the first request of w->call. Negative: the call ends
 * with what is in call->err.
 */
int client_work_begin(struct client_work *w);

/* Set w->easy up to ask for w->url (client_request.c). */
int client_work_request(struct client_work *w);

enum client_next { CLIENT_WORK_DONE, CLIENT_WORK_AGAIN };

/*
 * A transfer of w ended with code: fill the call, or set w->easy up for where
 * the answer redirects to.
 */
enum client_next client_work_end(struct client_work *w, CURLcode code);

#endif
