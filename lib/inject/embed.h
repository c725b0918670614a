/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed: whole documents through fill, stamp, inject and remove. Each takes a
 * document in the register form (see taskdef_normalise()) and gives a text,
 * or an error and no text; doing one twice changes nothing.
 */
#ifndef FG_INJECT_EMBED_H
#define FG_INJECT_EMBED_H

#include "fill.h"
#include "inject.h"
#include "stamp.h"

struct embed_input {
	const struct doc *doc;
	/* What is known of the deployment, made anew for each document. */
	int (*scope)(void *arg, const struct doc *d, struct cfn_scope **ret,
	    struct err *e);
	void *arg;
};

int embed_fill(const struct embed_input *in, const struct fill_config *cfg,
    struct report *report, struct buf *out, struct err *e);

int embed_stamp(const struct embed_input *in, const struct stamp_config *cfg,
    struct report *report, struct buf *out, struct err *e);

/*
 * stamp, unless NULL, holds App IDs to be stamped on the way; then a container
 * that takes none is an error. Its `from` is NULL.
 */
int embed_inject(const struct embed_input *in, const struct inject_config *cfg,
    const struct stamp_config *stamp, struct report *report, struct buf *out,
    struct err *e);

/*
 * Take everything of ours out again. Bytes that cannot be given back exactly
 * become problems of the report; out gets the text all the same.
 */
int embed_remove(const struct embed_input *in, struct report *report,
    struct buf *out, struct err *e);

#endif
