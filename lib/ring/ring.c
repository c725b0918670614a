/* SPDX-License-Identifier: Apache-2.0 */
#include "ring.h"

/* Each event has its size before it, and begins at a multiple of this. */
enum { ALIGN = 8, SKIP = INT32_MAX };

static uint32_t *
size_at(struct ring *r, uint64_t offset)
{
	return (void *)(r->bytes + offset % RING_SIZE);
}

static uint64_t
up(uint64_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

bool
ring_put(struct ring *r, const struct event *ev)
{
	/* With less room than that event_pack() may cut strings short. */
	const uint64_t most = ALIGN + EVENT_PACKED_MAX;
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
	uint64_t to_end = RING_SIZE - head % RING_SIZE;
	uint64_t skip = to_end < most ? to_end : 0;
	uint64_t at = head + skip;
	size_t n = 0;

	if (RING_SIZE - (head - tail) >= skip + most)
		n = event_pack(
		    ev, r->bytes + at % RING_SIZE + ALIGN, EVENT_PACKED_MAX);
	if (n == 0) {
		atomic_fetch_add(&r->lost, 1);
		return false;
	}
	*size_at(r, at) = (uint32_t)n;
	if (skip > 0)
		*size_at(r, head) = SKIP;
	atomic_store(&r->head, at + ALIGN + up(n));
	return true;
}

bool
ring_wake(struct ring *r)
{
	return atomic_load(&r->asleep) != 0 &&
	       atomic_exchange(&r->asleep, 0) != 0;
}

bool
ring_peek(struct ring *r, const void **event, size_t *n)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);

	if (tail == head)
		return false;
	if (*size_at(r, tail) == SKIP) {
		tail += RING_SIZE - tail % RING_SIZE;
		atomic_store_explicit(&r->tail, tail, memory_order_release);
	}
	*n = *size_at(r, tail);
	*event = r->bytes + tail % RING_SIZE + ALIGN;
	return true;
}

void
ring_pop(struct ring *r)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

	atomic_store_explicit(&r->tail, tail + ALIGN + up(*size_at(r, tail)),
	    memory_order_release);
}

bool
ring_sleep(struct ring *r)
{
	atomic_store(&r->asleep, 1);
	if (atomic_load(&r->head) == atomic_load(&r->tail))
		return true;
	atomic_store(&r->asleep, 0);
	return false;
}
