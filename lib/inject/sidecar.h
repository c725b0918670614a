/* SPDX-License-Identifier: Apache-2.0 */
/* sidecar: the container that is added. */
#ifndef FG_INJECT_SIDECAR_H
#define FG_INJECT_SIDECAR_H

#include "grow.h"
#include "inject.h"

/*
 * Its definition in the form's spelling, the record in its labels (not in
 * templates). app_id is the node that holds the App ID. NULL with g->e set.
 */
struct val *sidecar_val(const struct grow *g, const struct inject_config *cfg,
    const struct doc_node *app_id);

/*
 * Can its log configuration be made? -EINVAL, ERR_USAGE: --log-group needs a
 * region that nothing tells.
 */
int sidecar_check(const struct grow *g, const struct inject_config *cfg);

/*
 * The UID whose traffic the App Mesh proxy leaves alone, the IgnoredUID of the
 * proxyConfiguration: through the proxy, which itself waits for us, the
 * Console could not be reached. NULL: there is none, or an empty one.
 */
const struct doc_node *sidecar_ignored_uid(const struct grow *g);

#endif
