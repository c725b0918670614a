/* SPDX-License-Identifier: Apache-2.0 */
/* api_events: GET /api/v1/audits/events, NDJSON, which may be waited for. */
#ifndef FG_CONSOLE_API_EVENTS_H
#define FG_CONSOLE_API_EVENTS_H

#include "worker.h"

struct request;

#define API_EVENTS_QUERY                                                       \
	"kind|name|severity|action|app|container|image|rule|from|to|search|"   \
	"after|limit|order|wait"
#define API_EVENTS_MANY "kind|name|action|app|container|image|rule"

void api_events_get(struct request *r);

/* There are new audits. */
void api_events_stored(struct worker *w);

/* Who waits is answered now: the worker ends. */
void api_events_drain(struct worker *w);

#endif
