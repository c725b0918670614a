/* SPDX-License-Identifier: Apache-2.0 */
#include "reporter.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apart.h"
#include "base/log.h"
#include "emit.h"
#include "ending.h"
#include "filewatch/filewatch.h"
#include "learner.h"
#include "load.h"
#include "merge.h"
#include "outside.h"
#include "sig.h"
#include "time/time.h"

enum {
	LINE_MAX_BYTES = 128 * 1024,
	FINISH_MS = 1000, /* for what is left to write at the end */
	BATCH = 256,      /* events between two looks at the rest */
};

struct reporter {
	const struct reporter_config *c;
	struct shared *s;
	struct emit x;
	struct merge merge;
	struct learner learner;
	struct filewatch file;
	struct outside outside;
	struct load load;
	struct ending ending;
	bool orphan; /* the supervisor is gone */
};

/* ---- the sidecar -------------------------------------------------------- */

static void
sidecar_changed(struct reporter *r, enum sidecar_news news)
{
	if (news == SIDECAR_NONE)
		return;
	atomic_store(&r->s->connected, news == SIDECAR_BACK);
	if (news == SIDECAR_LOST)
		ending_drained(&r->ending);
	if (!r->load.running)
		return;
	if (news == SIDECAR_LOST)
		emit_tell(&r->x, EVENT_SIDECAR_LOST, EVENT_LOW, "", 0);
	else
		emit_tell(&r->x, EVENT_SIDECAR_BACK, EVENT_INFO, "", 0);
}

static void
hear(struct reporter *r)
{
	enum sidecar_news lost =
			      sidecar_read(&r->x.sidecar, time_monotonic_ms()),
			  news;
	struct str line;

	while ((news = sidecar_take(&r->x.sidecar, &line)) != SIDECAR_NONE) {
		if (news == SIDECAR_DRAINED)
			ending_drained(&r->ending);
		else if (news == SIDECAR_POLICY && r->file.path == NULL)
			load_text(&r->load, line, "sidecar");
	}
	sidecar_changed(r, lost);
}

/* ---- the ring ----------------------------------------------------------- */

static void
out(void *arg, const struct event *ev)
{
	emit_event(arg, ev);
}

static void
tell_lost(struct reporter *r)
{
	uint64_t lost = atomic_load(&r->s->ring.lost);
	uint64_t told = atomic_exchange(&r->s->lost_told, lost);

	if (lost != told) {
		emit_lost(&r->x, lost - told, "the ring was full");
		learner_lost(&r->learner, lost - told);
	}
	lost = audit_take_lost(&r->x.audit);
	if (lost != 0)
		emit_lost(&r->x, lost, "the audit could not be written");
	lost = sidecar_take_lost(&r->x.sidecar);
	if (lost != 0)
		emit_lost(&r->x, lost, "the sidecar did not take them");
}

/* Those of the ring, a batch; false: it is empty. */
static bool
drain(struct reporter *r, int64_t now_ms)
{
	const void *packed;
	struct event ev;
	size_t n;

	for (int i = 0; i < BATCH; i++) {
		if (!ring_peek(&r->s->ring, &packed, &n))
			return false;
		atomic_store(&r->s->reading, 1);
		if (event_unpack(packed, n, &ev) != 0)
			emit_lost(&r->x, 1, "not an event");
		else if (ev.action == EVENT_ALLOWED)
			learner_add(&r->learner, &ev, now_ms);
		else
			merge_put(&r->merge, &ev, now_ms);
		ring_pop(&r->s->ring);
		atomic_store(&r->s->reading, 0);
	}
	return true;
}

/* ---- its life ----------------------------------------------------------- */

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int
timeout(const struct reporter *r, int64_t more, int64_t now_ms)
{
	int64_t at = earlier(more, merge_next(&r->merge));

	at = earlier(at, filewatch_next(&r->file));
	at = earlier(at, outside_next(&r->outside, now_ms));
	at = earlier(at, learner_next(&r->learner));
	at = earlier(at, sidecar_next(&r->x.sidecar));
	at = earlier(at, audit_next(&r->x.audit));
	at = earlier(at, ending_next(&r->ending));
	if (at == INT64_MAX)
		return -1;
	return at <= now_ms          ? 0
	       : at - now_ms > 60000 ? 60000
				     : (int)(at - now_ms);
}

