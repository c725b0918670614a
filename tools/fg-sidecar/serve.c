/* SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "room.h"
#include "talk.h"
#include "time/time.h"

enum {
	SIGNALS,
	LISTENER,
	FILE_WATCH,
	AUDIT,
	LINK,
	METADATA = LINK + LINK_FDS,
	FIRST_PEER
};
enum {
	OWN_PEERS = 2,
	PEERS = SERVE_PEERS_MAX + OWN_PEERS,
	AT_ONCE = SERVE_PEERS_MAX / 4 /* of those that come */
};

struct serve {
	struct task *t;
	int signals, listener;
	int64_t grace_ms, stop_ms; /* stop_ms: when to go; INT64_MAX: not yet */
	bool leaving;              /* nobody is left but the Console */
	bool stop;                 /* now */
	struct peer *peers[PEERS];
	size_t n, own; /* all; those that are none of the socket */
	struct pollfd fds[FIRST_PEER + PEERS];
};

int
serve_signals(struct err *e)
{
	sigset_t set;
	int fd;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return err_set(
		    e, ERR_TEMP, errno, "signalfd: %s", strerror(errno));
	return fd;
}

/* ---- what came ---------------------------------------------------------- */

static void
take_signals(struct serve *s, int64_t now_ms)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGCHLD) {
			task_reap(s->t);
			continue;
		}
		s->stop = s->stop_ms != INT64_MAX;
		if (!s->stop)
			s->stop_ms = now_ms + s->grace_ms;
	}
}

static struct peer *
add_peer(struct serve *s, enum peer_kind kind, int fd)
{
	struct peer *p = peer_new(kind, fd);

	if (p == NULL)
		return NULL;
	s->peers[s->n++] = p;
	s->own += kind != PEER_SOCKET;
	return p;
}

static void
take_file(struct serve *s, int64_t now_ms, short revents)
{
	struct policies *p = &s->t->policies;
	struct err e = {0};

	if (filewatch_begin(&p->file, now_ms, &e) != 0)
		log_error("%s", e.text);
	if (revents & POLLIN)
		filewatch_poll(&p->file, now_ms);
	if (!filewatch_changed(&p->file, now_ms) || policies_read(p, &e) == 0)
		return;
	log_error("%s%s", e.text,
	    policies_any(p) ? "; the last good policy stays" : "");
	task_tell(s->t, EVENT_POLICY_REJECTED, EVENT_HIGH, e.text);
}

static void
take_lines(struct serve *s, struct peer *p, int64_t now_ms)
{
	struct str line;

	while (outbox_has_room(&s->t->outbox) && peer_line(p, &line))
		talk_line(s->t, p, line, now_ms);
}

/* Nothing is read before what came earlier is understood, or it would pile up.
 */
static void
take_peer(struct serve *s, struct peer *p, short revents, int64_t now_ms)
{
	take_lines(s, p, now_ms);
	if (!outbox_has_room(&s->t->outbox))
		return;
	if (revents & POLLIN)
		p->gone = !peer_read(p);
	else if (revents != 0 && revents != POLLOUT)
		p->gone = true;
	take_lines(s, p, now_ms);
}

/* ---- the rounds --------------------------------------------------------- */

static void
say_missing(struct serve *s, int64_t now_ms)
{
	struct task *t = s->t;

	if (t->missing || policies_any(&t->policies) || now_ms < t->until_ms)
		return;
	t->missing = true;
	log_error("no policy%s", t->open ? "; the task runs without" : "");
	task_tell(t, EVENT_POLICY_MISSING, EVENT_HIGH,
	    t->open ? "open: the task runs without"
		    : "closed: the task does not start");
}

static void
drop_peer(struct serve *s, struct peer *p, int64_t now_ms)
{
	struct task *t = s->t;

	talk_gone(p);
	if (p->kind == PEER_WAAS) {
		waas_gone(&t->waas, now_ms);
		if (!t->waas.stopping) {
			log_error("fg-waas ended; it is started again");
			task_tell(t, EVENT_WAAS_RESTARTED, EVENT_HIGH,
			    "it ended by itself");
		}
	} else if (p->kind == PEER_ALERTS) {
		alerts_gone(&t->alerts, now_ms);
	}
	s->own -= p->kind != PEER_SOCKET;
	peer_free(p);
}

