/* SPDX-License-Identifier: Apache-2.0 */
#include "merge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "siphash.h"

enum { WAYS = 4 };

void
merge_init(
    struct merge *m, void (*out)(void *arg, const struct event *ev), void *arg)
{
	*m = (struct merge){.out = out, .arg = arg, .next_ms = INT64_MAX};
	(void)!getrandom(m->seed, sizeof m->seed, GRND_NONBLOCK);
}

/* What differs among equal events: who exactly, and when. */
static size_t
pack(const struct event *ev, bool key, void *to)
{
	struct event copy = *ev;

	if (key) {
		copy.ts_ns = 0;
		copy.seq = 0;
		copy.count = 1;
		copy.by.pid = 0;
		copy.by.ppid = 0;
		copy.target = 0;
		copy.local_port = 0;
	}
	return event_pack(&copy, to, EVENT_PACKED_MAX);
}

static void
let_out(struct merge *m, struct merge_slot *slot)
{
	struct event ev;

	if (slot->held == 0)
		return;
	if (event_unpack(slot->packed, slot->n, &ev) == 0) {
		ev.count = slot->held;
		m->out(m->arg, &ev);
	}
	slot->held = 0;
}

static bool
keep(struct merge *m, struct merge_slot *slot, const struct event *ev)
{
	size_t n = pack(ev, false, m->packed);

	if (n == 0)
		return false;
	if (n > slot->cap) {
		unsigned char *more = realloc(slot->packed, n);

		if (more == NULL)
			return false;
		slot->packed = more;
		slot->cap = n;
	}
	memcpy(slot->packed, m->packed, n);
	slot->n = n;
	slot->held += ev->count;
	return true;
}

/* The slot of that key, or the one of its set that ends first. */
static struct merge_slot *
find(struct merge *m, uint64_t key, bool *found)
{
	struct merge_slot *set = m->slots + key % (MERGE_SLOTS / WAYS) * WAYS;
	struct merge_slot *oldest = set;

	*found = true;
	for (int i = 0; i < WAYS; i++) {
		if (set[i].until_ms != 0 && set[i].key == key)
			return set + i;
		if (set[i].until_ms < oldest->until_ms)
			oldest = set + i;
	}
	*found = false;
	return oldest;
}

void
merge_put(struct merge *m, const struct event *ev, int64_t now_ms)
{
	size_t n = pack(ev, true, m->packed);
	struct merge_slot *slot;
	uint64_t key;
	bool found;

	if (n == 0) {
		m->out(m->arg, ev);
		return;
	}
	key = siphash(m->seed, m->packed, n);
	slot = find(m, key, &found);
	if (found && now_ms < slot->until_ms && keep(m, slot, ev)) {
		if (slot->until_ms < m->next_ms)
			m->next_ms = slot->until_ms;
		return;
	}
	let_out(m, slot);
	m->out(m->arg, ev);
	slot->key = key;
	slot->until_ms = now_ms + MERGE_WINDOW_MS;
}

void
merge_due(struct merge *m, int64_t now_ms)
{
	m->next_ms = INT64_MAX;
	for (int i = 0; i < MERGE_SLOTS; i++) {
		struct merge_slot *slot = m->slots + i;

		if (slot->held == 0)
			continue;
		if (slot->until_ms <= now_ms) {
			let_out(m, slot);
			slot->until_ms =
			    now_ms == INT64_MAX ? 0 : now_ms + MERGE_WINDOW_MS;
		} else if (slot->until_ms < m->next_ms) {
			m->next_ms = slot->until_ms;
		}
	}
}

int64_t
merge_next(const struct merge *m)
{
	return m->next_ms;
}

void
merge_free(struct merge *m)
{
	for (int i = 0; i < MERGE_SLOTS; i++)
		free(m->slots[i].packed);
}
