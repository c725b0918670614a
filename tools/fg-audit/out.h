/* SPDX-License-Identifier: Apache-2.0 */
/* out: events to standard output, in the form that is asked for. */
#ifndef FG_AUDIT_OUT_H
#define FG_AUDIT_OUT_H

#include "base/err.h"
#include "base/str.h"
#include "options.h"

struct out; /* opaque */

/*
 * By --format and --jq. ERR_USAGE for options that do not go together or a jq
 * program that is none, ERR_PERM for a converter that is not there.
 */
int out_open(const struct options *o, struct out **ret, struct err *e);

/*
 * One event, a JSON text. -EBADMSG: the converter fails on it, and nothing is
 * printed of it, but the next one may be well; all else ends the run.
 */
int out_event(struct out *out, struct str line, struct err *e);

/* Print what is held back: the next one may be long in coming. */
int out_flush(struct out *out, struct err *e);

/* NULL is fine. Call out_flush() before, which tells of failures. */
void out_free(struct out *out);

#endif
