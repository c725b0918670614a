/* SPDX-License-Identifier: Apache-2.0 */
/* check: can this container be protected as it stands? */
#ifndef FG_INJECT_CHECK_H
#define FG_INJECT_CHECK_H

#include "grow.h"

/*
 * Why c cannot be protected, and what to do about it, in the arena of g->ed;
 * STR_NONE: it can. rc is what the record says of it.
 */
struct str check_container(const struct grow *g,
    const struct taskdef_container *c, const struct record_container *rc);

#endif
