/* SPDX-License-Identifier: Apache-2.0 */
/* ndjson_jq: one compiled jq program; inside ndjson only. */
#ifndef FG_NDJSON_NDJSON_JQ_H
#define FG_NDJSON_NDJSON_JQ_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct ndjson_jq; /* opaque */

/* ERR_USAGE with jq's words when program is no jq program. */
int ndjson_jq_new(const char *program, struct ndjson_jq **ret, struct err *e);

/*
 * Run record through the program and append what it yields to out, one
 * compact line each. ERR_PERM when the program fails, with what it yielded
 * before in out. After the program called `halt` nothing more is yielded.
 */
int ndjson_jq_run(
    struct ndjson_jq *j, struct str record, struct buf *out, struct err *e);

/* NULL is fine. */
void ndjson_jq_free(struct ndjson_jq *j);

#endif
