/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc: a JSON or YAML document as a tree whose every node knows its bytes.
 *
 * The tree is read only. Changes are collected by edit.h as splices of the
 * source text, so that whatever is not changed keeps its bytes.
 */
#ifndef FG_DOC_DOC_H
#define FG_DOC_DOC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	DOC_BYTES_MAX = 16 * 1024 * 1024,
	DOC_DEPTH_MAX = 128,
	DOC_NODES_MAX = 1024 * 1024,
};

enum doc_format { DOC_JSON, DOC_YAML };

enum doc_kind {
	DOC_SCALAR,
	DOC_SEQ,
	DOC_MAP,
	DOC_ALIAS, /* YAML "*name"; never expanded, see doc_node.target */
};

enum doc_style {
	DOC_PLAIN, /* YAML plain; JSON number, true, false, null */
	DOC_SINGLE,
	DOC_DOUBLE, /* every JSON string */
	DOC_LITERAL,
	DOC_FOLDED,
	DOC_BLOCK,
	DOC_FLOW, /* every JSON array and object */
};

/*
 * A map's children are its values in source order; each has the key's node
 * in `key`. Positions are byte offsets into the source.
 */
struct doc_node {
	enum doc_kind kind;
	enum doc_style style;
	struct str tag;  /* YAML, as written: "!Ref"; else empty */
	struct str text; /* scalars: the value, decoded to UTF-8 */
	struct doc_node *key, *parent;
	struct doc_node *next, *first, *last; /* sibling; children */
	struct doc_node *target;              /* of an alias */
	size_t aliases;  /* how many aliases stand for this node */
	size_t n;        /* children */
	size_t index;    /* among the siblings */
	size_t start;    /* first byte, tag and anchor included */
	size_t end;      /* behind the last byte; of a block collection: of its
			  * last leaf, comments behind it excluded */
	unsigned line;   /* 1-based, of start */
	unsigned column; /* 1-based, in bytes */
};

struct doc; /* opaque */

#define cleanup_doc __attribute__((cleanup(doc_freep)))

#define doc_each(child, node)                                                  \
	for (const struct doc_node *child = (node)->first; child != NULL;      \
	     child = child->next)

/*
 * Parse src, which is copied. name is the file's name for messages and is
 * copied too. JSON (RFC 8259) when the first byte that is no blank is '{' or
 * '[', else YAML 1.1 syntax with one document in it. A UTF-8 BOM is allowed
 * and kept. Errors, each ERR_PERM with "name:line:column": syntax, not UTF-8,
 * a duplicate key, a YAML merge key, an undefined alias, the limits above,
 * an empty input.
 */
int doc_parse(
    struct str src, const char *name, struct doc **ret, struct err *e);

void doc_free(struct doc *d);
void doc_freep(struct doc **d);

const struct doc_node *doc_root(const struct doc *d);
enum doc_format doc_format(const struct doc *d);
const char *doc_name(const struct doc *d);

/* The source text, BOM included; the node's part of it. */
struct str doc_source(const struct doc *d);
struct str doc_raw(const struct doc *d, const struct doc_node *n);

/* The value of key in map; NULL: n is NULL, is no map, or has no such key. */
const struct doc_node *doc_get(const struct doc_node *n, const char *key);
const struct doc_node *doc_gets(const struct doc_node *n, struct str key);

/* Item i; NULL when n is NULL, is no collection, or is shorter. */
const struct doc_node *doc_at(const struct doc_node *n, size_t i);

/* Absent (NULL), JSON null, or a YAML null: empty, ~, null, Null, NULL. */
bool doc_is_null(const struct doc_node *n);

/* An untagged scalar that is not null. */
bool doc_is_text(const struct doc_node *n);

/* An untagged scalar whose text is z. */
bool doc_is(const struct doc_node *n, const char *z);

/*
 * YAML 1.1 booleans (true, False, yes, off...), quoted or not, since
 * CloudFormation takes both; doc_is_true() those that say yes.
 */
bool doc_is_bool(const struct doc_node *n);
bool doc_is_true(const struct doc_node *n);

/* Same kind, tag and value (a null equals a null), children in order. */
bool doc_equal(const struct doc_node *a, const struct doc_node *b);

/*
 * Do n's bytes also count elsewhere, since an alias stands for n or for a
 * node around it, or since n is itself an alias? Then no edit is safe.
 */
bool doc_is_shared(const struct doc_node *n);

/* n's RFC 6901 pointer, "" for the root. */
void doc_pointer(const struct doc_node *n, struct buf *b);

/* n's path for people: containerDefinitions[2].image. */
void doc_path(const struct doc_node *n, struct buf *b);

/* The node that an RFC 6901 pointer leads to from n, or NULL. */
const struct doc_node *doc_follow(const struct doc_node *n, struct str pointer);

/* err_set() with "name:line:column: path: " in front. */
int doc_err(struct err *e, enum err_kind kind, int code, const struct doc *d,
    const struct doc_node *n, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

#endif
