/* SPDX-License-Identifier: Apache-2.0 */
/* select: which containers a run is about (--container, --exclude). */
#ifndef FG_INJECT_SELECT_H
#define FG_INJECT_SELECT_H

#include "record.h"

/* Container names: evaluated, or as in undo records. */
struct inject_names {
	const char *const *items;
	size_t n;
};

/*
 * Is c left out? An --exclude of an earlier run, kept in rc, holds until
 * --container names the container again.
 */
bool select_excluded(const struct taskdef_container *c,
    const struct inject_names *only, const struct inject_names *exclude,
    const struct record_container *rc);

/* Is every container of td left out, our sidecar apart? rec is td's record. */
bool select_none(const struct taskdef *td, const struct inject_names *only,
    const struct inject_names *exclude, const struct record *rec);

/* Each of the names must be some container's. -ENOENT, ERR_USAGE. */
int select_check(const struct taskdef_file *f, const struct inject_names *only,
    const struct inject_names *exclude, struct err *e);

#endif
