/* SPDX-License-Identifier: Apache-2.0 */
/* fill: entry points that the definition leaves to the image, written out. */
#ifndef FG_INJECT_FILL_H
#define FG_INJECT_FILL_H

#include "entrypoint/entrypoint.h"
#include "inject.h"
#include "record.h"
#include "report.h"

struct fill_config {
	/* entrypoint_resolve(), or what stands in for it. */
	int (*resolve)(
	    void *arg, struct entrypoint_query *q, size_t n, struct err *e);
	void *arg;
	struct inject_names only, exclude;
	bool all; /* ask about those that state an entryPoint, too */
};

/* A container whose image must be asked about. */
struct fill_need {
	const struct taskdef *td;
	const struct taskdef_container *c;
	struct record *rec;
};

struct fill_needs {
	struct fill_need *all;            /* in the arena */
	struct entrypoint_query *queries; /* as many, the same order */
	size_t n;
	struct arena *arena;
};

/*
 * Collect what must be asked for td. Containers that state an entryPoint need
 * nothing (but see `all`); those whose image or platform is not known here are
 * reported as unprotected.
 */
int fill_collect(const struct taskdef_file *f, const struct taskdef *td,
    const struct fill_config *cfg, struct record *rec, struct fill_needs *needs,
    struct report *report, struct err *e);

/*
 * Write one answer by the rules of ECS: an entryPoint in the definition drops
 * the image's CMD, a command there replaces it, empty lists and null count as
 * absent. So ENTRYPOINT is written where entryPoint is absent, and CMD where
 * both are. Of a container that states an entryPoint only the image's digest is
 * noted. A failed query is reported.
 */
int fill_write(const struct taskdef_file *f, const struct fill_need *need,
    const struct entrypoint_query *q, struct edit *ed, struct report *report,
    struct err *e);

#endif
