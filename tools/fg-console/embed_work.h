/* SPDX-License-Identifier: Apache-2.0 */
/* embed_work: the embed call itself; in a child (child.h). */
#ifndef FG_CONSOLE_EMBED_WORK_H
#define FG_CONSOLE_EMBED_WORK_H

#include "base/buf.h"
#include "embed_asked.h"

struct embed_done {
	struct buf text;     /* the protected document */
	struct buf problems; /* a line each */
	int64_t unresolved;  /* containers that are unprotected */
};

/* ERR_PERM: no document; ERR_NO, ERR_USAGE: it cannot be embedded. */
int embed_work(const struct embed_asked *asked, struct str document,
    struct embed_done *done, struct err *e);

#endif
