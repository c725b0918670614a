/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events_query: a question of lib/auditquery, as far as the store can answer it
 * by its columns: what it gives is looked at again.
 */
#ifndef FG_CONSOLE_EVENTS_QUERY_H
#define FG_CONSOLE_EVENTS_QUERY_H

#include "auditquery/auditquery.h"
#include "base/arena.h"
#include "store/store_audits.h"

/* Words and texts are in the arena or borrowed from q. ERR_TEMP. */
int events_query_narrow(struct arena *a, const struct auditquery *q,
    struct store_filter *ret, struct err *e);

#endif
