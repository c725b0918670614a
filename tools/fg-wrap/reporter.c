/* SPDX-License-Identifier: Apache-2.0 */
#include "reporter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "emit.h"
#include "filewatch/filewatch.h"
#include "learner.h"
#include "load.h"
#include "merge.h"
#include "outside.h"
#include "sig.h"
#include "spawn.h"

enum {
	TEXT_MAX = POLICY_TEXT_MAX + 4096,
	LINE_MAX_BYTES = 128 * 1024,
	FINISH_MS = 1000,  /* for what is left to write at the end */
	LOOK_MS = 10,      /* are the others gone? at first, */
	LOOK_MAX_MS = 200, /* and later on */
	BATCH = 256,       /* events between two looks at the rest */
};

struct reporter {
	const struct reporter_config *c;
	struct shared *s;
	struct emit x;
	struct merge merge;
	struct learner learner;
	struct filewatch file;
	struct outside outside;
	struct collections_who who;
	bool running;                /* the command was started */
	bool policy;                 /* there is one */
	char rejected[SHARED_ERROR]; /* told once it runs */
	pid_t supervisor;
	bool orphan;      /* the supervisor is gone */
	int64_t drain_ms; /* until then the sidecar may drain; 0: no */
	int64_t rest_ms;  /* until then the rest may live */
	int64_t look_ms, look_next;
	struct buf text;
};

static int64_t
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- policies ----------------------------------------------------------- */

static void
reject(struct reporter *r, const struct err *e)
{
	log_error(
	    "%s%s", e->text, r->policy ? "; the last good policy stays" : "");
	if (r->running)
		emit_tell(&r->x, EVENT_POLICY_REJECTED, EVENT_HIGH, e->text, 0);
	else
		(void)snprintf(r->rejected, sizeof r->rejected, "%s", e->text);
}

/* After a kick: what did the supervisor make of it? */
static void
tell_applied(struct reporter *r)
{
	const struct policy *p = atomic_load(&r->s->current);
	uint32_t applied = atomic_load(&r->s->applied);
	char text[ERR_TEXT_MAX + 64];

	if (p == NULL || applied == SHARED_PENDING)
		return;
	atomic_store(&r->s->applied, SHARED_PENDING);
	r->policy = true;
	(void)snprintf(r->x.version, sizeof r->x.version, "%lld",
	    (long long)policy_version(p));
	r->x.source.version =
	    policy_version(p) != 0 ? str_of(r->x.version) : STR_NONE;
	(void)snprintf(text, sizeof text, "%.*s", STR_ARG(policy_name(p)));
	emit_tell(
	    &r->x, EVENT_POLICY_APPLIED, EVENT_INFO, text, policy_version(p));
	if (applied != SHARED_PARTLY)
		return;
	emit_tell(&r->x, EVENT_UNSEEN, EVENT_MEDIUM, r->s->error,
	    (int64_t)atomic_load(&r->s->unseen));
	r->s->error[0] = '\0';
}

static void
offer(struct reporter *r, struct str text, const char *what)
{
	struct err e = {0};

	if (load_offer(r->s, text, what, &r->who, &e) != 0) {
		reject(r, &e);
		return;
	}
	if (!r->running)
		return;
	load_kick(r->supervisor);
	tell_applied(r);
}

static void
read_file(struct reporter *r)
{
	struct err e = {0};

	buf_reset(&r->text);
	if (filewatch_read(&r->file, &r->text, &e) != 0)
		reject(r, &e);
	else
		offer(r, buf_str(&r->text), r->file.path);
}

/* ---- the sidecar -------------------------------------------------------- */

static void
drained(struct reporter *r)
{
	if (r->drain_ms == 0)
		return;
	r->drain_ms = 0;
	atomic_store(&r->s->drained, 1);
	load_kick(r->supervisor);
}

