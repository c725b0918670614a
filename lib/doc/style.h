/* SPDX-License-Identifier: Apache-2.0 */
/* style: how a document is laid out, as far as inserted text must match it;
 * private to lib/doc. */
#ifndef FG_DOC_STYLE_H
#define FG_DOC_STYLE_H

#include "doc.h"
#include "val.h"

/* What is the same all over a document. */
struct style {
	const struct doc *d;
	const char *newline; /* "\n" or "\r\n" */
	struct str unit;     /* one level of indentation */
	size_t dash_offset;  /* from a list's key to its dashes, in columns */
};

void style_read(struct style *st, const struct doc *d);

/* Offset of the first byte of the line that byte `at` is on; of its end. */
size_t style_line_start(const struct style *st, size_t at);
size_t style_line_end(const struct style *st, size_t at);

/* Offset of the item's dash, which may be on a line before it. */
size_t style_dash(const struct style *st, const struct doc_node *item);

/*
 * Offset of the first byte of a map's entry: of its key, or of the '?' in
 * front of an explicit one.
 */
size_t style_key(const struct style *st, const struct doc_node *child);

/* 0-based column of the entries of a block collection: keys, or dashes. */
size_t style_block_column(const struct style *st, const struct doc_node *n);

/* The layout of the children of a flow collection. */
struct style_flow {
	bool lines;        /* one child a line */
	struct str indent; /* lines: of the collection's own line */
	unsigned depth;    /* lines: of the children, in units below indent */
	struct str gap;    /* not lines: what stands behind ',' */
	struct str colon;  /* from key to value: ": " */
};

/* As it is in n, or as it would be when n is empty. n is flow style. */
void style_flow(
    const struct style *st, const struct doc_node *n, struct style_flow *ret);

/* The same for the children of something that takes the place of n. */
void style_flow_anew(
    const struct style *st, const struct doc_node *n, struct style_flow *ret);

/* Behind the comma, or the bracket, in front of a child laid out by f. */
void style_put_gap(
    const struct style *st, const struct style_flow *f, struct buf *b);

/* v within flow text; f is the layout of v's children, if it has any. */
void style_put_flow(const struct style *st, const struct style_flow *f,
    const struct val *v, struct buf *b);

/*
 * v as the value behind a "key:" in 0-based column `column`, or behind the
 * dash in that column. Starts with a blank or a newline.
 */
void style_put_block(const struct style *st, size_t column, bool behind_dash,
    const struct val *v, struct buf *b);

/* A newline and `column` blanks. */
void style_put_line(const struct style *st, size_t column, struct buf *b);

/* A key or string on one line, quoted as needed. */
void style_put_text(
    const struct style *st, struct str s, bool flow, struct buf *b);

#endif
