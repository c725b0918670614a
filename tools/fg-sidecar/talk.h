/* SPDX-License-Identifier: Apache-2.0 */
/* talk: what the lines on the socket mean. fg-sidecar(8), THE SOCKET. */
#ifndef FG_SIDECAR_TALK_H
#define FG_SIDECAR_TALK_H

#include "peer.h"
#include "task.h"

/* Understand one line of a peer; what is none of ours is passed over. */
void talk_line(struct task *t, struct peer *p, struct str line, int64_t now_ms);

/*
 * Give it what it is owed: its policy, once it is known who it is, if it has
 * not been told that one; acks of its events that are safe.
 */
void talk_give(struct task *t, struct peer *p, int64_t now_ms);

/* When to call that again; INT64_MAX: when something happens. */
int64_t talk_next(const struct peer *p, const struct containers *c);

/* It is about to go. */
void talk_gone(struct peer *p);

#endif
