/* SPDX-License-Identifier: Apache-2.0 */
/* room: who has to go where all places of the socket are taken. */
#ifndef FG_SIDECAR_ROOM_H
#define FG_SIDECAR_ROOM_H

#include <stddef.h>

#include "peer.h"

/*
 * An app may open as many connections as it likes, under any name, and none of
 * that may cost another container its own. The number of the peer to drop, out
 * of n in the order in which they came: the oldest one that has not said hello;
 * else one of no container of the task; else, of the container that has the
 * most of them, the last that came. n: there is none of the socket.
 */
size_t room_whose(struct peer *const *peers, size_t n);

#endif
