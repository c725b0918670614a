/* SPDX-License-Identifier: Apache-2.0 */
/* undo: take our own things out of a task definition again. */
#ifndef FG_INJECT_UNDO_H
#define FG_INJECT_UNDO_H

#include "record.h"

/* Whose things. */
enum undo_scope {
	UNDO_FILL = 1,
	UNDO_STAMP = 2,
	UNDO_INJECT = 4,
	UNDO_RECORD = 8,
	UNDO_ALL = 15,
};

struct undo {
	const struct taskdef_file *f;
	const struct taskdef *td;
	const struct record *rec;
	struct edit *ed;
	unsigned int scope; /* of enum undo_scope */
};

/*
 * Collect in u->ed what takes the things of the scope out of td. What the
 * record does not know of, our names still tell (structural removal).
 */
void undo_definition(const struct undo *u);

/* The same for the entry point and the command of one container alone. */
void undo_container(const struct undo *u, const struct taskdef_container *c);

/*
 * How many items at the front of an entryPoint list are our wrapper, "--"
 * included: 0, or 2 and more. *keep_ptrace, unless NULL: with --keep-ptrace?
 */
size_t undo_wrapper_items(const struct doc_node *list, bool *keep_ptrace);

#endif
