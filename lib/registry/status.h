/* SPDX-License-Identifier: Apache-2.0 */
/* status: HTTP statuses of registries as errors of ours. */
#ifndef FG_REGISTRY_STATUS_H
#define FG_REGISTRY_STATUS_H

#include "base/err.h"
#include "client/client.h"
#include "registry_state.h"

/*
 * Set e for call, an answer that is no success: 401, 403, 404: ERR_NO; what
 * is worth another try: ERR_TEMP; else ERR_PERM. The registry's own words are
 * added, as far as they are few. Returns a negative errno.
 */
int registry_status_error(const struct registry_host *host,
    const struct client_call *call, struct err *e);

/*
 * How many ms to wait before another try, after `tries` of them; call is the
 * answer, or what came instead of one. False, with e prefixed: the registry
 * asks for more than REGISTRY_WAIT_MAX_MS.
 */
bool registry_retry_wait(struct registry *r, const struct client_call *call,
    unsigned tries, unsigned *ms, struct err *e);

#endif
