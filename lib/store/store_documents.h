/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_documents: policies and collections. A document is never overwritten:
 * each change is a new version, numbered from 1 for each kind.
 */
#ifndef FG_STORE_STORE_DOCUMENTS_H
#define FG_STORE_STORE_DOCUMENTS_H

#include "store.h"

enum {
	STORE_KIND_MAX = 32,                   /* bytes of a kind */
	STORE_DOCUMENT_MAX = 16 * 1024 * 1024, /* bytes of a body */
};

#define STORE_ANY UINT64_MAX

struct store_version {
	uint64_t version;
	int64_t at_ms;
	struct str who, note;
	char sha256[2 * STORE_DIGEST + 1]; /* of the body */
	uint64_t bytes;                    /* of the body */
};

struct store_document {
	struct store_version about;
	struct str body;
};

/*
 * Keep body as the next version of the document kind ("runtime", "waas",
 * "collections"; 1 to STORE_KIND_MAX of a-z, 0-9, '-' and '.'). expect: the
 * version that must be the newest so far, 0 for none yet, or STORE_ANY;
 * -ESTALE, ERR_NO, when it is not. 1: kept as *version; 0: the newest version
 * has that very body already, and is *version.
 */
int store_document_put(struct store *s, const char *kind, struct str body,
    struct str who, struct str note, uint64_t expect, int64_t now_ms,
    uint64_t *version, struct err *e);

/* The document in that version, 0 for the newest. 1; 0: there is none. */
int store_document_get(struct store *s, const char *kind, uint64_t version,
    struct arena *a, struct store_document *ret, struct err *e);

/*
 * The number of the newest version, 0 when there is none: quick, for whoever
 * keeps the body.
 */
int store_document_newest(
    struct store *s, const char *kind, uint64_t *version, struct err *e);

/*
 * Up to limit (1 to STORE_LIST_MAX) versions below `before` (0: all), newest
 * first.
 */
int store_document_versions(struct store *s, const char *kind, uint64_t before,
    uint32_t limit, struct arena *a, struct store_version **ret, size_t *n,
    struct err *e);

#endif