/* Wait for whatever comes first; `more` is another time to come back at. */
static void
wait_for_news(struct reporter *r, int64_t more)
{
	struct sidecar *sc = &r->x.sidecar;
	const int audit = audit_wants_room(&r->x.audit) ? r->x.audit.fd : -1;
	const int64_t now_ms = time_monotonic_ms();
	struct pollfd p[] = {
	    {.fd = r->orphan ? -1 : r->c->wake, .events = POLLIN},
	    {.fd = r->file.fd, .events = POLLIN},
	    {.fd = sc->fd, .events = sidecar_events(sc)},
	    {.fd = audit, .events = POLLOUT},
	    {.fd = outside_fd(&r->outside, now_ms), .events = POLLIN},
	};
	char bytes[64];

	if (!ring_sleep(&r->s->ring))
		more = 0;
	if (poll(p, 5, timeout(r, more, now_ms)) <= 0)
		return;
	if (p[0].revents != 0 && read(r->c->wake, bytes, sizeof bytes) == 0)
		r->orphan = true;
	if (p[1].revents != 0)
		filewatch_poll(&r->file, time_monotonic_ms());
	if (p[2].revents != 0)
		hear(r);
	if (p[4].revents != 0)
		outside_poll(&r->outside);
}

static void
write_audit(struct reporter *r, int64_t now_ms)
{
	struct err e;

	if (audit_flush(&r->x.audit, now_ms, &e) != 0)
		log_error("%s", e.text);
}

static void
flush(struct reporter *r, int64_t now_ms)
{
	tell_lost(r);
	write_audit(r, now_ms);
	sidecar_changed(r, sidecar_write(&r->x.sidecar, now_ms));
}

static void
turn(struct reporter *r)
{
	int64_t t = time_monotonic_ms();
	struct err e = {0};

	while (drain(r, t)) {
		flush(r, t);
		t = time_monotonic_ms();
	}
	merge_due(&r->merge, t);
	learner_due(&r->learner, t);
	if (filewatch_begin(&r->file, t, &e) != 0)
		log_error("%s", e.text);
	if (filewatch_changed(&r->file, t))
		load_file(&r->load, &r->file, 0);
	outside_look(&r->outside, t);
	sidecar_changed(r, sidecar_connect(&r->x.sidecar, t));
	ending_see(&r->ending, t);
	flush(r, time_monotonic_ms());
}

/* Until there is a policy, or it is clear that none comes. */
static void
first_policy(struct reporter *r)
{
	int64_t until = time_monotonic_ms() + r->c->options->policy_wait_ms;

	if (r->file.path != NULL) {
		load_file(&r->load, &r->file, r->c->options->policy_wait_ms);
		sidecar_changed(
		    r, sidecar_connect(&r->x.sidecar, time_monotonic_ms()));
		return;
	}
	if (r->x.sidecar.path == NULL)
		return;
	for (int64_t t = time_monotonic_ms(); t < until;
	     t = time_monotonic_ms()) {
		sidecar_changed(r, sidecar_connect(&r->x.sidecar, t));
		sidecar_changed(r, sidecar_write(&r->x.sidecar, t));
		if (atomic_load(&r->s->offered) != NULL || r->orphan)
			return;
		wait_for_news(r, until);
	}
}

static void
begin(struct reporter *r)
{
	if (r->c->again) {
		r->load.policy = atomic_load(&r->s->current) != NULL;
		r->load.running = true;
		if (atomic_exchange(&r->s->reading, 0) != 0) {
			ring_pop(&r->s->ring);
			emit_lost(&r->x, 1, "the reporter died of it");
		}
		emit_tell(&r->x, EVENT_REPORTER, EVENT_HIGH, "", 0);
		if (r->file.path != NULL)
			load_file(&r->load, &r->file, 0);
		return;
	}
	first_policy(r);
	load_kick(r->load.supervisor);
	r->load.running = true;
	if (r->s->started[0] != '\0')
		emit_tell(&r->x, EVENT_START, EVENT_INFO, r->s->started, 0);
	if (r->load.rejected[0] != '\0')
		emit_tell(&r->x, EVENT_POLICY_REJECTED, EVENT_HIGH,
		    r->load.rejected, 0);
	if (atomic_load(&r->s->current) == NULL &&
	    (r->file.path != NULL || r->x.sidecar.path != NULL))
		emit_tell(&r->x, EVENT_POLICY_MISSING, EVENT_HIGH, "", 0);
	load_tell(&r->load);
}

