/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edit: splices. Changes to a document are collected, applied all at once,
 * and the result is parsed again and held against the tree that was meant.
 *
 * Inserted text follows the style that stands around it (block or flow,
 * indentation, line ends, blanks behind ':' and ','). edit_delete() of what
 * edit_append() or edit_prepend() put in gives back the bytes of before.
 */
#ifndef FG_DOC_EDIT_H
#define FG_DOC_EDIT_H

#include "doc.h"
#include "val.h"

struct edit; /* opaque */

#define cleanup_edit __attribute__((cleanup(edit_freep)))

/* No change yet; d must live longer. NULL: out of memory. */
struct edit *edit_new(const struct doc *d);
void edit_free(struct edit *ed);
void edit_freep(struct edit **ed);

/* The arena that the values given below may be built in. */
struct arena *edit_arena(struct edit *ed);

/*
 * The changes. They never fail on the spot; edit_apply() reports the first
 * error. v NULL stands for "out of memory". One node may be changed once;
 * several appends and prepends to one collection are done in call order.
 *
 * edit_append: at the end of n; key (copied) for maps, NULL for lists. Where n
 * is an empty collection or a null it is replaced by one that holds v.
 */
void edit_append(
    struct edit *ed, const struct doc_node *n, const char *key, struct val *v);

/* In front of the first item of the list n, which must not be empty. */
void edit_prepend(struct edit *ed, const struct doc_node *n, struct val *v);

void edit_replace(struct edit *ed, const struct doc_node *n, struct val *v);

/* Put raw source text in n's place: what doc_raw() gave in another time. */
void edit_restore(struct edit *ed, const struct doc_node *n, struct str raw);

/*
 * Take out the map entry or list item that n is the value of, with its
 * separator. Deleting the last child of a collection is an error: delete or
 * restore the collection itself.
 */
void edit_delete(struct edit *ed, const struct doc_node *n);

/* Is anything to be done? */
bool edit_empty(const struct edit *ed);

/*
 * Make the changed document: its text is doc_source(*ret). To be called once.
 * Errors are those of doc_parse(), and two changes of the same place, each
 * ERR_PERM.
 */
int edit_apply(struct edit *ed, struct doc **ret, struct err *e);

/*
 * After edit_apply(): append to out the source bytes within n that are gone,
 * in their order.
 */
void edit_removed(
    const struct edit *ed, const struct doc_node *n, struct buf *out);

#endif
