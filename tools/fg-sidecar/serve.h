/* SPDX-License-Identifier: Apache-2.0 */
/* serve: the loop; it waits for peers, the policy file, signals and time. */
#ifndef FG_SIDECAR_SERVE_H
#define FG_SIDECAR_SERVE_H

#include <stdint.h>

#include "base/err.h"
#include "task.h"

enum { SERVE_PEERS_MAX = 256 };

/*
 * Until SIGTERM or SIGINT, and then until the peers are gone, grace_ms at most
 * or a second signal. listener stays the caller's; what the loop waits for is
 * blocked in the caller's signal mask already. 0, or -errno.
 */
int serve(struct task *t, int listener, int64_t grace_ms, struct err *e);

/* Block those signals; a descriptor that tells them. ERR_TEMP. */
int serve_signals(struct err *e);

#endif
