/* SPDX-License-Identifier: Apache-2.0 */
/* report: what became of every container, as records and as messages. */
#ifndef FG_INJECT_REPORT_H
#define FG_INJECT_REPORT_H

#include "base/buf.h"
#include "taskdef/taskdef.h"

enum { REPORT_BYTES_MAX = 16 * 1024 * 1024 };

enum report_state { REPORT_PROTECTED, REPORT_EXCLUDED, REPORT_UNPROTECTED };

/*
 * records is NDJSON (container, finding, iam.statement); problems holds one
 * message a line for standard error, unresolved is their number.
 */
struct report {
	struct buf records;
	struct buf problems;
	struct buf warnings; /* as problems; they do not change the exit code */
	size_t unresolved;
	int code; /* the exit code that these problems make, the highest */
};

#define REPORT_INIT                                                            \
	((struct report){.records = BUF_MAX(REPORT_BYTES_MAX),                 \
	    .problems = BUF_MAX(REPORT_BYTES_MAX),                             \
	    .warnings = BUF_MAX(REPORT_BYTES_MAX)})

void report_free(struct report *r);

/* One container's end; image, digest, platform, reason may be empty. */
struct report_container {
	enum report_state state;
	struct str reason;
	struct str image, digest, platform;
};

/* An unprotected one also becomes a problem, of kind ERR_NO at least. */
void report_container(struct report *r, const struct taskdef_file *f,
    const struct taskdef *td, const struct taskdef_container *c,
    const struct report_container *what);

/*
 * The same for a container that a step could not handle: why is a whole
 * message, with its place.
 */
void report_refused(struct report *r, const struct taskdef_file *f,
    const struct taskdef *td, const struct taskdef_container *c,
    const struct err *why);

/* A problem weighs as much as this kind of error: an exit code. */
void report_weigh(struct report *r, enum err_kind kind);

/* A `finding`; severity "note", "warning" or "error". remedy may be NULL. */
void report_finding(struct report *r, const struct taskdef_file *f,
    const struct doc_node *at, const char *id, const char *severity,
    const char *msg, const char *remedy);

/* A `finding` of severity "warning" that is also said as one. */
void report_warning(struct report *r, const struct taskdef_file *f,
    const struct doc_node *at, const char *id, const char *msg,
    const char *remedy);

/*
 * An `iam.statement` that the execution role of td needs, and what for; the
 * last of the actions is NULL.
 */
void report_statement(struct report *r, const struct taskdef_file *f,
    const struct taskdef *td, const char *const *actions, const char *resource,
    const char *reason);

#endif
