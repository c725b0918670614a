/* SPDX-License-Identifier: Apache-2.0 */
/*
 * way: a document on its way through embed: each step collects edits in `ed`,
 * and way_step() makes the next document of them. Records outlive the
 * documents.
 */
#ifndef FG_INJECT_WAY_H
#define FG_INJECT_WAY_H

#include "embed.h"

struct way {
	const struct embed_input *in;
	struct err *e;
	struct arena *arena;
	struct doc *owned; /* NULL: still the input */
	const struct doc *doc;
	struct cfn_scope *scope;
	struct taskdef_file f;
	struct edit *ed;
	struct record *recs; /* one per definition */
};

/* Open the input and read its records; way_free() in any case. */
int way_open(struct way *w, const struct embed_input *in, struct err *e);
void way_free(struct way *w);

/* The edits are made, and w stands at the document that comes of them. */
int way_step(struct way *w);

/*
 * The last step: the text, with the digests of the records set. Removing is
 * tried on it, and must lead to the first bytes, as it did for the input.
 */
int way_finish(struct way *w, struct buf *out);

#endif
