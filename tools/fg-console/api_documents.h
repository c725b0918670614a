/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_documents: policies and collections. route->kind says which
 * (enum documents_kind).
 */
#ifndef FG_CONSOLE_API_DOCUMENTS_H
#define FG_CONSOLE_API_DOCUMENTS_H

#include "documents.h"

struct request;

void api_documents_get(struct request *r);
void api_documents_put(struct request *r);
void api_documents_add_rule(struct request *r);
void api_documents_rollback(struct request *r);

/* api_versions.c */
void api_documents_versions(struct request *r);
void api_documents_version(struct request *r);
void api_documents_diff(struct request *r);

/* api_match.c */
void api_documents_match(struct request *r);

/* api_collections.c */
void api_documents_add_collection(struct request *r);
void api_documents_put_collection(struct request *r);
void api_documents_delete_collection(struct request *r);

/* ---- what these share --------------------------------------------------- */

/* All documents as they are now; NULL: answered 503. */
const struct documents *api_documents_now(struct request *r);

/* What there is when nothing was ever stored. */
struct str api_documents_empty(enum documents_kind kind);

/*
 * Check text (in the arena) and have it stored as the next version: the answer
 * to r. expect: the version that it was made from, -1: any.
 */
void api_documents_store(
    struct request *r, struct str text, int64_t expect, struct str note);

/*
 * Is what is stored still the version that If-Match names, if it is there?
 * False: answered 412.
 */
bool api_documents_is_at(struct request *r, uint64_t newest);

/* The number in {}; answered 404 when it is none. */
bool api_documents_number(struct request *r, uint64_t *ret);

#endif
