/* SPDX-License-Identifier: Apache-2.0 */
/* val: values to be written into a document; built in an arena, then read. */
#ifndef FG_DOC_VAL_H
#define FG_DOC_VAL_H

#include "base/arena.h"
#include "doc.h"

enum val_kind {
	VAL_TEXT, /* a string, quoted as the document's style asks */
	VAL_RAW,  /* number, true, false or null, written as it is */
	VAL_LIST,
	VAL_MAP,
};

struct val {
	enum val_kind kind;
	struct str tag;  /* "!Ref"; empty: none. Only in YAML documents */
	struct str text; /* VAL_TEXT, VAL_RAW */
	struct str key;  /* in a map */
	struct val *next, *first, *last;
};

/*
 * Constructors return NULL when the arena is out of memory; val_push and
 * val_put take that NULL, or a NULL collection, and return NULL in turn, so
 * that one test at the end of a construction is enough: val_put(m, k, v)
 * returns m. Strings are copied.
 */
struct val *val_text(struct arena *a, struct str s);
struct val *val_textz(struct arena *a, const char *z);
struct val *val_raw(struct arena *a, const char *z);
struct val *val_list(struct arena *a);
struct val *val_map(struct arena *a);

/*
 * v once more, for another collection: a value can be in one only. What it
 * holds is shared, not copied.
 */
struct val *val_again(struct arena *a, const struct val *v);

struct val *val_push(struct val *list, struct val *item);
struct val *val_put(
    struct arena *a, struct val *map, const char *key, struct val *item);

/*
 * A deep copy of n, tags kept; aliases are followed. NULL also when the copy
 * would have more than DOC_NODES_MAX nodes, or twice DOC_DEPTH_MAX levels.
 */
struct val *val_copy(struct arena *a, const struct doc_node *n);

/* val_copy's opposite number: does n hold just what v says? */
bool val_equals(const struct val *v, const struct doc_node *n);

#endif
