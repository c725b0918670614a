/* SPDX-License-Identifier: Apache-2.0 */
/* tree: how the parsers build a doc; private to lib/doc. */
#ifndef FG_DOC_TREE_H
#define FG_DOC_TREE_H

#include "doc.h"

struct doc {
	struct arena *arena;
	const char *name;
	struct str src; /* NUL-terminated */
	size_t bom;     /* bytes of src in front of the text: 0 or 3 */
	enum doc_format format;
	struct doc_node *root;
	size_t nodes;
};

/* One node as a parser sees it. end is only known at once for scalars. */
struct tree_part {
	enum doc_kind kind;
	enum doc_style style;
	struct str tag, text; /* borrowed from the source or the arena */
	struct doc_node *target;
	size_t start, end;
};

struct tree {
	struct doc *d;
	struct doc_node *open; /* the collection that takes the next node */
	struct doc_node *key;  /* a key that waits for its value */
	unsigned depth;
	size_t at;  /* line counting: `line` is the line of byte `at`, */
	size_t bol; /* which begins here */
	unsigned line;
	struct err *e;
};

void tree_init(struct tree *t, struct doc *d, struct err *e);

/* Add a node; a collection stays open until tree_close(). */
int tree_add(struct tree *t, const struct tree_part *part);

/* The node that tree_add() made last, key or value. */
int tree_close(struct tree *t, size_t end);

/* err_set() with "name:line:column: " of byte offset `at` in front. */
int tree_err(struct tree *t, size_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Offset of the first ':' in from..to of src that is not in a comment; to:
 * there is none. For what stands between a key and its value.
 */
size_t tree_colon(struct str src, size_t from, size_t to);

/* The two parsers: fill t->d->root. */
int tree_parse_json(struct tree *t);
int tree_parse_yaml(struct tree *t);

#endif
