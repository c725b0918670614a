/* SPDX-License-Identifier: Apache-2.0 */
/* embed_asked: the parameters of the embed call. */
#ifndef FG_CONSOLE_EMBED_ASKED_H
#define FG_CONSOLE_EMBED_ASKED_H

#include "base/arena.h"
#include "inject/inject.h"
#include "options.h"
#include "query.h"

struct embed_asked {
	const struct options *o;
	struct inject_config inject;
	const char *app_id; /* NULL: the document's own, or a new one */
	bool fill;          /* entry points that the images have */
	bool template;      /* it has to be one of CloudFormation */
	bool partial;
};

/*
 * From the query and what the Console was started with. -EINVAL, ERR_PERM or
 * ERR_USAGE: the parameter that is wrong, or is asked for and cannot be had.
 */
int embed_asked_read(struct arena *a, const struct options *o,
    const struct query *q, struct embed_asked *ret, struct err *e);

#endif
