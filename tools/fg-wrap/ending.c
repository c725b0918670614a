/* SPDX-License-Identifier: Apache-2.0 */
#include "ending.h"

#include "load.h"

enum {
	LOOK_MS = 10,      /* are the others gone? at first, */
	LOOK_MAX_MS = 200, /* and later on */
};

void
ending_init(struct ending *x, struct shared *shared, struct sidecar *sidecar,
    pid_t supervisor, const struct options *o)
{
	*x = (struct ending){
	    .shared = shared,
	    .sidecar = sidecar,
	    .supervisor = supervisor,
	    .stop_grace_ms = o->stop_grace_s * 1000,
	    .rest_grace_ms = o->rest_grace_s * 1000,
	};
}

void
ending_drained(struct ending *x)
{
	if (x->drain_ms == 0)
		return;
	x->drain_ms = 0;
	atomic_store(&x->shared->drained, 1);
	load_kick(x->supervisor);
}

/* SIGTERM came: the sidecar is told, and has its time. */
static void
see_stopping(struct ending *x, int64_t now_ms)
{
	struct shared *s = x->shared;

	if (atomic_load(&s->stopping) == 1) {
		atomic_store(&s->stopping, 2);
		x->drain_ms = now_ms + x->stop_grace_ms + 1;
		if (atomic_load(&s->connected) == 0)
			x->drain_ms = now_ms;
		sidecar_say(x->sidecar, "{\"type\":\"stopping\",\"v\":1}\n");
	}
	if (x->drain_ms != 0 && now_ms >= x->drain_ms)
		ending_drained(x);
}

/* The command is gone; its children have some time, and are looked at. */
static void
see_rest(struct ending *x, int64_t now_ms)
{
	struct shared *s = x->shared;

	if (atomic_load(&s->ending) == 0)
		return;
	if (x->rest_ms == 0) {
		x->rest_ms = now_ms + x->rest_grace_ms + 1;
		x->look_ms = LOOK_MS;
		x->look_next = now_ms + LOOK_MS;
	}
	if (atomic_load(&s->hurry) != 0)
		x->rest_ms = now_ms;
	if (now_ms < x->rest_ms && now_ms < x->look_next)
		return;
	if (now_ms >= x->rest_ms)
		atomic_store(&s->overdue, 1);
	x->look_ms =
	    2 * x->look_ms < LOOK_MAX_MS ? 2 * x->look_ms : LOOK_MAX_MS;
	x->look_next = now_ms + x->look_ms;
	load_kick(x->supervisor);
}

void
ending_see(struct ending *x, int64_t now_ms)
{
	see_stopping(x, now_ms);
	see_rest(x, now_ms);
}

int64_t
ending_next(const struct ending *x)
{
	int64_t at = x->drain_ms != 0 ? x->drain_ms : INT64_MAX;
	int64_t look = x->rest_ms < x->look_next ? x->rest_ms : x->look_next;

	return x->rest_ms != 0 && look < at ? look : at;
}
