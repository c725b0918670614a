/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collections: which containers a rule is for. The vendor's rules: patterns
 * with '*' at the ends, either case, '-' in front means NOT; all members of a
 * collection that are given must fit; Docker Hub's short names are expanded
 * (fg-policy(5)).
 */
#ifndef FG_COLLECTIONS_COLLECTIONS_H
#define FG_COLLECTIONS_COLLECTIONS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "jtree/jtree.h"

/* Who a container is. Empty strings fit "*" only. */
struct collections_who {
	struct str image, container, app_id;
};

struct collections; /* named ones; immutable, in its arena; borrows t */

/*
 * From a policy's "collections" members: t is an array of objects (name,
 * images, containers, appIDs, …) or NULL for none. ERR_PERM names the member.
 */
int collections_read(struct arena *a, const struct jtree *t,
    const struct collections **ret, struct err *e);

/* Names that are not in all (may be NULL) are then looked for in more. */
int collections_join(struct arena *a, const struct collections *all,
    const struct collections *more, const struct collections **ret,
    struct err *e);

/*
 * What t, an item of a rule's "collections", stands for: the collection of
 * that name, if t is one or an object without a pattern; else t itself. NULL:
 * none of that name is there ("All" need not be, and an object without a
 * pattern then holds everybody). all may be NULL.
 */
const struct jtree *collections_named(
    const struct collections *all, const struct jtree *t);

/* Is `who` in that one, as collections_read() took it? */
bool collections_holds(
    const struct jtree *collection, const struct collections_who *who);

/* May a container of that App ID be in it, whatever image and name it has? */
bool collections_for_app(const struct jtree *one, struct str app_id);

/*
 * Is `who` in one of those that a rule names: an array of names, or of objects
 * as above? NULL or an empty array is every container; the name "All" too.
 * ERR_PERM for a name that is not there. all may be NULL.
 */
int collections_match(const struct collections *all, const struct jtree *rule,
    const struct collections_who *who, bool *ret, struct err *e);

/*
 * Does a pattern fit the name of an image? Both are completed first: a name
 * without a host is one of docker.io, there one without '/' stands below
 * library/, and without tag or digest it is ":latest" (unless it ends in a
 * '*'). A name with both is its tag; one with a digest alone fits ":*" too.
 */
bool collections_image(struct str pattern, struct str image);

#endif
