/* SPDX-License-Identifier: Apache-2.0 */
/* initial: the policy that a task brings along in its definition. */
#ifndef FG_SIDECAR_INITIAL_H
#define FG_SIDECAR_INITIAL_H

#include "base/buf.h"
#include "base/err.h"

/*
 * FG_INITIAL_POLICY, packed as policypack.h says: the last policy of that kind
 * in it, "runtime" or "waas", into out. ERR_PERM: not that, or without one.
 */
int initial_policy(
    const char *packed, const char *kind, struct buf *out, struct err *e);

#endif
