/* SPDX-License-Identifier: Apache-2.0 */
/* fetch_send: the request of a fetch, and whether its answer is in order. */
#ifndef FG_REGISTRY_FETCH_SEND_H
#define FG_REGISTRY_FETCH_SEND_H

#include "registry/fetch.h"

/* Before the first request. */
void registry_fetch_setup(
    struct registry_fetch *f, void (*done)(struct client_call *call));

/* Send f to its endpoint, delay_ms from now; done() will tell. */
void registry_fetch_send(struct registry_fetch *f, unsigned delay_ms);

/*
 * A 2xx answer: set f->digest, held against what was asked for and what the
 * registry says it is. ERR_PERM: it differs, or what it says is malformed.
 */
int registry_fetch_check(struct registry_fetch *f, struct err *e);

#endif
