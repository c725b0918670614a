/* SPDX-License-Identifier: Apache-2.0 */
/* lint: what is wrong with task definitions, as findings. Pure. */
#ifndef FG_LINT_LINT_H
#define FG_LINT_LINT_H

#include "inject/report.h"
#include "inject/select.h"

/* Families of rules, for --only. */
enum lint_family {
	LINT_PROTECTED = 1, /* is every container really protected? */
	LINT_START = 2,     /* will the containers ever start? */
	LINT_ALL = 3,
};

struct lint_config {
	unsigned int families; /* of enum lint_family */
	struct inject_names only, exclude;
};

/*
 * Add a `finding` to the report for all that is wrong with the definitions of
 * f; LINT_PROTECTED gives one per container at most, the gravest. Containers
 * that the user excluded are passed over. report->unresolved counts.
 * -ENOENT, ERR_USAGE: a name that is no container's; -EINVAL, ERR_PERM: a
 * damaged undo record.
 */
int lint_file(const struct taskdef_file *f, const struct lint_config *cfg,
    struct report *report, struct err *e);

#endif
