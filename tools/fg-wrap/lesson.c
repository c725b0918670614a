/* SPDX-License-Identifier: Apache-2.0 */
#include "lesson.h"

/* FNV-1a, 64 bits; a NUL ends each part. */
static void
add(uint64_t *h, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		*h = (*h ^ b[i]) * UINT64_C(0x100000001b3);
	*h *= UINT64_C(0x100000001b3);
}

static void
add_str(uint64_t *h, struct str s)
{
	add(h, s.p, s.n);
}

/* What lib/learn looks at, and the detections. */
static uint64_t
hash(const struct event *ev)
{
	const uint64_t numbers[] = {(uint64_t)ev->name, ev->mode, ev->flags,
	    ev->uid, (uint64_t)ev->dir, ev->protocol, ev->port, ev->local_port,
	    (uint64_t)ev->number, ev->by.facts, ev->by.uid, ev->by.euid,
	    (uint64_t)(ev->target == ev->by.pid)};
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	add(&h, numbers, sizeof numbers);
	add(&h, &ev->addr, sizeof ev->addr);
	add_str(&h, ev->path);
	add_str(&h, ev->path2);
	add_str(&h, ev->domain);
	add_str(&h, ev->detail);
	add_str(&h, ev->by.exe);
	add_str(&h, ev->by.script);
	if (ev->name == EVENT_EXEC || ev->name == EVENT_ENTERED) {
		add_str(&h, ev->by.args);
		add_str(&h, ev->by.cwd);
		add_str(&h, ev->by.parent);
	}
	return h == 0 ? 1 : h;
}

bool
lesson_is_new(struct lesson *l, const struct event *ev)
{
	uint64_t h = hash(ev), *slot = &l->seen[(h ^ h >> 32) % LESSON_SEEN];

	if (*slot == h)
		return false;
	*slot = h;
	return true;
}
