/* SPDX-License-Identifier: Apache-2.0 */
/* policy: --initial-policy, made small enough for an environment variable. */
#ifndef FG_INJECT_POLICY_H
#define FG_INJECT_POLICY_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Append the base64 (RFC 4648) of the gzip (RFC 1952, no name, time 0, so
 * that the same policy gives the same bytes) of the policy lines in path.
 * Each line must be a policy record. ERR_PERM: it is not, or there is none;
 * E2BIG: more than INJECT_POLICY_MAX bytes come of it.
 */
int policy_pack(const char *path, struct buf *out, struct err *e);

#endif
