/* SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "talk.h"
#include "time/time.h"

enum { SIGNALS, LISTENER, FILE_WATCH, AUDIT, FIRST_PEER };

struct serve {
	struct task *t;
	int signals, listener;
	int64_t grace_ms, stop_ms; /* stop_ms: when to go; INT64_MAX: not yet */
	bool stop;                 /* now */
	struct peer *peers[SERVE_PEERS_MAX];
	size_t n;
	struct pollfd fds[FIRST_PEER + SERVE_PEERS_MAX];
};

int
serve_signals(struct err *e)
{
	sigset_t set;
	int fd;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
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
		s->stop = s->stop_ms != INT64_MAX;
		if (!s->stop)
			s->stop_ms = now_ms + s->grace_ms;
	}
}

static void
take_peers(struct serve *s)
{
	struct peer *p;
	int fd;

	while (s->n < SERVE_PEERS_MAX) {
		fd = accept4(
		    s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		p = peer_new(fd);
		if (p == NULL)
			return;
		s->peers[s->n++] = p;
	}
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

/* As long as the audit takes more: else the senders keep what they have. */
static bool
has_room(const struct task *t)
{
	return t->audit.waiting.n - t->audit.at < t->audit.waiting.max / 2;
}

static void
take_lines(struct serve *s, struct peer *p)
{
	struct str line;

	while (has_room(s->t) && peer_line(p, &line))
		talk_line(s->t, p, line);
}

/* Nothing is read before what came earlier is understood, or it would pile up.
 */
static void
take_peer(struct serve *s, struct peer *p, short revents)
{
	take_lines(s, p);
	if (!has_room(s->t))
		return;
	if (revents & POLLIN)
		p->gone = !peer_read(p);
	else if (revents != 0 && revents != POLLOUT)
		p->gone = true;
	take_lines(s, p);
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

/* What every peer is owed; those that are gone are dropped. */
static void
give_peers(struct serve *s)
{
	size_t i, kept = 0;

	for (i = 0; i < s->n; i++) {
		struct peer *p = s->peers[i];

		talk_policy(s->t, p);
		talk_acks(s->t, p);
		p->gone |= !peer_write(p) || (p->bye && p->out_at == 0);
		if (p->gone)
			peer_free(p);
		else
			s->peers[kept++] = p;
	}
	s->n = kept;
}

static int
timeout(const struct serve *s, int64_t now_ms)
{
	const struct task *t = s->t;
	int64_t next = filewatch_next(&t->policies.file), wait;

	if (audit_next(&t->audit) < next)
		next = audit_next(&t->audit);
	if (s->stop_ms < next)
		next = s->stop_ms;
	if (!t->missing && !policies_any(&t->policies) && t->until_ms < next)
		next = t->until_ms;
	if (next == INT64_MAX)
		return -1;
	wait = next > now_ms ? next - now_ms : 0;
	return wait > 60000 ? 60000 : (int)wait;
}

static void
ask(struct serve *s)
{
	const struct task *t = s->t;
	bool room = has_room(t);
	size_t i;

	s->fds[SIGNALS] = (struct pollfd){.fd = s->signals, .events = POLLIN};
	s->fds[LISTENER] = (struct pollfd){
	    .fd = s->n < SERVE_PEERS_MAX ? s->listener : -1, .events = POLLIN};
	s->fds[FILE_WATCH] =
	    (struct pollfd){.fd = t->policies.file.fd, .events = POLLIN};
	s->fds[AUDIT] = (struct pollfd){
	    .fd = audit_wants_room(&t->audit) ? t->audit.fd : -1,
	    .events = POLLOUT};
	for (i = 0; i < s->n; i++)
		s->fds[FIRST_PEER + i] = (struct pollfd){
		    .fd = room || peer_wants_room(s->peers[i]) ? s->peers[i]->fd
							       : -1,
		    .events =
			(short)((room ? POLLIN : 0) |
				(peer_wants_room(s->peers[i]) ? POLLOUT : 0))};
}

static void
tell_lost(struct task *t)
{
	uint64_t lost = audit_take_lost(&t->audit);

	if (lost > 0)
		task_lost(t, lost);
}

int
serve(struct task *t, int listener, int64_t grace_ms, struct err *e)
{
	static struct serve s;
	cleanup_fd int signals = serve_signals(e);
	int64_t now_ms;
	size_t i, polled;

	if (signals < 0)
		return signals;
	s = (struct serve){.t = t,
	    .signals = signals,
	    .listener = listener,
	    .grace_ms = grace_ms,
	    .stop_ms = INT64_MAX};
	task_flush(t, time_monotonic_ms());
	while (!s.stop && !(s.stop_ms != INT64_MAX && s.n == 0)) {
		ask(&s);
		polled = s.n;
		if (poll(s.fds, FIRST_PEER + polled,
			timeout(&s, time_monotonic_ms())) < 0)
			memset(s.fds, 0, sizeof s.fds);
		now_ms = time_monotonic_ms();
		take_signals(&s, now_ms);
		take_file(&s, now_ms, s.fds[FILE_WATCH].revents);
		say_missing(&s, now_ms);
		for (i = 0; i < polled; i++)
			take_peer(
			    &s, s.peers[i], s.fds[FIRST_PEER + i].revents);
		tell_lost(t);
		task_flush(t, now_ms);
		give_peers(&s);
		take_peers(&s);
		s.stop = s.stop || now_ms >= s.stop_ms;
	}
	for (i = 0; i < s.n; i++)
		peer_free(s.peers[i]);
	return 0;
}
