/* SPDX-License-Identifier: Apache-2.0 */
/* who: whose container a peer is, and whether that can be. */
#ifndef FG_SIDECAR_WHO_H
#define FG_SIDECAR_WHO_H

#include "peer.h"
#include "task.h"

/* It said hello: begin to find out. */
void who_begin(struct task *t, struct peer *p, int64_t now_ms);

/*
 * Is it known, or is that waited for no longer? Its image is then what the
 * endpoint says; an image other than the one embedded, a container that the
 * task has not, or one that is here already are told, once.
 */
bool who_is(struct task *t, struct peer *p, int64_t now_ms);

#endif