static void
make_room(struct serve *s, int64_t now_ms)
{
	size_t i = room_whose(s->peers, s->n);

	drop_peer(s, s->peers[i], now_ms);
	s->n--;
	memmove(&s->peers[i], &s->peers[i + 1], (s->n - i) * sizeof *s->peers);
}

/* A few at a time: who has just come gets to say who it is. */
static void
take_peers(struct serve *s, int64_t now_ms)
{
	int fd;

	for (int i = 0; i < AT_ONCE && !s->leaving; i++) {
		fd = accept4(
		    s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		if (s->n - s->own == SERVE_PEERS_MAX)
			make_room(s, now_ms);
		if (add_peer(s, PEER_SOCKET, fd) == NULL)
			return;
	}
}

/* What every peer is owed; those that are gone are dropped. */
static void
give_peers(struct serve *s, int64_t now_ms)
{
	size_t i, kept = 0;

	for (i = 0; i < s->n; i++) {
		struct peer *p = s->peers[i];

		talk_give(s->t, p, now_ms);
		p->gone |= !peer_write(p) || (p->bye && p->out_at == 0);
		if (p->gone)
			drop_peer(s, p, now_ms);
		else
			s->peers[kept++] = p;
	}
	s->n = kept;
}

/* The programs of our own, when it is time to start them. */
static void
start_own(struct serve *s, int64_t now_ms)
{
	struct task *t = s->t;
	struct peer *p;
	int fd = waas_work(&t->waas, now_ms);

	if (fd >= 0 && add_peer(s, PEER_WAAS, fd) == NULL)
		waas_gone(&t->waas, now_ms);
	fd = alerts_start(&t->alerts, now_ms);
	if (fd < 0)
		return;
	p = add_peer(s, PEER_ALERTS, fd);
	if (p == NULL)
		alerts_gone(&t->alerts, now_ms);
	else
		t->alerts.queue = &p->out;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int
timeout(const struct serve *s, int64_t now_ms)
{
	const struct task *t = s->t;
	int64_t next = filewatch_next(&t->policies.file), wait;

	next = sooner(next, outbox_next(&t->outbox));
	next = sooner(next, s->stop_ms);
	next = sooner(next, waas_next(&t->waas));
	next = sooner(next, alerts_next(&t->alerts));
	if (t->link != NULL)
		next = sooner(next, link_next(t->link));
	if (t->containers.http != NULL)
		next = sooner(next, httpc_next(t->containers.http));
	if (!t->missing && !policies_any(&t->policies))
		next = sooner(next, t->until_ms);
	for (size_t i = 0; i < s->n; i++)
		next = sooner(next, talk_next(s->peers[i], &t->containers));
	if (next == INT64_MAX)
		return -1;
	wait = next > now_ms ? next - now_ms : 0;
	return wait > 60000 ? 60000 : (int)wait;
}

static void
ask_peers(struct serve *s)
{
	bool room = outbox_has_room(&s->t->outbox);

	for (size_t i = 0; i < s->n; i++) {
		struct pollfd *p = &s->fds[FIRST_PEER + i];
		bool more = peer_wants_room(s->peers[i]);

		*p = (struct pollfd){.fd = room || more ? s->peers[i]->fd : -1};
		p->events = (short)((room ? POLLIN : 0) | (more ? POLLOUT : 0));
	}
}

static void
ask(struct serve *s)
{
	const struct task *t = s->t;

	s->fds[SIGNALS] = (struct pollfd){.fd = s->signals, .events = POLLIN};
	s->fds[LISTENER] = (struct pollfd){
	    .fd = s->leaving ? -1 : s->listener, .events = POLLIN};
	s->fds[FILE_WATCH] =
	    (struct pollfd){.fd = t->policies.file.fd, .events = POLLIN};
	s->fds[AUDIT] = (struct pollfd){
	    .fd = outbox_wants_room(&t->outbox) ? t->outbox.audit.fd : -1,
	    .events = POLLOUT};
	s->fds[LINK] = s->fds[LINK + 1] = s->fds[METADATA] =
	    (struct pollfd){.fd = -1};
	if (t->link != NULL)
		link_ask(t->link, &s->fds[LINK]);
	if (t->containers.http != NULL)
		httpc_ask(t->containers.http, &s->fds[METADATA]);
	ask_peers(s);
}

static void
tell_lost(struct task *t)
{
	const char *why = "";
	uint64_t lost = outbox_take_lost(&t->outbox, &why);
	char text[128];

	if (lost > 0)
		task_lost(t, lost, why);
	if (t->alerts.skipped == 0 || t->alerts.queue == NULL ||
	    t->alerts.queue->n > ALERTS_QUEUE_MAX / 2)
		return;
	(void)snprintf(text, sizeof text,
	    "%llu events were not looked at: too slow, or started anew",
	    (unsigned long long)t->alerts.skipped);
	t->alerts.skipped = 0;
	task_tell(t, EVENT_ALERT_FAILED, EVENT_MEDIUM, text);
}

/* The Console wants to know, too, which containers there are. */
static void
take_metadata(struct task *t, short revents, int64_t now_ms)
{
	uint64_t before = t->containers.answers;

	if (t->containers.http == NULL)
		return;
	httpc_work(t->containers.http, revents, now_ms);
	if (t->link != NULL && t->containers.answers > before)
		link_report(t->link);
}

static void
take(struct serve *s, size_t polled, int64_t now_ms)
{
	struct task *t = s->t;

	take_signals(s, now_ms);
	take_file(s, now_ms, s->fds[FILE_WATCH].revents);
	say_missing(s, now_ms);
	take_metadata(t, s->fds[METADATA].revents, now_ms);
	for (size_t i = 0; i < polled; i++)
		take_peer(
		    s, s->peers[i], s->fds[FIRST_PEER + i].revents, now_ms);
	tell_lost(t);
	outbox_work(&t->outbox, now_ms);
	if (t->link != NULL)
		link_work(t->link, &s->fds[LINK], now_ms);
}

/* The others are gone, and then the Console has all; or there is no time. */
static void
come_to_an_end(struct serve *s, int64_t now_ms)
{
	struct task *t = s->t;

	if (s->stop_ms == INT64_MAX)
		return;
	waas_stop(&t->waas, now_ms);
	if (!s->leaving && s->n - s->own == 0 && waas_over(&t->waas)) {
		s->leaving = true;
		task_tell(t, EVENT_EXIT, EVENT_INFO, "SIGTERM");
		if (t->link != NULL)
			link_stop(t->link, now_ms);
	}
	if (now_ms >= s->stop_ms ||
	    (s->leaving && (t->link == NULL || link_drained(t->link))))
		s->stop = true;
}

int
serve(struct task *t, int listener, int64_t grace_ms, struct err *e)
{
	static struct serve s;
	cleanup_fd int signals = serve_signals(e);
	int64_t now_ms;
	size_t polled;

	if (signals < 0)
		return signals;
	s = (struct serve){.t = t,
	    .signals = signals,
	    .listener = listener,
	    .grace_ms = grace_ms,
	    .stop_ms = INT64_MAX};
	outbox_work(&t->outbox, time_monotonic_ms());
	containers_ask(&t->containers, time_monotonic_ms());
	while (!s.stop) {
		start_own(&s, time_monotonic_ms());
		tell_lost(t);
		outbox_work(&t->outbox, time_monotonic_ms());
		ask(&s);
		polled = s.n;
		if (poll(s.fds, (nfds_t)(FIRST_PEER + polled),
			timeout(&s, time_monotonic_ms())) < 0)
			memset(s.fds, 0, sizeof s.fds);
		now_ms = time_monotonic_ms();
		take(&s, polled, now_ms);
		give_peers(&s, now_ms);
		take_peers(&s, now_ms);
		come_to_an_end(&s, now_ms);
	}
	if (!s.leaving)
		task_tell(t, EVENT_EXIT, EVENT_INFO, "SIGTERM");
	while (s.n > 0)
		drop_peer(&s, s.peers[--s.n], time_monotonic_ms());
	return 0;
}
