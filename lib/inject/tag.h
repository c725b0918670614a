/* SPDX-License-Identifier: Apache-2.0 */
/* tag: the App ID as a tag of the task definition, fg:app-id. */
#ifndef FG_INJECT_TAG_H
#define FG_INJECT_TAG_H

#include "grow.h"

/*
 * Write the tag when it is wanted; one that is there follows the App ID,
 * wanted or not. *changed is set when something was done. -ENOTSUP, ERR_NO:
 * the tags are no list that is written out; -EEXIST, ERR_NO: the tag is the
 * user's; -EINVAL, ERR_USAGE: a bare array has none.
 */
int tag_write(
    const struct grow *g, bool wanted, const struct val *id, bool *changed);

#endif
