/* SPDX-License-Identifier: Apache-2.0 */
/* talk: what the lines on the socket mean. fg-sidecar(8), THE SOCKET. */
#ifndef FG_SIDECAR_TALK_H
#define FG_SIDECAR_TALK_H

#include "peer.h"
#include "task.h"

/* Understand one line of a peer; what is none of ours is passed over. */
void talk_line(struct task *t, struct peer *p, struct str line);

/* Give it the policy that it has not been told yet, if there is one. */
void talk_policy(struct task *t, struct peer *p);

/* Acknowledge its events that are written. */
void talk_acks(struct task *t, struct peer *p);

#endif
