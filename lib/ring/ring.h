/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ring: events from one process to another, through memory that both have
 * mapped. One producer, one consumer, no lock, no memory taken, no system
 * call; what finds no room is counted, exactly.
 */
#ifndef FG_RING_RING_H
#define FG_RING_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

enum { RING_SIZE = 4 << 20 }; /* bytes; a power of two */

/* All zero is an empty ring. Offsets only grow; modulo RING_SIZE is a place. */
struct ring {
	_Alignas(64) _Atomic uint64_t head; /* the producer's */
	_Alignas(64) _Atomic uint64_t tail; /* the consumer's */
	_Alignas(64) _Atomic uint64_t lost; /* events without room, ever */
	_Atomic uint32_t asleep;            /* the consumer wants to be woken */
	_Alignas(64) unsigned char bytes[RING_SIZE];
};

/*
 * Producer: put ev in. False when there is no room for EVENT_PACKED_MAX bytes
 * in one piece: it is then counted in `lost`.
 */
bool ring_put(struct ring *r, const struct event *ev);

/*
 * Producer, after ring_put() or any other news: must the consumer be woken?
 * True once for each ring_sleep().
 */
bool ring_wake(struct ring *r);

/*
 * Consumer: the oldest event, as event_unpack() takes it; it stays until
 * ring_pop(). False when the ring is empty.
 */
bool ring_peek(struct ring *r, const void **event, size_t *n);
void ring_pop(struct ring *r);

/*
 * Consumer: from now on ring_wake() says yes. False, and nothing is changed,
 * when there is an event after all.
 */
bool ring_sleep(struct ring *r);

#endif
