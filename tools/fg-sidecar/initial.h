/* SPDX-License-Identifier: Apache-2.0 */
/* initial: the policy that a task brings along in its definition. */
#ifndef FG_SIDECAR_INITIAL_H
#define FG_SIDECAR_INITIAL_H

#include "base/buf.h"
#include "base/err.h"

enum { INITIAL_TEXT_MAX = 4 << 20 }; /* bytes, unpacked */

/*
 * FG_INITIAL_POLICY: base64 of gzipped policy lines, as fg-inject(1) makes it.
 * The last runtime policy among them into out. ERR_PERM: not that, or without
 * one.
 */
int initial_policy(const char *packed, struct buf *out, struct err *e);

#endif