static void
sidecar_changed(struct reporter *r, enum sidecar_news news)
{
	if (news == SIDECAR_NONE)
		return;
	atomic_store(&r->s->connected, news == SIDECAR_BACK);
	if (news == SIDECAR_LOST)
		drained(r);
	if (!r->running)
		return;
	if (news == SIDECAR_LOST)
		emit_tell(&r->x, EVENT_SIDECAR_LOST, EVENT_LOW, "", 0);
	else
		emit_tell(&r->x, EVENT_SIDECAR_BACK, EVENT_INFO, "", 0);
}

static void
hear(struct reporter *r)
{
	enum sidecar_news lost = sidecar_read(&r->x.sidecar, now()), news;
	struct str line;

	while ((news = sidecar_take(&r->x.sidecar, &line)) != SIDECAR_NONE) {
		if (news == SIDECAR_DRAINED)
			drained(r);
		else if (news == SIDECAR_POLICY && r->file.path == NULL)
			offer(r, line, "sidecar");
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

/* ---- its life
 * ----------------------------------------------------------- */

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
	if (r->drain_ms != 0)
		at = earlier(at, r->drain_ms);
	if (r->rest_ms != 0)
		at = earlier(at, earlier(r->rest_ms, r->look_next));
	if (at == INT64_MAX)
		return -1;
	return at <= now_ms          ? 0
	       : at - now_ms > 60000 ? 60000
				     : (int)(at - now_ms);
}

/* Wait for whatever comes first; `more` is another time to come back
 * at. */
static void
wait_for_news(struct reporter *r, int64_t more)
{
	struct sidecar *sc = &r->x.sidecar;
	const int audit = audit_wants_room(&r->x.audit) ? r->x.audit.fd : -1;
	const int64_t now_ms = now();
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
		filewatch_poll(&r->file, now());
	if (p[2].revents != 0)
		hear(r);
	if (p[4].revents != 0)
		outside_poll(&r->outside);
}

static void
flush(struct reporter *r, int64_t now_ms)
{
	tell_lost(r);
	audit_flush(&r->x.audit, now_ms);
	sidecar_changed(r, sidecar_write(&r->x.sidecar, now_ms));
}

/* SIGTERM came: the sidecar is told, and has its time. */
static void
see_stopping(struct reporter *r, int64_t now_ms)
{
	struct shared *s = r->s;

	if (atomic_load(&s->stopping) == 1) {
		atomic_store(&s->stopping, 2);
		r->drain_ms = now_ms + r->c->options->stop_grace_s * 1000 + 1;
		if (atomic_load(&s->connected) == 0)
			r->drain_ms = now_ms;
		sidecar_say(&r->x.sidecar, "{\"type\":\"stopping\",\"v\":1}\n");
	}
	if (r->drain_ms != 0 && now_ms >= r->drain_ms)
		drained(r);
}

/* The command is gone; its children have some time, and are looked at.
 */
static void
see_ending(struct reporter *r, int64_t now_ms)
{
	struct shared *s = r->s;

	if (atomic_load(&s->ending) == 0)
		return;
	if (r->rest_ms == 0) {
		r->rest_ms = now_ms + r->c->options->rest_grace_s * 1000 + 1;
		r->look_ms = LOOK_MS;
		r->look_next = now_ms + LOOK_MS;
	}
	if (atomic_load(&s->hurry) != 0)
		r->rest_ms = now_ms;
	if (now_ms < r->rest_ms && now_ms < r->look_next)
		return;
	if (now_ms >= r->rest_ms)
		atomic_store(&s->overdue, 1);
	r->look_ms = earlier(2 * r->look_ms, LOOK_MAX_MS);
	r->look_next = now_ms + r->look_ms;
	load_kick(r->supervisor);
}

static void
turn(struct reporter *r)
{
	int64_t t = now();
	struct err e = {0};

	while (drain(r, t)) {
		flush(r, t);
		t = now();
	}
	merge_due(&r->merge, t);
	learner_due(&r->learner, t);
	if (filewatch_begin(&r->file, t, &e) != 0)
		log_error("%s", e.text);
	if (filewatch_changed(&r->file, t))
		read_file(r);
	outside_look(&r->outside, t);
	sidecar_changed(r, sidecar_connect(&r->x.sidecar, t));
	see_stopping(r, t);
	see_ending(r, t);
	flush(r, now());
}

/* Until there is a policy, or it is clear that none comes. */
static void
first_policy(struct reporter *r)
{
	int64_t until = now() + r->c->options->policy_wait_ms;

	if (r->file.path != NULL) {
		read_file(r);
		sidecar_changed(r, sidecar_connect(&r->x.sidecar, now()));
		return;
	}
	if (r->x.sidecar.path == NULL)
		return;
	for (int64_t t = now(); t < until; t = now()) {
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
		r->policy = atomic_load(&r->s->current) != NULL;
		r->running = true;
		if (atomic_exchange(&r->s->reading, 0) != 0) {
			ring_pop(&r->s->ring);
			emit_lost(&r->x, 1, "the reporter died of it");
		}
		emit_tell(&r->x, EVENT_REPORTER, EVENT_HIGH, "", 0);
		if (r->file.path != NULL)
			read_file(r);
		return;
	}
	first_policy(r);
	load_kick(r->supervisor);
	r->running = true;
	if (r->s->started[0] != '\0')
		emit_tell(&r->x, EVENT_START, EVENT_INFO, r->s->started, 0);
	if (r->rejected[0] != '\0')
		emit_tell(
		    &r->x, EVENT_POLICY_REJECTED, EVENT_HIGH, r->rejected, 0);
	if (atomic_load(&r->s->current) == NULL &&
	    (r->file.path != NULL || r->x.sidecar.path != NULL))
		emit_tell(&r->x, EVENT_POLICY_MISSING, EVENT_HIGH, "", 0);
	tell_applied(r);
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
	int64_t until = now() + FINISH_MS;

	sig_default(SIGALRM);
	(void)alarm(FINISH_MS / 1000 + 2);
	while (drain(r, now()))
		;
	merge_due(&r->merge, INT64_MAX);
	tell_lost(r);
	learner_due(&r->learner, INT64_MAX);
	for (int64_t t = now(); t < until; t = now()) {
		struct sidecar *sc = &r->x.sidecar;

		audit_flush(&r->x.audit, t);
		if (sidecar_write(sc, t) == SIDECAR_LOST || sc->n == 0) {
			if (sc->fd >= 0)
				sidecar_say(sc, "{\"type\":\"bye\",\"v\":1}\n");
			(void)sidecar_write(sc, t);
			if (r->x.audit.at == r->x.audit.waiting.n)
				return;
		}
		wait_for_news(r, until);
	}
	log_error("some events could not be written");
}

static void
set_up(struct reporter *r, const struct reporter_config *c)
{
	const struct options *o = c->options;
	struct err e = {0};

	*r = (struct reporter){
	    .c = c, .s = c->shared, .supervisor = c->supervisor};
	r->text = BUF_MAX(TEXT_MAX);
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
	r->who = (struct collections_who){.image = str_of(o->image),
	    .container = str_of(o->container),
	    .app_id = str_of(o->app_id)};
	audit_init(&r->x.audit, c->audit, o->audit);
	sidecar_init(&r->x.sidecar, o->socket, c->hello);
	merge_init(&r->merge, out, &r->x);
	filewatch_open(&r->file, o->policy, now());
	if (learner_open(&r->learner, o->learn, o->container, o->image, &e) !=
	    0)
		log_error("--learn: %s", e.text);
}

/*
 * Nothing that is meant for the command's processes is meant for this, and no
 * signal that they may send ends or stops it.
 */
void
reporter_set_apart(void)
{
	(void)setsid();
	spawn_let_go();
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	for (int sig = 1; sig <= SIG_MAX; sig++)
		sig_ignore(sig);
	sig_default(SIGCHLD);
	sig_unblock_all();
}

void
reporter_run(const struct reporter_config *config)
{
	struct reporter r;

	reporter_set_apart();
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