static void
begin_outside(struct reporter *r)
{
	struct err e = {0};

	if (outside_open(&r->outside, r->s, r->c->top, r->c->command, &e) != 0)
		emit_tell(&r->x, EVENT_UNSEEN, EVENT_MEDIUM, e.text, 0);
}

/* What is left goes out, as far as it goes in time. */
static void
finish(struct reporter *r)
{
	int64_t until = time_monotonic_ms() + FINISH_MS;

	sig_default(SIGALRM);
	(void)alarm(FINISH_MS / 1000 + 2);
	while (drain(r, time_monotonic_ms()))
		;
	merge_due(&r->merge, INT64_MAX);
	tell_lost(r);
	learner_due(&r->learner, INT64_MAX);
	for (int64_t t = time_monotonic_ms(); t < until;
	     t = time_monotonic_ms()) {
		struct sidecar *sc = &r->x.sidecar;

		write_audit(r, t);
		if (sidecar_write(sc, t) == SIDECAR_LOST || sc->n == 0) {
			if (sc->fd >= 0)
				sidecar_say(sc, "{\"type\":\"bye\",\"v\":1}\n");
			(void)sidecar_write(sc, t);
			if (r->x.audit.at == r->x.audit.waiting.n)
				return;
		}
		wait_for_news(r, until);
	}
	if (r->x.audit.at < r->x.audit.waiting.n)
		log_error("%s: the last events could not be written",
		    r->x.audit.what);
	if (r->x.sidecar.n > 0)
		log_error("%s: events that the sidecar did not take: %zu",
		    r->x.sidecar.path, r->x.sidecar.n);
}

static void
set_up(struct reporter *r, const struct reporter_config *c)
{
	const struct options *o = c->options;
	struct err e = {0};

	*r = (struct reporter){.c = c, .s = c->shared};
	r->x.shared = c->shared;
	r->x.line = BUF_MAX(LINE_MAX_BYTES);
	r->x.source = (struct event_source){
	    .app_id = str_of(o->app_id),
	    .container = str_of(o->container),
	    .image = str_of(o->image),
	    .digest = str_of(o->image_digest),
	    .boot = str_of(c->shared->boot),
	    .agent = "fg-wrap",
	};
	load_init(&r->load, c->shared, &r->x, c->supervisor,
	    &(struct collections_who){.image = str_of(o->image),
		.container = str_of(o->container),
		.app_id = str_of(o->app_id)});
	ending_init(&r->ending, c->shared, &r->x.sidecar, c->supervisor, o);
	audit_init(&r->x.audit, c->audit, o->audit);
	sidecar_init(&r->x.sidecar, o->socket, c->hello);
	merge_init(&r->merge, out, &r->x);
	filewatch_open(&r->file, o->policy, time_monotonic_ms());
	if (learner_open(&r->learner, o->learn, o->container, o->image, &e) !=
	    0)
		log_error("--learn: %s", e.text);
}

void
reporter_run(const struct reporter_config *config)
{
	static struct reporter r; /* large; there is one */

	apart_be();
	set_up(&r, config);
	begin(&r);
	begin_outside(&r);
	while (atomic_load(&r.s->finish) == 0 && !r.orphan) {
		turn(&r);
		wait_for_news(&r, INT64_MAX);
	}
	if (r.orphan && atomic_load(&r.s->finish) == 0)
		emit_tell(&r.x, EVENT_UNSEEN, EVENT_CRITICAL,
		    "the supervisor has ended", 0);
	finish(&r);
	_exit(0);
}
