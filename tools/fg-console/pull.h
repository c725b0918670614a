/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pull: what images run, from the scan DB and from registries. Whoever may ask
 * says which image; which hosts this machine talks to is the operator's to say,
 * or it could be sent to anything that it can reach.
 */
#ifndef FG_CONSOLE_PULL_H
#define FG_CONSOLE_PULL_H

#include "entrypoint/entrypoint.h"
#include "options.h"

struct pull {
	const struct options *o;
	struct arena *arena; /* of the answers */
	bool remember;       /* in the scan DB */
	bool offline;        /* from the scan DB alone */
};

/* As entrypoint_resolve(); arg is a struct pull. In a child only. */
int pull_resolve(
    void *arg, struct entrypoint_query *q, size_t n, struct err *e);

/* May its registry be asked? */
bool pull_allowed(const struct options *o, struct str reference);

/* The file of the scan DB, in path; NULL: there is none yet. */
const char *pull_db(const struct options *o, char path[4096]);

#endif
