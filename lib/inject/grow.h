/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grow: put things into a container definition, and note in the undo record
 * what made way for them.
 */
#ifndef FG_INJECT_GROW_H
#define FG_INJECT_GROW_H

#include "record.h"

struct grow {
	const struct taskdef_file *f;
	const struct taskdef *td;
	struct edit *ed;
	struct record *rec;
	struct err *e;
};

/* A map's key and value in the form's spelling; NULL as val_put(). */
struct val *grow_put(
    const struct grow *g, struct val *map, const char *name, struct val *item);

/* {"name":name,"value":value} in the form's spelling. */
struct val *grow_pair(
    const struct grow *g, const char *name, struct val *value);

/*
 * Note what stands at `at` in the container, if it is an empty collection or
 * a null that is about to be replaced.
 */
int grow_note(const struct grow *g, struct record_container *c,
    const struct doc_node *container, enum record_path at);

/*
 * Add all items of the list value v to the container's list `at`, or one
 * entry to its map; the member is made when it is absent. -ENOTSUP, ERR_NO:
 * it is a function, an alias, or of another type.
 */
int grow_list(const struct grow *g, struct record_container *c,
    const struct doc_node *container, enum record_path at, struct val *v);
int grow_map(const struct grow *g, struct record_container *c,
    const struct doc_node *container, enum record_path at, const char *key,
    struct val *v);

/* Set the member to v: it is absent, null or empty now. */
int grow_set(const struct grow *g, struct record_container *c,
    const struct doc_node *container, enum record_path at, struct val *v);

#endif
