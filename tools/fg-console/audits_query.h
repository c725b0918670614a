/* SPDX-License-Identifier: Apache-2.0 */
/* audits_query: the vendor's filters of audits, as a question to the store. */
#ifndef FG_CONSOLE_AUDITS_QUERY_H
#define FG_CONSOLE_AUDITS_QUERY_H

#include "base/arena.h"
#include "query.h"
#include "store/store_audits.h"

/*
 * Lists are "a,b", or the parameter again. -EINVAL, ERR_PERM, with the
 * parameter that is wrong.
 */
int audits_query_read(struct arena *a, const struct query *q,
    enum store_kind kind, struct store_query *ret, struct err *e);

#endif
