/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_audits: audits with the vendor's names and filters. route->kind is that
 * of the events: STORE_RUNTIME or STORE_WAAS.
 */
#ifndef FG_CONSOLE_API_AUDITS_H
#define FG_CONSOLE_API_AUDITS_H

#include "store/store_audits.h"

struct request;

#define API_AUDITS_QUERY                                                       \
	"from|to|imageName|container|ruleName|type|effect|appID|attackType|"   \
	"severity|search|sort|reverse|offset|limit"
#define API_AUDITS_MANY                                                        \
	"imageName|container|ruleName|type|effect|appID|attackType|severity"

void api_audits_list(struct request *r);

/* All of them as CSV. */
void api_audits_download(struct request *r);

#endif
